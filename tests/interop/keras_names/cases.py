"""Expressions and little programs in TensorFlow's names: what `tf` answers is compared, TensorFlow's and Hornbeam's."""

from __future__ import annotations

from typing import Any

import numpy as np

RNG = np.random.default_rng(7)
X = RNG.normal(size=(3, 4)).astype("float32")
NAMES: dict[str, Any] = {
    "x": X,
    "y": RNG.normal(size=(3, 4)).astype("float32"),
    "p": RNG.uniform(0.1, 0.9, (3, 4)).astype("float32"),
    "w": RNG.normal(size=(4, 2)).astype("float32"),
    "m": RNG.normal(size=(2, 3, 4)).astype("float32"),
    "i": np.array([[2, 0], [1, 1], [0, 2]], "int32"),
    "labels": np.array([1, 0, 3], "int32"),
    "image": RNG.uniform(0, 1, (1, 6, 6, 2)).astype("float32"),
    "filters": RNG.normal(size=(3, 3, 2, 3)).astype("float32"),
    "b": np.array([True, False, True]),
}
TEXT = """
tf.add_n([x, y, x])
tf.argmax(x)
tf.argmax(x, axis=1)
tf.argmin(input=x, axis=-1)
tf.argsort(x, axis=0, direction="DESCENDING")
tf.boolean_mask(x, b)
tf.broadcast_to(x, [2, 3, 4])
tf.cast(x, tf.int32)
tf.clip_by_global_norm([x, y], 1.5)[0][1]
tf.clip_by_global_norm([x, y], 1.5)[1]
tf.clip_by_norm(x, 1.0)
tf.clip_by_norm(x, 1.0, axes=[1])
tf.clip_by_value(x, -0.5, 0.5)
tf.concat(values=[x, y], axis=-1)
tf.concat([x, y], 0)
tf.constant([1, 2, 3, 4], shape=(2, 2))
tf.constant(2.5, shape=[3])
tf.cumsum(x)
tf.cumsum(x, axis=1, exclusive=True)
tf.cumsum(x, axis=1, reverse=True)
tf.cumsum(x, axis=1, exclusive=True, reverse=True)
tf.einsum("ij,jk->ik", x, w)
tf.expand_dims(x, axis=-1)
tf.eye(3)
tf.fill([2, 3], 7.0)
tf.gather(x, labels, axis=1)
tf.gather(x, i, axis=1, batch_dims=1)
tf.gather_nd(x, i)
tf.identity(x)
tf.linalg.matmul(x, y, transpose_b=True)
tf.linalg.norm(x, axis=1)
tf.linspace(0.0, 1.0, 5)
tf.map_fn(lambda r: r * 2.0, x)
tf.math.confusion_matrix([0, 1, 2, 1], [0, 2, 2, 1])
tf.math.confusion_matrix([0, 1], predictions=[1, 1], num_classes=3, weights=[2.0, 3.0], dtype=tf.float32)
tf.math.floormod(x, 0.3)
tf.math.is_nan(x)
tf.math.l2_normalize(x, axis=1)
tf.math.log(p)
tf.math.pow(x, 2)
tf.math.reduce_euclidean_norm(x, axis=1)
tf.math.reduce_logsumexp(x, axis=1)
tf.math.reduce_std(x)
tf.math.reduce_variance(x, axis=0)
tf.math.rsqrt(p)
tf.math.squared_difference(x, y)
tf.math.top_k(x, k=2)[1]
tf.math.xlogy([0.0, 1.0, 2.0], [0.0, 2.0, 3.0])
tf.matmul(x, w)
tf.meshgrid([1, 2], [3, 4, 5])[0]
tf.nest.map_structure(lambda a: a + 1.0, [x, (y,)])
tf.nn.avg_pool2d(image, 2, 2, "VALID")
tf.nn.bias_add(x, [1.0, 2.0, 3.0, 4.0])
tf.nn.conv2d(image, filters, strides=[1, 2, 2, 1], padding="SAME")
tf.nn.elu(x)
tf.nn.l2_loss(x)
tf.nn.leaky_relu(x)
tf.nn.leaky_relu(x, alpha=0.3)
tf.nn.log_softmax(x, axis=1)
tf.nn.max_pool2d(image, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
tf.nn.moments(x, axes=[0])[1]
tf.nn.relu(x)
tf.nn.sigmoid_cross_entropy_with_logits(labels=p, logits=x)
tf.nn.softmax(logits=x)
tf.nn.softmax_cross_entropy_with_logits(labels=tf.nn.softmax(y), logits=x)
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=x)
tf.norm(x)
tf.norm(m, axis=[1, 2])
tf.norm(x, ord=1, axis=1)
tf.one_hot(labels, depth=4)
tf.one_hot(labels, 4, on_value=5.0, off_value=-1.0)
tf.ones_like(x)
tf.pad(x, [[1, 1], [0, 2]])
tf.pad(x, tf.constant([[1, 1], [2, 2]]), mode="REFLECT")
tf.range(5)
tf.range(1, 6, 2)
tf.range(0.0, 1.0, 0.25)
tf.reduce_all(x > -1.0, axis=[1])
tf.reduce_any(x > 1.0)
tf.reduce_max(x, axis=1, keepdims=True)
tf.reduce_mean(input_tensor=x, axis=[0, 1])
tf.reduce_mean(x, 1)
tf.reduce_min(x, [0])
tf.reduce_prod(x, axis=-1)
tf.reduce_sum(x)
tf.repeat(x, 2, axis=0)
tf.reshape(tensor=x, shape=(-1, 2), name="r")
tf.reverse(x, axis=[1])
tf.sigmoid(x)
tf.sort(x, direction="DESCENDING")
tf.split(x, 2, axis=1)[1]
tf.split(x, [1, -1], axis=1)[1]
tf.sqrt(p, name="root")
tf.squeeze(tf.expand_dims(x, 0), axis=0)
tf.stack([x, y], axis=1)
tf.stop_gradient(x)
tf.tensor_scatter_nd_update(x, [[0], [2]], tf.ones((2, 4)))
tf.tensordot(m, w, axes=1)
tf.tile(x, [2, 1])
tf.transpose(m, perm=[0, 2, 1])
tf.transpose(x)
tf.unstack(x, axis=1)[2]
tf.where(b)
tf.where(x > 0, x, tf.zeros_like(x))
tf.zeros(shape=(2, 3))
tf.zeros((2,), dtype=tf.int32)
tf.image.convert_image_dtype(np.array([[0, 255]], "uint8"), tf.float32)
tf.image.flip_left_right(image)
tf.image.resize(image, [12, 3])
tf.image.resize(image, (3, 3), method="nearest")
"""
EXPRESSIONS = TEXT.strip().splitlines()

PROGRAMS = {
    "variables are watched, those that are not trainable are not": """
v, fixed = tf.Variable(x), tf.Variable(y, trainable=False)
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(v * fixed))
result = tape.gradient(loss, [v])[0]
""",
    "None without a connection": """
v, other = tf.Variable(2.0), tf.Variable(3.0)
with tf.GradientTape() as tape:
    loss = v * v
    unused = other * 1.0
found = tape.gradient(loss, {"v": v, "other": other})
result = [found["v"], 1.0 if found["other"] is None else 0.0]
""",
    "zero without a connection": """
v, other = tf.Variable(2.0), tf.Variable([3.0, 1.0])
with tf.GradientTape() as tape:
    loss = v * v
result = tape.gradient(loss, other, unconnected_gradients=tf.UnconnectedGradients.ZERO)
""",
    "of a target with many values, and of several": """
t = tf.constant(x)
with tf.GradientTape() as tape:
    tape.watch(t)
    a, c = t * t, tf.sin(t)
result = tape.gradient([a, c], t)
""",
    "with factors": """
t = tf.constant(x)
with tf.GradientTape(persistent=True) as tape:
    tape.watch(t)
    a = t ** 3
result = tape.gradient(a, t, output_gradients=tf.constant(y)) + tape.gradient(a, t)
""",
    "second order": """
t = tf.constant(x)
with tf.GradientTape() as outer:
    outer.watch(t)
    with tf.GradientTape() as inner:
        inner.watch(t)
        a = tf.reduce_sum(tf.tanh(t) * t)
    g = inner.gradient(a, t)
    norm = tf.norm(g)
result = outer.gradient(norm, t)
""",
    "jacobian": """
v = tf.Variable(w)
with tf.GradientTape(persistent=True) as tape:
    out = tf.matmul(x, v) ** 2
result = tape.jacobian(out, v)
""",
    "a variable assigned within the block": """
v = tf.Variable(3.0)
with tf.GradientTape() as tape:
    a = v * v
    v.assign(5.0)
    loss = a + v
result = tape.gradient(a, v)
""",
    "nothing is recorded where that is said": """
v = tf.Variable(3.0)
with tf.GradientTape() as tape:
    a = v * v
    with tape.stop_recording():
        c = v * v * v
    loss = a + c
result = tape.gradient(loss, v)
""",
    "only what is watched": """
v, u = tf.Variable(3.0), tf.Variable(2.0)
with tf.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch(v)
    loss = v * u
result = [1.0 if g is None else g for g in tape.gradient(loss, [v, u])]
""",
    "steps of an optimizer, compiled": """
model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(2, activation="tanh")])
model.set_weights([w, np.zeros(2, "float32")])
optimizer = tf.keras.optimizers.Adam(0.1)
@tf.function
def step(inputs):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(inputs, training=True) - 1.0)) + 0.01 * tf.nn.l2_loss(model.trainable_variables[0])
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, norm = tf.clip_by_global_norm(gradients, 0.5)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss
losses = [step(tf.constant(x)) for _ in range(6)]
result = [tf.stack(losses), model.get_weights()[0]]
""",
    "a dataset": """
ds = tf.data.Dataset.from_tensor_slices((x, labels)).map(lambda a, n: (a * 2.0, tf.one_hot(n, 4))).batch(2)
result = [part for batch in ds.repeat(2) for part in batch]
""",
    "more of datasets": """
ds = tf.data.Dataset.range(10).filter(lambda n: n % 3 != 0).skip(1).take(4)
pairs = tf.data.Dataset.zip((ds, ds.map(lambda n: n * n))).batch(3, drop_remainder=True)
result = [part for pair in pairs for part in pair] + [n for n, _ in ds.enumerate(start=5)]
""",
    "a function with settings and containers": """
@tf.function(reduce_retracing=True)
def f(pair, scale=1.0, flip=False):
    return {"out": (pair[0] + pair[1]) * scale * (-1.0 if flip else 1.0)}
result = [f((x, y))["out"], f((x, y), scale=3.0)["out"], f((y, y), flip=True)["out"], f([x, x], 2.0, True)["out"]]
""",
}


def flat(value: Any) -> list[np.ndarray]:
    """Every number of a result, as arrays."""
    if isinstance(value, (list, tuple)):
        return [array for part in value for array in flat(part)]
    return [np.asarray(value)]


def answer(tf: Any, case: str) -> list[np.ndarray]:
    """What that `tf` answers to an expression, or the program of that name."""
    scope = {"tf": tf, "np": np, **NAMES}
    if case not in PROGRAMS:
        return flat(eval(case, scope))  # noqa: S307 - our own text
    exec(PROGRAMS[case], scope)  # noqa: S102 - our own text
    return flat(scope["result"])

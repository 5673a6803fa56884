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
MORE = np.random.default_rng(8)  # another, so that what is above stays
NAMES |= {
    "rgb": MORE.uniform(0, 1, (2, 6, 5, 3)).astype("float32"),
    "pixels": MORE.integers(0, 256, (6, 5, 3)).astype("uint8"),
    "square": MORE.normal(size=(2, 4, 4)).astype("float32"),
    "wave": MORE.normal(size=(2, 40)).astype("float32"),
    "words": ["Ab c", "d  Ef", "<br />G!"],
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
tf.eye(2, num_columns=3, batch_shape=[2, 1], dtype=tf.float32)
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
tf.linalg.band_part(square, 1, 0)
tf.image.adjust_brightness(rgb, 0.2)
tf.image.adjust_brightness(pixels, 0.2)
tf.image.adjust_contrast(rgb, 1.7)
tf.image.adjust_gamma(rgb, 2.0, 0.5)
tf.image.adjust_hue(rgb, 0.3)
tf.image.adjust_saturation(rgb, 1.5)
tf.image.central_crop(rgb, 0.5)
tf.image.crop_to_bounding_box(rgb, 1, 2, 3, 2)
tf.image.flip_up_down(rgb)
tf.image.grayscale_to_rgb(tf.constant(rgb[..., :1]))
tf.image.hsv_to_rgb(tf.image.rgb_to_hsv(rgb))
tf.image.image_gradients(tf.constant(rgb))
tf.image.pad_to_bounding_box(rgb, 1, 2, 9, 8)
tf.image.per_image_standardization(rgb)
tf.image.per_image_standardization(pixels)
tf.image.psnr(rgb, rgb[::-1], max_val=1.0)
tf.image.psnr(pixels, pixels[::-1], max_val=255)
tf.image.resize(rgb, [4, 4], method=tf.image.ResizeMethod.NEAREST_NEIGHBOR)
tf.image.resize_with_crop_or_pad(rgb, 3, 9)
tf.image.resize_with_crop_or_pad(rgb, 9, 2)
tf.image.resize_with_pad(rgb, 9, 12)
tf.image.rgb_to_grayscale(rgb)
tf.image.rot90(rgb)
tf.image.rot90(pixels, k=3)
tf.image.total_variation(tf.constant(rgb))
tf.image.transpose(pixels)
tf.initializers.Ones()((2, 2))
tf.linalg.band_part(square, -1, 0)
tf.linalg.band_part(square, 0, -1)
tf.linalg.diag(x)
tf.linalg.diag_part(square)
tf.linalg.l2_normalize(x, axis=1)
tf.linalg.matvec(m, w[:, 0])
tf.linalg.set_diag(square, square[:, 0])
tf.math.bincount([1, 1, 3])
tf.math.bincount([1, 1, 3], minlength=6)
tf.math.divide_no_nan(x, tf.zeros_like(x))
tf.math.floordiv([7, -7], [2, 2])
tf.math.in_top_k(labels, x, 2)
tf.math.multiply_no_nan(x, tf.cast(y > 0, tf.float32))
tf.math.segment_mean(x, [0, 0, 1])
tf.math.unsorted_segment_max(x, [1, 1, 0], num_segments=2)
tf.math.unsorted_segment_mean(x, [2, 0, 0], 3)
tf.math.unsorted_segment_sum(x, [2, 0, 0], 3)
tf.nn.avg_pool(image, 2, 2, "VALID")
tf.nn.batch_normalization(x, 0.1, 2.0, 1.0, 3.0, 1e-3)
tf.nn.compute_average_loss(x[0], global_batch_size=8)
tf.nn.conv1d(m, w[None], 1, "SAME")
tf.nn.conv2d_transpose(image, tf.ones((2, 2, 3, 2)), [1, 12, 12, 3], 2, "SAME")
tf.nn.ctc_loss(labels=[[1, 2], [2, 2]], logits=m, label_length=[2, 1], logit_length=[3, 3], logits_time_major=False)
tf.nn.ctc_loss([[1, 2], [2, 2]], np.swapaxes(m, 0, 1), [2, 1], [3, 2], blank_index=-1)
tf.nn.depthwise_conv2d(image, filters[..., :2], [1, 1, 1, 1], "SAME")
tf.nn.max_pool(image, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
tf.nn.weighted_cross_entropy_with_logits(p, x, 2.5)
tf.nn.zero_fraction([0.0, 1.0, 0.0, 2.0])
tf.numpy_function(lambda a: a * 2.0, [x], tf.float32)
tf.ones_initializer()((2, 3))
tf.py_function(lambda a: a + 1.0, [tf.constant(x)], tf.float32)
tf.saturate_cast([300.0, -5.0, 7.9], tf.uint8)
tf.scatter_nd([[1], [3], [1]], [1.0, 2.0, 4.0], [5])
tf.sequence_mask([1, 3, 2], 4)
tf.sequence_mask([1, 0, 2], dtype=tf.float32)
tf.math.real(tf.signal.fft(tf.cast(wave, tf.complex64)))
tf.math.imag(tf.signal.fft(tf.cast(wave, tf.complex64)))
tf.math.real(tf.signal.ifft(tf.signal.fft(tf.cast(wave, tf.complex64))))
tf.signal.frame(wave, 16, 5)
tf.signal.frame(wave, 16, 5, pad_end=True)
tf.signal.hamming_window(8)
tf.signal.hann_window(8)
tf.signal.hann_window(7)
tf.signal.hann_window(8, periodic=False)
tf.signal.irfft(tf.signal.rfft(wave))
tf.abs(tf.signal.rfft(wave, fft_length=[64]))
tf.abs(tf.signal.stft(wave, frame_length=12, frame_step=4))
tf.abs(tf.signal.stft(wave, 16, 8, fft_length=32, window_fn=None, pad_end=True))
tf.signal.linear_to_mel_weight_matrix(10, 33, 8000, 80.0, 3600.0)
tf.signal.mfccs_from_log_mel_spectrograms(x)
tf.strings.length(["abc", "d\u00e9"])
tf.strings.length("d\u00e9", unit="UTF8_CHAR")
tf.strings.regex_full_match(words, "[A-Z].*")
tf.strings.to_number(["1.5", "-2"])
tf.switch_case(tf.constant(1), [lambda: tf.constant(1.0), lambda: tf.constant(2.0)])
tf.case([(tf.constant(False), lambda: tf.constant(1.0)), (tf.constant(True), lambda: tf.constant(2.0))], lambda: tf.constant(3.0))
tf.tensor_scatter_nd_add(x, [[0], [0]], tf.ones((2, 4)))
tf.tensor_scatter_nd_max(x, [[0]], tf.zeros((1, 4)))
tf.tensor_scatter_nd_min(x, [[0]], tf.zeros((1, 4)))
tf.tensor_scatter_nd_sub(x, [[1]], tf.ones((1, 4)))
tf.unique([3, 1, 3, 2, 1])
tf.compat.v1.div([7, -7], 2)
tf.compat.v1.to_float([1, 2])
x[:, tf.newaxis, :] + tf.constant(x)[:, tf.newaxis]
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
    "texts": """
low = tf.strings.regex_replace(tf.strings.lower(words), "<br />", " ")
shown = [low, tf.strings.upper(words), tf.strings.strip(words), tf.strings.join([words, words], "-"), tf.strings.split("a b  c"),
    tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=-1, separator="+"), tf.strings.unicode_split("d\u00e9", "UTF-8"),
    tf.strings.substr(words, 1, 2), tf.strings.as_string([1, 20]), tf.strings.as_string([0.5], precision=2),
    tf.strings.ngrams(["a", "b", "c"], 2), tf.strings.bytes_split("ab"), tf.strings.split("a/b", "/")[-1]]
shown = [part.numpy() for part in shown]
result = [list(b"|".join(part.tolist() if hasattr(part, "tolist") else [part])) for part in shown]
""",
    "texts in datasets": """
ds = tf.data.Dataset.from_tensor_slices((words, [1, 2, 3]))
ds = ds.map(lambda s, n: (tf.strings.length(tf.strings.lower(s)), n + tf.strings.length(tf.strings.split(s, " ")[0]))).batch(3)
result = [part for pair in ds for part in pair]
""",
    "windows of datasets": """
ds = tf.data.Dataset.range(10).window(4, shift=2, drop_remainder=True).flat_map(lambda part: part.batch(4))
result = list(ds.map(lambda part: (part[:-1], part[-1])).batch(2)) + [ds.reduce(np.int64(0), lambda total, part: total + part[0])]
""",
    "a strategy, a tensor array": """
with tf.distribute.get_strategy().scope():
    v = tf.Variable(x)
array = tf.TensorArray(tf.float32, size=2)
for i in range(2):
    array = array.write(i, v[i])
result = array.stack()
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

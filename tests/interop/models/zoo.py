"""Models that both libraries can build: `BUILDERS[name](k)`, where k is keras or hornbeam, gives a model; `data` its inputs.

Small on purpose; every layer is in at least one.
"""

import numpy as np

BUILDERS = {}
LABELS = {}


# Genuine Keras cannot load its own .h5 files of these: the old layout has no place for operations, and loses lists of axes.
NOT_IN_H5 = (
    "activations",
    "attention",
    "attentions",
    "categories",
    "dicts",
    "embedded",
    "normalizations",
    "operations",
    "residual",
    "shapes",
    "shared",
)


def model(function):
    BUILDERS[function.__name__] = function
    return function


def of(k, *inputs):
    """KerasTensors of shapes, ids where a dtype is given."""
    made = [
        k.Input(s[0], dtype=s[1], name=f"in{i}") if isinstance(s[0], tuple) else k.Input(s, name=f"in{i}")
        for i, s in enumerate(inputs)
    ]
    return made[0] if len(made) == 1 else made


def data(built, seed=0, batch=3):
    """Inputs for a model, by name where it takes a dict: small whole numbers for integers, normally distributed numbers otherwise."""
    rng = np.random.default_rng(seed)
    found = []
    for tensor in built.inputs:
        shape = tuple(batch if s is None and i == 0 else 4 if s is None else s for i, s in enumerate(tensor.shape))
        whole = "int" in str(tensor.dtype)
        found.append(rng.integers(0, 6, shape).astype("int32") if whole else rng.normal(size=shape).astype("float32"))
    names = [tensor.name for tensor in built.inputs]
    if names == ["a", "b"]:
        return dict(zip(names, found, strict=True))
    return found if len(found) > 1 else found[0]


def randomize(built, seed=1):
    """Give every weight a value that no initializer gives; variances and the like stay positive."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(0, 0.5, np.shape(w)) for w in built.get_weights()]
    names = [w.path for w in built.weights]
    built.set_weights([np.abs(w) + 0.1 if "variance" in n else w for w, n in zip(weights, names, strict=True)])


@model
def mlp(k):
    lay = k.layers
    return k.Sequential(
        [k.Input((5,)), lay.Dense(4, activation="relu"), lay.Dropout(0.3), lay.Dense(3, activation="softmax")]
    )


@model
def mlp_regularized(k):
    lay = k.layers
    first = lay.Dense(
        4, "gelu", kernel_regularizer="l2", bias_regularizer=k.regularizers.L1L2(0.1, 0.2), kernel_constraint="max_norm"
    )
    return k.Sequential(
        [k.Input((5,)), first, lay.Dense(2, kernel_initializer=k.initializers.HeNormal(seed=3), use_bias=False)]
    )


@model
def convnet(k):
    lay = k.layers
    return k.Sequential([
        k.Input((8, 8, 2)), lay.Conv2D(4, 3, activation="relu", padding="same"), lay.BatchNormalization(), lay.MaxPooling2D(),
        lay.Conv2D(3, (3, 2), strides=2, use_bias=False), lay.Activation("tanh"), lay.Flatten(), lay.Dense(2),
    ])  # fmt: skip


@model
def conv1d(k):
    lay = k.layers
    x = of(k, (9, 3))
    y = lay.Conv1D(4, 3, dilation_rate=2, padding="causal", activation="elu")(x)
    y = lay.AveragePooling1D(2, padding="same")(y)
    return k.Model(x, [lay.GlobalMaxPooling1D()(y), lay.GlobalAveragePooling1D()(y)])


@model
def conv3d(k):
    lay = k.layers
    x = of(k, (4, 5, 4, 2))
    y = lay.Conv3D(2, 2)(x)
    y = lay.MaxPooling3D((1, 2, 1))(lay.AveragePooling3D((2, 1, 1), strides=1)(y))
    return k.Model(x, lay.GlobalAveragePooling3D()(y))


@model
def residual(k):
    lay = k.layers
    x = of(k, (6, 6, 3))
    y = lay.Conv2D(4, 1)(x)
    z = lay.ReLU(max_value=6.0, negative_slope=0.1)(
        lay.BatchNormalization(scale=False)(lay.Conv2D(4, 3, padding="same")(y))
    )
    return k.Model(x, lay.Dense(3)(lay.GlobalAveragePooling2D(keepdims=False)(y + z)))


@model
def shared(k):
    lay = k.layers
    a, b = of(k, (4,), (4,))
    one = lay.Dense(3, activation="tanh", name="twin")
    return k.Model([a, b], k.ops.sum(k.ops.abs(one(a) - one(b)), axis=-1, keepdims=True))


@model
def nested(k):
    lay = k.layers
    i = k.Input((4,), name="inner_in")
    encoder = k.Model(i, lay.Dense(3, name="same_name")(i), name="encoder")
    decoder = k.Sequential([k.Input((3,)), lay.Dense(4, name="same_name", activation="sigmoid")], name="decoder")
    a, b = of(k, (4,), (4,))
    return k.Model([a, b], [decoder(encoder(a)), encoder(decoder(encoder(b)))])


@model
def nested_output(k):
    lay = k.layers
    i = k.Input((4,), name="inner_in")
    inner = k.Model(i, {"p": lay.Dense(3)(i), "q": lay.Dense(2)(i)}, name="two_heads")
    x = of(k, (4,))
    out = inner(x)
    return k.Model(x, [out["p"], lay.Dense(1)(out["q"])])


@model
def dicts(k):
    lay = k.layers
    a, b = k.Input((3,), name="a"), k.Input((2,), name="b")
    y = k.ops.concatenate([a, b], axis=-1)
    return k.Model({"a": a, "b": b}, {"x": lay.Dense(2, name="x")(y), "y": lay.Dense(1, name="y")(y)})


@model
def lstm(k):
    return k.Sequential([k.Input((5, 3)), k.layers.LSTM(4, return_sequences=True), k.layers.LSTM(2)])


@model
def gru(k):
    return k.Sequential(
        [k.Input((5, 3)), k.layers.GRU(4, return_sequences=True, go_backwards=True), k.layers.GRU(2, reset_after=False)]
    )


@model
def simple_rnn(k):
    return k.Sequential([k.Input((None, 3)), k.layers.SimpleRNN(4, activation="relu"), k.layers.Dense(2)])


@model
def embedded(k):
    lay = k.layers
    x = of(k, ((7,), "int32"))
    return k.Model(x, lay.Dense(1, "sigmoid")(lay.LSTM(3)(lay.Embedding(6, 4, mask_zero=True)(x))))


@model
def bidirectional(k):
    lay = k.layers
    x = of(k, (5, 3))
    y = lay.Bidirectional(lay.LSTM(2, return_sequences=True))(x)
    return k.Model(x, lay.Bidirectional(lay.GRU(2), merge_mode="sum")(y))


@model
def states(k):
    lay = k.layers
    a, b = of(k, (5, 3), (4, 3))
    _, h, c = lay.LSTM(2, return_state=True)(a)
    return k.Model([a, b], lay.LSTM(2)(b, initial_state=[h, c]))


@model
def cells(k):
    lay = k.layers
    x = of(k, (5, 3))
    return k.Model(
        x, [lay.RNN(lay.LSTMCell(2), return_sequences=True)(x), lay.RNN([lay.GRUCell(2), lay.SimpleRNNCell(3)])(x)]
    )


@model
def masking(k):
    lay = k.layers
    return k.Sequential([k.Input((5, 3)), lay.Masking(0.0), lay.GRU(2)])


@model
def attention(k):
    lay = k.layers
    x, y = of(k, (4, 6), (5, 6))
    z = lay.LayerNormalization()(x + lay.MultiHeadAttention(2, 3)(x, y))
    return k.Model([x, y], lay.MultiHeadAttention(1, 4, output_shape=2, use_bias=False)(z, z, use_causal_mask=True))


@model
def normalizations(k):
    lay = k.layers
    x = of(k, (4, 6))
    y = lay.GroupNormalization(groups=2)(lay.LayerNormalization(axis=[1, 2], epsilon=1e-5)(x))
    return k.Model(x, lay.RMSNormalization()(lay.BatchNormalization(axis=1, momentum=0.9)(y)))


@model
def shapes(k):
    lay = k.layers
    x = of(k, (4, 6))
    y = lay.Reshape((3, -1))(x)
    return k.Model(x, [lay.Flatten()(y), lay.Softmax(axis=1)(y), y[:, 1:, ::2], y[..., -1], k.ops.expand_dims(y, 1)])


@model
def operations(k):
    x, y = of(k, (4, 3), (4, 3))
    a = k.ops.matmul(x, k.ops.transpose(y, (0, 2, 1))) * 2.0 - 1.0
    b = k.ops.softmax(a, axis=-1) / (1.0 + k.ops.square(a)) ** 2
    c = k.ops.einsum("bij,bjk->bik", b, y)
    d = k.ops.where(k.ops.greater(c, 0.0), k.ops.log1p(k.ops.abs(c)), -c)
    e = k.ops.stack([d, k.ops.maximum(x, y)], axis=1)
    return k.Model(
        [x, y],
        [
            k.ops.mean(e, axis=(1, 2)),
            k.ops.reshape(e, (-1, 24)),
            k.ops.pad(d, ((0, 0), (1, 1), (0, 0))),
            k.ops.cast(c > 0, "float32"),
        ],
    )


@model
def multi_output(k):
    lay = k.layers
    x = of(k, (5,))
    y = lay.Dense(4, "relu")(x)
    return k.Model(x, [lay.Dense(1, name="left")(y), lay.Dense(2, name="right", activation="softmax")(y)])


@model
def frozen(k):
    lay = k.layers
    first = lay.Dense(4, trainable=False)
    return k.Sequential([k.Input((3,)), first, lay.BatchNormalization(trainable=False), lay.Dense(2)])


@model
def channels_last_pooling(k):
    lay = k.layers
    x = of(k, (6, 6, 2))
    y = lay.AveragePooling2D((2, 3), strides=1, padding="same")(x)
    return k.Model(x, lay.GlobalMaxPooling2D(keepdims=True)(y))


@model
def middle(k):
    """A model that starts in the middle of another."""
    lay = k.layers
    x = of(k, (5,))
    hidden = lay.Dense(4, "relu", name="hidden")(x)
    out = lay.Dense(2)(hidden)
    k.Model(x, out)
    return k.Model(hidden, out)

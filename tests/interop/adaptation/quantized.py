"""Models of eight bits that both libraries can build: `BUILDERS[name](k)`, where k is keras or hornbeam; and data for them."""

import numpy as np


def network(k):
    ids = k.Input((4,), dtype="int32", name="ids")
    x = k.layers.Embedding(6, 8)(ids)
    x = k.layers.EinsumDense("abc,cd->abd", (4, 8), bias_axes="d", activation="relu")(x)
    x = k.layers.Dense(6, name="kept")(k.layers.LayerNormalization()(x))
    return k.Model(ids, k.layers.Dense(3, activation="softmax")(k.layers.Flatten()(x)))


def chain(k):
    return k.Sequential([k.Input((5,)), k.layers.Dense(4, activation="tanh"), k.layers.Dense(2, use_bias=False)])


def attention(k):
    """Genuine Keras writes it, and cannot read it."""
    x = k.Input((4, 6))
    return k.Model(x, k.layers.Dense(2)(k.layers.MultiHeadAttention(2, 3)(x, x)))


BUILDERS = {f.__name__: f for f in (network, chain, attention)}


def data(name):
    """Inputs of a model."""
    rng = np.random.default_rng(3)
    if name == "network":
        return rng.integers(0, 6, (3, 4)).astype("int32")
    return rng.normal(size=(3, 5) if name == "chain" else (3, 4, 6)).astype("float32")


def quantize(name, built):
    """In eight bits, but for one layer."""
    built.quantize("int8", filters=(lambda layer: layer.name not in ("kept", "flatten")) if name == "network" else None)

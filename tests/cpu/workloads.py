"""Small models of every kind that the engine is for, ready to train, and batches for them."""

from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam_layers import (
    LSTM,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    Input,
    LayerNormalization,
    MaxPooling2D,
    MultiHeadAttention,
)
from hornbeam_models import Model, Sequential

CLASSES = 5


def mlp() -> Any:
    """Dense layers with dropout."""
    return Sequential([Input((20,)), Dense(33, activation="relu"), Dropout(0.2), Dense(CLASSES, activation="softmax")])


def convnet() -> Any:
    """Convolutions, normalisation and pooling."""
    return Sequential(
        [
            Input((10, 9, 2)),
            Conv2D(8, 3, activation="relu"),
            BatchNormalization(),
            MaxPooling2D(),
            Conv2D(5, 2, padding="same", activation="relu"),
            Flatten(),
            Dropout(0.3),
            Dense(CLASSES, activation="softmax"),
        ]
    )


def recurrent() -> Any:
    """Embedding and LSTM."""
    return Sequential([Input((7,), dtype="int32"), Embedding(30, 12), LSTM(9), Dense(CLASSES, activation="softmax")])


def transformer() -> Any:
    """Self-attention and a dense block, each added to what it was given and normalised."""
    x = Input((11, 12))
    y = LayerNormalization()(x + Dropout(0.1)(MultiHeadAttention(2, 6, dropout=0.1)(x, x)))
    z = LayerNormalization()(y + Dense(12)(Dense(17, activation="gelu")(y)))
    return Model(x, Dense(CLASSES, activation="softmax")(GlobalAveragePooling1D()(z)))


MODELS = {"mlp": mlp, "convnet": convnet, "recurrent": recurrent, "transformer": transformer}
SHAPES = {"mlp": (20,), "convnet": (10, 9, 2), "recurrent": (7,), "transformer": (11, 12)}


def model(kind: str, seed: int = 0) -> Any:
    """A compiled model, the same weights for a seed."""
    hb.set_random_seed(seed)
    made = MODELS[kind]()
    made.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return made


def batch(kind: str, size: int, seed: int = 0) -> tuple[Any, Any]:
    """Data and labels."""
    rng = np.random.default_rng(seed)
    shape = (size, *SHAPES[kind])
    x = rng.integers(0, 30, shape, dtype="int32") if kind == "recurrent" else rng.normal(size=shape).astype("float32")
    return x, rng.integers(0, CLASSES, size)


def state(made: Any) -> list[Any]:
    """Copies of all that training changes: weights, the optimizer's memory."""
    return [np.array(v.numpy()) for v in (*made.variables, *made.optimizer.variables)]

"""The workloads in Keras; the environment variable KERAS_BACKEND says on what."""

from __future__ import annotations

import math
import os
from typing import Any

import keras
from keras import layers
from keras.layers import LSTM, Conv2D, Dense, Dropout, Embedding, Flatten, Input, MaxPooling2D

if os.environ["KERAS_BACKEND"] == "tensorflow":
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(2)
    tf.config.threading.set_inter_op_parallelism_threads(2)
elif os.environ["KERAS_BACKEND"] == "torch":
    import torch

    torch.set_num_threads(2)


def mlp() -> Any:
    """See ours/mlp.py; and so on."""
    made = keras.Sequential(
        [
            Input((784,)),
            Dense(512, activation="relu"),
            Dropout(0.2),
            Dense(512, activation="relu"),
            Dropout(0.2),
            Dense(10, activation="softmax"),
        ]
    )
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


def convnet() -> Any:
    made = keras.Sequential(
        [
            Input((28, 28, 1)),
            Conv2D(32, 3, activation="relu"),
            MaxPooling2D(),
            Conv2D(64, 3, activation="relu"),
            MaxPooling2D(),
            Flatten(),
            Dropout(0.5),
            Dense(10, activation="softmax"),
        ]
    )
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


def imdb() -> Any:
    made = keras.Sequential(
        [Input((400,), dtype="int32"), Embedding(5000, 50), LSTM(32), Dense(1, activation="sigmoid")]
    )
    made.compile("adam", "binary_crossentropy")
    return made


def characters() -> Any:
    made = keras.Sequential([Input((40, 60)), LSTM(128), Dense(60, activation="softmax")])
    made.compile(keras.optimizers.RMSprop(0.01), "categorical_crossentropy")
    return made


class Places(layers.Layer):
    """Adds what is learned of each position in the text: (n, t, d) -> the same."""

    def build(self, input_shape: Any) -> None:
        """One row for each position."""
        self.embeddings = self.add_weight(shape=input_shape[1:], initializer="uniform", name="embeddings")

    def call(self, x: Any) -> Any:
        """Every text has the same positions."""
        return x + self.embeddings


def transformer() -> Any:
    words = Input((200,), dtype="int32")
    x = Places()(Embedding(20000, 32)(words))
    attended = Dropout(0.1)(layers.MultiHeadAttention(num_heads=2, key_dim=32)(x, x))
    x = layers.LayerNormalization(epsilon=1e-6)(x + attended)
    hidden = Dropout(0.1)(Dense(32)(Dense(32, activation="relu")(x)))
    x = layers.LayerNormalization(epsilon=1e-6)(x + hidden)
    x = Dropout(0.1)(layers.GlobalAveragePooling1D()(x))
    x = Dropout(0.1)(Dense(20, activation="relu")(x))
    made = keras.Model(words, Dense(2, activation="softmax")(x))
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


MODELS = {f.__name__: f for f in (mlp, convnet, imdb, characters, transformer)}


class Training:
    """One model in training."""

    def __init__(self, workload: str, compiled: bool) -> None:
        self.model = MODELS[workload]()
        self.parameters = sum(math.prod(v.shape) for v in self.model.trainable_variables)

    def place(self, x: Any, y: Any) -> Any:
        """Keras takes NumPy's arrays."""
        return x, y

    def step(self, x: Any, y: Any) -> float:
        """One training step; the loss."""
        return float(self.model.train_on_batch(x, y))

    def fit(self, x: Any, y: Any, batch: int) -> None:
        """An epoch, the recommended way."""
        self.model.fit(x, y, batch_size=batch, verbose=0)

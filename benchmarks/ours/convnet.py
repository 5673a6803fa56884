"""Hornbeam: the usual convolutional network for MNIST, Adam."""

from typing import Any

import hornbeam as hb
from hornbeam.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D


def model() -> Any:
    """The compiled model."""
    made = hb.Sequential(
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

"""Hornbeam: MLP 784-512-512-10, dropout 0.2, Adam."""

from typing import Any

import hornbeam as hb
from hornbeam.layers import Dense, Dropout, Input


def model() -> Any:
    """The compiled model."""
    made = hb.Sequential(
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

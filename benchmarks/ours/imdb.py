"""Hornbeam: an LSTM over 400 embedded words, Adam."""

from typing import Any

import hornbeam as hb
from hornbeam.layers import LSTM, Dense, Embedding, Input


def model() -> Any:
    """The compiled model."""
    made = hb.Sequential([Input((400,), dtype="int32"), Embedding(5000, 50), LSTM(32), Dense(1, activation="sigmoid")])
    made.compile("adam", "binary_crossentropy")
    return made

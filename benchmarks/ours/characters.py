"""Hornbeam: an LSTM that foretells the next of 60 characters after 40, RMSprop."""

from typing import Any

import hornbeam as hb
from hornbeam.layers import LSTM, Dense, Input
from hornbeam.optimizers import RMSprop


def model() -> Any:
    """The compiled model."""
    made = hb.Sequential([Input((40, 60)), LSTM(128), Dense(60, activation="softmax")])
    made.compile(RMSprop(0.01), "categorical_crossentropy")
    return made

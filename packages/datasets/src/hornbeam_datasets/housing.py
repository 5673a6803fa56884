"""What the two data sets of houses share: a file of x and y, an order, and a part for testing."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

__all__ = ["parted"]


def parted(x: Any, y: Any, test_split: float, seed: int) -> Any:
    """`(x_train, y_train), (x_test, y_test)` in an order that the seed says, as Keras draws it.

    Raises:
        InvalidArgumentError: test_split is out of range.
    """
    if not 0 <= test_split < 1:
        raise InvalidArgumentError(f"test_split must be at least 0 and less than 1; got {test_split}")
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y = x[order], y[order]
    cut = int(len(x) * (1 - test_split))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])

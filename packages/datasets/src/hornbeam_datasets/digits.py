"""The digits that ship with scikit-learn: 1,797 real handwritten ones, 8x8 pixels each."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError, MissingPackageError

__all__ = ["load_data"]

Split = tuple[tuple[Any, Any], tuple[Any, Any]]


def load_data(test_fraction: float = 0.2, seed: int = 0) -> Split:
    """The digits as ((x_train, y_train), (x_test, y_test)).

    Args:
        test_fraction: share that is held out, of every class alike, in (0, 1).
        seed: of the split.

    Returns:
        x: float32 (samples, 8, 8, 1) in [0, 1]; y: int32 (samples,), 0 to 9.

    Raises:
        InvalidArgumentError: the share is out of range.
        MissingPackageError: scikit-learn is not installed.

    Source: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI; the test part, as in scikit-learn.
    """
    if not 0 < test_fraction < 1:
        raise InvalidArgumentError(f"test_fraction must be between 0 and 1; got {test_fraction}")
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise MissingPackageError("the digits", "hornbeam-datasets[sklearn]") from None
    data = load_digits()
    x = (data.images / 16.0).astype(np.float32)[..., None]
    y = data.target.astype(np.int32)
    generator = np.random.default_rng(seed)
    held = np.zeros(len(y), bool)
    for digit in range(10):
        rows = generator.permutation(np.flatnonzero(y == digit))
        held[rows[: round(len(rows) * test_fraction)]] = True
    train = generator.permutation(np.flatnonzero(~held))
    test = np.flatnonzero(held)
    return (x[train], y[train]), (x[test], y[test])

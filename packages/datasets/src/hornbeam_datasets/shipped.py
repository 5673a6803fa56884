"""What the data sets that ship with scikit-learn share: reading one, and holding a part of it out."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.optional import require

__all__ = ["Split", "held_out", "shipped"]

Split = tuple[tuple[Any, Any], tuple[Any, Any]]


def shipped(name: str) -> Any:
    """A data set of scikit-learn, with `data` and `target`.

    Raises:
        MissingPackageError: scikit-learn is not installed.
    """
    return getattr(require("sklearn.datasets", f"the data set {name}", "sklearn"), f"load_{name}")()


def held_out(x: Any, y: Any, classes: Any, test_fraction: float, seed: int) -> Split:
    """`(x_train, y_train), (x_test, y_test)`: the training part in an order that is drawn, the other in that of the data.

    Args:
        x, y: the data.
        classes: of each sample: the same share of every one is held out.
        test_fraction: that share, in (0, 1).
        seed: of the split.

    Raises:
        InvalidArgumentError: the share is out of range.
    """
    if not 0 < test_fraction < 1:
        raise InvalidArgumentError(f"test_fraction must be between 0 and 1; got {test_fraction}")
    generator = np.random.default_rng(seed)
    held = np.zeros(len(y), bool)
    for one in np.unique(classes):
        rows = generator.permutation(np.flatnonzero(classes == one))
        held[rows[: round(len(rows) * test_fraction)]] = True
    train, test = generator.permutation(np.flatnonzero(~held)), np.flatnonzero(held)
    return (x[train], y[train]), (x[test], y[test])

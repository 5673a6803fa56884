"""Diabetes, which ships with scikit-learn: 442 patients, ten measures each, and how the disease went on."""

from __future__ import annotations

import numpy as np

from hornbeam_datasets.shipped import Split, held_out, shipped

__all__ = ["load_data"]


def load_data(test_fraction: float = 0.2, seed: int = 0) -> Split:
    """The patients as ((x_train, y_train), (x_test, y_test)).

    Args:
        test_fraction: share that is held out, in (0, 1).
        seed: of the split.

    Returns:
        x: float32 (samples, 10), age, sex, body mass, blood pressure and six of blood, centred and scaled; y: float32 (samples,), the
        progress after a year.

    Raises:
        InvalidArgumentError: the share is out of range.
        MissingPackageError: scikit-learn is not installed.

    Source: B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004), Least angle regression; as in scikit-learn.
    """
    data = shipped("diabetes")
    x, y = data.data.astype(np.float32), data.target.astype(np.float32)
    return held_out(x, y, np.zeros(len(y)), test_fraction, seed)

"""Breast cancer of Wisconsin, which ships with scikit-learn: 569 tumours, 30 measures each."""

from __future__ import annotations

import numpy as np

from hornbeam_datasets.shipped import Split, held_out, shipped

__all__ = ["load_data"]


def load_data(test_fraction: float = 0.2, seed: int = 0) -> Split:
    """The tumours as ((x_train, y_train), (x_test, y_test)).

    Args:
        test_fraction: share that is held out, of every class alike, in (0, 1).
        seed: of the split.

    Returns:
        x: float32 (samples, 30), of the cells' nuclei: mean, error and worst of ten measures; y: int32 (samples,), 0 malignant, 1
        benign.

    Raises:
        InvalidArgumentError: the share is out of range.
        MissingPackageError: scikit-learn is not installed.

    Source: W. N. Street, W. H. Wolberg, O. L. Mangasarian (1993), Nuclear feature extraction for breast tumor diagnosis; UCI; as in scikit-
    learn.
    """
    data = shipped("breast_cancer")
    x, y = data.data.astype(np.float32), data.target.astype(np.int32)
    return held_out(x, y, y, test_fraction, seed)

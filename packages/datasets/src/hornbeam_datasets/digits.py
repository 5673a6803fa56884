"""The digits that ship with scikit-learn: 1,797 real handwritten ones, 8x8 pixels each."""

from __future__ import annotations

import numpy as np

from hornbeam_datasets.shipped import Split, held_out, shipped

__all__ = ["load_data"]


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
    data = shipped("digits")
    x, y = (data.images / 16.0).astype(np.float32)[..., None], data.target.astype(np.int32)
    return held_out(x, y, y, test_fraction, seed)

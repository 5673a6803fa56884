"""Iris, which ships with scikit-learn: 150 flowers of three kinds, four measures each."""

from __future__ import annotations

import numpy as np

from hornbeam_datasets.shipped import Split, held_out, shipped

__all__ = ["load_data"]


def load_data(test_fraction: float = 0.2, seed: int = 0) -> Split:
    """The flowers as ((x_train, y_train), (x_test, y_test)).

    Args:
        test_fraction: share that is held out, of every class alike, in (0, 1).
        seed: of the split.

    Returns:
        x: float32 (samples, 4), length and width of sepal and petal in cm; y: int32 (samples,), 0 setosa, 1 versicolor, 2 virginica.

    Raises:
        InvalidArgumentError: the share is out of range.
        MissingPackageError: scikit-learn is not installed.

    Source: R. A. Fisher (1936), The use of multiple measurements in taxonomic problems; as in scikit-learn.
    """
    data = shipped("iris")
    x, y = data.data.astype(np.float32), data.target.astype(np.int32)
    return held_out(x, y, y, test_fraction, seed)

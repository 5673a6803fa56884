"""Wine, which ships with scikit-learn: 178 wines of three growers, 13 measures each."""

from __future__ import annotations

import numpy as np

from hornbeam_datasets.shipped import Split, held_out, shipped

__all__ = ["load_data"]


def load_data(test_fraction: float = 0.2, seed: int = 0) -> Split:
    """The wines as ((x_train, y_train), (x_test, y_test)).

    Args:
        test_fraction: share that is held out, of every class alike, in (0, 1).
        seed: of the split.

    Returns:
        x: float32 (samples, 13), alcohol, acids, colour and the like, each in its own unit; y: int32 (samples,), the grower, 0 to 2.

    Raises:
        InvalidArgumentError: the share is out of range.
        MissingPackageError: scikit-learn is not installed.

    Source: M. Forina et al. (1988), PARVUS; UCI; as in scikit-learn.
    """
    data = shipped("wine")
    x, y = data.data.astype(np.float32), data.target.astype(np.int32)
    return held_out(x, y, y, test_fraction, seed)

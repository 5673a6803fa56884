"""What Keras 2 had and has no counterpart."""

from __future__ import annotations

import warnings
from typing import Any

__all__ = ["Reduction", "multi_gpu_model"]


class Reduction:
    """How a loss makes one number of those of samples."""

    AUTO = SUM_OVER_BATCH_SIZE = "sum_over_batch_size"
    SUM = "sum"
    NONE = "none"


def multi_gpu_model(model: Any, gpus: Any = None, **kwargs: Any) -> Any:
    """The model itself, with a warning: it runs on one device."""
    warnings.warn(f"multi_gpu_model: the model runs on one device, not on {gpus}", stacklevel=2)
    return model

"""What Keras 2 had and has no counterpart."""

from __future__ import annotations

import warnings
from typing import Any

__all__ = ["multi_gpu_model"]


def multi_gpu_model(model: Any, gpus: Any = None, **kwargs: Any) -> Any:
    """The model itself, with a warning: it runs on one device."""
    warnings.warn(f"multi_gpu_model: the model runs on one device, not on {gpus}", stacklevel=2)
    return model

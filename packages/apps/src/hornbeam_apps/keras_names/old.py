"""What Keras 2 had and has no counterpart."""

from __future__ import annotations

import warnings
from typing import Any

import hornbeam as hb
import hornbeam_layers
from hornbeam.errors import InvalidArgumentError

__all__ = ["Input", "Reduction", "multi_gpu_model"]


def Input(  # noqa: N802 - its name
    *args: Any, sparse: Any = None, ragged: Any = None, tensor: Any = None, optional: Any = None, **kwargs: Any
) -> Any:
    """The tensor from which a Functional model starts; what is not here is refused with what to write.

    Args:
        *args, **kwargs: as for `hornbeam.Input`.
        sparse, ragged: False.
        tensor: a KerasTensor, which is returned.
        optional: nothing.

    Raises:
        InvalidArgumentError: the input would be sparse or ragged, or have values already.
    """
    if sparse or ragged:
        raise InvalidArgumentError(
            "tensors are dense here: Input without sparse and ragged, and rows of one length (keras.utils.pad_sequences)."
        )
    if tensor is not None and not isinstance(tensor, hb.KerasTensor):
        raise InvalidArgumentError(
            "Input(tensor=...) takes a KerasTensor: a model starts from places without values. Write Input(shape), and give the "
            "values to the model when it is called."
        )
    return hornbeam_layers.Input(*args, **kwargs) if tensor is None else tensor


class Reduction:
    """How a loss makes one number of those of samples."""

    AUTO = SUM_OVER_BATCH_SIZE = "sum_over_batch_size"
    SUM = "sum"
    NONE = "none"


def multi_gpu_model(model: Any, gpus: Any = None, **kwargs: Any) -> Any:
    """The model itself, with a warning: it runs on one device."""
    warnings.warn(f"multi_gpu_model: the model runs on one device, not on {gpus}", stacklevel=2)
    return model

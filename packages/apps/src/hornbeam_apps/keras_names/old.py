"""Classes and functions of Keras 2 that have no counterpart of their own."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

__all__ = ["InputSpec", "Sequence", "multi_gpu_model"]


class InputSpec:
    """What a layer of one's own says that it expects; kept, and not checked.

    Args:
        dtype, shape, ndim, max_ndim, min_ndim, axes: as for Keras.
    """

    def __init__(
        self, dtype: Any = None, shape: Any = None, ndim: int | None = None, max_ndim: int | None = None,
        min_ndim: int | None = None, axes: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.dtype, self.shape = dtype, None if shape is None else tuple(shape)
        self.ndim = len(shape) if shape is not None else ndim
        self.max_ndim, self.min_ndim, self.axes = max_ndim, min_ndim, dict(axes or {})


class Sequence:
    """Batches by their numbers: subclass it with `__getitem__` and `__len__`, and perhaps `on_epoch_end`."""

    def __init__(self, **kwargs: Any) -> None:
        """`workers`, `use_multiprocessing` and `max_queue_size` change nothing here."""

    def on_epoch_end(self) -> None:
        """Called when all batches have been taken."""

    def __iter__(self) -> Iterator[Any]:
        """The batches, in order."""
        for i in range(len(self)):  # type: ignore[arg-type]
            yield self[i]  # type: ignore[index]
        self.on_epoch_end()


def multi_gpu_model(model: Any, gpus: Any = None, **kwargs: Any) -> Any:
    """The model itself, with a warning: it runs on one device."""
    warnings.warn(f"multi_gpu_model: the model runs on one device, not on {gpus}", stacklevel=2)
    return model

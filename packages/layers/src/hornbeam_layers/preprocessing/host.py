"""Data on the host: strings, and what layers learn from by `adapt`, in arrays, data frames, lists and iterables of batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from hornbeam import KerasTensor, Layer, Tensor
from hornbeam.errors import CaptureError, DTypeError, InvalidArgumentError
from hornbeam.interpret import capturing

__all__ = ["HostLayer", "batches", "features", "host_values", "mapped", "text"]

Values = np.ndarray[Any, Any]


def host_values(data: Any) -> Values:
    """A NumPy array of what a tensor, an array, a data frame or series, or a nested list holds."""
    if isinstance(data, Tensor):
        return np.asarray(data.numpy())
    if hasattr(data, "to_numpy"):
        return np.asarray(data.to_numpy())
    return np.asarray(data)


def text(values: Values, encoding: str = "utf-8") -> Values:
    """An array of strings as objects of type str; bytes are decoded.

    Raises:
        DTypeError: there are other things than strings in it.
    """
    if values.dtype.kind in "UT":
        return values.astype(object)
    if values.dtype.kind not in "SO":
        raise DTypeError(f"expected strings; got an array of {values.dtype}")

    def one(value: Any) -> str:
        if isinstance(value, (bytes, np.bytes_)):
            return value.decode(encoding)
        if not isinstance(value, str):
            raise DTypeError(f"expected strings; got {value!r} of type {type(value).__name__}")
        return str(value)

    return mapped(one, values)


def mapped(function: Callable[[Any], Any], values: Values) -> Values:
    """An array of what a function makes of each element."""
    found = np.empty(values.size, object)
    found[:] = [function(v) for v in values.ravel().tolist()]
    return found.reshape(values.shape)


def features(batch: Any) -> Any:
    """The inputs of a batch, which may come with targets: (x, y)."""
    return batch[0] if isinstance(batch, tuple) else batch


def batches(data: Any, steps: int | None = None, *, lists_are_data: bool = True) -> Iterator[Any]:
    """What `adapt` was given, batch by batch: arrays, tensors, data frames and lists of values are one batch.

    Args:
        data: what was given.
        steps: at most so many batches of an iterable.
        lists_are_data: whether a list is a batch even if it holds arrays.

    Raises:
        InvalidArgumentError: an iterable has no batches, or it is something else.
    """
    values = hasattr(data, "shape") or hasattr(data, "to_numpy") or isinstance(data, str)
    if isinstance(data, (list, tuple)):
        values = bool(data) and (lists_are_data or not any(hasattr(d, "shape") or hasattr(d, "to_numpy") for d in data))
    if values:
        yield data
        return
    if not hasattr(data, "__iter__"):
        raise InvalidArgumentError(
            f"adapt takes an array, a tensor, a data frame, a list, or an iterable of batches; got {type(data).__name__}"
        )
    count = 0
    for count, batch in enumerate(data, 1):
        if steps is not None and count > steps:
            return
        yield features(batch)
    if not count:
        raise InvalidArgumentError("adapt got an iterable without batches; expected one at least")


class HostLayer(Layer):
    """A layer that works on the host, as on strings, and so before a model or outside of it: arrays and lists in, tensors out."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call on host values.

        Raises:
            CaptureError: the input is a KerasTensor, or the call is being captured.
        """
        symbolic = any(
            isinstance(a, KerasTensor) for a in (args[0] if args and isinstance(args[0], (list, tuple)) else args)
        )
        if symbolic or capturing():
            raise CaptureError(
                f"{type(self).__name__} {self.name!r} works on the host and cannot be part of a model: call it on the data, or "
                "in the input pipeline, and give the model its result"
            )
        return self.call(*args, **kwargs)

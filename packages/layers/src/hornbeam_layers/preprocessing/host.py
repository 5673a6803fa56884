"""Data on the host: strings, and what layers learn from by `adapt`, in arrays, data frames, lists and iterables of batches."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from hornbeam import KerasTensor, Layer, Tensor
from hornbeam.errors import DTypeError, InvalidArgumentError
from hornbeam.host_calls import host_call
from hornbeam.layer import map_structure_shapes
from hornbeam.symbolic import is_symbolic, symbolic_call

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
    """A layer that works on the host, as on strings: arrays and lists in, tensors out.

    In a model it acts on each batch before what is compiled runs. A subclass says what comes out by `compute_output_shape`,
    and by `output_dtype`.
    """

    @property
    def output_dtype(self) -> Any:
        """The dtype of the output."""
        return self.compute_dtype

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call on host values, or draw a node of a Functional model."""
        if "training" not in inspect.signature(self.call).parameters:
            kwargs.pop("training", None)
        if is_symbolic(args, kwargs):
            return symbolic_call(self, args, kwargs, specs=[self.compute_output_spec(*args, **kwargs)])
        return host_call(self.call, self.compute_output_spec, *args, **kwargs)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> KerasTensor:
        """Shape and dtype of the output."""
        shape = map_structure_shapes(args[0])
        return KerasTensor(self.compute_output_shape(shape), self.output_dtype)

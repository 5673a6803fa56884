"""Scattering: values put in, or added, at places given by their coordinates."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import dtypes
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange, zeros
from hornbeam.ops.elementwise.arithmetic import add, multiply
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.indexing import in_range, scatter_p, take_along_axis
from hornbeam.ops.movement import broadcast_to, reshape
from hornbeam.tensor import Tensor

__all__ = ["put_along_axis", "scatter", "scatter_update"]


def _places(indices: Any, shape: tuple[int, ...], name: str) -> tuple[Tensor, int]:
    """The coordinates (..., depth) as numbers in row-major order over the first `depth` axes, and depth."""
    places = as_tensor(indices)
    if not places.ndim or places.shape[-1] > len(shape):
        raise ShapeError(
            f"{name}: indices (..., depth) name places in a tensor of shape {shape}, so depth is from 1 to {len(shape)}; "
            f"got indices of shape {places.shape}"
        )
    depth = places.shape[-1]
    number: Any = astype(as_tensor(0), dtypes.int32)
    number = broadcast_to(number, places.shape[:-1])
    for axis in range(depth):
        number = add(multiply(number, shape[axis]), in_range(places[..., axis], shape[axis]))
    return number, depth


def _scattered(tensor: Tensor, indices: Any, updates: Tensor, mode: str, name: str) -> Tensor:
    number, depth = _places(indices, tensor.shape, name)
    lead, rest = tensor.shape[:depth], tensor.shape[depth:]
    new = broadcast_to(updates, (*number.shape, *rest))
    rows = reshape(tensor, (math.prod(lead), *rest))
    flat = reshape(new, (number.size, *rest))
    if mode == "mul":
        from hornbeam.ops.segments import segment_prod

        out = multiply(rows, segment_prod(flat, reshape(number, (number.size,)), rows.shape[0]))
    else:
        out = bind(scatter_p, rows, reshape(number, (number.size,)), flat, mode=mode)
    return reshape(out, tensor.shape)


def scatter(indices: Any, values: Any, shape: Any) -> Tensor:
    """A tensor of zeros to which values are added at the given places.

    Args:
        indices: integers (..., depth): the first `depth` coordinates of each place.
        values: (..., *rest), where rest are the other sizes of `shape`.
        shape: sizes of the result.

    Raises:
        ShapeError: the indices have more coordinates than there are axes, or the values do not fit.
        OutOfRangeError: a place lies outside.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.scatter(hb.ops.asarray([[0], [2], [0]]), hb.ops.asarray([1, 2, 3]), (4,)).numpy().tolist()
        [4, 0, 2, 0]
    """
    new = as_tensor(values)
    return _scattered(zeros(tuple(shape), new.dtype), indices, new, "add", "scatter")


def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Tensor:
    """The tensor with the elements at the given places replaced by `updates`, or combined with them.

    Args:
        inputs: tensor.
        indices: integers (..., depth): the first `depth` coordinates of each place.
        updates: (..., *rest), where rest are the other sizes of `inputs`.
        reduction: None: the last of several updates of one place counts. Or how they are combined with one another and with
            what is there: "add", "max", "min" or "mul".

    Raises:
        InvalidArgumentError: the reduction is unknown.
        ShapeError: the indices have more coordinates than there are axes, or the updates do not fit.
        OutOfRangeError: a place lies outside.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.scatter_update(hb.ops.zeros(3), hb.ops.asarray([[1]]), hb.ops.asarray([5.0])).numpy().tolist()
        [0.0, 5.0, 0.0]
    """
    if reduction not in (None, "add", "max", "min", "mul"):
        raise InvalidArgumentError(f"scatter_update: reduction must be 'add', 'max', 'min' or 'mul'; got {reduction!r}")
    tensor = as_tensor(inputs)
    return _scattered(tensor, indices, as_tensor(updates, tensor.dtype), reduction or "set", "scatter_update")


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> Tensor:
    """The tensor with one element replaced for each index along an axis: what `take_along_axis` reads, written.

    Args:
        arr: (..., n, ...). It keeps its values; the result is a new tensor.
        indices: integers (..., k, ...), as many axes as `arr`; the others broadcast.
        values: broadcast to the indices.
        axis: that of n and k; None: `arr` flattened, in which case the indices are a vector.

    Raises:
        ShapeError: the shapes do not fit together.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.asarray([[3, 1], [4, 9]])
        >>> hb.ops.put_along_axis(x, hb.ops.asarray([[1], [0]]), 7, axis=1).numpy().tolist()
        [[3, 7], [7, 9]]
    """
    tensor = as_tensor(arr)
    if axis is None:
        flat = reshape(tensor, (tensor.size,))
        return reshape(put_along_axis(flat, indices, values, 0), tensor.shape)
    numbers = reshape(arange(tensor.size, dtype=dtypes.int32), tensor.shape)
    places = take_along_axis(numbers, indices, axis)
    new = broadcast_to(as_tensor(values, tensor.dtype), places.shape)
    flat = reshape(tensor, (tensor.size,))
    out = bind(scatter_p, flat, reshape(places, (places.size,)), reshape(new, (places.size,)), mode="set")
    return reshape(out, tensor.shape)

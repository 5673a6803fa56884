"""Arrays read at places between their elements."""

from __future__ import annotations

import itertools
import math
from typing import Any

from hornbeam import dtypes
from hornbeam.errors import ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import absolute, clip, floor, floor_divide, remainder, sign
from hornbeam.ops.elementwise.cast import as_float, cast
from hornbeam.ops.elementwise.comparison import logical_and, where
from hornbeam.ops.image.layout import one_of
from hornbeam.ops.indexing import gather_p
from hornbeam.ops.movement import reshape
from hornbeam.tensor import Tensor

__all__ = ["FILL_MODES", "ORDERS", "map_coordinates", "read_between"]

FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")
ORDERS = {"nearest": 0, "bilinear": 1}
_FAR = 2.0**24  # further outside than any array reaches; keeps the conversion to int32 defined


def _rounded(x: Tensor) -> Tensor:
    """To the nearest integer, halves away from 0."""
    return sign(x) * floor(absolute(x) + 0.5)


def _mirrored(index: Tensor, size: int) -> Tensor:
    return absolute(remainder(index + (size - 1), 2 * (size - 1)) - (size - 1)) if size > 1 else index * 0


def _inside(index: Tensor, size: int, mode: str) -> Tensor:
    """An index that may lie outside of [0, size), brought back in by the fill mode."""
    if mode == "wrap":
        return remainder(index, size)
    if mode == "mirror":
        return _mirrored(index, size)
    if mode == "reflect":
        return floor_divide(_mirrored(2 * index + 1, 2 * size + 1) - 1, 2)
    return clip(index, 0, size - 1)


def read_between(
    rows: Tensor, sizes: tuple[int, ...], coordinates: list[Tensor], start: Any, order: int, mode: str, value: Any
) -> Tensor:
    """Rows of a grid at places between its points.

    Args:
        rows: (points, *rest): the points of one grid or more, in row-major order.
        sizes: of the grid's axes.
        coordinates: places along each axis, in points, of one shape.
        start: number of the first row of the grid that a place belongs to; broadcast to the places.
        order: 0 (nearest) or 1 (linear).
        mode: how the grid goes on outside of itself.
        value: what is there for "constant".

    Returns:
        (*places, *rest), in the dtype of `rows`.
    """
    work = rows if rows.dtype.is_floating else as_float(rows)
    tail = (1,) * (rows.ndim - 1)
    nodes: list[Any] = []
    for places in coordinates:
        places = clip(places, -_FAR, _FAR)
        low = _rounded(places) if order == 0 else floor(places)
        index = cast(low, dtypes.int32)
        share = places - low
        nodes.append([(index, None)] if order == 0 else [(index, 1.0 - share), (index + 1, share)])
    strides = [math.prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    total: Any = None
    for corner in itertools.product(*nodes):
        number, weight, valid = start, None, None
        for (index, share), size, stride in zip(corner, sizes, strides, strict=True):
            number = number + _inside(index, size, mode) * stride
            if share is not None:
                weight = share if weight is None else weight * share
            if mode == "constant":
                within = logical_and(index >= 0, index < size)
                valid = within if valid is None else logical_and(valid, within)
        found = bind(gather_p, work, number)
        if valid is not None:
            found = where(reshape(valid, (*valid.shape, *tail)), found, cast(as_tensor(value), work.dtype))
        if weight is not None:
            found = found * cast(reshape(weight, (*weight.shape, *tail)), work.dtype)
        total = found if total is None else total + found
    return total if total.dtype == rows.dtype else cast(_rounded(total), rows.dtype)


def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: Any = 0
) -> Tensor:
    """An array read at places between its elements.

    Args:
        inputs: array of n axes.
        coordinates: (n, *places): where to read, in elements along each axis.
        order: 0 (nearest) or 1 (linear).
        fill_mode: how the array goes on outside of itself: "constant" (k k | a b c d | k k), "nearest"
            (a a | a b c d | d d), "wrap" (c d | a b c d | a b), "mirror" (c b | a b c d | c b) or "reflect"
            (b a | a b c d | d c).
        fill_value: k.

    Returns:
        (*places), in the dtype of the array.

    Raises:
        ShapeError: the coordinates have another number of rows than the array has axes.
        InvalidArgumentError: order or fill mode are unknown.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.reshape(hb.ops.arange(6.0), (2, 3))
        >>> hb.ops.image.map_coordinates(x, [[0.5, 1.0], [1.0, 1.5]], 1).numpy().tolist()
        [2.5, 4.5]
    """
    one_of("map_coordinates", "order", order, (0, 1))
    one_of("map_coordinates", "fill_mode", fill_mode, FILL_MODES)
    x = as_tensor(inputs)
    if isinstance(coordinates, (list, tuple)):
        places = [as_float(c) for c in coordinates]
    else:
        together = as_float(coordinates)
        places = [together[i] for i in range(together.shape[0])] if together.ndim > 1 else []
    if len(places) != x.ndim or not places[0].ndim:
        raise ShapeError(
            f"map_coordinates: coordinates must have shape ({x.ndim}, *places), a row for each axis of inputs of shape "
            f"{x.shape}; got {getattr(coordinates, 'shape', len(places))}"
        )
    return read_between(reshape(x, (x.size,)), x.shape, places, 0, order, fill_mode, fill_value)

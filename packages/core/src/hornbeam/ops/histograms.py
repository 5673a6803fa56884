"""Counting values: into bins, by whole numbers, and how often each occurs."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.errors import CaptureError, DTypeError, InvalidArgumentError, ShapeError
from hornbeam.interpret import user_line
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange, linspace, ones
from hornbeam.ops.elementwise.arithmetic import add, multiply, subtract
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import equal, greater_equal, less, logical_and, where
from hornbeam.ops.movement import broadcast_to, flip, reshape
from hornbeam.ops.reduction import max as largest
from hornbeam.ops.reduction import min as smallest
from hornbeam.ops.segments import segment_sum
from hornbeam.ops.sorting import searchsorted
from hornbeam.tensor import Tensor

__all__ = ["bincount", "digitize", "histogram"]


def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Tensor:
    """How often each of the numbers 0, 1, 2, ... occurs (int32), or the sum of the weights at it.

    Args:
        x: integers from 0, (n,) or (rows, n): each row is counted on its own.
        weights: as many numbers; they are summed in their dtype.
        minlength: the least number of counts. While a function is captured, the number of counts: larger values are left out.
        sparse: sparse tensors are not supported.

    Returns:
        (m,) or (rows, m), where m is the largest value + 1, or `minlength`.

    Raises:
        CaptureError: `x` is being captured and `minlength` is not given.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.bincount(hb.ops.asarray([0, 2, 2])).numpy().tolist()
        [1, 0, 2]
    """
    tensor = as_tensor(x)
    if sparse:
        raise InvalidArgumentError("bincount: sparse tensors are not supported")
    if not tensor.dtype.is_integer:
        raise DTypeError(f"bincount takes integers; got {tensor.dtype}")
    if tensor.ndim not in (1, 2):
        raise ShapeError(f"bincount takes a vector or a matrix; got shape {tensor.shape}")
    if tensor.owner.symbolic:
        if minlength <= 0:
            raise CaptureError(
                f"bincount: the length of the result depends on values of a tensor that is being captured, at {user_line()}. "
                "Give minlength, the number of counts."
            )
        length = minlength
    else:
        if tensor.size and int(smallest(tensor)) < 0:
            raise InvalidArgumentError(f"bincount counts numbers from 0; got {int(smallest(tensor))}")
        length = max(minlength, int(largest(tensor)) + 1 if tensor.size else 0)
    added = ones(tensor.shape, dtypes.int32) if weights is None else as_tensor(weights)
    if added.shape != tensor.shape:
        raise ShapeError(f"bincount: weights of shape {added.shape} for values of shape {tensor.shape}")
    wide = astype(tensor, dtypes.int64 if tensor.dtype.itemsize == 8 else dtypes.int32)
    if tensor.ndim == 1:
        return segment_sum(added, wide, length)
    rows = tensor.shape[0]
    inside = logical_and(greater_equal(wide, 0), less(wide, length))
    places = add(multiply(reshape(arange(rows, dtype=wide.dtype), (rows, 1)), length), wide)
    counts = segment_sum(reshape(added, (added.size,)), reshape(where(inside, places, -1), (wide.size,)), rows * length)
    return reshape(counts, (rows, length))


def digitize(x: Any, bins: Any) -> Tensor:
    """Which bin each element lies in (int32): i where bins[i - 1] <= x < bins[i].

    Args:
        x: real tensor.
        bins: (n,) the edges, in ascending or in descending order (then: bins[i - 1] > x >= bins[i]).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.digitize(hb.ops.asarray([0.2, 6.4, 1.0]), hb.ops.asarray([0.0, 1.0, 2.5])).numpy().tolist()
        [1, 3, 2]
    """
    edges = as_tensor(bins)
    if edges.size < 2:
        return searchsorted(edges, x, side="right")
    falling = less(edges[-1], edges[0])
    place = searchsorted(where(falling, flip(edges), edges), x, side="right")
    return where(falling, subtract(edges.size, place), place)


def histogram(x: Any, bins: Any = 10, range: Any = None) -> tuple[Tensor, Tensor]:  # noqa: A002 - NumPy's name
    """How many elements lie in each of some bins of equal width, or between given edges.

    Args:
        x: real tensor of any shape.
        bins: how many, or the (n + 1,) edges in ascending order; the last bin includes its upper edge.
        range: (lowest, highest) edge; default: those of the elements. Elements outside are not counted.

    Returns:
        The counts (n,) int32, and the edges (n + 1,).

    Raises:
        InvalidArgumentError: there is no bin, or the range is empty.

    Example:
        >>> import hornbeam as hb
        >>> [t.numpy().tolist() for t in hb.ops.histogram(hb.ops.asarray([0.0, 1.0, 1.0, 4.0]), bins=2)]
        [[3, 1], [0.0, 2.0, 4.0]]
    """
    tensor = as_float(x)
    flat = reshape(tensor, (tensor.size,))
    if isinstance(bins, int):
        if bins < 1:
            raise InvalidArgumentError(f"histogram needs at least one bin; got {bins}")
        if range is not None:
            low, high = (as_tensor(v, flat.dtype) for v in range)
            if all(isinstance(v, (int, float)) for v in range) and range[0] > range[1]:
                raise InvalidArgumentError(f"histogram: the range must go from low to high; got {range}")
        elif flat.size:
            low, high = smallest(flat), largest(flat)
        else:
            low, high = as_tensor(0.0, flat.dtype), as_tensor(1.0, flat.dtype)
        same = equal(low, high)
        low, high = where(same, low - 0.5, low), where(same, high + 0.5, high)
        edges = linspace(low, high, bins + 1, dtype=flat.dtype)
    else:
        edges = as_float(bins)
    count = edges.size - 1
    place = subtract(searchsorted(edges, flat, side="right"), 1)
    place = where(equal(flat, broadcast_to(edges[-1], flat.shape)), count - 1, place)
    return segment_sum(ones(flat.shape, dtypes.int32), place, count), edges

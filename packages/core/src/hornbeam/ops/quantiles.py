"""Quantiles, medians, percentiles and ranges of values."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import dtypes
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import add, ceil, clip, divide, floor, multiply, rint, subtract
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import isnan, logical_not, where
from hornbeam.ops.indexing import take_along_axis
from hornbeam.ops.movement import axes_of, broadcast_to, permute_dims, reshape
from hornbeam.ops.reduction import any as some
from hornbeam.ops.reduction import max as largest
from hornbeam.ops.reduction import min as smallest
from hornbeam.ops.reduction import sum as total
from hornbeam.ops.sorting import sort
from hornbeam.tensor import Tensor

__all__ = [
    "median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "ptp", "quantile",
]  # fmt: skip

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(x: Any, q: Any, axis: Any, method: str, keepdims: bool, skip_nan: bool, name: str) -> Tensor:
    tensor = as_float(x)
    level = as_tensor(q, tensor.dtype)
    if method not in METHODS:
        raise InvalidArgumentError(f"{name}: method must be one of {METHODS}; got {method!r}")
    if level.ndim > 1:
        raise ShapeError(f"{name}: q must be a number or a vector; got shape {level.shape}")
    axes = axes_of(axis, tensor.ndim, name)
    rest = tuple(a for a in range(tensor.ndim) if a not in axes)
    kept = tuple(tensor.shape[a] for a in rest)
    rows, size = math.prod(kept), math.prod(tensor.shape[a] for a in axes)
    if not size:
        raise ShapeError(f"{name} of no elements is not defined: axes {axes} of shape {tensor.shape}")
    ordered = sort(reshape(permute_dims(tensor, (*rest, *axes)), (rows, size)))  # NaN last
    missing = isnan(ordered)
    count = total(astype(logical_not(missing), dtypes.int32), -1, keepdims=True) if skip_nan else size
    last = clip(astype(as_tensor(count), tensor.dtype) - 1.0, 0.0, None)
    place = multiply(reshape(level, (1, level.size)), last)  # (rows or 1, q)
    low, high = floor(place), ceil(place)
    if method == "nearest":
        low = high = rint(place)
    elif method != "linear":
        low = high if method == "higher" else low
        high = low if method == "lower" else high
    below, above = (
        take_along_axis(ordered, broadcast_to(astype(i, dtypes.int32), (rows, level.size)), -1) for i in (low, high)
    )
    weight = 0.5 if method == "midpoint" else subtract(place, low)
    inexact = method in ("linear", "midpoint")
    out = add(below, multiply(subtract(above, below), weight)) if inexact else below
    if not skip_nan:
        out = where(some(missing, -1, keepdims=True), float("nan"), out)
    shape = tuple(1 if a in axes else s for a, s in enumerate(tensor.shape)) if keepdims else kept
    return reshape(permute_dims(out, (1, 0)), (*level.shape, *shape))


def quantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The values below which the parts `q` of the elements lie; NaN where there is one.

    Args:
        x: real tensor.
        q: a number from 0 to 1, or a vector of them, whose axis comes first in the result.
        axis: over which; default: all.
        method: what is taken where a quantile lies between two elements: "linear", "lower", "higher", "midpoint", "nearest".
        keepdims: leave the axes in, with size 1.

    Raises:
        InvalidArgumentError: the method is unknown.
        ShapeError: there are no elements, or `q` has several axes.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.quantile(hb.ops.asarray([1.0, 2.0, 4.0]), hb.ops.asarray([0.5, 0.75])).numpy().tolist()
        [2.0, 3.0]
    """
    return _quantile(x, q, axis, method, keepdims, False, "quantile")


def nanquantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """`quantile` of what is not NaN; NaN where there is nothing.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nanquantile(hb.ops.asarray([1.0, hb.ops.nan, 4.0]), 0.5))
        2.5
    """
    return _quantile(x, q, axis, method, keepdims, True, "nanquantile")


def _parts(x: Any, percent: Any) -> Tensor:
    return divide(as_tensor(percent, as_float(x).dtype), 100.0)


def percentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """`quantile`, with `q` from 0 to 100.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.percentile(hb.ops.asarray([1.0, 2.0, 4.0]), 75))
        3.0
    """
    return quantile(x, _parts(x, q), axis, method, keepdims)


def nanpercentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """`nanquantile`, with `q` from 0 to 100.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nanpercentile(hb.ops.asarray([1.0, hb.ops.nan, 4.0]), 50))
        2.5
    """
    return nanquantile(x, _parts(x, q), axis, method, keepdims)


def median(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The middle element over axes (default: all), or the mean of the two in the middle.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.median(hb.ops.asarray([3.0, 1.0, 2.0, 9.0])))
        2.5
    """
    return _quantile(x, 0.5, axis, "linear", keepdims, False, "median")


def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """`median` of what is not NaN; NaN where there is nothing.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nanmedian(hb.ops.asarray([3.0, 1.0, hb.ops.nan])))
        2.0
    """
    return _quantile(x, 0.5, axis, "linear", keepdims, True, "nanmedian")


def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The largest element over axes (default: all) minus the smallest.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.ptp(hb.ops.asarray([3, 1, 7])))
        6
    """
    return subtract(largest(x, axis, keepdims=keepdims), smallest(x, axis, keepdims=keepdims))

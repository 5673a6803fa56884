"""Reductions that leave NaN out."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.cumulative import cumprod, cumsum
from hornbeam.ops.elementwise.arithmetic import divide, sqrt, square, subtract
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import isnan, logical_not, where
from hornbeam.ops.reduction import all as every
from hornbeam.ops.reduction import argmax, argmin
from hornbeam.ops.reduction import max as largest
from hornbeam.ops.reduction import min as smallest
from hornbeam.ops.reduction import prod as product
from hornbeam.ops.reduction import sum as total
from hornbeam.tensor import Tensor

__all__ = [
    "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmin", "nanprod", "nanstd",
    "nansum", "nanvar",
]  # fmt: skip


def _filled(x: Any, value: float) -> tuple[Tensor, Tensor | None]:
    """The tensor with `value` for NaN, and where NaN is; None in a dtype without NaN."""
    tensor = as_tensor(x)
    if not tensor.dtype.is_inexact:
        return tensor, None
    missing = isnan(tensor)
    return where(missing, value, tensor), missing


def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum over axes (default: all) of what is not NaN.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nansum(hb.ops.asarray([1.0, hb.ops.nan, 2.0])))
        3.0
    """
    return total(_filled(x, 0.0)[0], axis, keepdims=keepdims)


def nanprod(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The product over axes (default: all) of what is not NaN.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nanprod(hb.ops.asarray([3.0, hb.ops.nan, 2.0])))
        6.0
    """
    return product(_filled(x, 1.0)[0], axis, keepdims=keepdims)


def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The running sum along an axis (None: flattened), in which NaN counts as 0.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.nancumsum(hb.ops.asarray([1.0, hb.ops.nan, 2.0])).numpy().tolist()
        [1.0, 1.0, 3.0]
    """
    return cumsum(_filled(x, 0.0)[0], axis, dtype)


def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The running product along an axis (None: flattened), in which NaN counts as 1.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.nancumprod(hb.ops.asarray([3.0, hb.ops.nan, 2.0])).numpy().tolist()
        [3.0, 3.0, 6.0]
    """
    return cumprod(_filled(x, 1.0)[0], axis, dtype)


def _extreme(reduce: Any, x: Any, axis: Any, keepdims: bool, fill: float) -> Tensor:
    tensor, missing = _filled(x, fill)
    out: Tensor = reduce(tensor, axis, keepdims=keepdims)
    return out if missing is None else where(every(missing, axis, keepdims=keepdims), float("nan"), out)


def nanmax(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The largest element over axes (default: all) that is not NaN; NaN where there is none.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nanmax(hb.ops.asarray([1.0, hb.ops.nan, 2.0])))
        2.0
    """
    return _extreme(largest, x, axis, keepdims, -float("inf"))


def nanmin(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The smallest element over axes (default: all) that is not NaN; NaN where there is none.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nanmin(hb.ops.asarray([1.0, hb.ops.nan, 2.0])))
        1.0
    """
    return _extreme(smallest, x, axis, keepdims, float("inf"))


def _position(find: Any, x: Any, axis: int | None, keepdims: bool, fill: float) -> Tensor:
    tensor, missing = _filled(x, fill)
    out: Tensor = find(tensor, axis, keepdims=keepdims)
    return out if missing is None else where(every(missing, axis, keepdims=keepdims), -1, out)


def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The position of the largest element that is not NaN along an axis (None: flattened); -1 where there is none.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.nanargmax(hb.ops.asarray([1.0, hb.ops.nan, 2.0])))
        2
    """
    return _position(argmax, x, axis, keepdims, -float("inf"))


def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The position of the smallest element that is not NaN along an axis (None: flattened); -1 where there is none.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.nanargmin(hb.ops.asarray([hb.ops.nan, 1.0, 2.0])))
        1
    """
    return _position(argmin, x, axis, keepdims, float("inf"))


def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean over axes (default: all) of what is not NaN; NaN where there is nothing.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nanmean(hb.ops.asarray([1.0, hb.ops.nan, 2.0])))
        1.5
    """
    tensor = as_float(x)
    there = logical_not(isnan(tensor))
    count = total(astype(there, dtypes.int32), axis, keepdims=keepdims)
    return divide(total(where(there, tensor, 0.0), axis, keepdims=keepdims), astype(count, tensor.dtype))


def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The variance over axes (default: all) of what is not NaN; NaN where there is nothing.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nanvar(hb.ops.asarray([1.0, hb.ops.nan, 3.0])))
        1.0
    """
    tensor = as_float(x)
    there = logical_not(isnan(tensor))
    centred = where(there, subtract(tensor, nanmean(tensor, axis, keepdims=True)), 0.0)
    count = total(astype(there, tensor.dtype), axis, keepdims=keepdims)
    return divide(total(square(centred), axis, keepdims=keepdims), count)


def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The standard deviation over axes (default: all) of what is not NaN; NaN where there is nothing.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.nanstd(hb.ops.asarray([1.0, hb.ops.nan, 3.0])))
        1.0
    """
    return sqrt(nanvar(x, axis, keepdims))

"""Tests of values: closeness, infinities of one sign, and what stands in for NaN."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import add, multiply, subtract
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import (
    equal,
    isfinite,
    isnan,
    less_equal,
    logical_and,
    logical_or,
    not_equal,
    where,
)
from hornbeam.ops.elementwise.complex import complex, imag, real
from hornbeam.tensor import Tensor

__all__ = ["allclose", "array_equal", "isclose", "iscomplex", "isneginf", "isposinf", "isreal", "nan_to_num"]


def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether |x1 - x2| <= atol + rtol * |x2|, element by element; infinities are close to themselves.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.isclose(hb.ops.asarray([1.0, 2.0]), hb.ops.asarray([1.000001, 2.1])).numpy().tolist()
        [True, False]
    """
    a, b = promote_tensors(x1, x2)
    if not a.dtype.is_inexact:  # so that differences of unsigned integers do not wrap around
        a, b = astype(a, dtypes.float64), astype(b, dtypes.float64)
    near = less_equal(absolute(subtract(a, b)), add(atol, multiply(rtol, absolute(b))))
    same = logical_or(equal(a, b), logical_and(near, isfinite(b)))
    return logical_or(same, logical_and(isnan(a), isnan(b))) if equal_nan else same


def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether all elements are close; arguments as for `isclose`.

    Example:
        >>> import hornbeam as hb
        >>> bool(hb.ops.allclose(hb.ops.ones(3), 1.0))
        True
    """
    from hornbeam.ops.reduction import all as every

    return every(isclose(x1, x2, rtol, atol, equal_nan))


def isposinf(x: Any) -> Tensor:
    """Whether it is plus infinity.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.isposinf(hb.ops.asarray([hb.ops.inf, 1.0])).numpy().tolist()
        [True, False]
    """
    return equal(as_float(x), float("inf"))


def isneginf(x: Any) -> Tensor:
    """Whether it is minus infinity.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.isneginf(hb.ops.asarray([-hb.ops.inf, 1.0])).numpy().tolist()
        [True, False]
    """
    return equal(as_float(x), float("-inf"))


def isreal(x: Any) -> Tensor:
    """Whether the imaginary part is zero.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.isreal(hb.ops.asarray([1 + 0j, 1j])).numpy().tolist()
        [True, False]
    """
    return equal(imag(as_tensor(x)), 0)


def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """Finite numbers in the place of NaN and infinities.

    Args:
        x: tensor.
        nan: for NaN.
        posinf, neginf: for the infinities; default: the largest and the smallest number of the dtype.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.nan_to_num(hb.ops.asarray([hb.ops.nan, 1.0]), nan=7.0).numpy().tolist()
        [7.0, 1.0]
    """
    from hornbeam.host import float_limits

    tensor = as_tensor(x)
    if tensor.dtype.kind == "complex":
        return complex(nan_to_num(real(tensor), nan, posinf, neginf), nan_to_num(imag(tensor), nan, posinf, neginf))
    if not tensor.dtype.is_floating:
        return tensor
    _, largest, smallest, _ = float_limits(tensor.dtype)
    out = where(isnan(tensor), nan, tensor)
    out = where(equal(tensor, float("inf")), largest if posinf is None else posinf, out)
    return where(equal(tensor, float("-inf")), smallest if neginf is None else neginf, out)


def iscomplex(x: Any) -> Tensor:
    """Whether the imaginary part is not zero.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.iscomplex(hb.ops.asarray([1 + 0j, 1j])).numpy().tolist()
        [False, True]
    """
    return not_equal(imag(as_tensor(x)), 0)


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Tensor:
    """Whether two tensors have the same shape and the same elements.

    Example:
        >>> import hornbeam as hb
        >>> bool(hb.ops.array_equal([1, 2], [1, 2])), bool(hb.ops.array_equal([1, 2], [[1, 2]]))
        (True, False)
    """
    from hornbeam.ops.reduction import all as every

    a, b = promote_tensors(a1, a2)
    if a.shape != b.shape:
        return as_tensor(False)
    same = equal(a, b)
    return every(logical_or(same, logical_and(isnan(a), isnan(b))) if equal_nan else same)

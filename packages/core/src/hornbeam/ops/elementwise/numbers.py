"""Arithmetic beyond the basic operations: extremes without NaN, powers of two, roots, common divisors."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.errors import DTypeError
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import (
    add,
    divide,
    floor,
    floor_divide,
    maximum,
    minimum,
    multiply,
    pow,
    remainder,
    round,
    sign,
    subtract,
    trunc,
)
from hornbeam.ops.elementwise.bitwise import bitwise_invert
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import equal, greater, isinf, isnan, less, where
from hornbeam.ops.elementwise.trigonometric import deg2rad, sin
from hornbeam.tensor import Tensor

__all__ = [
    "around", "cbrt", "degrees", "divide_no_nan", "divmod", "fabs", "fix", "float_power", "fmax", "fmin", "gcd",
    "heaviside", "invert", "lcm", "ldexp", "modf", "rad2deg", "radians", "sinc",
]  # fmt: skip


def cbrt(x: Any) -> Tensor:
    """The cube root, also of negative numbers.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.cbrt(hb.ops.asarray([-8.0, 0.0, 27.0])).numpy().round(5).tolist()
        [-2.0, 0.0, 3.0]
    """
    t = as_float(x)
    root = pow(absolute(t), 1.0 / 3.0)
    return multiply(sign(t), root)


def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """The quotient x1 / x2, and 0 where x2 is 0.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.divide_no_nan(hb.ops.asarray([1.0, 2.0]), hb.ops.asarray([0.0, 4.0])).numpy().tolist()
        [0.0, 0.5]
    """
    a, b = (as_float(t) for t in promote_tensors(x1, x2))
    zero = equal(b, 0.0)
    return where(zero, 0.0, divide(a, where(zero, 1.0, b)))


def fabs(x: Any) -> Tensor:
    """The absolute value, as a floating-point number.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fabs(hb.ops.asarray([-2, 3])).numpy().tolist()
        [2.0, 3.0]
    """
    return absolute(as_float(x))


def _without_nan(x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    a, b = promote_tensors(x1, x2)
    return where(isnan(a), b, a), where(isnan(b), a, b)


def fmax(x1: Any, x2: Any) -> Tensor:
    """The larger of the two; where one is NaN, the other.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fmax(hb.ops.asarray([1.0, hb.ops.nan]), 0.5).numpy().tolist()
        [1.0, 0.5]
    """
    return maximum(*_without_nan(x1, x2))


def fmin(x1: Any, x2: Any) -> Tensor:
    """The smaller of the two; where one is NaN, the other.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fmin(hb.ops.asarray([1.0, hb.ops.nan]), 0.5).numpy().tolist()
        [0.5, 0.5]
    """
    return minimum(*_without_nan(x1, x2))


def heaviside(x1: Any, x2: Any) -> Tensor:
    """0 where x1 < 0, 1 where x1 > 0, x2 where x1 is 0.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.heaviside(hb.ops.asarray([-1.0, 0.0, 2.0]), 0.5).numpy().tolist()
        [0.0, 0.5, 1.0]
    """
    a, b = (as_float(t) for t in promote_tensors(x1, x2))
    step = where(less(a, 0.0), 0.0, where(greater(a, 0.0), astype(1.0, a.dtype), b))
    return where(isnan(a), a, step)


def ldexp(x1: Any, x2: Any) -> Tensor:
    """x1 * 2**x2 for integers x2, exact wherever the result is a number of the dtype.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.ldexp(hb.ops.asarray([1.0, 3.0]), hb.ops.asarray([3, -1])).numpy().tolist()
        [8.0, 1.5]
    """
    a, n = as_float(x1), as_tensor(x2)
    if not n.dtype.is_integer:
        raise DTypeError(f"ldexp: the exponents must be integers; got {n.dtype}")
    exponent = astype(n, a.dtype)
    half = floor(multiply(exponent, 0.5))  # in two steps: 2**x2 alone may be out of range
    return multiply(multiply(a, pow(2.0, half)), pow(2.0, subtract(exponent, half)))


def rad2deg(x: Any) -> Tensor:
    """Radians as degrees.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.around(hb.ops.rad2deg(hb.ops.pi)))
        180
    """
    return multiply(as_float(x), 180.0 / math.pi)


degrees, radians, fix, around, invert = rad2deg, deg2rad, trunc, round, bitwise_invert


def float_power(x1: Any, x2: Any) -> Tensor:
    """x1 to the power of x2, as floating-point numbers.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.float_power(2, -1))
        0.5
    """
    a, b = (as_float(t) for t in promote_tensors(x1, x2))
    return pow(a, b)


def divmod(x1: Any, x2: Any) -> tuple[Tensor, Tensor]:  # noqa: A001 - NumPy's name
    """The quotient rounded down, and what is left.

    Example:
        >>> import hornbeam as hb
        >>> [int(t) for t in hb.ops.divmod(-7, 2)]
        [-4, 1]
    """
    return floor_divide(x1, x2), remainder(x1, x2)


def modf(x: Any) -> tuple[Tensor, Tensor]:
    """The fraction and the whole part, both with the sign of `x`.

    Example:
        >>> import hornbeam as hb
        >>> [float(t) for t in hb.ops.modf(-2.5)]
        [-0.5, -2.0]
    """
    t = as_float(x)
    whole = trunc(t)
    return where(isinf(t), 0.0, subtract(t, whole)), whole


def sinc(x: Any) -> Tensor:
    """sin(pi x) / (pi x), and 1 at 0.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.sinc(0.0))
        1.0
    """
    t = multiply(as_float(x), math.pi)
    near = less(absolute(t), 1e-2)  # sin(t)/t loses its derivatives at 0: there its Taylor series
    safe = where(near, 1.0, t)
    square = multiply(where(near, t, 0.0), where(near, t, 0.0))
    series = add(1.0, multiply(square, add(-1 / 6, multiply(square, add(1 / 120, multiply(square, -1 / 5040))))))
    return where(near, series, divide(sin(safe), safe))


def _integers(x1: Any, x2: Any, name: str) -> list[Tensor]:
    tensors = promote_tensors(x1, x2)
    if not tensors[0].dtype.is_integer:
        raise DTypeError(f"{name} takes integers; got {tensors[0].dtype}")
    return [absolute(t) if t.dtype.kind == "int" else t for t in tensors]


def gcd(x1: Any, x2: Any) -> Tensor:
    """The greatest common divisor, by Euclid's algorithm.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.gcd(hb.ops.asarray([12, 7]), hb.ops.asarray([18, 0])).numpy().tolist()
        [6, 7]
    """
    from hornbeam.ops.control.loops import while_loop
    from hornbeam.ops.movement import broadcast_arrays
    from hornbeam.ops.reduction import any as some

    def step(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        done = equal(b, 0)
        return where(done, a, b), where(done, b, remainder(a, where(done, 1, b)))

    a, b = broadcast_arrays(*_integers(x1, x2, "gcd"))
    return while_loop(lambda a, b: some(b), step, (a, b))[0]


def lcm(x1: Any, x2: Any) -> Tensor:
    """The least common multiple; 0 where either is 0.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.lcm(hb.ops.asarray([4, 0]), hb.ops.asarray([6, 5])).numpy().tolist()
        [12, 0]
    """
    a, b = _integers(x1, x2, "lcm")
    common = gcd(a, b)
    return multiply(floor_divide(a, where(equal(common, 0), 1, common)), b)

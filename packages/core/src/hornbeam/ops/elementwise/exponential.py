"""Exponentials, logarithms, the logistic function and the error function."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import add, divide, maximum, multiply, negative, pow, square, subtract
from hornbeam.ops.elementwise.cast import as_float
from hornbeam.ops.elementwise.define import binary, unary
from hornbeam.tensor import Tensor

__all__ = [
    "erf",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "sigmoid",
]

exp = unary("exp", "The exponential e**x.", saves="out", vjp=lambda ct, out: multiply(ct, out))
expm1 = unary("expm1", "e**x - 1, exact near 0.", saves="out", vjp=lambda ct, out: multiply(ct, add(out, 1.0)))
log = unary("log", "The natural logarithm.", saves="x", low=0.3, vjp=lambda ct, x: divide(ct, x))
log1p = unary("log1p", "log(1 + x), exact near 0.", saves="x", low=-0.5, vjp=lambda ct, x: divide(ct, add(x, 1.0)))
log2 = unary(
    "log2", "The logarithm to base 2.", saves="x", low=0.3, vjp=lambda ct, x: divide(ct, multiply(x, math.log(2)))
)
log10 = unary(
    "log10", "The logarithm to base 10.", saves="x", low=0.3, vjp=lambda ct, x: divide(ct, multiply(x, math.log(10)))
)
sigmoid = unary(
    "sigmoid",
    "The logistic function 1 / (1 + e**-x), without overflow.",
    saves="out",
    low=-8.0,
    high=8.0,
    kernel=lambda xp, x: 0.5 * xp.tanh(0.5 * x) + 0.5,
    vjp=lambda ct, out: multiply(multiply(ct, out), subtract(1.0, out)),
)
logaddexp = binary(
    "logaddexp",
    "log(e**x1 + e**x2), without overflow.",
    takes="float",
    saves="x y",
    vjp=lambda ct, x, y: (lambda: multiply(ct, sigmoid(subtract(x, y))), lambda: multiply(ct, sigmoid(subtract(y, x)))),
)


def _erf(xp: Any, x: Any) -> Any:
    """Series for |x| < 2.5 (DLMF 7.6.2: positive terms only), continued fraction of erfc beyond (DLMF 7.9.1)."""
    size = xp.minimum(xp.abs(x), xp.asarray(7.0, dtype=x.dtype))
    z = xp.minimum(size, xp.asarray(2.5, dtype=x.dtype))
    term = z * xp.exp(-z * z) * (2 / math.sqrt(math.pi))
    series = term
    for n in range(1, 45):
        term = term * (z * z) * (2.0 / (2 * n + 1))
        series = series + term
    big = xp.maximum(size, xp.asarray(2.5, dtype=x.dtype))
    fraction = big
    for k in range(60, 0, -1):
        fraction = big + (0.5 * k) / fraction
    tail = 1.0 - xp.exp(-big * big) / (fraction * math.sqrt(math.pi))
    value = xp.where(size < 2.5, series, tail)
    return xp.where(x != x, x, xp.where(x < 0, -value, value))


erf = unary(
    "erf",
    "The error function.",
    saves="x",
    kernel=_erf,
    vjp=lambda ct, x: multiply(ct, multiply(2 / math.sqrt(math.pi), exp(negative(square(x))))),
)

_CENTRE = (2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164,
           0.246640727, 1.50140941)  # fmt: skip
_TAIL = (-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
         1.00167406, 2.83297682)  # fmt: skip


def _erfinv(xp: Any, x: Any) -> Any:
    """Giles 2010, "Approximating the erfinv function", then two Newton steps on erf."""
    w = -xp.log((1.0 - x) * (1.0 + x))
    near, far = w - 2.5, xp.sqrt(xp.maximum(w, xp.asarray(5.0, dtype=x.dtype))) - 3.0
    centre, tail = xp.zeros_like(x), xp.zeros_like(x)
    for a, b in zip(_CENTRE, _TAIL, strict=True):
        centre, tail = centre * near + a, tail * far + b
    guess = xp.where(w < 5.0, centre, tail) * x
    inside = xp.abs(x) < 1.0
    y = xp.where(inside, guess, xp.zeros_like(x))
    for _ in range(2):
        y = y - (_erf(xp, y) - x) * (math.sqrt(math.pi) / 2) * xp.exp(y * y)
    infinite = xp.where(x > 0, xp.full_like(x, math.inf), xp.full_like(x, -math.inf))
    return xp.where(inside, y, xp.where(xp.abs(x) == 1.0, infinite, xp.full_like(x, math.nan)))


erfinv = unary(
    "erfinv",
    "The inverse of the error function on (-1, 1).",
    saves="out",
    low=-0.9,
    high=0.9,
    kernel=_erfinv,
    vjp=lambda ct, out: multiply(ct, multiply(math.sqrt(math.pi) / 2, exp(square(out)))),
)


def exp2(x: Any) -> Tensor:
    """2 to the power of x; exact for integers.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.exp2(10))
        1024.0
    """
    return pow(2.0, as_float(x))


def logaddexp2(x1: Any, x2: Any) -> Tensor:
    """log2(2**x1 + 2**x2), without overflow."""
    scale = math.log(2)
    top = maximum(x1, x2)
    low = negative(absolute(subtract(x1, x2)))
    return add(top, divide(log1p(exp(multiply(low, scale))), scale))

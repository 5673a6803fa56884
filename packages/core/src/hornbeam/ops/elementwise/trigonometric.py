"""Trigonometric and hyperbolic functions."""

from __future__ import annotations

from typing import Any

from hornbeam.ops.elementwise.arithmetic import add, divide, multiply, negative, rsqrt, sqrt, square, subtract
from hornbeam.ops.elementwise.define import Elementwise, binary, unary
from hornbeam.tensor import Tensor

__all__ = [
    "acos", "acosh", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "asin", "asinh",
    "atan", "atan2", "atanh", "cos", "cosh", "deg2rad", "hypot", "sin", "sinh", "tan", "tanh",
]  # fmt: skip

sin = unary("sin", "The sine.", saves="x", vjp=lambda ct, x: multiply(ct, cos(x)))
cos: Elementwise = unary("cos", "The cosine.", saves="x", vjp=lambda ct, x: negative(multiply(ct, sin(x))))
tan = unary("tan", "The tangent.", saves="out", low=-1, high=1, vjp=lambda ct, out: multiply(ct, add(1.0, square(out))))
asin = unary(
    "asin",
    "The arc sine.",
    saves="x",
    low=-0.8,
    high=0.8,
    vjp=lambda ct, x: multiply(ct, rsqrt(subtract(1.0, square(x)))),
)
acos = unary(
    "acos",
    "The arc cosine.",
    saves="x",
    low=-0.8,
    high=0.8,
    vjp=lambda ct, x: negative(multiply(ct, rsqrt(subtract(1.0, square(x))))),
)
atan = unary("atan", "The arc tangent.", saves="x", vjp=lambda ct, x: divide(ct, add(1.0, square(x))))
sinh = unary("sinh", "The hyperbolic sine.", saves="x", vjp=lambda ct, x: multiply(ct, cosh(x)))
cosh: Elementwise = unary("cosh", "The hyperbolic cosine.", saves="x", vjp=lambda ct, x: multiply(ct, sinh(x)))
tanh = unary(
    "tanh", "The hyperbolic tangent.", saves="out", vjp=lambda ct, out: multiply(ct, subtract(1.0, square(out)))
)
asinh = unary(
    "asinh", "The inverse hyperbolic sine.", saves="x", vjp=lambda ct, x: multiply(ct, rsqrt(add(square(x), 1.0)))
)
acosh = unary(
    "acosh",
    "The inverse hyperbolic cosine.",
    saves="x",
    low=1.3,
    vjp=lambda ct, x: divide(ct, multiply(sqrt(subtract(x, 1.0)), sqrt(add(x, 1.0)))),
)
atanh = unary(
    "atanh",
    "The inverse hyperbolic tangent.",
    saves="x",
    low=-0.8,
    high=0.8,
    vjp=lambda ct, x: divide(ct, subtract(1.0, square(x))),
)
atan2 = binary(
    "atan2",
    "The angle of the point (x2, x1).",
    takes="float",
    saves="x y",
    low=0.3,
    vjp=lambda ct, x, y: (
        lambda: divide(multiply(ct, y), add(square(x), square(y))),
        lambda: negative(divide(multiply(ct, x), add(square(x), square(y)))),
    ),
)
hypot = binary(
    "hypot",
    "The length of the vector (x1, x2), without overflow.",
    takes="float",
    saves="x y out",
    low=0.3,
    vjp=lambda ct, x, y, out: (lambda: multiply(ct, divide(x, out)), lambda: multiply(ct, divide(y, out))),
)
arcsin, arccos, arctan, arctan2, arcsinh, arccosh, arctanh = asin, acos, atan, atan2, asinh, acosh, atanh


def deg2rad(x: Any) -> Tensor:
    """Degrees as radians."""
    return multiply(x, 0.017453292519943295)

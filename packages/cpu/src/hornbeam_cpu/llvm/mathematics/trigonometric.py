"""Sine, cosine and tangent: x = n pi / 2 + r with |r| <= pi / 4, and polynomials for r.

Where |x| is large, r is found one number at a time (large_angle.py): that is rare, so it stands behind a branch.
"""

from __future__ import annotations

import math

from hornbeam_cpu.llvm.mathematics import coefficients as c
from hornbeam_cpu.llvm.mathematics.large_angle import LIMIT, reduce_large
from hornbeam_cpu.llvm.mathematics.number import Number, choose, polynomial

__all__ = ["cos", "sin", "tan"]

# pi / 2: three parts of 33 bits, whose products with n < 2**20 are exact, and the rest
PI_HALF = (
    1.57079632673412561417e00,
    6.07710050630396597660e-11,
    2.02226624871116645580e-21,
    8.47842766036889956997e-32,
)


def _reduced(x: Number, digits: int) -> tuple[Number, Number, Number]:
    """(n as an integer, r, what r lost by rounding) of x in double precision, with r good for a result of so many digits."""
    limited = choose(abs(x) < LIMIT, x, 0.0)
    rounded = limited.mad(2 / math.pi, x.format.round)
    n = rounded - x.format.round
    first = limited - n * PI_HALF[0]
    if digits == 24:
        return rounded.as_bits(), n.mad(-(math.pi / 2 - PI_HALF[0]) - 6.123233995736766e-17, first), x.like(0.0)
    w = n * PI_HALF[1]
    second = first - w
    lost = (first - second) - w
    w = n * PI_HALF[2]
    third = second - w
    lost = lost + ((second - third) - w) - n * PI_HALF[3]
    r = third + lost
    return rounded.as_bits(), r, (third - r) + lost


def _angle(x: Number) -> tuple[Number, Number, Number]:
    """(n, r, what r lost), in x's precision."""
    b, single = x.b, x.single
    wide = x.to("fpext", "double")
    parts = _reduced(wide, 24 if single else 53)
    places = [b.variable(part.operand) for part in parts]
    large = ~(abs(wide) < LIMIT)
    with b.when(large.any().operand):
        for place, part, value in zip(places, parts, reduce_large(wide), strict=True):
            place.set(choose(large, value, part).operand)
    n, r, lost = (Number(b, place.get()) for place in places)
    if single:
        return n.to("trunc", "i32"), r.to("fptrunc", "float"), lost
    return n, r, lost


def _sine(r: Number, lost: Number) -> Number:
    """Of r + lost."""
    z = r * r
    cube = r * z
    if r.single:
        return cube.mad(polynomial(z, c.SIN_F), r)
    return r + cube.mad(polynomial(z, c.SIN_D), lost * z.mad(-0.5, 1.0))


def _cosine(r: Number, lost: Number) -> Number:
    z = r * r
    if r.single:
        return (z * z).mad(polynomial(z, c.COS_F), z.mad(-0.5, 1.0))
    half = z * 0.5
    first = 1.0 - half
    return first + (((1.0 - first) - half) + (z * z).mad(polynomial(z, c.COS_D), -r * lost))


def _turned(x: Number, quarters: int) -> Number:
    """sin(x + quarters * pi / 2)"""
    n, r, lost = _angle(x)
    n = n + quarters if quarters else n
    found = choose((n & 1).equals(0), _sine(r, lost), _cosine(r, lost))
    sign = (n & 2) << (30 if x.single else 62)
    return (found.as_bits() ^ sign).as_float()


def sin(x: Number) -> Number:
    """The sine; at most 2 ulp off, for all x."""
    return choose(abs(x) < 2.0 ** -(x.format.digits // 2 + 2), x, _turned(x, 0))


def cos(x: Number) -> Number:
    """The cosine; at most 2 ulp off, for all x."""
    return _turned(x, 1)


def tan(x: Number) -> Number:
    """The tangent; at most 4 ulp off, for all x."""
    n, r, lost = _angle(x)
    s, k = _sine(r, lost), _cosine(r, lost)
    even = (n & 1).equals(0)
    found = choose(even, s, -k) / choose(even, k, s)
    return choose(abs(x) < 2.0 ** -(x.format.digits // 2 + 2), x, found)

"""Powers: pow to the last digits by sums of two numbers, hypot, roots; and functions that are one instruction, or a few on bits."""

from __future__ import annotations

import math

from hornbeam_cpu.llvm.mathematics.coefficients import LOG_TAIL_D
from hornbeam_cpu.llvm.mathematics.exponential import LN2_D, exp, reduced, scaled_exp
from hornbeam_cpu.llvm.mathematics.logarithm import log, split_any
from hornbeam_cpu.llvm.mathematics.number import Number, choose, polynomial

__all__ = ["hypot", "nextafter", "pow", "rsqrt", "sqrt"]

TWO_THIRDS = (2 / 3, 3.700743415417188e-17)


def _log_as_sum(x: Number) -> tuple[Number, Number]:
    """log(x) as a sum, to about 2**-65 of itself, in double precision."""
    e, m = split_any(x)
    f = m - 1.0
    whole = m + 1.0
    dropped = m - (whole - 1.0)  # of m + 1
    s = f / whole
    s_low = ((-s).fma(whole, f) - s * dropped) / whole
    z = s * s
    z_low = s.fma(s, -z) + 2.0 * s * s_low
    cube = s * z
    cube_low = s.fma(z, -cube) + (s * z_low + s_low * z)
    third = cube * TWO_THIRDS[0]
    third_low = cube.fma(TWO_THIRDS[0], -third) + (cube * TWO_THIRDS[1] + cube_low * TWO_THIRDS[0])
    rest = cube * z * polynomial(z, LOG_TAIL_D)
    twice = s + s
    # e ln 2 + 2 s + 2/3 s**3 + rest, the largest first
    top = e * LN2_D[0]
    a = top + twice
    a_low = twice - (a - top)  # |top| is 0, or more than |twice|
    b = a + third
    b_low = third - (b - a)
    low = b_low + (a_low + ((s_low + s_low) + (third_low + e.mad(LN2_D[1], rest))))
    high = b + low
    return high, low - (high - b)


def _positive_power(x: Number, y: Number) -> Number:
    """x**y of positive finite numbers."""
    if x.single:
        wide_x, wide_y = x.to("fpext", "double"), y.to("fpext", "double")
        return exp(wide_y * log(wide_x)).to("fptrunc", "float")
    high, low = _log_as_sum(x)
    p = y * high
    p_low = y.fma(high, -p) + y * low
    inside = abs(p) < 800.0
    p = p.at_most(800.0).at_least(-800.0)
    return scaled_exp(*reduced(p, choose(inside, p_low, 0.0)))


def pow(x: Number, y: Number) -> Number:  # noqa: A001 - its name
    """x**y; at most 1.5 ulp off; special values as IEEE 754 has them."""
    size = abs(x)
    found = _positive_power(size, y)
    endless = abs(y).equals(math.inf) | size.equals(math.inf) | size.equals(0.0)
    found = choose(endless, choose((size > 1.0) ^ (y > 0.0), x.like(0.0), math.inf), found)
    found = choose(size.equals(1.0), 1.0, found)
    whole = y.function("floor").equals(y)
    half = y * 0.5
    odd = whole & ~half.function("floor").equals(half)
    found = choose((x.as_bits() < 0) & odd, -found, found)
    found = choose((x < 0.0) & ~(x.equals(-math.inf)) & ~whole, math.nan, found)
    found = choose(x.is_nan() | y.is_nan(), x + y, found)
    return choose(y.equals(0.0) | x.equals(1.0), 1.0, found)


def hypot(x: Number, y: Number) -> Number:
    """sqrt(x**2 + y**2) without overflow; at most 1.5 ulp off."""
    endless = abs(x).equals(math.inf) | abs(y).equals(math.inf)
    if x.single:
        wide_x, wide_y = x.to("fpext", "double"), y.to("fpext", "double")
        found = (wide_x * wide_x + wide_y * wide_y).sqrt().to("fptrunc", "float")
    else:
        larger = choose(abs(x) > abs(y), abs(x), abs(y))
        scale = choose(larger > 2.0**500, x.like(2.0**-600), choose(larger < 2.0**-400, x.like(2.0**600), 1.0))
        sx, sy = x * scale, y * scale
        found = sx.mad(sx, sy * sy).sqrt() / scale
    return choose(endless, math.inf, found)


def sqrt(x: Number) -> Number:
    """The square root, rounded once."""
    return x.sqrt()


def rsqrt(x: Number) -> Number:
    """1 / sqrt(x); at most 1.5 ulp off."""
    return 1.0 / x.sqrt()


def nextafter(x: Number, y: Number) -> Number:
    """The next number after x towards y; exact."""
    bits = x.as_bits()
    smallest = ((y.as_bits() >> (31 if x.single else 63)) << (31 if x.single else 63)) | 1
    away = (y > x) ^ (x < 0.0)
    moved = choose(x.equals(0.0), smallest, choose(away, bits + 1, bits - 1)).as_float()
    return choose(x.equals(y), y, choose(x.is_nan() | y.is_nan(), x + y, moved))

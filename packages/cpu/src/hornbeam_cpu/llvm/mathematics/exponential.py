"""Exponentials: exp, exp2, expm1, the logistic function.

x = n ln 2 + r with |r| <= ln(2) / 2; e**r by a polynomial; 2**n by writing n into the exponent's bits.
"""

from __future__ import annotations

import math

from hornbeam_cpu.llvm.mathematics.coefficients import EXP_D, EXP_F
from hornbeam_cpu.llvm.mathematics.number import Number, choose, polynomial, power_of_two, split_scale

__all__ = ["exp", "exp2", "expm1", "sigmoid"]

LOG2E = 1.4426950408889634
# ln 2 in two parts: the first has so few digits that its products with n are exact
LN2_F = (0.693359375, -2.12194440054690583e-4)
LN2_D = (6.93147180369123816490e-01, 1.90821492927058770002e-10)


def reduced(x: Number, plus: Number | None = None) -> tuple[Number, Number]:
    """(n as a number plus Format.round, r) of x, or of x + plus with a small `plus`."""
    high, low = LN2_F if x.single else LN2_D
    rounded = x.mad(LOG2E, x.format.round)
    n = rounded - x.format.round
    rest = n.mad(-low, n.mad(-high, x))
    return rounded, rest if plus is None else rest + plus


def expm1_rest(r: Number) -> Number:
    """e**r - 1 for |r| <= ln(2) / 2."""
    return polynomial(r, EXP_F if r.single else EXP_D).mad(r * r, r)


def scaled_exp(rounded: Number, r: Number) -> Number:
    """e**r 2**n, where the result may be infinite, subnormal or zero."""
    first, second = split_scale(rounded)
    return (expm1_rest(r) + 1.0) * first * second


def within_range(x: Number) -> Number:
    """x, but no farther out than where e**x is infinite, or zero."""
    low, high = (-104.0, 89.0) if x.single else (-746.0, 710.0)
    return x.at_most(high).at_least(low)


def exp(x: Number) -> Number:
    """e**x; at most 1.2 ulp off."""
    return scaled_exp(*reduced(within_range(x)))


def exp_of_sum(x: Number, lost: Number) -> Number:
    """e**(x + lost) with a `lost` that is small beside x, such as a rounding error."""
    return scaled_exp(*reduced(within_range(x), lost))


def exp2(x: Number) -> Number:
    """2**x; at most 1.2 ulp off."""
    low, high = (-151.0, 129.0) if x.single else (-1076.0, 1025.0)
    x = x.at_most(high).at_least(low)
    rounded = x + x.format.round
    return scaled_exp(rounded, (x - (rounded - x.format.round)) * math.log(2))


def _quarter(x: Number) -> tuple[Number, Number]:
    """(e**r - 1, 2**(n - 2)): a quarter, because 2**n would be infinite before e**x / 2 is."""
    low, high = (-40.0, 89.5) if x.single else (-80.0, 710.6)
    rounded, r = reduced(x.at_most(high).at_least(low))
    return expm1_rest(r), power_of_two(rounded, -2)


def expm1_quarter(x: Number) -> Number:
    """(e**x - 1) / 4; +0 at zeros."""
    rest, scale = _quarter(x)
    return rest.mad(scale, scale - 0.25)


def exp_quarter(x: Number) -> Number:
    """e**x / 4 for x >= 0."""
    rest, scale = _quarter(x)
    return (rest + 1.0) * scale


def expm1(x: Number) -> Number:
    """e**x - 1; at most 2 ulp off."""
    return choose(abs(x) < 2.0 ** -(x.format.digits + 2), x, expm1_quarter(x) * 4.0)


def sigmoid(x: Number) -> Number:
    """1 / (1 + e**-x); at most 2.5 ulp off; 0 where it is less than the smallest normal number."""
    low, high = (-89.0, 88.0) if x.single else (-710.0, 709.0)
    rounded, r = reduced(-x.at_most(high).at_least(low))
    return 1.0 / (expm1_rest(r) + 1.0).mad(power_of_two(rounded), 1.0)

"""Logarithms: log, log2, log10, log1p, logaddexp.

x = 2**e (1 + f) with 1 + f from sqrt(1/2) to sqrt(2); log(1 + f) = f - (f**2 / 2 - s (f**2 / 2 + s**2 R(s**2))), s = f / (2 + f),
as in fdlibm (Sun 1993): the leading terms are exact, and the polynomial R has little to add.
"""

from __future__ import annotations

import math

from hornbeam_cpu.llvm.mathematics.coefficients import LOG_D, LOG_F
from hornbeam_cpu.llvm.mathematics.exponential import LN2_D, LN2_F, exp_of_sum
from hornbeam_cpu.llvm.mathematics.number import Number, choose, polynomial

__all__ = ["log", "log1p", "log2", "log10", "logaddexp"]

# log10(2) in two parts: the first has so few digits that its products with e are exact
LOG10_2_F = (0.30102539062, 4.6050389811952113e-6)
LOG10_2_D = (3.01029995663611771306e-01, 3.69423907715893078616e-13)


def log_of_fraction(f: Number, correction: Number | None = None) -> Number:
    """log(1 + f), plus a small `correction`."""
    s = f / (f + 2.0)
    z = s * s
    half = f * f * 0.5
    inner = s * (half + z * polynomial(z, LOG_F if f.single else LOG_D))
    return f - (half - (inner if correction is None else inner + correction))


def split(x: Number) -> tuple[Number, Number]:
    """(e, 1 + f) of a positive normal number."""
    form = x.format
    start = form.bits(math.sqrt(0.5))
    bits = x.as_bits() - start
    e = bits >> form.digits
    return e.to("sitofp", form.kind), ((bits & ((1 << form.digits) - 1)) + start).as_float()


def split_any(x: Number) -> tuple[Number, Number]:
    """(e, 1 + f) of a positive number, which may be subnormal."""
    shift = x.format.digits + 1
    small = x < x.format.smallest
    e, m = split(choose(small, x * 2.0**shift, x))
    return choose(small, e - float(shift), e), m


def _with_limits(x: Number, found: Number, at_zero: Number | float = 0.0) -> Number:
    """The result for positive x; -inf at zero, NaN below, inf at inf."""
    found = choose(x < math.inf, found, x)
    found = choose(x < at_zero, math.nan, found)
    return choose(x.equals(at_zero), -math.inf, found)


def log(x: Number) -> Number:
    """The natural logarithm; at most 1 ulp off."""
    e, m = split_any(x)
    high, low = LN2_F if x.single else LN2_D
    return _with_limits(x, e.mad(high, log_of_fraction(m - 1.0, e * low)))


def log2(x: Number) -> Number:
    """The logarithm to base 2; at most 2 ulp off."""
    e, m = split_any(x)
    return _with_limits(x, log_of_fraction(m - 1.0).mad(1 / math.log(2), e))


def log10(x: Number) -> Number:
    """The logarithm to base 10; at most 3 ulp off."""
    e, m = split_any(x)
    high, low = LOG10_2_F if x.single else LOG10_2_D
    return _with_limits(x, e.mad(high, log_of_fraction(m - 1.0).mad(1 / math.log(10), e * low)))


def log1p(x: Number) -> Number:
    """log(1 + x); at most 2 ulp off. What 1 + x loses by rounding is added as a correction."""
    one = x + 1.0
    lost = choose(x < 1.0, x - (one - 1.0), 1.0 - (one - x))
    e, m = split(one)
    high, low = LN2_F if x.single else LN2_D
    found = e.mad(high, log_of_fraction(m - 1.0, e.mad(low, lost / one)))
    found = _with_limits(x, found, -1.0)
    return choose(abs(x) < 2.0 ** -(x.format.digits + 2), x, found)


def logaddexp(x: Number, y: Number) -> Number:
    """log(e**x + e**y), without overflow; at most 3 ulp off, of the result or of the larger operand."""
    above, below = choose(x > y, x, y), choose(x > y, y, x)
    apart = choose(x.equals(y), 0.0, below - above)  # also of equal infinities
    moved = apart - below
    lost = (below - (apart - moved)) - (above + moved)  # by rounding
    return above + log1p(exp_of_sum(apart, choose(abs(lost) < 1.0, lost, 0.0)))

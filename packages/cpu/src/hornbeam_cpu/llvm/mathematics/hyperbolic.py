"""Hyperbolic functions and their inverses, from expm1 and log1p."""

from __future__ import annotations

import math

from hornbeam_cpu.llvm.mathematics.exponential import exp_quarter, expm1_quarter
from hornbeam_cpu.llvm.mathematics.logarithm import log1p
from hornbeam_cpu.llvm.mathematics.number import Number, choose

__all__ = ["acosh", "asinh", "atanh", "cosh", "sinh", "tanh"]


def tanh(x: Number) -> Number:
    """v / (v + 1 / 2) with v = (e**-2|x| - 1) / 4, but for the sign; at most 3 ulp off."""
    v = expm1_quarter(abs(x) * -2.0)
    return (v / (v + 0.5)).sign_of(x)


def sinh(x: Number) -> Number:
    """2 v + v / (2 v + 1 / 2) with v = (e**|x| - 1) / 4; at most 3 ulp off."""
    v = expm1_quarter(abs(x))
    twice = v + v
    return (twice + v / (twice + 0.5)).sign_of(x)


def cosh(x: Number) -> Number:
    """e**|x| / 2 + e**-|x| / 2; at most 2 ulp off."""
    half = exp_quarter(abs(x)) * 2.0
    return half + 0.25 / half


def _far(x: Number) -> Number:
    """Whether x**2 + 1 = x**2 = (x + 1)**2 for the purpose of logarithms, though x**2 may be infinite."""
    return x > (2.0**30 if x.single else 2.0**60)


def asinh(x: Number) -> Number:
    """log(|x| + sqrt(x**2 + 1)); at most 3 ulp off."""
    size = abs(x)
    square = x * x
    far = _far(size)
    inner = choose(far, size, size + square / ((square + 1.0).sqrt() + 1.0))
    return (log1p(inner) + choose(far, x.like(math.log(2)), 0.0)).sign_of(x)


def acosh(x: Number) -> Number:
    """log(x + sqrt(x**2 - 1)); at most 3 ulp off."""
    t = x - 1.0
    far = _far(x)
    inner = choose(far, t, t + (t + t + t * t).sqrt())
    return choose(x < 1.0, math.nan, log1p(inner) + choose(far, x.like(math.log(2)), 0.0))


def atanh(x: Number) -> Number:
    """log((1 + |x|) / (1 - |x|)) / 2; at most 3 ulp off."""
    size = abs(x)
    twice = size + size
    found = (log1p(twice + twice * size / (1.0 - size)) * 0.5).sign_of(x)
    return choose(size > 1.0, math.nan, found)

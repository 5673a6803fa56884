"""The error function and its inverse."""

from __future__ import annotations

import math

from hornbeam_cpu.llvm.mathematics import coefficients as c
from hornbeam_cpu.llvm.mathematics.exponential import exp
from hornbeam_cpu.llvm.mathematics.logarithm import log
from hornbeam_cpu.llvm.mathematics.number import Number, choose, polynomial

__all__ = ["erf", "erfinv"]


def erf(x: Number) -> Number:
    """x + x P(x**2) up to 1; beyond, 1 - e**(-|x| Q(|x|)); at most 2 ulp off."""
    size = abs(x).at_most(4.0 if x.single else 6.0)
    near = polynomial(x * x, c.ERF_NEAR_F if x.single else c.ERF_NEAR_D).mad(x, x)
    far = 1.0 - exp(-size * polynomial(size, c.ERF_FAR_F if x.single else c.ERF_FAR_D))
    return choose(abs(x) < 1.0, near, far.sign_of(x))


def erfinv(x: Number) -> Number:
    """x times polynomials in w = -log(1 - x**2) and its root, as Giles 2010 has it; at most 3 ulp off (4 in double precision)."""
    w = -log((1.0 - x) * (1.0 + x))
    root = w.sqrt()
    found = choose(
        w < 6.25,
        polynomial(w - 3.125, c.ERFINV_NEAR_F if x.single else c.ERFINV_NEAR_D),
        polynomial(root - 3.25, c.ERFINV_FAR_F if x.single else c.ERFINV_FAR_D),
    )
    if not x.single:
        found = choose(w < 16.0, found, polynomial(root - 5.0, c.ERFINV_LAST_D))
    found = choose(w.equals(math.inf), x.like(math.inf), found)
    return found * x

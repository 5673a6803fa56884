"""Special functions with a parameter, by sums and integrals that define them."""

from __future__ import annotations

import math

from hornbeam.backends.reference.array import RefArray, like

__all__ = ["KERNELS"]

TERMS = 200


def _polygamma(n: int, x: float) -> float:
    """The sum over 1 / (x + k)**(n + 1), its tail by the Euler-Maclaurin formula."""
    if not x > 0:
        return math.nan
    y = x + TERMS
    head = math.fsum((x + k) ** -(n + 1) for k in range(TERMS))
    if n == 0:
        return math.log(y) - 1 / (2 * y) - y**-2 / 12 + y**-4 / 120 - head
    tail = y**-n / n + y ** -(n + 1) / 2 + (n + 1) * y ** -(n + 2) / 12
    tail -= (n + 1) * (n + 2) * (n + 3) * y ** -(n + 4) / 720
    return (1 if n % 2 else -1) * math.factorial(n) * (head + tail)


def _bessel_i(n: int, x: float) -> float:
    """The mean of exp(x cos t) cos(n t) over a circle."""
    if math.isnan(x):
        return x
    try:
        turns = (2 * math.pi * k / TERMS for k in range(TERMS))
        return math.fsum(math.exp(x * math.cos(t)) * math.cos(n * t) for t in turns) / TERMS
    except OverflowError:
        return -math.inf if x < 0 and n % 2 else math.inf


def polygamma(x: RefArray, order: int) -> RefArray:
    """The derivatives of the digamma function, for positive numbers."""
    return like(x, [_polygamma(order, v) for v in x.data])


def bessel_i(x: RefArray, order: int) -> RefArray:
    """The modified Bessel functions of the first kind."""
    return like(x, [_bessel_i(order, v) for v in x.data])


KERNELS = {"polygamma": polygamma, "bessel_i": bessel_i}

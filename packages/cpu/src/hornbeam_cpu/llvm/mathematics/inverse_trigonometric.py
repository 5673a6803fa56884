"""Arc functions: polynomials near zero; farther out by angle differences that need one division or root."""

from __future__ import annotations

import math

from hornbeam_cpu.llvm.mathematics import coefficients as c
from hornbeam_cpu.llvm.mathematics.number import Number, choose, polynomial

__all__ = ["acos", "asin", "atan", "atan2"]


def _pi_part(x: Number, share: float) -> tuple[float, float]:
    """share * pi as a number of x's precision and the rest."""
    if x.single:
        high = x.format.nearest(share * math.pi)
        return high, share * math.pi - high
    return share * math.pi, share * 1.2246467991473532e-16


def _plus_pi(x: Number, share: float) -> Number:
    """share * pi + x"""
    high, low = _pi_part(x, share)
    return (x + low) + high


def _angle(y: Number, x: Number) -> Number:
    """atan(y / x) of numbers that are not negative, without dividing by zero: from 0 to pi / 2."""
    steep = y > x
    low, high = choose(steep, x, y), choose(steep, y, x)
    beyond = low > high * math.tan(math.pi / 8)  # pi / 4 less the angle between
    q = choose(beyond, low - high, low) / choose(beyond, low + high, high)
    z = q * q
    a = (q * z).mad(polynomial(z, c.ATAN_F if x.single else c.ATAN_D), q)
    # steep: pi / 2 - (pi / 4 + a), or pi / 2 - a; else pi / 4 + a, or a
    a = choose(steep, -a, a)
    quarter, half = _pi_part(x, 0.25), _pi_part(x, 0.5)
    base = [choose(beyond, x.like(quarter[k]), choose(steep, x.like(half[k]), 0.0)) for k in range(2)]
    return (a + base[1]) + base[0]


def atan(x: Number) -> Number:
    """The arc tangent; at most 2.1 ulp off."""
    found = _angle(abs(x), x.like(1.0))
    return choose(x.is_nan(), x, found.sign_of(x))


def atan2(y: Number, x: Number) -> Number:
    """The angle of the point (x, y) from -pi to pi; at most 3 ulp off."""
    down, across = abs(y), abs(x)
    edge = 2.0 ** (x.format.bias - 1)
    # keep low + high finite, and quotients of subnormal numbers exact
    scale = choose((down > edge) | (across > edge), x.like(0.25), 1.0)
    scale = choose((down < 1 / edge) & (across < 1 / edge), 2.0 ** (2 * x.format.digits), scale)
    both = down.equals(math.inf) & across.equals(math.inf)
    none = down.equals(0.0) & across.equals(0.0)
    down = choose(both, 1.0, down * scale)
    across = choose(both | none, 1.0, across * scale)
    found = _angle(down, across)
    high, low = _pi_part(x, 1.0)
    left = x.as_bits() < 0
    found = choose(left, high - (found - low), found)
    return choose(x.is_nan() | y.is_nan(), x + y, found.sign_of(y))


def _asin_of(x: Number, z: Number) -> Number:
    """asin(x) for x**2 = z <= 1 / 4."""
    return (x * z).mad(polynomial(z, c.ASIN_F if x.single else c.ASIN_D), x)


def _near_and_root(x: Number) -> tuple[Number, Number, Number]:
    """Whether |x| <= 1 / 2; and |x|, or beyond sqrt((1 - |x|) / 2), and its square."""
    size = abs(x)
    near = size <= 0.5
    half = (1.0 - size) * 0.5
    return near, choose(near, size, half.sqrt()), choose(near, size * size, half)


def asin(x: Number) -> Number:
    """The arc sine; at most 3 ulp off."""
    near, root, z = _near_and_root(x)
    a = _asin_of(root, z)
    return choose(near, a, _plus_pi(-(a + a), 0.5)).sign_of(x)


def acos(x: Number) -> Number:
    """The arc cosine; at most 3 ulp off."""
    near, root, z = _near_and_root(x)
    a = _asin_of(root, z)
    negative = x < 0.0
    twice = a + a
    far = choose(negative, _plus_pi(-twice, 1.0), twice)
    return choose(near, _plus_pi(choose(negative, a, -a), 0.5), far)

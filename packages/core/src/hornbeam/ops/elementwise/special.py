"""Special functions: the complementary error function, the gamma function's logarithm and derivatives, Bessel functions."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.interpret import bind
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import add, divide, multiply, negative, square, subtract
from hornbeam.ops.elementwise.cast import as_float
from hornbeam.ops.elementwise.comparison import less, where
from hornbeam.ops.elementwise.define import unary
from hornbeam.ops.elementwise.exponential import exp, log
from hornbeam.ops.elementwise.trigonometric import sin, tan
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["digamma", "erfc", "i0", "i1", "lgamma", "polygamma"]

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)
SHIFT = 12  # the series in 1/x are used from here on; smaller arguments are moved up by the recurrence


def _erfc(xp: Any, x: Any) -> Any:
    """1 - erf by its series (DLMF 7.6.2) below 2, the continued fraction (DLMF 7.9.1) above."""
    size = xp.abs(x)
    near = xp.minimum(size, xp.asarray(2.0, dtype=x.dtype))
    term = near * xp.exp(-near * near) * (2 / math.sqrt(math.pi))
    series = term
    for n in range(1, 45):
        term = term * (near * near) * (2.0 / (2 * n + 1))
        series = series + term
    far = xp.minimum(xp.maximum(size, xp.asarray(2.0, dtype=x.dtype)), xp.asarray(28.0, dtype=x.dtype))
    fraction = far
    for k in range(80, 0, -1):
        fraction = far + (0.5 * k) / fraction
    upper = xp.where(size < 2.0, 1.0 - series, xp.exp(-far * far) / (fraction * math.sqrt(math.pi)))
    return xp.where(x != x, x, xp.where(x < 0, 2.0 - upper, upper))


erfc = unary(
    "erfc",
    "1 - erf(x), exact also where that is small.",
    saves="x",
    kernel=_erfc,
    vjp=lambda ct, x: multiply(ct, multiply(-2 / math.sqrt(math.pi), exp(negative(square(x))))),
)


# ---- the gamma function: primitives for x > 0; the functions below reflect


def _raised(xp: Any, x: Any) -> tuple[Any, Any]:
    """x moved up by SHIFT where it is below that, and whether it was."""
    low = x < SHIFT
    return xp.where(low, x + float(SHIFT), x), low


positive_lgamma_p = primitive(
    "positive_lgamma",
    lambda x: Spec(x.shape, x.dtype),
    elementwise=True,
    cases=lambda t: t.floats("n d", low=0.3, high=20.0),
)


@positive_lgamma_p.kernel
def _(xp: Any, x: Any) -> Any:
    """Stirling's series (DLMF 5.11.1) after the recurrence."""
    z, low = _raised(xp, x)
    total = (z - 0.5) * xp.log(z) - z + 0.5 * math.log(2 * math.pi)
    for k, b in enumerate(BERNOULLI[:7], 1):
        total = total + b / (2 * k * (2 * k - 1)) / z ** (2 * k - 1)
    product = x
    for k in range(1, SHIFT):
        product = product * xp.where(low, x + float(k), xp.ones_like(x))
    large = xp.where(z > 1e306, xp.full_like(x, math.inf), total) if x.dtype == xp.float64 else total
    return xp.where(low, total - xp.log(xp.abs(product)), xp.where(x == math.inf, x, large))


@positive_lgamma_p.vjp("x")
def _(ct: Tensor, x: Tensor) -> Tensor:
    return multiply(ct, polygamma(0, x))


polygamma_p = primitive(
    "polygamma",
    lambda x, order: Spec(x.shape, x.dtype),
    elementwise=True,
    cases=lambda t: t.case(t.floats("n d", low=0.5, high=20.0), order=1),
)


@polygamma_p.kernel
def _(xp: Any, x: Any, *, order: int) -> Any:
    """The asymptotic series (DLMF 5.11.2 and 5.15.8) after the recurrence; NaN for x <= 0."""
    n = order
    z, low = _raised(xp, x)
    if n == 0:
        total = xp.log(z) - 0.5 / z
        for k, b in enumerate(BERNOULLI, 1):
            total = total - b / (2 * k) / z ** (2 * k)
        sign = -1.0
    else:
        sign = 1.0 if n % 2 else -1.0
        total = math.factorial(n - 1) / z**n + math.factorial(n) / 2 / z ** (n + 1)
        for k, b in enumerate(BERNOULLI, 1):
            total = total + b * (math.factorial(2 * k + n - 1) / math.factorial(2 * k)) / z ** (2 * k + n)
        total = total * sign
    for k in range(SHIFT):
        step = xp.where(low, x + float(k), xp.ones_like(x))
        total = total + xp.where(low, sign * math.factorial(n) / step ** (n + 1), xp.zeros_like(x))
    return xp.where(x > 0, total, xp.full_like(x, math.nan))


@polygamma_p.vjp("x")
def _(ct: Tensor, x: Tensor, order: int) -> Tensor:
    return multiply(ct, polygamma(order + 1, x))


def polygamma(n: int, x: Any) -> Tensor:
    """The n-th derivative of `digamma`.

    Args:
        n: from 0.
        x: positive numbers (NaN elsewhere).

    Raises:
        InvalidArgumentError: `n` is negative.

    Example:
        >>> import hornbeam as hb
        >>> round(float(hb.ops.polygamma(1, 1.0)), 5)  # pi**2 / 6
        1.64493
    """
    if n < 0:
        raise InvalidArgumentError(f"polygamma: n is the order of a derivative, at least 0; got {n}")
    return bind(polygamma_p, as_float(x), order=int(n))


def digamma(x: Any) -> Tensor:
    """The derivative of `lgamma`, also of negative numbers.

    Example:
        >>> import hornbeam as hb
        >>> round(float(hb.ops.digamma(1.0)), 5)  # minus Euler's constant
        -0.57722
    """
    t = as_float(x)
    left = less(t, 0.5)
    right = polygamma(0, where(left, subtract(1.0, t), t))
    turned = divide(math.pi, tan(multiply(math.pi, where(left, t, 0.25))))
    return where(left, subtract(right, turned), right)


def lgamma(x: Any) -> Tensor:
    """The logarithm of the absolute value of the gamma function; infinite at 0, -1, -2, ...

    Example:
        >>> import hornbeam as hb
        >>> round(float(hb.ops.exp(hb.ops.lgamma(5.0))), 3)  # 4!
        24.0
    """
    t = as_float(x)
    left = less(t, 0.5)
    right: Tensor = bind(positive_lgamma_p, where(left, subtract(1.0, t), t))
    turn = where(left, subtract(t, _whole(t)), 0.25)  # sin(pi t) is exactly 0 at the poles
    return where(left, subtract(log(divide(math.pi, absolute(sin(multiply(math.pi, turn))))), right), right)


def _whole(t: Tensor) -> Tensor:
    from hornbeam.ops.elementwise.arithmetic import floor

    return floor(t)


# ---- modified Bessel functions

bessel_i_p = primitive(
    "bessel_i",
    lambda x, order: Spec(x.shape, x.dtype),
    elementwise=True,
    cases=lambda t: t.case(t.floats("n d", low=-25.0, high=25.0), order=1),
)


@bessel_i_p.kernel
def _(xp: Any, x: Any, *, order: int) -> Any:
    """The power series (DLMF 10.25.2: positive terms only) for |x| < 20, the asymptotic one (DLMF 10.40.1) beyond."""
    size = xp.abs(x)
    near, far = xp.minimum(size, xp.asarray(20.0, dtype=x.dtype)), xp.maximum(size, xp.asarray(20.0, dtype=x.dtype))
    quarter = near * near * 0.25
    term = xp.ones_like(x)
    for k in range(1, order + 1):
        term = term * near * (0.5 / k)
    series = term
    for k in range(1, 55):
        term = term * quarter * (1.0 / (k * (k + order)))
        series = series + term
    term = xp.ones_like(x)
    tail = term
    for k in range(1, 25):
        term = term * (-(4.0 * order * order - (2 * k - 1) ** 2) / (8.0 * k)) / far
        tail = tail + term
    half = xp.exp(0.5 * far)  # e**far may overflow where the result does not
    value = xp.where(size < 20.0, series, half * (tail / xp.sqrt(2 * math.pi * far)) * half)
    value = xp.where(size == math.inf, size, value)
    return xp.where(x < 0, -value, value) if order % 2 else value


@bessel_i_p.vjp("x")
def _(ct: Tensor, x: Tensor, order: int) -> Tensor:
    above: Tensor = bind(bessel_i_p, x, order=order + 1)
    if order == 0:
        return multiply(ct, above)
    return multiply(ct, multiply(0.5, add(bind(bessel_i_p, x, order=order - 1), above)))


def i0(x: Any) -> Tensor:
    """The modified Bessel function of the first kind, of order 0.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.i0(0.0))
        1.0
    """
    return bind(bessel_i_p, as_float(x), order=0)


def i1(x: Any) -> Tensor:
    """The modified Bessel function of the first kind, of order 1: the derivative of `i0`.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.i1(0.0))
        0.0
    """
    return bind(bessel_i_p, as_float(x), order=1)

"""Functions of Python floats with IEEE results where `math` raises: NaN outside the domain, infinity on overflow."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

__all__ = ["REAL_BINARY", "REAL_UNARY"]

inf, nan = math.inf, math.nan


def _guard(
    function: Callable[[float], float], overflow: Callable[[float], float] = lambda x: inf
) -> Callable[[float], float]:
    """`function` with NaN where it is undefined, and `overflow(x)` where the result is too large."""

    def guarded(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return nan
        except OverflowError:
            return overflow(x)

    return guarded


def _log(function: Callable[[float], float], pole: float = 0.0) -> Callable[[float], float]:
    """A logarithm: minus infinity at its pole, NaN to the left of it."""
    return lambda x: function(x) if x > pole else -inf if x == pole else nan


def _signed(function: Callable[[float], float]) -> Callable[[float], float]:
    """A rounding function that keeps infinities, NaN and the sign of zero."""
    return lambda x: math.copysign(float(function(x)), x) if math.isfinite(x) else x


def _atanh(x: float) -> float:
    return math.copysign(inf, x) if abs(x) == 1 else math.atanh(x)


def _sign(x: float) -> float:
    return math.copysign(1.0, x) if x and x == x else abs(x)


def erfinv(y: float) -> float:
    """The x whose erf is `y`: bisection on erf (on erfc near the ends), then Newton steps."""
    if not -1 < y < 1:
        return math.copysign(inf, y) if abs(y) == 1 else nan
    low, high, target = 0.0, 6.0, abs(y)
    for _ in range(60):
        middle = (low + high) / 2
        below = math.erf(middle) < target if target < 0.5 else math.erfc(middle) > 1 - target
        low, high = (middle, high) if below else (low, middle)
    x = (low + high) / 2
    for _ in range(2):
        miss = math.erf(x) - target if target < 0.5 else (1 - target) - math.erfc(x)
        x -= miss * math.sqrt(math.pi) / 2 * math.exp(x * x)
    return math.copysign(x, y)


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else (e := math.exp(x)) / (1 + e) if x == x else x


REAL_UNARY: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "negative": lambda x: -x,
    "positive": lambda x: x,
    "sign": _sign,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x if x else math.copysign(inf, x),
    "sqrt": _guard(math.sqrt),
    "erfc": math.erfc,
    "positive_lgamma": _guard(math.lgamma),
    "rsqrt": lambda x: 1 / math.sqrt(x) if x > 0 else math.copysign(inf, x) if x == 0 else nan,
    "exp": _guard(math.exp),
    "expm1": _guard(math.expm1),
    "log": _log(math.log),
    "log2": _log(math.log2),
    "log10": _log(math.log10),
    "log1p": _log(math.log1p, -1.0),
    "sin": _guard(math.sin),
    "cos": _guard(math.cos),
    "tan": _guard(math.tan),
    "asin": _guard(math.asin),
    "acos": _guard(math.acos),
    "atan": math.atan,
    "sinh": _guard(math.sinh, lambda x: math.copysign(inf, x)),
    "cosh": _guard(math.cosh),
    "tanh": math.tanh,
    "asinh": math.asinh,
    "acosh": _guard(math.acosh),
    "atanh": _guard(_atanh),
    "ceil": _signed(math.ceil),
    "floor": _signed(math.floor),
    "trunc": _signed(math.trunc),
    "round_even": _signed(round),
    "erf": math.erf,
    "erfinv": erfinv,
    "sigmoid": sigmoid,
}


def divide(x: float, y: float) -> float:
    """x / y, with IEEE's answers to a division by zero."""
    if y:
        return x / y
    return nan if x != x or not x else math.copysign(inf, x) * math.copysign(1.0, y)


def power(x: float, y: float) -> float:
    """x to the y, by C99's rules."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and y % 2 == 1 else inf
    except ValueError:
        if x == 0:  # 0 to a negative power
            return math.copysign(inf, x) if y % 2 == 1 else inf
        return nan


def floor_divide(x: float, y: float) -> float:
    """The floor of x / y; x / y where one of them is infinite."""
    return x // y if y and math.isfinite(x) and math.isfinite(y) else divide(x, y)


def remainder(x: float, y: float) -> float:
    """x - floor(x / y) * y, which has the sign of y."""
    return x % y if y else nan


def logaddexp(x: float, y: float) -> float:
    """log(exp(x) + exp(y)), without overflow."""
    if x != x or y != y:
        return nan
    top = max(x, y)
    return top if math.isinf(top) else top + math.log1p(math.exp(min(x, y) - top))


def next_single(x: float, y: float) -> float:
    """The float32 next to x (itself a float32) in the direction of y."""
    if x != x or y != y or x == y:
        return y if x == y else nan
    if x == 0:
        return math.copysign(2.0**-149, y)
    (bits,) = struct.unpack("<i", struct.pack("<f", x))
    bits += 1 if (y > x) == (x > 0) else -1
    return float(struct.unpack("<f", struct.pack("<i", bits))[0])


REAL_BINARY: dict[str, Callable[[float, float], float]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": divide,
    "pow": power,
    "floor_divide": floor_divide,
    "remainder": remainder,
    "atan2": math.atan2,
    "hypot": math.hypot,
    "logaddexp": logaddexp,
    "copysign": math.copysign,
    "nextafter": math.nextafter,
    "maximum": lambda x, y: x if x > y or x != x else y,
    "minimum": lambda x, y: x if x < y or x != x else y,
}

"""Complex functions of Python numbers, with infinities where `cmath` raises."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

__all__ = ["COMPLEX_BINARY", "COMPLEX_UNARY"]

inf, nan = math.inf, math.nan


def _scale(factor: float, real: float, imaginary: float) -> complex:
    """factor * (real + imaginary i), where 0 times an infinite factor stays 0."""
    return complex(factor * real if real else real, factor * imaginary if imaginary else imaginary)


def _exp(z: complex) -> complex:
    try:
        return cmath.exp(z)
    except OverflowError:
        return _scale(inf, math.cos(z.imag), math.sin(z.imag))
    except ValueError:  # an infinite imaginary part
        return complex(nan, nan)


def _log(z: complex) -> complex:
    return cmath.log(z) if z else complex(-inf, cmath.phase(z))


def _log1p(z: complex) -> complex:
    if abs(z.real) > 0.5 or abs(z.imag) > 0.5:
        return _log(1 + z)
    squared = 2 * z.real + z.real * z.real + z.imag * z.imag  # |1 + z| squared, less 1
    return complex(0.5 * math.log1p(squared), math.atan2(z.imag, 1 + z.real)) if squared > -1 else _log(1 + z)


def _expm1(z: complex) -> complex:
    if not (math.isfinite(z.real) and math.isfinite(z.imag)) or z.real > 700:
        return _exp(z) - 1
    half = math.sin(z.imag / 2)
    real = math.expm1(z.real) * math.cos(z.imag) - 2 * half * half
    return complex(real, math.exp(z.real) * math.sin(z.imag))


def _guard(function: Callable[[complex], complex]) -> Callable[[complex], complex]:
    def guarded(z: complex) -> complex:
        try:
            return function(z)
        except ValueError:
            return complex(nan, nan)
        except OverflowError:
            return complex(inf, inf)

    return guarded


def _atanh(z: complex) -> complex:
    return complex(math.copysign(inf, z.real), z.imag) if abs(z.real) == 1 and not z.imag else cmath.atanh(z)


def _divide(x: complex, y: complex) -> complex:
    if y:
        return x / y
    if not x or x != x:
        return complex(nan, nan)
    return _scale(math.copysign(inf, y.real), x.real, x.imag)


def _power(x: complex, y: complex) -> complex:
    if not y:
        return 1 + 0j
    if not x:
        return 0j if y.real > 0 else complex(nan, nan)
    try:
        return complex(x**y)
    except OverflowError:
        return complex(inf, nan)


def _sign(z: complex) -> complex:
    return z / abs(z) if z else 0j


def _absolute(z: complex) -> float:
    return math.hypot(z.real, z.imag)


COMPLEX_UNARY: dict[str, Callable[[complex], Any]] = {
    "abs": _absolute,
    "negative": lambda z: -z,
    "positive": lambda z: z,
    "sign": _sign,
    "square": lambda z: z * z,
    "reciprocal": lambda z: _divide(1 + 0j, z),
    "sqrt": cmath.sqrt,
    "rsqrt": lambda z: _divide(1 + 0j, cmath.sqrt(z)),
    "exp": _exp,
    "expm1": _expm1,
    "log": _log,
    "log2": lambda z: _scale(1 / math.log(2), _log(z).real, _log(z).imag),
    "log10": lambda z: _scale(1 / math.log(10), _log(z).real, _log(z).imag),
    "log1p": _log1p,
    "sin": _guard(cmath.sin),
    "cos": _guard(cmath.cos),
    "tan": _guard(cmath.tan),
    "asin": _guard(cmath.asin),
    "acos": _guard(cmath.acos),
    "atan": _guard(cmath.atan),
    "sinh": _guard(cmath.sinh),
    "cosh": _guard(cmath.cosh),
    "tanh": _guard(cmath.tanh),
    "asinh": _guard(cmath.asinh),
    "acosh": _guard(cmath.acosh),
    "atanh": _guard(_atanh),
    "round_even": lambda z: complex(round(z.real), round(z.imag)),
    "real": lambda z: z.real,
    "imag": lambda z: z.imag,
    "conj": lambda z: z.conjugate(),
}

COMPLEX_BINARY: dict[str, Callable[[complex, complex], complex]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": _divide,
    "pow": _power,
}

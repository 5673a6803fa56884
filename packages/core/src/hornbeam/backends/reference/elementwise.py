"""Element-wise kernels: one scalar function, applied to each element."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from hornbeam import dtypes
from hornbeam.backends.reference.array import RefArray, like, store
from hornbeam.backends.reference.complexes import COMPLEX_BINARY, COMPLEX_UNARY
from hornbeam.backends.reference.scalars import REAL_BINARY, REAL_UNARY, next_single
from hornbeam.dtypes import DType

__all__ = ["KERNELS"]

_PART = {"complex64": dtypes.float32, "complex128": dtypes.float64}
_WHOLE = {"float32": dtypes.complex64, "float64": dtypes.complex128}


def _integer_power(x: int, y: int) -> int:
    if y >= 0:
        return int(x**y)
    return 0 if abs(x) != 1 else x if y % 2 else 1


INTEGER_UNARY: dict[str, Callable[[int], int]] = {
    "abs": abs,
    "negative": operator.neg,
    "sign": lambda x: (x > 0) - (x < 0),
    "square": lambda x: x * x,
    "bitwise_invert": operator.invert,
    **dict.fromkeys(["positive", "ceil", "floor", "trunc", "round_even", "conj", "real"], operator.pos),
    "imag": lambda x: 0,
}
INTEGER_BINARY: dict[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "pow": _integer_power,
    "floor_divide": lambda x, y: x // y if y else 0,
    "remainder": lambda x, y: x % y if y else 0,
    "maximum": max,
    "minimum": min,
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
    "bitwise_xor": operator.xor,
    "bitwise_left_shift": operator.lshift,
    "bitwise_right_shift": operator.rshift,
}
COMPARISON: dict[str, Callable[[Any, Any], bool]] = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "logical_and": lambda x, y: bool(x) and bool(y),
    "logical_or": lambda x, y: bool(x) or bool(y),
    "logical_xor": lambda x, y: bool(x) != bool(y),
}


def _any_part(test: Callable[[float], bool]) -> Callable[[Any], bool]:
    return lambda x: test(x.real) or test(x.imag) if isinstance(x, complex) else test(x)


TEST: dict[str, Callable[[Any], bool]] = {
    "logical_not": operator.not_,
    "isnan": _any_part(math.isnan),
    "isinf": _any_part(math.isinf),
    "isfinite": lambda x: math.isfinite(x.real) and math.isfinite(x.imag),
    "signbit": lambda x: math.copysign(1, x) < 0,
}
BOOLEAN_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    **INTEGER_BINARY,
    "bitwise_left_shift": lambda x, y: int(x) << int(y),
    "bitwise_right_shift": lambda x, y: int(x) >> int(y),
}
_UNARY: dict[str, dict[str, Callable[[Any], Any]]] = {
    "bool": {**INTEGER_UNARY, "bitwise_invert": operator.not_},
    "int": INTEGER_UNARY,
    "uint": INTEGER_UNARY,
    "float": {**REAL_UNARY, "conj": lambda x: x, "real": lambda x: x, "imag": lambda x: 0.0},
    "complex": COMPLEX_UNARY,
}
_BINARY: dict[str, dict[str, Callable[[Any, Any], Any]]] = {
    "bool": BOOLEAN_BINARY,
    "int": INTEGER_BINARY,
    "uint": INTEGER_BINARY,
    "float": REAL_BINARY,
    "complex": COMPLEX_BINARY,
}
_REAL_PART = frozenset(["abs", "real", "imag"])


def _unary(name: str) -> Callable[[RefArray], RefArray]:
    def kernel(x: RefArray) -> RefArray:
        function = _UNARY[x.dtype.kind][name]
        dtype: DType = _PART.get(x.dtype, x.dtype) if name in _REAL_PART else x.dtype
        return like(x, [store(function(v), dtype) for v in x.data], dtype)

    return kernel


def _binary(name: str) -> Callable[[RefArray, RefArray], RefArray]:
    def kernel(x: RefArray, y: RefArray) -> RefArray:
        function = _BINARY[x.dtype.kind][name]
        if name == "nextafter" and x.dtype == "float32":
            function = next_single
        return like(x, [store(function(a, b), x.dtype) for a, b in zip(x.data, y.data, strict=True)])

    return kernel


def _test(function: Callable[[Any], bool]) -> Callable[[RefArray], RefArray]:
    return lambda x: like(x, [function(v) for v in x.data], dtypes.bool)


def _comparison(function: Callable[[Any, Any], bool]) -> Callable[[RefArray, RefArray], RefArray]:
    return lambda x, y: like(x, [function(a, b) for a, b in zip(x.data, y.data, strict=True)], dtypes.bool)


def where(condition: RefArray, x: RefArray, y: RefArray) -> RefArray:
    """x where the condition holds, y elsewhere."""
    return like(x, [a if c else b for c, a, b in zip(condition.data, x.data, y.data, strict=True)])


def clip(x: RefArray, low: RefArray, high: RefArray) -> RefArray:
    """The values limited to [low, high]; the upper limit wins where they cross."""
    above = _binary("maximum")(x, low)
    return _binary("minimum")(above, high)


def make_complex(real: RefArray, imag: RefArray) -> RefArray:
    """real + i imag."""
    return like(real, [complex(a, b) for a, b in zip(real.data, imag.data, strict=True)], _WHOLE[real.dtype])


def cast(x: RefArray, dtype: DType) -> RefArray:
    """The values in another dtype; floats keep their float64 value."""
    return like(x, [store(v, dtype) for v in x.data], dtype)


KERNELS: dict[str, Callable[..., Any]] = {
    **{name: _unary(name) for names in _UNARY.values() for name in names},
    **{name: _binary(name) for names in _BINARY.values() for name in names},
    **{name: _test(function) for name, function in TEST.items()},
    **{name: _comparison(function) for name, function in COMPARISON.items()},
    "where": where,
    "clip": clip,
    "complex": make_complex,
    "cast": cast,
}

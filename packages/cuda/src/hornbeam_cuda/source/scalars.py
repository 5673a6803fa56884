"""dtypes in terms of CUDA C: how a number lies in memory, and in which type it is computed with."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["NARROW", "SIZES", "computed", "held", "is_float", "literal", "parameter", "stored"]

SIZES = {
    **{"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "int64": 8, "uint64": 8},
    **{"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8},
}
NARROW = frozenset(("float16", "bfloat16"))  # half floats: two bytes in memory, single precision in registers
_WHOLE = {
    **{"int8": "signed char", "uint8": "unsigned char", "int16": "short", "uint16": "unsigned short", "int32": "int"},
    **{"uint32": "unsigned", "int64": "long long", "uint64": "unsigned long long"},
}
_STORED = _WHOLE | {
    **{"bool": "Bool", "float16": "Half", "bfloat16": "Bfloat", "float32": "float", "float64": "double"},
}


def is_float(dtype: str) -> bool:
    """Whether it is a floating-point dtype."""
    return "float" in dtype


def stored(dtype: str) -> str:
    """The type of an element in memory."""
    return _STORED[dtype]


def computed(dtype: str) -> str:
    """The type of a number in a register."""
    if dtype == "bool":
        return "bool"
    return "float" if dtype in NARROW else _STORED[dtype]


def held(dtype: str) -> str:
    """The dtype in which partial results lie in memory."""
    return "float32" if dtype in NARROW else dtype


def parameter(dtype: str) -> str:
    """The dtype as which a constant is passed to a kernel."""
    return "int32" if dtype == "bool" else held(dtype)


def literal(dtype: str, number: Any) -> str:
    """A number as text, in the type that is computed with."""
    kind = computed(dtype)
    if not is_float(dtype):
        return f"(({kind}){int(number)}{'ull' if dtype == 'uint64' else 'll' if dtype[0] != 'b' else ''})"
    if math.isnan(number):
        return f"(({kind})NOT_A_NUMBER)"
    if math.isinf(number):
        return f"(({kind}){'-' if number < 0 else ''}INFINITE)"
    return f"{float(number)!r}{'f' if kind == 'float' else ''}"

"""Dtypes: names, kinds, sizes and promotion. A DType is a string, so `x.dtype == "float32"` holds as in Keras."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from hornbeam.errors import DTypeError, UnknownNameError

__all__ = [
    "DType",
    "as_dtype",
    "bfloat16",
    "bool",
    "can_cast",
    "complex64",
    "complex128",
    "float16",
    "float32",
    "float64",
    "floatx",
    "int8",
    "int16",
    "int32",
    "int64",
    "promote",
    "result_type",
    "scalar_dtype",
    "set_floatx",
    "to_float",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
]

_builtin_bool = bool


class DType(str):
    """A data type: its name as a string, with its kind and its size.

    Attributes:
        kind: "bool", "int", "uint", "float" or "complex"; "string" of what is no tensor.
        itemsize: bytes per element.

    Example:
        >>> float32 == "float32", float32.kind, float32.itemsize
        (True, 'float', 4)
    """

    kind: str
    itemsize: int

    def __new__(cls, name: str, kind: str, itemsize: int) -> DType:
        """Make one of the module's constants; use `as_dtype` to look one up."""
        self = str.__new__(cls, name)
        self.kind = kind
        self.itemsize = itemsize
        return self

    @property
    def name(self) -> str:
        """The name, as NumPy spells it."""
        return str(self)

    @property
    def is_floating(self) -> _builtin_bool:
        """Whether values are real floating-point numbers."""
        return self.kind == "float"

    @property
    def is_inexact(self) -> _builtin_bool:
        """Whether values are real or complex floating-point numbers: what can have a gradient."""
        return self.kind in ("float", "complex")

    @property
    def is_integer(self) -> _builtin_bool:
        """Whether values are integers, signed or not."""
        return self.kind in ("int", "uint")

    def __reduce__(self) -> tuple[Any, ...]:
        """Unpickle as the interned object."""
        return (as_dtype, (str(self),))


bool = DType("bool", "bool", 1)
int8, int16, int32, int64 = (DType(f"int{8 * n}", "int", n) for n in (1, 2, 4, 8))
uint8, uint16, uint32, uint64 = (DType(f"uint{8 * n}", "uint", n) for n in (1, 2, 4, 8))
float16, float32, float64 = (DType(f"float{8 * n}", "float", n) for n in (2, 4, 8))
bfloat16 = DType("bfloat16", "float", 2)
complex64, complex128 = DType("complex64", "complex", 8), DType("complex128", "complex", 16)
string = DType(
    "string", "string", 0
)  # of inputs of models: no tensor has it, so `as_dtype` does not find it by its name

ALL: dict[str, DType] = {
    str(d): d
    for d in (
        *(bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64),
        *(float16, bfloat16, float32, float64, complex64, complex128),
    )
}
_floatx = float32


def floatx() -> DType:
    """The default floating-point dtype: float32 unless `set_floatx` changed it."""
    return _floatx


def set_floatx(dtype: Any) -> None:
    """Choose the default floating-point dtype.

    Args:
        dtype: "float16", "bfloat16", "float32" or "float64".

    Raises:
        DTypeError: it is not a real floating-point dtype.
    """
    global _floatx
    chosen = as_dtype(dtype)
    if not chosen.is_floating:
        raise DTypeError(f"set_floatx takes a real floating-point dtype; got {chosen}.")
    _floatx = chosen


_PYTHON_TYPES = {_builtin_bool: "bool", int: "int32", float: None, complex: "complex64", "float": None, "int": "int32"}


def as_dtype(dtype: Any) -> DType:
    """The DType that a name, a Python type, a NumPy dtype or an array library's dtype stands for.

    Args:
        dtype: such as "float32", hb.float32, numpy.float32, numpy.dtype("int8"), float or None (the default float).

    Raises:
        UnknownNameError: no dtype has that name.

    Example:
        >>> as_dtype(float), as_dtype("int8")
        ('float32', 'int8')
    """
    if type(dtype) is DType:
        return dtype
    if dtype is None:
        return floatx()
    try:
        if dtype in _PYTHON_TYPES:
            name = _PYTHON_TYPES[dtype]
            return floatx() if name is None else ALL[name]
        return _lookup(dtype)
    except TypeError:
        return _lookup.__wrapped__(dtype)  # unhashable: look it up without remembering


@cache
def _lookup(dtype: Any) -> DType:
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None) or getattr(dtype, "__name__", None)
    if not isinstance(name, str):
        name = str(dtype)
    name = name.rsplit(".", 1)[-1]  # torch.float32, array_api_strict.float32
    found = ALL.get(name)
    if found is None:
        raise UnknownNameError("dtype", name, ALL)
    return found


_RANK = {"bool": 0, "uint": 1, "int": 1, "float": 2, "complex": 3}
_SIGNED = {1: int16, 2: int32, 4: int64, 8: float32}
_COMPLEX = {2: complex64, 4: complex64, 8: complex128}


@cache
def promote(a: DType, b: DType) -> DType:
    """The dtype that holds both: the array API's table, and an integer with a float gives that float (as in Keras).

    Example:
        >>> promote(int8, uint8), promote(int64, float32), promote(float16, bfloat16)
        ('int16', 'float32', 'float32')
    """
    if a is b:
        return a
    if _RANK[a.kind] > _RANK[b.kind]:
        a, b = b, a
    if a.kind == "bool":
        return b
    if _RANK[a.kind] < _RANK[b.kind]:
        if b.kind == "complex" and a.kind == "float":
            return promote(_COMPLEX[a.itemsize], b)
        return b
    if a.kind == b.kind:
        if a.itemsize == b.itemsize:  # float16 with bfloat16: neither holds the other
            return float32
        return a if a.itemsize > b.itemsize else b
    signed, unsigned = (a, b) if a.kind == "int" else (b, a)
    return signed if signed.itemsize > unsigned.itemsize else _SIGNED[unsigned.itemsize]


def result_type(*dtypes: DType) -> DType:
    """The dtype that holds all of `dtypes` (at least one)."""
    result, *rest = dtypes
    for dtype in rest:
        result = promote(result, dtype)
    return result


def scalar_dtype(value: Any, others: Iterable[DType] = ()) -> DType:
    """The dtype of a Python scalar beside arrays of `others`: weak, it never widens them within its kind.

    Example:
        >>> scalar_dtype(2.5, [float16]), scalar_dtype(2.5, [int32]), scalar_dtype(3)
        ('float16', 'float32', 'int32')
    """
    beside = result_type(*found) if (found := tuple(others)) else None
    if isinstance(value, _builtin_bool):
        return bool if beside is None else beside
    if isinstance(value, int):
        if beside is None or beside.kind == "bool":
            return int32 if -(2**31) <= value < 2**31 else int64 if -(2**63) <= value < 2**63 else uint64
        return beside
    if isinstance(value, float):
        return beside if beside is not None and beside.is_inexact else floatx()
    if isinstance(value, complex):
        if beside is None or not beside.is_inexact:
            return _COMPLEX[floatx().itemsize]
        return beside if beside.kind == "complex" else _COMPLEX[beside.itemsize]
    raise DTypeError(f"expected a number, got {type(value).__name__}: {value!r}")


def to_float(dtype: DType) -> DType:
    """The dtype in which a function such as exp or a division works: itself, or the default float for integers."""
    return dtype if dtype.is_inexact else floatx()


def can_cast(source: DType, target: DType) -> _builtin_bool:
    """Whether promotion can turn `source` into `target` without leaving the array API's rules."""
    if source is target:
        return True
    if (
        source.kind != "bool"
        and _RANK[source.kind] != _RANK[target.kind]
        and not (source.kind == "float" and target.kind == "complex")
    ):
        return False
    return promote(source, target) is target

"""dtypes in LLVM's terms: how a number lies in memory, in which type it is computed with, and how one becomes another."""

from __future__ import annotations

from hornbeam_cpu.llvm.builder import Builder, Operand, is_float, lanes, vector

__all__ = ["SIZES", "cast", "computed", "load", "stored", "store"]

SIZES = {
    **{"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "int64": 8, "uint64": 8},
    **{"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8},
}
_REAL = {"float16": "half", "bfloat16": "bfloat", "float32": "float", "float64": "double"}


def stored(dtype: str) -> str:
    """The type of an element in memory."""
    return _REAL.get(dtype) or f"i{8 * SIZES[dtype]}"


def computed(dtype: str) -> str:
    """The type that arithmetic is done in: half floats in single precision, truth values as bits."""
    if dtype == "bool":
        return "i1"
    return "float" if dtype in ("float16", "bfloat16") else stored(dtype)


def load(b: Builder, dtype: str, place: Operand, count: int, mask: Operand | None = None) -> Operand:
    """`count` elements (0: one, as a scalar) from memory, in the type that is computed with."""
    x = b.load(vector(stored(dtype), count), place, mask)
    if dtype == "bool":
        return b.compare("ne", x, b.zero(x.type))
    return b.convert("fpext", x, "float") if dtype in ("float16", "bfloat16") else x


def store(b: Builder, dtype: str, x: Operand, place: Operand, mask: Operand | None = None) -> None:
    """Put what was computed into memory."""
    if dtype == "bool":
        x = b.convert("zext", x, "i8")
    elif dtype in ("float16", "bfloat16"):
        x = b.convert("fptrunc", x, stored(dtype))
    b.store(x, place, mask)


def cast(b: Builder, x: Operand, before: str, after: str) -> Operand:
    """A number of another dtype, as NumPy's astype gives it for numbers that fit."""
    if before == after:
        return x
    target = computed(after)
    if after == "bool":
        if is_float(x.type):  # NaN is true
            return b.bits("or", b.compare("ne", x, b.zero(x.type)), b.unordered(x, x))
        return b.compare("ne", x, b.zero(x.type))
    if is_float(x.type):
        if not target.startswith("i"):
            made = (
                b.convert("fptrunc" if target == "float" else "fpext", x, target)
                if x.type != vector(target, lanes(x.type))
                else x
            )
            return _rounded(b, made, after)
        return _whole(b, x, target, after)
    unsigned = before[0] in "ub"
    if not target.startswith("i"):
        return _rounded(b, b.convert("uitofp" if unsigned else "sitofp", x, target), after)
    narrower = SIZES[after] <= SIZES[before] and before != "bool"
    return b.convert("trunc" if narrower else "zext" if unsigned else "sext", x, target)


def _rounded(b: Builder, x: Operand, dtype: str) -> Operand:
    """Half floats have few digits: keep no more than them."""
    if dtype not in ("float16", "bfloat16"):
        return x
    return b.convert("fpext", b.convert("fptrunc", x, stored(dtype)), "float")


def _whole(b: Builder, x: Operand, target: str, dtype: str) -> Operand:
    """A float cut off to a whole number. Small and unsigned ones go by way of a wider one, as they do in NumPy."""
    wide = "i64" if target == "i64" or dtype == "uint32" else "i32"
    if dtype == "uint64":
        return b.convert("fptoui", x, target)
    return (
        b.convert("trunc", b.convert("fptosi", x, wide), target) if wide != target else b.convert("fptosi", x, target)
    )

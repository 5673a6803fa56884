"""dtypes in LLVM's terms: how a number lies in memory, in which type it is computed with, and how one becomes another."""

from __future__ import annotations

from hornbeam_cpu.llvm.builder import Builder, Operand, is_float, lanes, vector

__all__ = ["NARROW", "SIZES", "cast", "computed", "held", "load", "stored", "store"]

SIZES = {
    **{"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "int64": 8, "uint64": 8},
    **{"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8},
}
_REAL = {"float32": "float", "float64": "double"}
NARROW = frozenset(
    ("float16", "bfloat16")
)  # bits in memory, single precision in registers; converted without special instructions


def stored(dtype: str) -> str:
    """The type of an element in memory."""
    return _REAL.get(dtype) or f"i{8 * SIZES[dtype]}"


def computed(dtype: str) -> str:
    """The type that arithmetic is done in: half floats in single precision, truth values as bits."""
    if dtype == "bool":
        return "i1"
    return "float" if dtype in NARROW else stored(dtype)


def held(dtype: str) -> str:
    """The dtype in which sums, and what is kept for later, lie in memory meanwhile."""
    return "float32" if dtype in NARROW else dtype


def load(b: Builder, dtype: str, place: Operand, count: int, mask: Operand | None = None) -> Operand:
    """`count` elements (0: one, as a scalar) from memory, in the type that is computed with."""
    x = b.load(vector(stored(dtype), count), place, mask)
    if dtype == "bool":
        return b.compare("ne", x, b.zero(x.type))
    return _widened(b, x, dtype) if dtype in NARROW else x


def store(b: Builder, dtype: str, x: Operand, place: Operand, mask: Operand | None = None) -> None:
    """Put what was computed into memory."""
    if dtype == "bool":
        x = b.convert("zext", x, "i8")
    elif dtype in NARROW:
        x = _narrowed(b, x, dtype)
    b.store(x, place, mask)


def _widened(b: Builder, x: Operand, dtype: str) -> Operand:
    """The bits of half floats in single precision, exactly.

    Source: Giesen 2012, "Half to float done quick": the exponent is put right by a multiplication, which also normalises.
    """
    bits = b.convert("zext", x, "i32")
    kind = bits.type
    if dtype == "bfloat16":
        return b.convert("bitcast", b.bits("shl", bits, b.const(kind, 16)), "float")
    rest = b.bits("shl", b.bits("and", bits, b.const(kind, 0x7FFF)), b.const(kind, 13))
    scaled = b.convert("bitcast", rest, "float")
    scaled = b.convert("bitcast", b.mul(scaled, b.const(scaled.type, 2.0**112)), "i32")
    special = b.compare("ge", rest, b.const(kind, 0x7C00 << 13))  # infinity and NaN keep the largest exponent
    scaled = b.select(special, b.bits("or", rest, b.const(kind, 0x7F800000)), scaled)
    sign = b.bits("shl", b.bits("and", bits, b.const(kind, 0x8000)), b.const(kind, 16))
    return b.convert("bitcast", b.bits("or", scaled, sign), "float")


def _narrowed(b: Builder, x: Operand, dtype: str) -> Operand:
    """Single precision rounded to the nearest half float, ties to even, as bits.

    Source: Giesen 2016, "float_to_half_fast3_rtne".
    """
    bits = b.convert("bitcast", x, "i32")
    kind = bits.type
    nan = b.unordered(x, x)
    if dtype == "bfloat16":
        odd = b.bits("and", b.bits("lshr", bits, b.const(kind, 16)), b.const(kind, 1))
        rounded = b.bits("lshr", b.add(b.add(bits, b.const(kind, 0x7FFF)), odd), b.const(kind, 16))
        quiet = b.bits("or", b.bits("lshr", bits, b.const(kind, 16)), b.const(kind, 0x40))
        return b.convert("trunc", b.select(nan, quiet, rounded), "i16")
    size = b.bits("and", bits, b.const(kind, 0x7FFFFFFF))
    sign = b.bits("and", b.bits("lshr", bits, b.const(kind, 16)), b.const(kind, 0x8000))
    odd = b.bits("and", b.bits("lshr", size, b.const(kind, 13)), b.const(kind, 1))
    normal = b.bits("lshr", b.add(b.add(size, b.const(kind, 0xFFF - (112 << 23))), odd), b.const(kind, 13))
    magic = b.const(x.type, 0.5)  # adding it leaves the bits of a number without leading one, rounded, at the end
    small = b.add(b.convert("bitcast", size, "float"), magic)
    small = b.sub(b.convert("bitcast", small, "i32"), b.convert("bitcast", magic, "i32"))
    found = b.select(b.compare("lt", size, b.const(kind, 113 << 23)), small, normal)
    large = b.select(nan, b.const(kind, 0x7E00), b.const(kind, 0x7C00))
    found = b.select(b.compare("ge", size, b.const(kind, 143 << 23)), large, found)
    return b.convert("trunc", b.bits("or", found, sign), "i16")


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
            if x.type == vector(target, lanes(x.type)):
                return _rounded(b, x, after)
            if after in NARROW:
                return _rounded(b, _to_odd(b, x), after)
            return b.convert("fptrunc" if target == "float" else "fpext", x, target)
        return _whole(b, x, target, after)
    unsigned = before[0] in "ub"
    if not target.startswith("i"):
        return _rounded(b, b.convert("uitofp" if unsigned else "sitofp", x, target), after)
    narrower = SIZES[after] <= SIZES[before] and before != "bool"
    return b.convert("trunc" if narrower else "zext" if unsigned else "sext", x, target)


def _rounded(b: Builder, x: Operand, dtype: str) -> Operand:
    """Half floats have few digits: keep no more than them."""
    return _widened(b, _narrowed(b, x, dtype), dtype) if dtype in NARROW else x


def _to_odd(b: Builder, x: Operand) -> Operand:
    """Double in single precision, cut off, with a last bit that says whether anything was: rounding again is then exact.

    Source: Boldo & Melquiond 2008, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd".
    """
    near = b.convert("fptrunc", x, "float")
    back = b.convert("fpext", near, "double")
    bits = b.convert("bitcast", near, "i32")
    beyond = b.compare("gt", b.intrinsic("fabs", back), b.intrinsic("fabs", x))
    bits = b.select(beyond, b.sub(bits, b.const(bits.type, 1)), bits)
    inexact = b.compare("ne", back, x)
    bits = b.select(inexact, b.bits("or", bits, b.const(bits.type, 1)), bits)
    return b.select(b.unordered(x, x), near, b.convert("bitcast", bits, "float"))


def _whole(b: Builder, x: Operand, target: str, dtype: str) -> Operand:
    """A float cut off to a whole number. Small and unsigned ones go by way of a wider one, as they do in NumPy."""
    wide = "i64" if target == "i64" or dtype == "uint32" else "i32"
    if dtype == "uint64":
        return b.convert("fptoui", x, target)
    return (
        b.convert("trunc", b.convert("fptosi", x, wide), target) if wide != target else b.convert("fptosi", x, target)
    )

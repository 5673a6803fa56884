"""Element-wise primitives as instructions on vectors or scalars."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hornbeam_cpu.kernels.scalars import cast
from hornbeam_cpu.llvm.builder import BITS, Builder, Operand, element, is_float, lanes
from hornbeam_cpu.llvm.mathematics import FUNCTIONS

__all__ = ["emit", "supported"]


def supported(op: str, dtype: str) -> bool:
    """Whether there are instructions for a primitive on operands of that dtype."""
    if op in FUNCTIONS:
        return dtype.startswith(("float", "bfloat"))
    return op in _OPS or op == "cast"


def emit(b: Builder, op: str, xs: Sequence[Operand], before: str, after: str) -> Operand:
    """The result of a primitive.

    Args:
        b: where it is written.
        op: the primitive's name.
        xs: what it takes, all of one type (but `where`, whose first is a truth value).
        before: dtype of the (last) operand; signedness is in it alone.
        after: dtype of the result.
    """
    if op == "cast":
        return cast(b, xs[0], before, after)
    if op in FUNCTIONS and is_float(xs[-1].type):
        return FUNCTIONS[op](b, *xs)
    return _OPS[op](b, xs, before[0] not in "ub")


def _truth(op: str) -> Callable[..., Operand]:
    def make(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
        return b.bits(op, _true(b, xs[0]), _true(b, xs[1]))

    return make


def _true(b: Builder, x: Operand) -> Operand:
    if element(x.type) == "i1":
        return x
    if is_float(x.type):
        return b.bits("or", b.compare("ne", x, b.zero(x.type)), b.unordered(x, x))
    return b.compare("ne", x, b.zero(x.type))


def _comparison(op: str) -> Callable[..., Operand]:
    return lambda b, xs, signed: b.compare(op, xs[0], xs[1], signed)


def _add(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    return b.bits("or", *xs) if element(xs[0].type) == "i1" else b.add(*xs)


def _multiply(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    return b.bits("and", *xs) if element(xs[0].type) == "i1" else b.mul(*xs)


def _abs(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    (x,) = xs
    if is_float(x.type):
        return b.intrinsic("fabs", x)
    return b.maximum(x, b.neg(x)) if signed else x


def _sign(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    (x,) = xs
    zero, one = b.zero(x.type), b.const(x.type, 1)
    positive = b.select(b.compare("gt", x, zero, signed), one, zero)
    if not signed:
        return positive
    found = b.select(b.compare("lt", x, zero), b.const(x.type, -1), positive)
    return b.select(b.unordered(x, x), x, found) if is_float(x.type) else found


def _nonzero(b: Builder, y: Operand) -> tuple[Operand, Operand]:
    """A divisor that does not trap, and where the divisor was zero."""
    zero = b.compare("eq", y, b.zero(y.type))
    return b.select(zero, b.const(y.type, 1), y), zero


def _floor_divide(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    x, y = xs
    if is_float(x.type):
        return _floor_float(b, x, y)
    safe, by_zero = _nonzero(b, y)
    least = b.const(safe.type, -1)
    if signed:  # the smallest number divided by -1 does not fit: it is negated instead
        minus = b.compare("eq", safe, least)
        safe = b.select(minus, b.const(y.type, 1), safe)
    quotient = b.div(x, safe, signed)
    if signed:
        rest = b.sub(x, b.mul(quotient, safe))
        below = b.bits("and", b.compare("ne", rest, b.zero(x.type)), _opposite(b, rest, safe))
        quotient = b.select(below, b.sub(quotient, b.const(x.type, 1)), quotient)
        quotient = b.select(minus, b.neg(x), quotient)
    return b.select(by_zero, b.zero(x.type), quotient)


def _floor_float(b: Builder, x: Operand, y: Operand) -> Operand:
    """NumPy's: (x - fmod(x, y)) / y, brought to the whole number below; x / y by zero and where one is infinite."""
    rest = b.rem(x, y)
    quotient = b.div(b.sub(x, rest), y)
    lower = b.bits("and", b.compare("ne", rest, b.zero(x.type)), _opposite(b, rest, y))
    quotient = b.select(lower, b.sub(quotient, b.const(x.type, 1.0)), quotient)
    whole = b.intrinsic("floor", quotient)
    whole = b.select(
        b.compare("gt", b.sub(quotient, whole), b.const(x.type, 0.5)), b.add(whole, b.const(x.type, 1.0)), whole
    )
    found = b.select(
        b.compare("eq", quotient, b.zero(x.type)), b.intrinsic("copysign", b.zero(x.type), b.div(x, y)), whole
    )
    infinite = b.bits("or", _isinf(b, [x], True), _isinf(b, [y], True))
    return b.select(b.bits("or", infinite, b.compare("eq", y, b.zero(y.type))), b.div(x, y), found)


def _opposite(b: Builder, x: Operand, y: Operand) -> Operand:
    below_x, below_y = b.compare("lt", x, b.zero(x.type)), b.compare("lt", y, b.zero(y.type))
    return b.bits("xor", below_x, below_y)


def _remainder(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    """The rest that has the divisor's sign."""
    x, y = xs
    if is_float(x.type):
        rest = b.rem(x, y)
        adjust = b.bits("and", b.compare("ne", rest, b.zero(x.type)), _opposite(b, rest, y))
        found = b.select(adjust, b.add(rest, y), rest)
        return b.select(b.compare("eq", rest, b.zero(x.type)), b.intrinsic("copysign", b.zero(x.type), y), found)
    safe, by_zero = _nonzero(b, y)
    if signed:
        safe = b.select(b.compare("eq", safe, b.const(y.type, -1)), b.const(y.type, 1), safe)
    rest = b.rem(x, safe, signed)
    if signed:
        adjust = b.bits("and", b.compare("ne", rest, b.zero(x.type)), _opposite(b, rest, safe))
        rest = b.select(adjust, b.add(rest, safe), rest)
    return b.select(by_zero, b.zero(x.type), rest)


def _shift(op: str) -> Callable[..., Operand]:
    def make(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
        x, by = xs
        bits = BITS[element(x.type)]
        kind = "ashr" if op == "right" and signed else "lshr" if op == "right" else "shl"
        fits = b.compare("lt", by, b.const(by.type, bits), False)
        most = b.select(fits, by, b.const(by.type, bits - 1 if kind == "ashr" else 0))
        moved = b.bits(kind, x, most)
        return moved if kind == "ashr" else b.select(fits, moved, b.zero(x.type))

    return make


def _not(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    x = xs[0]
    return b.bits("xor", x, b.const(x.type, 1 if element(x.type) == "i1" else -1))


def _unlike(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    return b.bits("xor", _true(b, xs[0]), b.const(_true(b, xs[0]).type, True))


def _clip(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    return b.minimum(b.maximum(xs[0], xs[1], signed), xs[2], signed)


def _power(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    """Whole numbers to whole powers by squaring, all lanes at once; a negative power gives what NumPy refuses: 0 or 1."""
    base, power = xs
    result = b.const(base.type, 1)
    for bit in range(BITS[element(base.type)]):
        shifted = b.bits("lshr", power, b.const(power.type, bit))
        odd = b.compare("ne", b.bits("and", shifted, b.const(power.type, 1)), b.zero(power.type))
        result = b.select(odd, b.mul(result, base), result)
        base = b.mul(base, base)
    return result


def _false(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    kind = f"<{lanes(xs[0].type)} x i1>" if lanes(xs[0].type) else "i1"
    return b.zero(kind)


def _isnan(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    return b.unordered(xs[0], xs[0]) if is_float(xs[0].type) else _false(b, xs, signed)


def _isinf(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    if not is_float(xs[0].type):
        return _false(b, xs, signed)
    return b.compare("eq", b.intrinsic("fabs", xs[0]), b.const(xs[0].type, float("inf")))


def _isfinite(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    if not is_float(xs[0].type):
        return b.bits("xor", _false(b, xs, signed), b.const(_false(b, xs, signed).type, True))
    return b.compare("lt", b.intrinsic("fabs", xs[0]), b.const(xs[0].type, float("inf")))


def _signbit(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    (x,) = xs
    whole = b.convert("bitcast", x, f"i{BITS[element(x.type)]}")
    return b.compare("lt", whole, b.zero(whole.type))


def _reciprocal(b: Builder, xs: Sequence[Operand], signed: bool) -> Operand:
    return b.div(b.const(xs[0].type, 1.0), xs[0])


_OPS: dict[str, Callable[..., Operand]] = {
    "equal": _comparison("eq"),
    "not_equal": _comparison("ne"),
    "less": _comparison("lt"),
    "less_equal": _comparison("le"),
    "greater": _comparison("gt"),
    "greater_equal": _comparison("ge"),
    "logical_and": _truth("and"),
    "logical_or": _truth("or"),
    "logical_xor": _truth("xor"),
    "logical_not": _unlike,
    "isnan": _isnan,
    "isinf": _isinf,
    "isfinite": _isfinite,
    "signbit": _signbit,
    "where": lambda b, xs, signed: b.select(*xs),
    "add": _add,
    "subtract": lambda b, xs, signed: b.sub(*xs),
    "multiply": _multiply,
    "divide": lambda b, xs, signed: b.div(*xs),
    "negative": lambda b, xs, signed: b.neg(xs[0]),
    "positive": lambda b, xs, signed: xs[0],
    "identity": lambda b, xs, signed: xs[0],
    "stop_gradient": lambda b, xs, signed: xs[0],
    "abs": _abs,
    "sign": _sign,
    "square": lambda b, xs, signed: b.mul(xs[0], xs[0]),
    "reciprocal": _reciprocal,
    "floor_divide": _floor_divide,
    "remainder": _remainder,
    "maximum": lambda b, xs, signed: b.maximum(xs[0], xs[1], signed),
    "minimum": lambda b, xs, signed: b.minimum(xs[0], xs[1], signed),
    "clip": _clip,
    "pow": _power,
    "floor": lambda b, xs, signed: xs[0],
    "ceil": lambda b, xs, signed: xs[0],
    "trunc": lambda b, xs, signed: xs[0],
    "round_even": lambda b, xs, signed: xs[0],
    "bitwise_and": lambda b, xs, signed: b.bits("and", *xs),
    "bitwise_or": lambda b, xs, signed: b.bits("or", *xs),
    "bitwise_xor": lambda b, xs, signed: b.bits("xor", *xs),
    "bitwise_left_shift": _shift("left"),
    "bitwise_right_shift": _shift("right"),
    "bitwise_invert": _not,
}

"""Formulas in Python's operators: a `Number` writes the instruction that an operator stands for.

Nothing here is contracted or reassociated behind the formula's back: `mad` is the only product and sum that may be rounded once
or twice, as the machine does it faster, and `fma` the one that is rounded once on every machine.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hornbeam_cpu.llvm.builder import Builder, Operand, element, lanes

__all__ = ["Format", "Number", "choose", "formula", "polynomial", "power_of_two", "split_scale"]


class Format(NamedTuple):
    """A floating-point format: its spelling, the integer of its size, digits after the point, bias of the exponent."""

    kind: str
    whole: str
    digits: int
    bias: int

    @property
    def round(self) -> float:
        """A number so large that adding it rounds to whole numbers, which then stand in the lowest bits."""
        return 1.5 * 2.0**self.digits

    @property
    def smallest(self) -> float:
        """The smallest normal number."""
        return 2.0 ** (1 - self.bias)

    def nearest(self, value: float) -> float:
        """A number in this format."""
        return float(struct.unpack("f", struct.pack("f", value))[0]) if self.digits == 23 else value

    def bits(self, value: float) -> int:
        """A number's representation."""
        whole, real = ("i", "f") if self.digits == 23 else ("q", "d")
        return int(struct.unpack(whole, struct.pack(real, value))[0])


FORMATS = {"float": Format("float", "i32", 23, 127), "double": Format("double", "i64", 52, 1023)}


class Number:
    """An operand, with operators. What they are combined with may be a plain number.

    Args:
        b: where the instructions are written.
        operand: a scalar or a vector of floats, doubles, integers or truth values.
    """

    def __init__(self, b: Builder, operand: Operand) -> None:
        self.b, self.operand = b, operand

    @property
    def format(self) -> Format:
        """Of floating-point numbers."""
        return FORMATS[element(self.operand.type)]

    @property
    def single(self) -> bool:
        """Whether it is of single precision."""
        return element(self.operand.type) == "float"

    def like(self, value: Number | float) -> Number:
        """A plain number as one of this type."""
        return value if isinstance(value, Number) else Number(self.b, self.b.const(self.operand.type, value))

    def _two(self, op: str, other: Number | float, swapped: bool = False) -> Number:
        x, y = self.operand, self.like(other).operand
        if swapped:
            x, y = y, x
        return Number(self.b, self.b.emit(x.type, f"{op} {x.type} {x.text}, {y.text}"))

    def _is_float(self) -> bool:
        return element(self.operand.type) in FORMATS

    def __add__(self, other: Number | float) -> Number:
        return self._two("fadd" if self._is_float() else "add", other)

    def __sub__(self, other: Number | float) -> Number:
        return self._two("fsub" if self._is_float() else "sub", other)

    def __mul__(self, other: Number | float) -> Number:
        return self._two("fmul" if self._is_float() else "mul", other)

    def __truediv__(self, other: Number | float) -> Number:
        return self._two("fdiv", other)

    def __radd__(self, other: float) -> Number:
        return self + other

    def __rmul__(self, other: float) -> Number:
        return self * other

    def __rsub__(self, other: float) -> Number:
        return self._two("fsub" if self._is_float() else "sub", other, swapped=True)

    def __rtruediv__(self, other: float) -> Number:
        return self._two("fdiv", other, swapped=True)

    def __neg__(self) -> Number:
        return Number(self.b, self.b.neg(self.operand))

    def __abs__(self) -> Number:
        return self.function("fabs")

    def __lshift__(self, count: int) -> Number:
        return self._two("shl", count)

    def __rshift__(self, count: int) -> Number:
        """The sign is shifted in."""
        return self._two("ashr", count)

    def logical_shift(self, count: int) -> Number:
        """Zeros are shifted in."""
        return self._two("lshr", count)

    def __and__(self, other: Number | int) -> Number:
        return self._two("and", other)

    def __or__(self, other: Number | int) -> Number:
        return self._two("or", other)

    def __xor__(self, other: Number | int) -> Number:
        return self._two("xor", other)

    def __invert__(self) -> Number:
        return self ^ (1 if element(self.operand.type) == "i1" else -1)

    def _compare(self, op: str, other: Number | float) -> Number:
        return Number(self.b, self.b.compare(op, self.operand, self.like(other).operand))

    def __lt__(self, other: Number | float) -> Number:
        return self._compare("lt", other)

    def __le__(self, other: Number | float) -> Number:
        return self._compare("le", other)

    def __gt__(self, other: Number | float) -> Number:
        return self._compare("gt", other)

    def __ge__(self, other: Number | float) -> Number:
        return self._compare("ge", other)

    def equals(self, other: Number | float) -> Number:
        """Whether they are equal (NaN never is)."""
        return self._compare("eq", other)

    def is_nan(self) -> Number:
        """Whether it is NaN."""
        return Number(self.b, self.b.unordered(self.operand, self.operand))

    def any(self) -> Number:
        """Whether a condition holds in some lane."""
        count = lanes(self.operand.type)
        if not count:
            return self
        return Number(self.b, self.b.call(f"llvm.vector.reduce.or.v{count}i1", "i1", self.operand))

    def fma(self, by: Number | float, plus: Number | float) -> Number:
        """self * by + plus, rounded once: exact remainders rely on it."""
        return self.function("fma", by, plus)

    def mad(self, by: Number | float, plus: Number | float) -> Number:
        """self * by + plus, rounded once where the machine has such an instruction."""
        return self.function("fmuladd", by, plus)

    def function(self, name: str, *others: Number | float) -> Number:
        """An instruction of its own, such as "sqrt", "floor", "copysign"."""
        return Number(self.b, self.b.intrinsic(name, self.operand, *(self.like(o).operand for o in others)))

    def sqrt(self) -> Number:
        """The square root."""
        return self.function("sqrt")

    def sign_of(self, other: Number) -> Number:
        """With the sign of another."""
        return self.function("copysign", other)

    def at_most(self, limit: Number | float) -> Number:
        """Cut off above; NaN stays."""
        return choose(self > limit, self.like(limit), self)

    def at_least(self, limit: Number | float) -> Number:
        """Cut off below; NaN stays."""
        return choose(self < limit, self.like(limit), self)

    def as_bits(self) -> Number:
        """The representation, as an integer."""
        return Number(self.b, self.b.convert("bitcast", self.operand, self.format.whole))

    def as_float(self) -> Number:
        """The floating-point number with this representation."""
        kind = "float" if element(self.operand.type) == "i32" else "double"
        return Number(self.b, self.b.convert("bitcast", self.operand, kind))

    def to(self, op: str, kind: str) -> Number:
        """Converted: fpext, fptrunc, sitofp, fptosi, ..."""
        return Number(self.b, self.b.convert(op, self.operand, kind))


def choose(condition: Number, x: Number | float, y: Number | float) -> Number:
    """x where the condition holds, else y; one of the two may be a plain number."""
    like = x if isinstance(x, Number) else y
    assert isinstance(like, Number)
    return Number(condition.b, condition.b.select(condition.operand, like.like(x).operand, like.like(y).operand))


def polynomial(x: Number, coefficients: Sequence[float]) -> Number:
    """c0 + c1 x + c2 x**2 + ..., by Horner's rule."""
    found = x.like(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        found = found.mad(x, c)
    return found


def power_of_two(rounded: Number, shift: int = 0) -> Number:
    """2**(n + shift), where `rounded` is n + `Format.round`; the power has to be a normal number, 0 or infinite."""
    f = rounded.format
    return ((rounded.as_bits() << f.digits) + ((f.bias + shift) << f.digits)).as_float()


def split_scale(rounded: Number) -> tuple[Number, Number]:
    """Two powers of two whose product is 2**n, where n may be out of the range of exponents by as much again."""
    f = rounded.format
    whole = rounded.as_bits() - (f.bits(f.round) - 2 * f.bias)  # n + 2 bias
    half = whole.logical_shift(1)
    return (half << f.digits).as_float(), ((whole - half) << f.digits).as_float()


def formula(f: Callable[..., Number]) -> Callable[..., Operand]:
    """A function of Numbers as one of operands: `f(b, x, ...)`."""

    def write(b: Builder, *xs: Operand) -> Operand:
        return f(*(Number(b, x) for x in xs)).operand

    write.__name__, write.__doc__ = f.__name__, f.__doc__
    return write

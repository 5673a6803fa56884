"""Mathematical functions as instructions on vectors or scalars of single or double precision.

Each gives NaN, infinities, zeros and subnormal numbers their IEEE 754 results, without branches, and says how far off it can be,
in units in the last place. A function of the table takes the builder and its operands.
"""

from __future__ import annotations

from collections.abc import Callable

from hornbeam_cpu.llvm.builder import Builder, Operand
from hornbeam_cpu.llvm.mathematics import (
    error_function,
    exponential,
    hyperbolic,
    inverse_trigonometric,
    logarithm,
    power,
    trigonometric,
)
from hornbeam_cpu.llvm.mathematics.number import formula

__all__ = ["FUNCTIONS"]


def _instruction(name: str) -> Callable[..., Operand]:
    def write(b: Builder, *xs: Operand) -> Operand:
        return b.intrinsic(name, *xs)

    return write


FUNCTIONS: dict[str, Callable[..., Operand]] = {
    name: formula(getattr(family, name))
    for family in (error_function, exponential, hyperbolic, inverse_trigonometric, logarithm, power, trigonometric)
    for name in family.__all__
} | {
    "floor": _instruction("floor"),
    "ceil": _instruction("ceil"),
    "trunc": _instruction("trunc"),
    "round_even": _instruction("rint"),
    "copysign": _instruction("copysign"),
}

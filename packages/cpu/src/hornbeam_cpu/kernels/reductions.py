"""Reductions: what they begin with, and how two values become one."""

from __future__ import annotations

import math

from hornbeam_cpu.kernels.nest import Step
from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.llvm.builder import Builder, Operand, lanes

__all__ = ["across", "combine", "identity"]

_IDENTITY = {"reduce_sum": 0, "reduce_prod": 1, "reduce_any": 0, "reduce_all": 1}


def identity(step: Step) -> float | int:
    """What a reduction begins with."""
    if step.op in _IDENTITY:
        return _IDENTITY[step.op]
    low = step.op == "reduce_max"
    if step.dtype.startswith(("float", "bfloat")):
        return -math.inf if low else math.inf
    if step.dtype == "bool":
        return 0 if low else 1
    bits = 8 * SIZES[step.dtype]
    if step.dtype.startswith("u"):
        return 0 if low else -1
    return -(2 ** (bits - 1)) if low else 2 ** (bits - 1) - 1


def combine(b: Builder, step: Step, x: Operand, y: Operand) -> Operand:
    """Two values of a reduction as one."""
    signed = step.dtype[0] not in "ub"
    if step.dtype == "bool":
        return b.bits("or" if step.op in ("reduce_any", "reduce_max", "reduce_sum") else "and", x, y)
    if step.op in ("reduce_max", "reduce_min"):
        return b.maximum(x, y, signed) if step.op == "reduce_max" else b.minimum(x, y, signed)
    return b.add(x, y) if step.op == "reduce_sum" else b.mul(x, y)


def across(b: Builder, step: Step, x: Operand) -> Operand:
    """The lanes of a vector as one, by halves."""
    while lanes(x.type) > 1:
        half = lanes(x.type) // 2
        low, high = b.shuffle(x, x, list(range(half))), b.shuffle(x, x, list(range(half, 2 * half)))
        x = combine(b, step, low, high)
    return b.extract(x, 0) if lanes(x.type) else x

"""A loop nest with its sizes and strides: what a region of a graph comes to, before it is decided how threads share it out."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["Loops", "Operation", "Strided"]


class Strided(NamedTuple):
    """An array that a nest reads or writes.

    Attributes:
        dtype: such as "float32", "bfloat16", "bool", "int64".
        strides: in elements, one for each dimension of the nest; 0 where it is the same all along, negative where flipped.
        aligned: whether the operand's address is a multiple of 16 bytes.
    """

    dtype: str
    strides: tuple[int, ...]
    aligned: bool = True


class Operation(NamedTuple):
    """One operation at each place of the nest.

    Attributes:
        name: of the primitive: element-wise, "iota", "random_bits", or a reduction ("reduce_sum", ...). A reduction over axes
            of size 1 comes as "cast".
        operands: numbers: of what is read, then of constants, then of steps before it.
        dtype: of the result.
        kind: "full" (a value for each place), "row" (the same all along the inner dimensions), or, for a reduction, over what:
            "reduce row" (inner dimensions), "reduce column" (serial dimensions) or "reduce all" (both).
        extra: "iota": (the dimension it counts along,). "random_bits": the strides, one for each dimension, of the place in the
            array of words (word w is number w of the key's sequence); its operand is the key: a read of four uint32, one after the
            other at its address.
            "cast": (). Others: their parameters in the order of their names.
    """

    name: str
    operands: tuple[int, ...]
    dtype: str
    kind: str = "full"
    extra: tuple[int | float | str, ...] = ()


class Loops(NamedTuple):
    """Loops over `extents`, the outermost first, in three groups: parallel, serial, inner.

    Rows are walked along the inner dimensions. A result reduced over the inner ones is known when the row ends, and steps of kind
    "full" that need it walk the row again. Results reduced over the serial ones are known at the end. Where nothing is reduced,
    the last dimension is the inner one; there may be no dimension at all.

    Operands of its launches: the arrays read, then those written.

    Attributes:
        extents: sizes; neighbouring dimensions that every array runs through without a jump are already one.
        groups: how many of the dimensions are parallel, serial, inner.
        reads: the arrays read.
        constants: dtype and value of each plain number.
        steps: in order.
        writes: each array written, and the number of what is written (as in `Operation.operands`).
    """

    extents: tuple[int, ...]
    groups: tuple[int, int, int]
    reads: tuple[Strided, ...]
    constants: tuple[tuple[str, int | float | bool], ...]
    steps: tuple[Operation, ...]
    writes: tuple[tuple[Strided, int], ...]

    @property
    def size(self) -> int:
        """The number of places."""
        return math.prod(self.extents)

"""What a fused loop does and how its threads share it out, as plain hashable data from which its text is generated."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Array", "Form", "Nest", "Step"]


class Array(NamedTuple):
    """An array that the loop reads or writes.

    Attributes:
        dtype: of its elements.
        strides: for each dimension of the nest: 0 (repeated), 1 (neighbours) or 2 (told at run time).
    """

    dtype: str
    strides: tuple[int, ...]


class Step(NamedTuple):
    """One operation.

    Attributes:
        op: name of the primitive.
        args: numbers of what it takes: arrays read, then constants, then earlier steps, counted through.
        dtype: of the result.
        kind: "full" (a value at every place), "row" (one for each row), or how it reduces: "reduce row", "reduce column",
            "reduce all".
        extra: what else decides the result: iota's dimension, or which of the nest's `flat` a `random_bits` has.
    """

    op: str
    args: tuple[int, ...]
    dtype: str
    kind: str
    extra: tuple[int, ...] = ()


class Nest(NamedTuple):
    """A fused loop. The sizes of all dimensions are told at run time.

    Attributes:
        parallel, serial, inner: number of dimensions of each group, from the outside in, as in `hornbeam.graph.region`.
        reads, constants, steps: what is computed; constants are given by their dtypes.
        writes: arrays, each with the number of the step (or read) that it takes.
        flat: strides (0, 1, 2) of the index of each `random_bits` element, as if it were an array.
    """

    parallel: int
    serial: int
    inner: int
    reads: tuple[Array, ...]
    constants: tuple[str, ...]
    steps: tuple[Step, ...]
    writes: tuple[tuple[Array, int], ...]
    flat: tuple[tuple[int, ...], ...] = ()

    @property
    def rank(self) -> int:
        """Number of dimensions."""
        return self.parallel + self.serial + self.inner

    @property
    def first(self) -> int:
        """The number of the first step."""
        return len(self.reads) + len(self.constants)

    def step(self, number: int) -> Step | None:
        """The step that makes a value; None: it is read, or a constant."""
        return self.steps[number - self.first] if number >= self.first else None

    def is_full(self, number: int) -> bool:
        """Whether a value differs from place to place within a row."""
        if number < len(self.reads):
            return any(self.reads[number].strides[self.parallel + self.serial :])
        step = self.step(number)
        return step is not None and step.kind == "full"

    def over_serial(self, number: int) -> bool:
        """Whether a value is known only when the serial dimensions are done."""
        step = self.step(number)
        return step is not None and step.kind in ("reduce column", "reduce all")


class Form(NamedTuple):
    """How threads share a nest out. A block is `across` * `along` threads: `across` rows at a time, `along` threads on each.

    Attributes:
        vector: neighbours of the last inner dimension that a thread takes at a time.
        along: threads on a row, a power of two.
        rows: rows of a block at a time, a power of two.
        held: vectors of a row that each thread holds in registers from pass to pass; 0: each pass reads the row again.
        stacked: whether the rows of a block are serial places, whose results are joined at the end; else parallel ones.
        even: whether every row is whole vectors.
        wide: whether indices need 64 bits.
        scattered: arrays, as ("read" | "write", number), whose neighbours do not begin at multiples of a vector.
    """

    vector: int
    along: int
    rows: int
    held: int
    stacked: bool
    even: bool
    wide: bool
    scattered: frozenset[tuple[str, int]] = frozenset()

    @property
    def threads(self) -> int:
        """Of a block."""
        return self.along * self.rows

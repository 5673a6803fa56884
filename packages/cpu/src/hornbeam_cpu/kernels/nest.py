"""What a fused loop does, as plain hashable data: the description from which its kernel is generated and cached."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Array", "Nest", "Step", "slots"]


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
        kind: "full" (a value at every place), "row" (one for each row), "index" (made of indices), or how it reduces:
            "reduce row", "reduce column", "reduce all".
        extra: what else decides the result: iota's dimension, and the place of the first element in a flat index.
    """

    op: str
    args: tuple[int, ...]
    dtype: str
    kind: str
    extra: tuple[int, ...] = ()


class Nest(NamedTuple):
    """A fused loop.

    Attributes:
        outer: number of parallel and of serial dimensions; their sizes are told at run time.
        inner: sizes of the inner dimensions; (0,) for one whose size is told at run time.
        reads, constants, steps: what is computed; constants are given by their dtypes.
        writes: arrays, each with the number of the step that it takes.
        flat: strides (0, 1, 2) of the index of each `random_bits` element, as if it were an array.
    """

    outer: tuple[int, int]
    inner: tuple[int, ...]
    reads: tuple[Array, ...]
    constants: tuple[str, ...]
    steps: tuple[Step, ...]
    writes: tuple[tuple[Array, int], ...]
    flat: tuple[tuple[int, ...], ...] = ()

    @property
    def rank(self) -> int:
        """Number of dimensions."""
        return sum(self.outer) + len(self.inner)


def slots(nest: Nest) -> dict[tuple[object, ...], int]:
    """Where in `args` everything is.

    ("read", i), ("write", i): addresses; ("constant", i): its bits; ("size", d): of an outer dimension, or of the inner one;
    ("stride", "read" | "write" | "flat", i, d): in elements, where it is told at run time;
    ("block",): rows of a task, or serial places; ("part",): inner places of a task; ("parts",): how many of these there are.
    """
    names: list[tuple[object, ...]] = [("read", i) for i in range(len(nest.reads))]
    names += [("write", i) for i in range(len(nest.writes))]
    names += [("constant", i) for i in range(len(nest.constants))]
    names += [("size", d) for d in range(sum(nest.outer) + (nest.inner == (0,)))]
    groups = (
        ("read", [a.strides for a in nest.reads]),
        ("write", [a.strides for a, _ in nest.writes]),
        ("flat", list(nest.flat)),
    )
    for kind, arrays in groups:
        names += [("stride", kind, i, d) for i, strides in enumerate(arrays) for d, s in enumerate(strides) if s == 2]
    names += [("block",), ("part",), ("parts",)]
    return {name: place for place, name in enumerate(names)}

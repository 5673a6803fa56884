"""When each value lives, and where: one arena for everything between the inputs and the outputs of a plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from hornbeam.graph.ir import Value
from hornbeam.graph.memory import Block, assign

from hornbeam_cuda.lower.stage import Step

__all__ = ["ALIGNMENT", "Places", "lifetimes", "places"]

ALIGNMENT = 256  # bytes: what libraries and vector loads want


class Places(NamedTuple):
    """Where the values of a plan are in its arena.

    Attributes:
        offsets: value -> bytes from the arena's beginning.
        size: of the arena.
        least: the most bytes that live at once: no arrangement needs less.
        over: value -> the one whose place it takes over, element by element.
    """

    offsets: dict[Value, int]
    size: int
    least: int
    over: dict[Value, Value]


def lifetimes(steps: Sequence[Step]) -> dict[Value, tuple[int, int]]:
    """The first and the last step that touch each value; constants are left out."""
    found: dict[Value, tuple[int, int]] = {}
    for number, step in enumerate(steps):
        for value in (*step.reads, *step.writes):
            if value.data is None:
                found[value] = (found.get(value, (number,))[0], number)
    return found


def places(steps: Sequence[Step], outside: Collection[Value], lives: dict[Value, tuple[int, int]]) -> Places:
    """Give every value that does not lie outside a place; one may be written over another that is read there for the last time."""
    blocks: list[Block] = []
    number: dict[Value, int] = {}
    over: dict[Value, Value] = {}
    for value, (first, last) in lives.items():
        if value in outside:
            continue
        old = next(
            (v for v in _replaced(steps[first], value, lives, first) if v in number and v not in over.values()), None
        )
        if old is None:
            number[value] = len(blocks)
            blocks.append(Block(_rounded(value.nbytes), first, last))
        else:
            number[value] = number[old]
            blocks[number[value]] = blocks[number[value]]._replace(last=last)
            over[value] = old
    arena = assign(blocks)
    return Places({v: arena.offsets[n] for v, n in number.items()}, arena.size, arena.least, over)


def _rounded(size: int) -> int:
    return -(-max(1, size) // ALIGNMENT) * ALIGNMENT


def _replaced(step: Step, value: Value, lives: dict[Value, tuple[int, int]], first: int) -> list[Value]:
    """What a value may be written over: nothing else reads it then or later."""
    return [
        old
        for old, new in step.in_place
        if new is value and old.nbytes == value.nbytes and lives.get(old, (0, -1))[1] == first
    ]

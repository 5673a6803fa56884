"""Stages of a body as calls within one task: their arguments as a template, and the task's own memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hornbeam.graph.ir import Value
from hornbeam.graph.memory import Block, assign

from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.stage import Pointer, Stage

__all__ = ["Calls", "Place", "gathered", "memory"]


class Place(NamedTuple):
    """Memory outside a loop that moves on: its first byte, bytes a task, bytes a step, bytes at the first step."""

    value: Value
    offset: int
    task: int
    step: int
    start: int


class Calls(NamedTuple):
    """What the kernels of `kernels.loop` are given.

    Attributes:
        counts: how many calls each part has.
        head: the words that all heads begin with, by their names.
        tail: the tables and the template.
        reads: the values from outside that are read or written.
        scratch: bytes that a task needs.
    """

    counts: tuple[int, ...]
    head: dict[str, int]
    tail: tuple[int | Pointer | Kernel, ...]
    reads: tuple[Value, ...]
    scratch: int


def gathered(
    parts: Sequence[Iterable[Stage]],
    offsets: dict[Value, int],
    own: int,
    places: dict[Value, Place],
    first: Sequence[Pointer] = (),
) -> Calls:
    """Tables and template of the calls of some stages.

    Args:
        parts: stages, one list for each part.
        offsets: where in the task's own memory values are.
        own: bytes of that.
        places: values that are seen where they are outside, from step to step elsewhere.
        first: addresses that the template begins with.
    """
    words: list[int | Pointer | Kernel] = []
    moves: list[int] = []
    local: list[int] = []
    table: list[int | Pointer | Kernel] = []
    reads: list[Value] = []
    counts, scratch = [], 0

    def add(arg: int | Pointer | Kernel) -> None:
        if isinstance(arg, Pointer) and arg.value in offsets:
            local.append(len(words))
            words.append(offsets[arg.value] + arg.offset)
        elif isinstance(arg, Pointer) and arg.value in places:
            place = places[arg.value]
            moves.extend((len(words), place.task, place.step, place.start))
            words.append(Pointer(place.value, place.offset + arg.offset))
        else:
            if isinstance(arg, Pointer) and arg.value.data is None:
                reads.append(arg.value)
            words.append(arg)

    for pointer in first:
        add(pointer)
    for part in parts:
        before = len(table)
        for stage in part:
            for call in stage.calls:
                table += [call.kernel, stage.tasks, len(words)]
                scratch = max(scratch, call.scratch)
                for arg in call.args:
                    add(arg)
        counts.append((len(table) - before) // 3)
    copy = -(-8 * len(words) // 64) * 64
    head = {
        **{"calls": sum(counts), "moves": len(moves) // 4, "locals": len(local), "words": len(words)},
        **{"copy": 0, "own": copy, "rest": copy + own},
    }
    tail = (*table, *moves, *local, *words)
    return Calls(tuple(counts), head, tail, tuple(dict.fromkeys(reads)), copy + own + scratch)


def memory(stages: Sequence[Stage], always: Sequence[Value], outside: Iterable[Value]) -> tuple[dict[Value, int], int]:
    """Offsets, in the memory of a task, of what the stages of a step write, and its size.

    Args:
        stages: in order.
        always: values that are there from before the first step until behind the last.
        outside: values that have their memory elsewhere.
    """
    elsewhere = set(outside)
    lives: dict[Value, tuple[int, int]] = {}
    for at, stage in enumerate(stages):
        for value in stage.writes:
            lives[value] = (lives.get(value, (at, at))[0], at)
        for value in stage.reads:
            if value in lives:
                lives[value] = (lives[value][0], at)
    lives |= {v: (0, len(stages)) for v in always}
    mine = [v for v in lives if v not in elsewhere]
    arena = assign([Block(max(1, v.nbytes), *lives[v]) for v in mine])
    return dict(zip(mine, arena.offsets, strict=True)), -(-arena.size // 64) * 64

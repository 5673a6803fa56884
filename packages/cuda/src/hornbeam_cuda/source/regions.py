"""Loop nests as launches of generated loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from hornbeam_cuda.source import loops
from hornbeam_cuda.source.described import Loops, Operation, Strided
from hornbeam_cuda.source.forms import Shares, shares
from hornbeam_cuda.source.kernel import At, Call
from hornbeam_cuda.source.nest import Array, Nest, Step
from hornbeam_cuda.source.scalars import SIZES, held

__all__ = ["MULTIPROCESSORS", "Part", "joined", "nest_of", "region"]

MULTIPROCESSORS = (
    132  # of an H100 or H200; how sums are split follows from it, so it is the same wherever a plan is made
)


def region(
    described: Loops,
    reads: Sequence[At],
    writes: Sequence[At],
    temporary: Callable[[int], At],
    multiprocessors: int = MULTIPROCESSORS,
) -> list[Call]:
    """The launches that compute a loop nest.

    Args:
        described: what to compute.
        reads, writes: where the arrays are, in order.
        temporary: gives memory for that many bytes, which only these launches need.
        multiprocessors: of the device.
    """
    nest = nest_of(described, [a for a, _ in described.writes])
    chosen = shares(nest, described, multiprocessors)
    goals, places = [], []
    joins: dict[tuple[int, int], list[Part]] = {}
    outer = nest.parallel + nest.serial
    for (array, number), at in zip(described.writes, writes, strict=True):
        step = nest.step(number)
        kind = step.kind if step is not None else ""
        parts = {"reduce row": chosen.tiles, "reduce column": chosen.chunks, "reduce all": chosen.chunks * chosen.tiles}
        count = parts.get(kind, 1)
        if step is not None and count > 1:
            size = _size(described, array)
            where = temporary(count * size * SIZES[held(array.dtype)])
            d = nest.rank - 1 if kind == "reduce row" else outer - 1
            joins.setdefault((count, size), []).append(Part(step.op, array.dtype, where, at))
            array = Strided(held(array.dtype), (*array.strides[:d], size, *array.strides[d + 1 :]))
            at = where
        goals.append(array)
        places.append(at)
    name = "_".join(dict.fromkeys(s.name for s in described.steps))[:40]
    pairs = [] if any(s.kind.startswith("reduce") for s in described.steps) else _pairs(described, reads, writes)
    call = _launch(nest_of(described, goals), chosen, described, goals, name, reads, places, tuple(pairs))
    if not joins and not nest.parallel and nest.inner == 1:
        call = replace(call, alone=(described, tuple(reads), tuple(writes)))
    return [call, *(joined(parts, *sizes, multiprocessors) for sizes, parts in joins.items())]


def nest_of(described: Loops, goals: Sequence[Strided]) -> Nest:
    """What the text has to know of a described loop whose results go to `goals`."""
    flat: list[tuple[int, ...]] = []
    steps = []
    for step in described.steps:
        extra: tuple[int, ...] = ()
        if step.name == "random_bits":
            flat.append(_classes(step.extra))
            extra = (len(flat) - 1,)
        elif step.name == "iota" and step.extra != (-1,):
            extra = (int(step.extra[0]),)
        steps.append(Step(step.name, step.operands, step.dtype, step.kind, extra))
    return Nest(
        *described.groups,
        tuple(Array(a.dtype, _classes(a.strides)) for a in described.reads),
        tuple(dtype for dtype, _ in described.constants),
        tuple(steps),
        tuple((Array(a.dtype, _classes(a.strides)), n) for a, (_, n) in zip(goals, described.writes, strict=True)),
        tuple(flat),
    )


def _launch(
    nest: Nest,
    chosen: Shares,
    described: Loops,
    goals: Sequence[Strided],
    name: str,
    reads: Sequence[At],
    writes: Sequence[At],
    pairs: tuple[tuple[Any, Any], ...] = (),
) -> Call:
    known: dict[str, Any] = {f"r{i}": at for i, at in enumerate(reads)}
    known |= {f"w{i}": at for i, at in enumerate(writes)}
    known |= {f"c{i}": number for i, (_, number) in enumerate(described.constants)}
    for d, size in enumerate(described.extents):
        shift = max(0, size - 1).bit_length()
        known |= {f"n{d}": size, f"s{d}": shift, f"m{d}": (2**32 * (2**shift - size)) // max(size, 1) + 1}
    flat = [s.extra for s in described.steps if s.name == "random_bits"]
    for kind, listed in (("r", [a.strides for a in described.reads]), ("w", [a.strides for a in goals]), ("f", flat)):
        known |= {f"{kind}{i}_{d}": by for i, strides in enumerate(listed) for d, by in enumerate(strides)}
    known |= {"part": chosen.part, "tiles": chosen.tiles, "chunk": chosen.chunk, "chunks": chosen.chunks}
    return Call(
        loops.generate(nest, chosen.form, name),
        (chosen.blocks * chosen.chunks * chosen.tiles, 1, 1),
        (chosen.form.threads, 1, 1),
        tuple(known[n] for _, n in loops.parameters(nest, chosen.form)),
        tuple(dict.fromkeys(at.base for at in reads)),
        tuple(dict.fromkeys(at.base for at in writes)),
        name=name,
        in_place=pairs,
    )


class Part(NamedTuple):
    """Results of parts of a reduction, which lie one after another, and where they go when they are joined."""

    op: str
    dtype: str
    parts: At
    out: At


def joined(parts: Sequence[Part], count: int, size: int, multiprocessors: int) -> Call:
    """The launch that joins `count` partial results of `size` numbers each, of some reductions."""
    described = Loops(
        (count, size),
        (0, 1, 1),
        tuple(Strided(held(part.dtype), (size, 1)) for part in parts),
        (),
        tuple(Operation(part.op, (i,), held(part.dtype), "reduce column") for i, part in enumerate(parts)),
        tuple((Strided(part.dtype, (0, 1)), len(parts) + i) for i, part in enumerate(parts)),
    )
    goals = [array for array, _ in described.writes]
    nest = nest_of(described, goals)
    chosen = shares(nest, described, multiprocessors, joins=True)
    name = "_".join(dict.fromkeys(part.op for part in parts))
    return _launch(nest, chosen, described, goals, f"join_{name}", [p.parts for p in parts], [p.out for p in parts])


def _size(described: Loops, array: Strided) -> int:
    """The number of elements of a result, which lie densely."""
    size = 1
    for by, n in zip(array.strides, described.extents, strict=True):
        size *= n if by else 1
    return size


def _pairs(described: Loops, reads: Sequence[At], writes: Sequence[At]) -> list[tuple[Any, Any]]:
    """Arrays that are read just where, and as, an array of the same kind is written."""
    found = []
    for (array, _), goal in zip(described.writes, writes, strict=True):
        for other, at in zip(described.reads, reads, strict=True):
            same = (other.strides, other.dtype, at.offset) == (array.strides, array.dtype, goal.offset)
            if same and sum(a.base is at.base for a in reads) == 1:
                found.append((at.base, goal.base))
    return found


def _classes(strides: Sequence[Any]) -> tuple[int, ...]:
    """Of each stride what the text has to know: 0, 1, or 2 for any other."""
    return tuple(by if by in (0, 1) else 2 for by in strides)

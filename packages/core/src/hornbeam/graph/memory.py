"""Memory plan: one arena for all intermediate values of a graph, in which values that do not live at once share their place.

Source: Pisarchyk & Lee 2020, "Efficient Memory Management for Deep Neural Net Inference", the greedy assignment by size.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from hornbeam.graph.ir import Graph, Value

__all__ = ["ALIGNMENT", "Arena", "Block", "MemoryPlan", "assign", "lifetimes", "plan_memory"]

ALIGNMENT = 64  # bytes: a cache line, and the widest vector


class Block(NamedTuple):
    """Memory that is wanted for a while.

    Attributes:
        size: in bytes.
        first, last: the steps from which and up to which it is in use, both included.
    """

    size: int
    first: int
    last: int


class Arena(NamedTuple):
    """Where each block lies.

    Attributes:
        offsets: of each block, in bytes, a multiple of ALIGNMENT.
        size: of the whole, in bytes.
        least: the most bytes that are in use at one step: no assignment needs less.
    """

    offsets: list[int]
    size: int
    least: int


def assign(blocks: Sequence[Block]) -> Arena:
    """Give blocks that are in use at the same step places that do not overlap, in little memory.

    Two orders are tried, by size and by time; each block goes to the smallest gap that holds it.

    Example:
        >>> assign([Block(100, 0, 1), Block(64, 1, 2), Block(128, 2, 3)])
        Arena(offsets=[0, 128, 0], size=192, least=192)
    """
    sizes = [_rounded(b.size) for b in blocks]
    changes: dict[int, int] = {}
    for block, size in zip(blocks, sizes, strict=True):
        changes[block.first] = changes.get(block.first, 0) + size
        changes[block.last + 1] = changes.get(block.last + 1, 0) - size
    least = live = 0
    for step in sorted(changes):
        live += changes[step]
        least = max(least, live)
    numbers = range(len(blocks))
    best: tuple[int, list[int]] | None = None
    for order in (
        sorted(numbers, key=lambda i: (-sizes[i], blocks[i].first)),
        sorted(numbers, key=lambda i: (blocks[i].first, -sizes[i])),
    ):
        found = _place(blocks, sizes, order)
        if best is None or found[0] < best[0]:
            best = found
        if best[0] == least:
            break
    assert best is not None
    return Arena(best[1], best[0], least)


def _rounded(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _place(blocks: Sequence[Block], sizes: list[int], order: Iterable[int]) -> tuple[int, list[int]]:
    """The size and the offsets that come of placing blocks in that order."""
    offsets = [0] * len(blocks)
    placed: list[tuple[int, int, int, int]] = []  # offset, end, first, last: by offset
    total = 0
    for i in order:
        size, first, last = sizes[i], blocks[i].first, blocks[i].last
        place, gap, end = -1, 0, 0
        for low, high, begin, finish in placed:
            if begin > last or finish < first:
                continue
            if size <= low - end and (place < 0 or low - end < gap):
                place, gap = end, low - end
                if gap == size:
                    break
            if high > end:
                end = high
        offsets[i] = end if place < 0 else place
        total = max(total, offsets[i] + size)
        if size:
            insort(placed, (offsets[i], offsets[i] + size, first, last))
    return total, offsets


class MemoryPlan(NamedTuple):
    """Where the intermediate values of a graph lie.

    Attributes:
        offsets: value -> offset in the arena, in bytes; views, and what lies outside the arena, are not among them.
        size: of the arena, in bytes.
        least: the most bytes that live at once: no plan needs less.
        unshared: bytes that the values would take side by side.
        intervals: value -> the nodes that make and last read it, as numbers.
        overwrites: value -> the operand in whose place it is written.
        graph: the graph.
    """

    offsets: dict[Value, int]
    size: int
    least: int
    unshared: int
    intervals: dict[Value, tuple[int, int]]
    overwrites: dict[Value, Value]
    graph: Graph

    def __str__(self) -> str:
        """One line a value, and the totals."""
        names = self.graph.names()
        lines = [
            f"memory of {self.graph.name}: {self.size} bytes, at least {self.least}, side by side {self.unshared}",
            *(
                f"  {names[v]}: {v!r} nodes {first}-{last} at {self.offsets[v]}"
                + (f" over {names[self.overwrites[v]]}" if v in self.overwrites else "")
                for v, (first, last) in self.intervals.items()
            ),
        ]
        return "\n".join(lines)


def lifetimes(graph: Graph, views: Mapping[Value, Value]) -> tuple[dict[Value, Value], dict[Value, int]]:
    """What memory each view is in the end a part of, and the last node that makes or reads each value or a view of it."""
    root: dict[Value, Value] = {}
    last: dict[Value, int] = {}
    for step, node in enumerate(graph.nodes):
        for value in node.outputs:
            if value in views:
                root[value] = root.get(views[value], views[value])
        last.update((root.get(v, v), step) for v in (*node.inputs, *node.outputs))
    return root, last


def plan_memory(
    graph: Graph,
    views: Mapping[Value, Value],
    in_place: Mapping[Value, Sequence[Value]],
    outside: Container[Value] = (),
) -> MemoryPlan:
    """Plan one arena for a graph whose nodes run in order.

    Inputs, constants and outputs (and what outputs are views of) lie outside the arena.

    Args:
        graph: whose nodes run one after the other.
        views: value -> the operand whose memory it shares.
        in_place: value -> the operands that it may overwrite: element i of the result is written after element i of the
            operand was read, and lies at the same place. It is done where nothing reads the operand later.
        outside: values that find memory elsewhere.

    Example:
        >>> import hornbeam as hb
        >>> graph = hb.capture(lambda x: hb.ops.sum(hb.ops.exp(-x)), hb.ops.zeros((32,)))
        >>> negated, exponential, _ = (node.output for node in graph.nodes)
        >>> print(plan_memory(graph, {}, {exponential: [negated]}))
        memory of <lambda>: 128 bytes, at least 128, side by side 256
          %1: float32[32] nodes 0-1 at 0
          %2: float32[32] nodes 1-2 at 0 over %1
    """
    root, last = lifetimes(graph, views)
    absent = {root.get(v, v) for v in (*graph.inputs, *graph.constants, *graph.outputs)}
    block: dict[Value, int] = {}  # the block in which a value lies
    blocks: list[Block] = []
    intervals: dict[Value, tuple[int, int]] = {}
    overwrites: dict[Value, Value] = {}
    overwritten: set[Value] = set()
    for step, node in enumerate(graph.nodes):
        for value in node.outputs:
            if value in root or value in absent or value in outside:
                continue
            intervals[value] = (step, last[value])
            allowed = [v for v in in_place.get(value, ()) if v.nbytes == value.nbytes]
            for operand in allowed:
                base = root.get(operand, operand)
                beside = [v for v in node.inputs if root.get(v, v) is base and v not in allowed]
                if base in block and last[base] == step and not beside and base not in overwritten:
                    overwritten.add(base)
                    number = block[base]
                    blocks[number] = blocks[number]._replace(last=last[value])
                    overwrites[value] = base
                    break
            else:
                number = len(blocks)
                blocks.append(Block(value.nbytes, step, last[value]))
            block[value] = number
    arena = assign(blocks)
    return MemoryPlan(
        offsets={v: arena.offsets[n] for v, n in block.items()},
        size=arena.size,
        least=arena.least,
        unshared=sum(map(_rounded, (v.nbytes for v in block))),
        intervals=intervals,
        overwrites=overwrites,
        graph=graph,
    )

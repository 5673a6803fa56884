"""A block of an array whose place is known when the program runs: copied out of it, or put into it."""

from __future__ import annotations

from typing import NamedTuple

from hornbeam_cpu.kernels.rows import words
from hornbeam_cpu.kernels.scalars import load, stored
from hornbeam_cpu.llvm.builder import Builder, Module, vector
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["Block", "generate"]


class Block(NamedTuple):
    """What a kernel is made for.

    Attributes:
        size: bytes of an element.
        rank: number of axes, at least 1.
        places: dtype of the place.
        put: whether the block is put into the array, not taken out.
    """

    size: int
    rank: int
    places: str
    put: bool


def generate(target: Target, how: Block) -> Module:
    """args: array, place, block, rows (of the block), rows of a task, then the sizes of the array's axes and those of the block's.

    Along each axis the block begins at its place, or as near to it as it fits.
    """
    module = Module()
    b = Builder(module, "kernel", ABI)
    rank, kind = how.rank, f"i{8 * how.size}"
    array, place, block, rows, share, *sizes = words(b, 3, 2 + 2 * rank)
    whole, part = sizes[:rank], sizes[rank:]
    start = []
    for axis in range(rank):
        at = load(b, how.places, b.at(place, axis, stored(how.places)), 0)
        at = at if at.type == "i64" else b.convert("zext" if how.places[0] == "u" else "sext", at, "i64")
        start.append(b.minimum(b.maximum(at, b.i64(0)), b.sub(whole[axis], part[axis])))
    lanes = target.lanes(how.size)
    first = b.mul(b.arg("task"), share)
    with b.range(first, b.minimum(b.add(first, share), rows)) as row:
        offset, by, left = start[-1], whole[-1], row
        for axis in reversed(range(rank - 1)):
            index, left = b.rem(left, part[axis]), b.div(left, part[axis])
            offset = b.add(offset, b.mul(b.add(start[axis], index), by))
            by = b.mul(by, whole[axis])
        outside, inside = b.at(array, offset, kind), b.at(block, b.mul(row, part[-1]), kind)
        source, goal = (inside, outside) if how.put else (outside, inside)
        with b.range(0, part[-1], lanes) as i:
            mask = b.first_lanes(b.sub(part[-1], i), lanes)
            b.store(b.load(vector(kind, lanes), b.at(source, i, kind), mask), b.at(goal, i, kind), mask)
    b.finish()
    return module

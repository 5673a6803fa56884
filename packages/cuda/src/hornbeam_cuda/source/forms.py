"""How the threads of a device share out a fused loop: the sizes of vectors, blocks and grids.

All of it follows from shapes, strides and the number of multiprocessors, so that results are the same bits each time on one kind of
device. Sums over many places are split into parts only where that is needed to keep every multiprocessor busy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from hornbeam_cuda.source.described import Loops, Strided
from hornbeam_cuda.source.nest import Form, Nest
from hornbeam_cuda.source.scalars import SIZES

__all__ = ["Shares", "shares"]

THREADS = 256  # of a block, usually: eight blocks fill a multiprocessor
HELD = 80  # registers of a thread for the values of a row that it holds; half of it where 1024 threads share a block's
WAVES = 8  # blocks of long sums on each multiprocessor: as many as it runs at once, for much has to be on its way from memory


class Shares(NamedTuple):
    """A form and the numbers that go with it: inner places of a block and how many of these, serial ones, and blocks of rows."""

    form: Form
    part: int
    tiles: int
    chunk: int
    chunks: int
    blocks: int


def power(n: int) -> int:
    """The least power of two that is not below n."""
    return 1 << max(0, n - 1).bit_length()


def shares(nest: Nest, described: Loops, multiprocessors: int, joins: bool = False) -> Shares:
    """How a nest is shared out.

    Args:
        nest: what is computed.
        described: the same, with sizes and strides.
        multiprocessors: of the device.
        joins: whether it joins parts of sums: a block of 1024 threads takes 32 bytes of many of them at a time, for what lasts is
            the way from memory, not the amount.
    """
    sizes = described.extents
    outer = nest.parallel + nest.serial
    rows, places = math.prod(sizes[: nest.parallel]), math.prod(sizes[nest.parallel : outer])
    length = math.prod(sizes[outer:])
    vector, scattered = (1, frozenset[tuple[str, int]]()) if joins else _vector(nest, described)
    vectors = -(-length // vector)
    kinds = {s.kind for s in nest.steps}
    over_row = bool(kinds & {"reduce row", "reduce all"}) and bool(nest.inner)
    taken = {a for s in nest.steps for a in s.args}
    consumed = any(s.kind == "reduce row" and nest.first + i in taken for i, s in enumerate(nest.steps))
    columns = [s for s in nest.steps if s.kind == "reduce column" and nest.is_full(s.args[0])]
    arrays = 1 + sum(nest.is_full(i) for i in range(len(nest.reads)))  # one value is kept for a later pass, as a rule
    each = vector * arrays  # registers of a vector of everything
    along = _along(vectors, rows * places, over_row, bool(columns), each, multiprocessors)
    if joins:
        along = min(power(length), 8)
    group = max(1, (1024 if joins else THREADS) // along)
    stacked = bool(nest.serial) and not (places <= 64 and rows >= 2 * group * multiprocessors)
    stack = places if stacked else rows
    group = max(min(group, power(stack)), 32 // along, 1)
    held = -(-vectors // along)  # vectors of a row for each thread
    if not columns and not (consumed and _fits(held, along, each)):
        held = 0
    elif columns and not over_row:
        held = 1
    part, tiles, chunk, chunks = max(length, 1), 1, max(places, 1), 1
    room = max(1, WAVES * multiprocessors // max(1, -(-rows // (1 if stacked else group))))
    if not consumed and not over_row and nest.inner:
        steps = 1 if columns or vectors * rows < 16 * multiprocessors * THREADS else 4
        part = along * vector * (held or steps)
        tiles = -(-length // part)
    elif not consumed and not columns and not joins:
        tiles = max(1, min(room // max(1, min(places, room)), vectors // (4 * along)))
        part = math.ceil(math.ceil(length / tiles) / vector) * vector
        tiles = -(-length // part)
    if nest.serial and not joins:
        least = group if stacked else 1
        chunks = max(1, min(room // tiles, -(-places // (4 * least)), 1024))
        chunk = -(-places // chunks)
        chunks = -(-places // chunk)
    wide = _wide(described)
    form = Form(vector, along, group, held, stacked, length % vector == 0, wide, scattered)
    blocks = -(-rows // (1 if stacked else group))
    return Shares(form, part, tiles, chunk, chunks, max(1, min(blocks, max(64 * multiprocessors, 65536) // tiles)))


def _along(vectors: int, rows: int, over_row: bool, columns: bool, each: int, multiprocessors: int) -> int:
    """Threads on a row.

    Where rows are many and short a warp takes each, or as few warps as can hold it in registers: no thread waits for more than it has to.
    """
    if not over_row:
        return min(power(vectors), 32 if columns else THREADS)
    if rows >= 16 * multiprocessors and vectors <= 256:
        least = min(power(vectors), 32)
        return next((a for a in (least, 64, 128, 256) if _fits(-(-vectors // a), a, each)), 32)
    return min(max(power(-(-vectors // 4)), 32), 1024)


def _fits(held: int, along: int, each: int) -> bool:
    """Whether a thread has registers for so many vectors of everything."""
    return held <= 16 and held * each <= (HELD if along < 1024 else HELD // 2)


def _vector(nest: Nest, described: Loops) -> tuple[int, frozenset[tuple[str, int]]]:
    """Neighbours that a thread takes at a time, and the arrays that are not aligned to that."""
    if not nest.inner:
        return 1, frozenset()
    sizes = described.extents
    arrays = [("read", i, a) for i, a in enumerate(described.reads)]
    arrays += [("write", i, a) for i, (a, _) in enumerate(described.writes)]
    arrays = [(kind, i, a) for kind, i, a in arrays if a.strides[-1] == 1]
    flat = _words(described)
    large = [SIZES[a.dtype] for _, _, a in arrays if SIZES[a.dtype] > 1]
    vector = min(8, 16 // min(large)) if large else 8 if arrays else 1
    if len(nest.steps) > 40:
        vector = min(vector, 4)
    while vector > 1 and (vector > sizes[-1] or nest.inner > 1 and sizes[-1] % vector):
        vector //= 2
    while True:
        apart = frozenset((kind, i) for kind, i, a in arrays if not _aligned(a, sizes, vector))
        words = frozenset(("flat", i) for i, by in enumerate(flat) if vector % 4 or not _even(by, sizes, 4))
        weight = sum(_bytes(a, sizes) for kind, i, a in arrays if (kind, i) in apart)
        if vector == 1 or 2 * weight <= sum(_bytes(a, sizes) for _, _, a in arrays):
            return vector, (apart if vector > 1 else frozenset()) | words
        vector //= 2


def _bytes(a: Strided, sizes: Sequence[int]) -> int:
    return SIZES[a.dtype] * math.prod(n for by, n in zip(a.strides, sizes, strict=True) if by)


def _words(described: Loops) -> list[tuple[int, ...]]:
    """The strides of the places of random words."""
    return [tuple(int(by) for by in s.extra) for s in described.steps if s.name == "random_bits"]


def _aligned(a: Strided, sizes: Sequence[int], vector: int) -> bool:
    """Whether each vector of an array begins at a multiple of its words."""
    word = min(vector, 16 // SIZES[a.dtype])
    return a.aligned and _even(a.strides, sizes, word)


def _even(strides: Sequence[int], sizes: Sequence[int], word: int) -> bool:
    return all(by % word == 0 for by, n in zip(strides[:-1], sizes[:-1], strict=True) if n > 1)


def _wide(described: Loops) -> bool:
    """Whether indices need 64 bits; some room is left, for loops step beyond the end."""
    strides = [a.strides for a in described.reads] + [a.strides for a, _ in described.writes] + _words(described)
    sizes = described.extents
    reach = [sum(abs(by) * (n - 1) for by, n in zip(listed, sizes, strict=True)) for listed in strides]
    return max([math.prod(sizes), *reach]) > 2**31 - 2**24

"""Rows of a matrix chosen by indices: wrap and check the indices, gather, scatter; and the place of the largest in each row."""

from __future__ import annotations

import math
from typing import NamedTuple

from hornbeam_cpu.kernels.nest import Step
from hornbeam_cpu.kernels.reductions import combine, identity
from hornbeam_cpu.kernels.scalars import SIZES, computed, load, store, stored
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, is_float, vector
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["REDUCED", "Extreme", "Rows", "extreme", "gather", "scatter", "share", "words", "wrap"]

REDUCED = {"add": "reduce_sum", "max": "reduce_max", "min": "reduce_min"}  # what a scatter's mode reduces by


class Rows(NamedTuple):
    """What a gather or scatter is made for.

    Attributes:
        dtype: of the rows.
        places: dtype of the indices.
        mode: of a scatter: "set", "add", "max" or "min".
        single: whether a row of a scatter is one number.
    """

    dtype: str
    places: str
    mode: str = ""
    single: bool = False


class Extreme(NamedTuple):
    """What an argmax (`largest`) or argmin is made for."""

    dtype: str
    largest: bool


def words(b: Builder, pointers: int, numbers: int) -> list[Operand]:
    """The addresses, then the numbers, of args."""
    kinds = ["ptr"] * pointers + ["i64"] * numbers
    return [b.load(kind, b.at(b.arg("args"), i, "i64")) for i, kind in enumerate(kinds)]


def _index(b: Builder, dtype: str, base: Operand, i: Operand) -> Operand:
    number = load(b, dtype, b.at(base, i, stored(dtype)), 0)
    return number if number.type == "i64" else b.convert("zext" if dtype[0] == "u" else "sext", number, "i64")


def wrap(target: Target, dtype: str) -> Module:
    """args: index, out, bad, count, size, block. out[i] = index[i], plus size where negative; bad[task] = whether one is outside."""
    module = Module()
    b = Builder(module, "kernel", ABI)
    source, out, bad, count, size, block = words(b, 3, 3)
    first = b.mul(b.arg("task"), block)
    last = b.minimum(b.add(first, block), count)
    wrong = b.variable(b.i64(0))
    with b.range(first, last) as i:
        number = _index(b, dtype, source, i)
        moved = number if dtype[0] == "u" else b.select(b.compare("lt", number, b.i64(0)), b.add(number, size), number)
        outside = b.bits("or", b.compare("lt", moved, b.i64(0)), b.compare("ge", moved, size))
        wrong.set(b.bits("or", wrong.get(), b.convert("zext", outside, "i64")))
        safe = b.select(outside, b.i64(0), moved)  # nothing outside is touched until the error is raised
        narrow = safe if SIZES[dtype] == 8 else b.convert("trunc", safe, stored(dtype))
        store(b, dtype, narrow, b.at(out, i, stored(dtype)))
    b.store(wrong.get(), b.at(bad, b.arg("task"), "i64"))
    b.finish()
    return module


def gather(target: Target, rows: Rows) -> Module:
    """args: x, index, out, count, width, block. out[i, :] = x[index[i], :], each row of `width` elements."""
    module = Module()
    b = Builder(module, "kernel", ABI)
    x, index, out, count, width, block = words(b, 3, 3)
    kind = stored(rows.dtype)
    lanes = target.lanes(SIZES[rows.dtype])
    first = b.mul(b.arg("task"), block)
    with b.range(first, b.minimum(b.add(first, block), count)) as i:
        source = b.at(x, b.mul(_index(b, rows.places, index, i), width), kind)
        goal = b.at(out, b.mul(i, width), kind)
        with b.range(0, width, lanes) as c:
            mask = b.first_lanes(b.sub(width, c), lanes)
            b.store(b.load(vector(kind, lanes), b.at(source, c, kind), mask), b.at(goal, c, kind), mask)
    b.finish()
    return module


def scatter(target: Target, rows: Rows) -> Module:
    """args: index, updates, out, count, width, size, block, apart. out[index[i], :] takes updates[i, :], in the order of i.

    A task owns `block` of the `size` rows of out, and looks at all indices: no two tasks write one row. Where `apart`, it owns
    `block` of the updates, and out[1 + task, size, width] becomes what these alone come to.
    """
    module = Module()
    b = Builder(module, "kernel", ABI)
    index, updates, out, count, width, size, block, apart = words(b, 3, 5)
    first = b.mul(b.arg("task"), block)
    together = b.compare("eq", apart, b.i64(0))
    with b.when(together):
        last = b.minimum(b.add(first, block), size)
        with b.range(0, count) as i:
            place = _index(b, rows.places, index, i)
            mine = b.bits("and", b.compare("ge", place, first), b.compare("lt", place, last))
            with b.when(mine):
                _take(b, target, rows, (updates, i), (out, place), width)
    if rows.mode in REDUCED:
        with b.when(b.bits("xor", together, b.const("i1", True))):
            kind, lanes = stored(rows.dtype), target.lanes(SIZES[rows.dtype])
            total = b.mul(size, width)
            table = b.at(out, b.mul(b.add(b.arg("task"), b.i64(1)), total), kind)
            nothing = b.const(
                vector(computed(rows.dtype), lanes), identity(Step(REDUCED[rows.mode], (), rows.dtype, ""))
            )
            with b.range(0, total, lanes) as i:
                store(b, rows.dtype, nothing, b.at(table, i, kind), b.first_lanes(b.sub(total, i), lanes))
            with b.range(first, b.minimum(b.add(first, block), count)) as i:
                _take(b, target, rows, (updates, i), (table, _index(b, rows.places, index, i)), width)
    b.finish()
    return module


def _take(
    b: Builder,
    target: Target,
    rows: Rows,
    update: tuple[Operand, Operand],
    goal: tuple[Operand, Operand],
    width: Operand,
) -> None:
    """A row of an array takes a row of updates; rows are given as array and number."""
    kind = stored(rows.dtype)
    source, place = (b.at(array, b.mul(number, width), kind) for array, number in (update, goal))

    def some(c: Operand, lanes: int, mask: Operand | None) -> None:
        new = load(b, rows.dtype, b.at(source, c, kind), lanes, mask)
        if rows.mode != "set":
            step = Step(REDUCED[rows.mode], (), rows.dtype, "")
            new = combine(b, step, load(b, rows.dtype, b.at(place, c, kind), lanes, mask), new)
        store(b, rows.dtype, new, b.at(place, c, kind), mask)

    if rows.single:
        some(b.i64(0), 0, None)
        return
    lanes = target.lanes(SIZES[rows.dtype])
    with b.range(0, width, lanes) as c:
        some(c, lanes, b.first_lanes(b.sub(width, c), lanes))


def extreme(target: Target, how: Extreme) -> Module:
    """args: x, out, rows, width, inner, block. out[r, j] (int32) = the first place of the largest of x[r, :, j]; NaN is larger."""
    module = Module()
    b = Builder(module, "kernel", ABI)
    x, out, rows, width, inner, block = words(b, 2, 4)
    first = b.mul(b.arg("task"), block)
    kind, type = stored(how.dtype), computed(how.dtype)
    signed = how.dtype[0] not in "ub"
    with b.range(first, b.minimum(b.add(first, block), b.mul(rows, inner))) as number:
        r, j = b.div(number, inner), b.rem(number, inner)
        start = b.at(x, b.add(b.mul(b.mul(r, width), inner), j), kind)
        best = b.variable(load(b, how.dtype, start, 0))
        at = b.variable(b.i64(0))
        with b.range(1, width) as k:
            value = load(b, how.dtype, b.at(start, b.mul(k, inner), kind), 0)
            better = b.compare("gt" if how.largest else "lt", value, best.get(), signed and type != "i1")
            if is_float(type):
                nan, before = b.unordered(value, value), b.unordered(best.get(), best.get())
                better = b.bits("and", b.bits("or", better, nan), b.bits("xor", before, b.const("i1", True)))
            best.set(b.select(better, value, best.get()))
            at.set(b.select(better, k, at.get()))
        store(b, "int32", b.convert("trunc", at.get(), "i32"), b.at(out, number, "i32"))
    b.finish()
    return module


def share(count: int, cost: int, task: int = 16 * 1024) -> tuple[int, int]:
    """Items of a task and how many tasks, for `count` items of `cost` elements each."""
    block = max(1, min(count, task // max(1, cost)))
    return block, math.ceil(count / block)

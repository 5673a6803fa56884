"""Running sums, the order that sorts, and searches in what is sorted, along one axis of [rows, width, inner]."""

from __future__ import annotations

from typing import NamedTuple

from hornbeam_cpu.kernels.rows import words
from hornbeam_cpu.kernels.scalars import SIZES, computed, load, store, stored
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, is_float, vector
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["BINS", "Order", "argsort", "argsort_scratch", "running_sum", "search"]

BINS = 256  # of a pass of the sort: one for each value of a byte
FEW = 48  # so few elements are inserted one by one: counting bytes would cost more


class Order(NamedTuple):
    """What an argsort is made for: NaN is the largest of all, whatever its sign."""

    dtype: str
    descending: bool


def running_sum(target: Target, dtype: str, neighbours: bool) -> Module:
    """args: x, out, rows, width, inner, block. out[r, k, j] = x[r, 0, j] + ... + x[r, k, j].

    `neighbours`: inner is 1, and vectors run along the sum: each adds up its lanes in steps of 1, 2, 4, ..., and what came before.
    Else they run along inner, and a task's items are vectors of it.
    """
    module = Module()
    b = Builder(module, "kernel", ABI)
    x, out, rows, width, inner, block = words(b, 2, 4)
    kind = stored(dtype)
    count = target.lanes(max(4, SIZES[dtype]))
    type = vector(computed(dtype), count)
    nothing = b.const(type, -0.0 if is_float(type) else 0)  # added to any number it gives that number, -0.0 too
    first = b.mul(b.arg("task"), block)
    if neighbours:
        with b.range(first, b.minimum(b.add(first, block), rows)) as r:
            start = b.mul(r, width)
            before = b.variable(nothing)
            with b.range(0, width, count) as k:
                mask = b.first_lanes(b.sub(width, k), count)
                at = b.add(start, k)
                total = b.select(mask, load(b, dtype, b.at(x, at, kind), count, mask), nothing)
                step = 1
                while step < count:
                    total = b.add(total, b.shuffle(nothing, total, [count - step + n for n in range(count)]))
                    step *= 2
                total = b.add(total, before.get())
                store(b, dtype, total, b.at(out, at, kind), mask)
                before.set(b.splat(b.extract(total, count - 1), count))
        b.finish()
        return module
    across = b.div(b.add(inner, b.i64(count - 1)), b.i64(count))
    with b.range(first, b.minimum(b.add(first, block), b.mul(rows, across))) as number:
        j = b.mul(b.rem(number, across), b.i64(count))
        start = b.add(b.mul(b.mul(b.div(number, across), width), inner), j)
        mask = b.first_lanes(b.sub(inner, j), count)
        gathered = b.variable(nothing)
        with b.range(0, width) as k:
            at = b.add(start, b.mul(k, inner))
            gathered.set(b.add(gathered.get(), load(b, dtype, b.at(x, at, kind), count, mask)))
            store(b, dtype, gathered.get(), b.at(out, at, kind), mask)
    b.finish()
    return module


def argsort_scratch(dtype: str, width: int) -> int:
    """Bytes that a task of `argsort` needs: a counter for each bin, and places and keys, each twice."""
    return 8 * BINS + 2 * width * (4 + SIZES[dtype])


def argsort(target: Target, how: Order) -> Module:
    """args: x, out, rows, width, inner, block. out[r, :, j] (int32) = the places of x[r, :, j] in order; equals stay in order.

    Numbers become whole ones whose order is theirs. Few are inserted one by one; many are put in order by one byte after the other,
    beginning with the last (Knuth, The Art of Computer Programming 3, 5.2.5).
    """
    module = Module()
    b = Builder(module, "kernel", ABI)
    x, out, rows, width, inner, block = words(b, 2, 4)
    size = SIZES[how.dtype]
    key = f"i{8 * size}"
    bins = b.arg("scratch")
    places = b.at(bins, BINS, "i64")
    elsewhere = b.at(places, width, "i32")
    keys = b.at(elsewhere, width, "i32")
    others = b.at(keys, width, key)
    first = b.mul(b.arg("task"), block)
    few = b.compare("le", width, b.i64(FEW))
    with b.range(first, b.minimum(b.add(first, block), b.mul(rows, inner))) as number:
        start = b.add(b.mul(b.mul(b.div(number, inner), width), inner), b.rem(number, inner))
        with b.range(0, width) as i:
            found = _key(b, how, b.at(x, b.add(start, b.mul(i, inner)), stored(how.dtype)))
            with b.when(few):
                _insert(b, keys, places, found, i)
            with b.when(b.compare("gt", width, b.i64(FEW))):
                b.store(found, b.at(keys, i, key))
                b.store(b.convert("trunc", i, "i32"), b.at(places, i, "i32"))
        with b.when(b.compare("gt", width, b.i64(FEW))):
            here, there = (keys, places), (others, elsewhere)
            for byte in range(size):
                _by_byte(b, key, byte, width, here, there, bins)
                here, there = there, here
            if size % 2:
                with b.range(0, width) as i:
                    b.store(b.load("i32", b.at(elsewhere, i, "i32")), b.at(places, i, "i32"))
        with b.range(0, width) as i:
            b.store(b.load("i32", b.at(places, i, "i32")), b.at(out, b.add(start, b.mul(i, inner)), "i32"))
    b.finish()
    return module


def _key(b: Builder, how: Order, place: Operand) -> Operand:
    """A number as a whole one without sign, in the same order; from the largest down, turned round."""
    key = f"i{8 * SIZES[how.dtype]}"
    if is_float(computed(how.dtype)):
        bits = b.load(key, place)
        value = load(b, how.dtype, place, 0)
        bits = b.select(b.compare("eq", value, b.zero(value.type)), b.const(key, 0), bits)  # -0.0 equals 0.0
        top = b.const(key, -(1 << (8 * SIZES[how.dtype] - 1)))
        below = b.compare("lt", bits, b.const(key, 0))
        found = b.bits("xor", bits, b.select(below, b.const(key, -1), top))
        found = b.select(b.unordered(value, value), b.const(key, -1), found)
    else:
        found = b.load(key, place)
        if how.dtype[0] not in "ub":
            found = b.bits("xor", found, b.const(key, -(1 << (8 * SIZES[how.dtype] - 1))))
    return b.bits("xor", found, b.const(key, -1)) if how.descending else found


def _insert(b: Builder, keys: Operand, places: Operand, key: Operand, i: Operand) -> None:
    """Put a key behind all of the first i that are not larger."""
    name = b.fresh("insert")
    at = b.variable(i)
    b.do(f"br label %{name}.look")
    b.label(f"{name}.look")
    before = b.sub(at.get(), b.i64(1))
    b.do(f"br i1 {b.compare('ge', before, b.i64(0)).text}, label %{name}.compare, label %{name}.end")
    b.label(f"{name}.compare")
    other = b.load(key.type, b.at(keys, before, key.type))
    larger = b.compare("gt", other, key, signed=False)
    b.do(f"br i1 {larger.text}, label %{name}.move, label %{name}.end")
    b.label(f"{name}.move")
    b.store(other, b.at(keys, at.get(), key.type))
    b.store(b.load("i32", b.at(places, before, "i32")), b.at(places, at.get(), "i32"))
    at.set(before)
    b.do(f"br label %{name}.look")
    b.label(f"{name}.end")
    b.store(key, b.at(keys, at.get(), key.type))
    b.store(b.convert("trunc", i, "i32"), b.at(places, at.get(), "i32"))


def _by_byte(
    b: Builder,
    kind: str,
    byte: int,
    width: Operand,
    here: tuple[Operand, Operand],
    there: tuple[Operand, Operand],
    bins: Operand,
) -> None:
    """Keys and places from here to there, in order of one byte."""

    def bin_of(key: Operand) -> Operand:
        low = b.bits("and", b.bits("lshr", key, b.const(kind, 8 * byte)), b.const(kind, BINS - 1))
        return b.at(bins, low if kind == "i64" else b.convert("zext", low, "i64"), "i64")

    with b.range(0, BINS) as i:
        b.store(b.i64(0), b.at(bins, i, "i64"))
    with b.range(0, width) as i:
        counter = bin_of(b.load(kind, b.at(here[0], i, kind)))
        b.store(b.add(b.load("i64", counter), b.i64(1)), counter)
    before = b.variable(b.i64(0))
    with b.range(0, BINS) as i:
        counter = b.at(bins, i, "i64")
        many = b.load("i64", counter)
        b.store(before.get(), counter)
        before.set(b.add(before.get(), many))
    with b.range(0, width) as i:
        key = b.load(kind, b.at(here[0], i, kind))
        counter = bin_of(key)
        at = b.load("i64", counter)
        b.store(b.add(at, b.i64(1)), counter)
        b.store(key, b.at(there[0], at, kind))
        b.store(b.load("i32", b.at(here[1], i, "i32")), b.at(there[1], at, "i32"))


def search(target: Target, dtype: str, right: bool) -> Module:
    """args: row, values, out, width, count, block. out[i] (int32) = how many of the sorted row are less than values[i].

    `right`: how many are not larger.
    """
    module = Module()
    b = Builder(module, "kernel", ABI)
    row, values, out, width, count, block = words(b, 3, 3)
    kind = stored(dtype)
    first = b.mul(b.arg("task"), block)
    with b.range(first, b.minimum(b.add(first, block), count)) as i:
        value = load(b, dtype, b.at(values, i, kind), 0)
        low, high = b.variable(b.i64(0)), b.variable(width)
        name = b.fresh("search")
        b.do(f"br label %{name}.test")
        b.label(f"{name}.test")
        b.do(f"br i1 {b.compare('lt', low.get(), high.get()).text}, label %{name}.look, label %{name}.end")
        b.label(f"{name}.look")
        middle = b.bits("lshr", b.add(low.get(), high.get()), b.i64(1))
        other = load(b, dtype, b.at(row, middle, kind), 0)
        beyond = (
            b.bits("xor", _less(b, value, other, dtype), b.const("i1", True))
            if right
            else _less(b, other, value, dtype)
        )
        low.set(b.select(beyond, b.add(middle, b.i64(1)), low.get()))
        high.set(b.select(beyond, high.get(), middle))
        b.do(f"br label %{name}.test")
        b.label(f"{name}.end")
        store(b, "int32", b.convert("trunc", low.get(), "i32"), b.at(out, i, "i32"))
    b.finish()
    return module


def _less(b: Builder, x: Operand, y: Operand, dtype: str) -> Operand:
    """Whether x is less than y; NaN is the largest of all."""
    found = b.compare("lt", x, y, dtype[0] not in "ub")
    if not is_float(x.type):
        return found
    only_y = b.bits("and", b.unordered(y, y), b.bits("xor", b.unordered(x, x), b.const("i1", True)))
    return b.bits("or", found, only_y)

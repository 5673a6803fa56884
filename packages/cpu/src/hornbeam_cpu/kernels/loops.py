"""The kernel of a fused loop, generated from its description.

Loop order, from the outside in: parallel dimensions (tasks take blocks of them), serial dimensions (accumulators of "column" and
"all" reductions live through these), then one pass over the inner dimensions for each stage of row reductions: values of pass 0
need no reduced row, those of pass 1 need one that pass 0 reduces, and so on. Vectors run along the last inner dimension.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from hornbeam_cpu.kernels import elementwise
from hornbeam_cpu.kernels.access import PART, Access, Spot, bank_bytes, banked, width
from hornbeam_cpu.kernels.nest import Nest, Step
from hornbeam_cpu.kernels.passes import Passes
from hornbeam_cpu.kernels.reductions import across, combine, identity
from hornbeam_cpu.kernels.scalars import computed, held, load, store
from hornbeam_cpu.llvm.builder import Module, Operand, Variable, lanes, vector
from hornbeam_cpu.llvm.target import Target

__all__ = ["generate", "scratch_bytes", "width"]


def generate(target: Target, nest: Nest) -> Module:
    """The module with the kernel of a nest."""
    module = Module()
    _Writer(module, target, nest).write()
    return module


def scratch_bytes(target: Target, nest: Nest) -> int:
    """What a task needs in the thread's own memory: rows kept between passes, and accumulators of columns."""
    plan = Passes(nest, width(target, nest))
    return plan.bytes + len(banked(nest)) * bank_bytes(nest, width(target, nest))


class _Writer(Access):
    # ---- the nest

    def write(self) -> None:
        """The whole kernel."""
        b, nest = self.b, self.nest
        for i, dtype in enumerate(nest.constants):
            place = b.at(b.arg("args"), self.slots["constant", i], "i64")
            number = b.load("i64", place) if dtype == "bool" else load(b, dtype, place, 0)
            self.rows[len(nest.reads) + i] = b.compare("ne", number, b.i64(0)) if dtype == "bool" else number
        self.sizes = [self.word("size", d) for d in range(self.parallel + self.serial)]
        block = self.word("block")
        if self.parallel or not self.serial:
            total = self._product(self.sizes[: self.parallel])
            parts = self.word("parts")
            first = b.mul(b.div(b.arg("task"), parts), block)
            self.part = b.rem(b.arg("task"), parts)
            last = self._least(b.add(first, block), total)
            with self._places(first, last, self.sizes[: self.parallel]) as indices:
                self.outer = indices
                self._serial(b.i64(0), self._product(self.sizes[self.parallel :]), None)
        else:
            total = self._product(self.sizes)
            first = b.mul(b.arg("task"), block)
            self._serial(first, self._least(b.add(first, block), total), b.arg("task"))
        b.finish()

    def _product(self, sizes: list[Operand]) -> Operand:
        total = self.b.i64(1)
        for size in sizes:
            total = self.b.mul(total, size)
        return total

    def _least(self, x: Operand, y: Operand) -> Operand:
        return self.b.select(self.b.compare("lt", x, y), x, y)

    @contextmanager
    def _places(self, first: Operand, last: Operand, sizes: list[Operand]) -> Iterator[list[Operand]]:
        """A loop over places `first` to `last` of some dimensions, counted through; gives the index along each.

        Indices are divided out once, and then count on like an odometer: division is slow.
        """
        b = self.b
        indices: list[Variable] = []
        place = first
        for n, size in enumerate(reversed(sizes)):
            outermost = n == len(sizes) - 1
            indices.insert(0, b.variable(place if outermost else b.rem(place, size, False)))
            place = place if outermost else b.div(place, size, False)
        with b.range(first, last):
            yield [index.get() for index in indices]
            carry = b.i64(1)
            for index, size in zip(reversed(indices), reversed(sizes), strict=True):
                moved = b.add(index.get(), carry)
                full = b.compare("eq", moved, size)
                index.set(b.select(full, b.i64(0), moved))
                carry = b.convert("zext", full, "i64")

    def _serial(self, first: Operand, last: Operand, chunk: Operand | None) -> None:
        """The serial places from `first` to `last`, and what is reduced over them."""
        outer = list(self.outer)
        reduces = [i for i, s in enumerate(self.nest.steps) if s.kind in ("reduce column", "reduce all")]
        self.accumulators = {i: self._accumulator(i) for i in reduces}
        if self.serial:
            with self._places(first, last, self.sizes[self.parallel :]) as indices:
                self.outer = outer + indices
                self._row()
        else:
            self._row()
        self.outer, self.row_places = outer, {}
        for i in reduces:
            self._finish(i, chunk)

    # ---- reductions over serial dimensions

    def _accumulator(self, i: int) -> Any:
        """What such a reduction gathers in: a number, registers, or a row in scratch."""
        step, b = self.nest.steps[i], self.b
        kind, begin = computed(step.dtype), identity(step)
        if i not in self.plan.columns:
            lanes_of = self.count if step.kind == "reduce all" else 0
            return b.variable(b.const(vector(kind, lanes_of), begin))
        start = b.const(vector(kind, self.count), begin)
        if self.plan.unrolled:
            return [b.variable(start) for _ in range(self.plan.vectors)]
        place = b.at(b.arg("scratch"), (len(self.plan.kept) + self.plan.columns.index(i)) * self.plan.row_bytes, "i8")
        for spot in self._each():
            store(b, held(step.dtype), start, self._in_row(place, spot, held(step.dtype)))
        return place

    def _gather(self, i: int, spot: Spot) -> None:
        """Take a place of the row into a reduction: over the row, or over serial dimensions."""
        step, b = self.nest.steps[i], self.b
        x = self._value(step.args[0], spot)
        if i in self.plan.columns:
            if self.plan.unrolled:
                gathered: Variable = self.accumulators[i][spot.key]
                gathered.set(combine(b, step, gathered.get(), x))
            else:
                dtype = held(step.dtype)
                at = self._in_row(self.accumulators[i], spot, dtype)
                store(b, dtype, combine(b, step, load(b, dtype, at, self.count), x), at)
            return
        if spot.mask is not None:
            x = b.select(spot.mask, x, b.const(x.type, identity(step)))
        gathered = self.accumulators[i] if step.kind == "reduce all" else self.row_sums[i]
        gathered.set(combine(b, step, gathered.get(), x))

    def _finish(self, i: int, chunk: Operand | None) -> None:
        """Store what a reduction over serial dimensions gathered: the result, or one chunk's part of it."""
        step, b = self.nest.steps[i], self.b
        number = self.plan.first + i
        for w, (array, source) in enumerate(self.nest.writes):
            if source != number:
                continue
            self._row_place("write", w, chunk)
            if i in self.plan.columns:
                for spot in self._each():
                    if self.plan.unrolled:
                        x = self.accumulators[i][spot.key].get()
                    else:
                        dtype = held(step.dtype)
                        x = load(b, dtype, self._in_row(self.accumulators[i], spot, dtype), self.count)
                    self._put(w, array, x, spot, chunk)
            else:
                x = self.accumulators[i].get()
                x = across(b, step, x) if lanes(x.type) else x
                store(b, array.dtype, x, self._row_place("write", w, chunk))

    # ---- one row

    def _row(self) -> None:
        """All passes over the inner dimensions at one place of the outer ones."""
        b, nest, plan = self.b, self.nest, self.plan
        constants = {n: x for n, x in self.rows.items() if n >= len(nest.reads)}
        self.rows = {n: x for n, x in constants.items() if n < plan.first}
        self.splats, self.row_places, self.spots = {}, {}, {}
        self.row_sums: dict[int, Variable] = {}
        if nest.inner and nest.inner != (0,):
            self._fill_banks(b.i64(0), b.i64(nest.inner[-1]))
        for i in range(len(nest.reads)):  # what loops use has to be there before them
            self._row_place("read", i, None)
        for w, (_, number) in enumerate(nest.writes):
            if not self._serial_result(number):
                self._row_place("write", w, None)
        for level in range(plan.passes):
            self._level_now = level
            self._prepare(level)
            mine = [i for i, s in enumerate(nest.steps) if plan.level[i] == level and "reduce" in s.kind]
            over_row = [i for i in mine if plan.is_full(nest.steps[i].args[0]) or nest.inner and self._over_row(i)]
            for i in mine:
                if nest.steps[i].kind == "reduce row":
                    kind = vector(computed(nest.steps[i].dtype), self.count)
                    self.row_sums[i] = b.variable(b.const(kind, identity(nest.steps[i])))
            writes = [
                (w, a, n) for w, (a, n) in enumerate(nest.writes) if plan.is_full(n) and self._write_level(n) == level
            ]
            kept = [i for i in plan.kept if plan.level[i] == level]
            if nest.inner and (over_row or writes or kept):
                for spot in self._each():
                    for i in kept:
                        place = b.at(b.arg("scratch"), plan.kept[i] * plan.row_bytes, "i8")
                        dtype = held(nest.steps[i].dtype)
                        store(b, dtype, self._value(plan.first + i, spot), self._in_row(place, spot, dtype))
                    for i in over_row:
                        self._gather(i, spot)
                    # everything is read before anything is written: a result may lie where an operand was
                    results = [self._value(number, spot) for _, _, number in writes]
                    for (w, array, _), x in zip(writes, results, strict=True):
                        self._put(w, array, x, spot, None)
            for i in mine:
                step = nest.steps[i]
                if step.kind == "reduce row":
                    self.rows[plan.first + i] = across(b, step, self.row_sums[i].get())
                elif i not in over_row:
                    gathered = self.accumulators[i]
                    gathered.set(combine(b, step, gathered.get(), self._row_value(step.args[0])))
        single = [w for w, (_, n) in enumerate(nest.writes) if not plan.is_full(n) and not self._serial_result(n)]
        numbers = [self._row_value(nest.writes[w][1]) for w in single]
        for w, x in zip(single, numbers, strict=True):
            store(b, nest.writes[w][0].dtype, x, self._row_place("write", w, None))

    def _prepare(self, level: int) -> None:
        """Compute what is the same all along the row and known in this pass, once before its loops."""
        plan = self.plan
        steps = [i for i, s in enumerate(self.nest.steps) if s.kind == "row" and plan.level[i] == level]
        sums = [i for i, s in enumerate(self.nest.steps) if s.kind == "reduce row" and plan.level[i] == level - 1]
        numbers = (
            [n for n in range(plan.first) if not plan.is_full(n)] if level == 0 else [plan.first + i for i in sums]
        )
        for number in (*numbers, *(plan.first + i for i in steps)):
            if number in self.keys:
                continue
            value = self._row_value(number)
            if self.count:
                self.splats[number] = self.b.splat(value, self.count)

    def _over_row(self, i: int) -> bool:
        return self.nest.steps[i].kind in ("reduce row", "reduce all")

    def _serial_result(self, number: int) -> bool:
        i = number - self.plan.first
        return i >= 0 and self.nest.steps[i].kind in ("reduce column", "reduce all")

    def _write_level(self, number: int) -> int:
        i = number - self.plan.first
        return self.plan.level[i] if i >= 0 else 0

    def _each(self) -> Iterator[Spot]:
        """The spots of a row; the code for one is written once in a loop, and once for the rest of the row."""
        b, inner, count = self.b, self.nest.inner, self.count
        if inner == (0,):
            size, part = self.word("size", self.parallel + self.serial), self.word("part")
            first = b.mul(self.part, part)
            last = self._least(b.add(first, part), size)
            with ExitStack() as stack:
                if banked(self.nest):
                    first = stack.enter_context(b.range(first, last, PART))
                    last = self._least(b.add(first, b.i64(PART)), last)
                    self._fill_banks(first, b.sub(last, first))
                yield from self._run(first, last)
            return
        length = inner[-1]
        full = length // count * count
        if self.plan.unrolled:
            key = 0
            for outer in itertools.product(*(range(n) for n in inner[:-1])):
                for begin in range(0, length, count):
                    mask = None if begin < full else b.first_lanes(b.i64(length - full), count)
                    yield Spot((*(b.i64(o) for o in outer), b.i64(begin)), mask, key)
                    key += 1
            return
        with ExitStack() as stack:
            outer_places = tuple(stack.enter_context(b.range(0, n)) for n in inner[:-1])
            if full:
                with b.range(0, full, count) as i:
                    self.spots = {}
                    yield Spot((*outer_places, i), None, None)
            if length > full:
                self.spots = {}
                yield Spot((*outer_places, b.i64(full)), b.first_lanes(b.i64(length - full), count), None)
        self.spots = {}

    def _run(self, first: Operand, last: Operand) -> Iterator[Spot]:
        """The spots of a row whose length is told at run time."""
        b, count = self.b, self.count
        with b.range(first, b.sub(last, b.i64(count - 1)), count) as i:
            self.spots = {}
            yield Spot((i,), None, None)
        rest = b.bits("and", b.sub(last, first), b.i64(count - 1))
        with b.when(b.compare("gt", rest, b.i64(0))):
            self.spots = {}
            yield Spot((b.sub(last, rest),), b.first_lanes(rest, count), None)
        self.spots = {}

    # ---- values

    def _value(self, number: int, spot: Spot) -> Operand:
        """A value at a spot, as a vector; one that does not differ within the row is repeated."""
        plan, b = self.plan, self.b
        if not plan.is_full(number):
            if number not in self.splats:
                self.splats[number] = b.splat(self._row_value(number), self.count)
            return self.splats[number]
        key = (number, spot.key)
        if key not in self.spots:
            i = number - plan.first
            if i in plan.kept and plan.level[i] < self._level_now:
                place = b.at(b.arg("scratch"), plan.kept[i] * plan.row_bytes, "i8")
                dtype = held(self.nest.steps[i].dtype)
                self.spots[key] = load(b, dtype, self._in_row(place, spot, dtype), self.count)
            elif i < 0:
                self.spots[key] = self._read(number, spot)
            else:
                self.spots[key] = self._compute(self.nest.steps[i], spot)
        return self.spots[key]

    def _compute(self, step: Step, spot: Spot) -> Operand:
        b = self.b
        if step.op == "iota":
            return self._iota(step, spot)
        if step.op == "random_bits":
            return self._random(step, spot)
        xs = [self._value(a, spot) for a in step.args]
        return elementwise.emit(b, step.op, xs, self._dtype(step.args[-1]), step.dtype)

    def _row_value(self, number: int) -> Operand:
        """A value that is the same all along the row, as a scalar."""
        if number not in self.rows:
            i = number - self.plan.first
            if i < 0:
                array = self.nest.reads[number]
                self.rows[number] = load(self.b, array.dtype, self._row_place("read", number, None), 0)
            else:
                step = self.nest.steps[i]
                if step.op in ("iota", "random_bits"):
                    self.rows[number] = self._iota(step, None) if step.op == "iota" else self._random(step, None)
                else:
                    xs = [self._row_value(a) for a in step.args]
                    self.rows[number] = elementwise.emit(self.b, step.op, xs, self._dtype(step.args[-1]), step.dtype)
        return self.rows[number]

    def _dtype(self, number: int) -> str:
        nest = self.nest
        if number < len(nest.reads):
            return nest.reads[number].dtype
        if number < self.plan.first:
            return nest.constants[number - len(nest.reads)]
        return nest.steps[number - self.plan.first].dtype

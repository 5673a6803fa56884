"""The kernel of a fused loop, generated from its description.

Loop order, from the outside in: parallel dimensions (tasks take blocks of them), serial dimensions (accumulators of "column" and
"all" reductions live through these), then one pass over the inner dimensions for each stage of row reductions: values of pass 0
need no reduced row, those of pass 1 need one that pass 0 reduces, and so on. Vectors run along the last inner dimension.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

from hornbeam_cpu.kernels import elementwise
from hornbeam_cpu.kernels.nest import Array, Nest, Step, slots
from hornbeam_cpu.kernels.scalars import SIZES, cast, computed, load, store
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, Variable, lanes, vector
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.philox import philox
from hornbeam_cpu.llvm.target import Target

__all__ = ["generate", "scratch_bytes", "width"]

UNROLLED = 4  # rows of up to so many vectors stay in registers from pass to pass
DEAR = frozenset(
    (
        *(
            "exp",
            "expm1",
            "log",
            "log1p",
            "log2",
            "log10",
            "sigmoid",
            "tanh",
            "erf",
            "erfinv",
            "sin",
            "cos",
            "tan",
            "pow",
        ),
        *(
            "asin",
            "acos",
            "atan",
            "sinh",
            "cosh",
            "asinh",
            "acosh",
            "atanh",
            "atan2",
            "hypot",
            "logaddexp",
            "random_bits",
        ),
        *("divide", "sqrt", "rsqrt", "reciprocal", "remainder", "floor_divide"),
    )
)


class Spot(NamedTuple):
    """A vector's worth of places of a row.

    Attributes:
        index: the place along each inner dimension; of the last, where the vector begins.
        mask: the lanes that are in the row, or None: all.
        key: which spot of the row it is, where rows are unrolled; None in a loop.
    """

    index: tuple[Operand, ...]
    mask: Operand | None
    key: int | None


def generate(target: Target, nest: Nest) -> Module:
    """The module with the kernel of a nest."""
    module = Module()
    _Writer(module, target, nest).write()
    return module


def width(target: Target, nest: Nest) -> int:
    """Lanes of the vectors: as many as a register has room for numbers of the commonest size."""
    sizes = [SIZES[s.dtype] for s in nest.steps] + [SIZES[a.dtype] for a in nest.reads]
    return target.lanes(8 if sizes and min(sizes) == 8 else 4)


def scratch_bytes(target: Target, nest: Nest) -> int:
    """What a task needs in the thread's own memory: rows kept between passes, and accumulators of columns."""
    plan = _Plan(nest, width(target, nest))
    return plan.row_bytes * (len(plan.kept) + len(plan.columns)) if not plan.unrolled else 0


class _Plan:
    """In which pass each step is computed, and which rows are kept from one pass for another."""

    def __init__(self, nest: Nest, count: int) -> None:
        self.nest = nest
        self.first = len(nest.reads) + len(nest.constants)
        self.vectors = math.prod(nest.inner[:-1]) * -(-nest.inner[-1] // count) if nest.inner else 1
        self.unrolled = 0 < self.vectors <= UNROLLED
        self.level: list[int] = []
        for step in nest.steps:
            level = max((self._ready(a) for a in step.args), default=0)
            self.level.append(level)
        self.passes = 1 + max(
            (self.level[i] for i, s in enumerate(nest.steps) if s.kind != "row" and not s.kind.startswith("reduce")),
            default=0,
        )
        self.passes = max(
            self.passes,
            1 + max((lv for lv, s in zip(self.level, nest.steps, strict=True) if "reduce" in s.kind), default=0),
        )
        self.row_bytes = -(-math.prod(nest.inner) * 8 // 64) * 64 + 64
        self.columns = [i for i, s in enumerate(nest.steps) if s.kind == "reduce column" and self.is_full(s.args[0])]
        self.kept = {} if self.unrolled else {i: n for n, i in enumerate(sorted(self._needed_later()))}

    def _ready(self, number: int) -> int:
        """The pass from which on a value can be used."""
        if number < self.first:
            return 0
        step = self.nest.steps[number - self.first]
        return self.level[number - self.first] + (step.kind == "reduce row")

    def is_full(self, number: int) -> bool:
        """Whether a value differs from place to place within a row."""
        if number < len(self.nest.reads):
            return any(self.nest.reads[number].strides[sum(self.nest.outer) :])
        return number >= self.first and self.nest.steps[number - self.first].kind in ("full", "index")

    def _needed_later(self) -> set[int]:
        """Steps whose rows a later pass needs, and that cost more than reading them again."""
        found: set[int] = set()
        for i, step in enumerate(self.nest.steps):
            level = self.level[i]
            if step.kind == "row" or step.kind == "index":
                continue
            for arg in step.args:
                self._keep(arg, level, found)
        return found

    def _keep(self, number: int, level: int, found: set[int]) -> None:
        i = number - self.first
        if i < 0 or self.nest.steps[i].kind != "full" or self.level[i] >= level or i in found:
            return
        if self._dear(i, 4) > 4 or self.nest.steps[i].op in DEAR:
            found.add(i)
        else:
            for arg in self.nest.steps[i].args:
                self._keep(arg, level, found)

    def _dear(self, i: int, left: int) -> int:
        """How many operations computing a step anew takes; more than `left` where it is too many."""
        step = self.nest.steps[i]
        if step.op in DEAR:
            return 100
        total = 1
        for arg in step.args:
            if arg >= self.first and self.nest.steps[arg - self.first].kind == "full":
                total += self._dear(arg - self.first, left)
            if total > left:
                break
        return total


class _Writer:
    def __init__(self, module: Module, target: Target, nest: Nest) -> None:
        self.b = Builder(module, "kernel", ABI)
        self.nest, self.slots = nest, slots(nest)
        self.count = width(target, nest) if nest.inner else 0
        self.plan = _Plan(nest, self.count)
        self.parallel, self.serial = nest.outer
        self.keys = {s.args[0] for s in nest.steps if s.op == "random_bits"}  # read word by word, not as values
        self.outer: list[Operand] = []  # indices of the outer dimensions
        self.rows: dict[int, Operand] = {}  # values of the present row: constants, row operands, row steps
        self.splats: dict[int, Operand] = {}
        self.spots: dict[
            tuple[int, int | None], Operand
        ] = {}  # values at the present spot, or at each of an unrolled row
        self.row_places: dict[tuple[str, int], Operand] = {}

    # ---- arguments

    def word(self, *name: object) -> Operand:
        """An argument, as a whole number."""
        return self.b.load("i64", self.b.at(self.b.arg("args"), self.slots[name], "i64"))

    def pointer(self, *name: object) -> Operand:
        """An argument, as an address."""
        return self.b.load("ptr", self.b.at(self.b.arg("args"), self.slots[name], "i64"))

    def stride(self, kind: str, i: int, d: int) -> Operand | None:
        """The stride of an array along a dimension; None: repeated."""
        nest = self.nest
        classes = {"read": [a.strides for a in nest.reads], "write": [a.strides for a, _ in nest.writes]}.get(
            kind, nest.flat
        )[i]
        if classes[d] == 0:
            return None
        return self.b.i64(1) if classes[d] == 1 else self.strides[kind, i, d]

    # ---- the nest

    def write(self) -> None:
        """The whole kernel."""
        b, nest = self.b, self.nest
        self.strides = {n[1:]: self.word(*n) for n in self.slots if n[0] == "stride"}
        self.base = {
            (k, i): self.pointer(k, i) for k, n in (("read", nest.reads), ("write", nest.writes)) for i in range(len(n))
        }
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
            with b.range(first, last) as place:
                self.outer = self._indices(place, self.sizes[: self.parallel])
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

    def _indices(self, place: Operand, sizes: list[Operand]) -> list[Operand]:
        """The index along each dimension of place number `place` of them all."""
        found: list[Operand] = []
        for n, size in enumerate(reversed(sizes)):
            last = n == len(sizes) - 1
            found.insert(0, place if last else self.b.rem(place, size, False))
            place = place if last else self.b.div(place, size, False)
        return found

    def _serial(self, first: Operand, last: Operand, chunk: Operand | None) -> None:
        """The serial places from `first` to `last`, and what is reduced over them."""
        outer = list(self.outer)
        reduces = [i for i, s in enumerate(self.nest.steps) if s.kind in ("reduce column", "reduce all")]
        self.accumulators = {i: self._accumulator(i) for i in reduces}
        if self.serial:
            with self.b.range(first, last) as place:
                self.outer = outer + self._indices(place, self.sizes[self.parallel :])
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
        kind, identity = computed(step.dtype), _identity(step)
        if i not in self.plan.columns:
            lanes_of = self.count if step.kind == "reduce all" else 0
            return b.variable(b.const(vector(kind, lanes_of), identity))
        start = b.const(vector(kind, self.count), identity)
        if self.plan.unrolled:
            return [b.variable(start) for _ in range(self.plan.vectors)]
        place = b.at(b.arg("scratch"), (len(self.plan.kept) + self.plan.columns.index(i)) * self.plan.row_bytes, "i8")
        for spot in self._each():
            store(b, step.dtype, start, self._in_row(place, spot, step.dtype))
        return place

    def _gather(self, i: int, spot: Spot) -> None:
        """Take a place of the row into a reduction: over the row, or over serial dimensions."""
        step, b = self.nest.steps[i], self.b
        x = self._value(step.args[0], spot)
        if i in self.plan.columns:
            if self.plan.unrolled:
                gathered: Variable = self.accumulators[i][spot.key]
                gathered.set(_combine(b, step, gathered.get(), x))
            else:
                at = self._in_row(self.accumulators[i], spot, step.dtype)
                kind = vector(computed(step.dtype), self.count)
                before = load(b, step.dtype, at, self.count)
                assert before.type == kind
                store(b, step.dtype, _combine(b, step, before, x), at)
            return
        if spot.mask is not None:
            x = b.select(spot.mask, x, b.const(x.type, _identity(step)))
        gathered = self.accumulators[i] if step.kind == "reduce all" else self.row_sums[i]
        gathered.set(_combine(b, step, gathered.get(), x))

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
                        x = load(b, step.dtype, self._in_row(self.accumulators[i], spot, step.dtype), self.count)
                    self._put(w, array, x, spot, chunk)
            else:
                x = self.accumulators[i].get()
                x = _across(b, step, x) if lanes(x.type) else x
                store(b, step.dtype, x, self._row_place("write", w, chunk))

    # ---- one row

    def _row(self) -> None:
        """All passes over the inner dimensions at one place of the outer ones."""
        b, nest, plan = self.b, self.nest, self.plan
        constants = {n: x for n, x in self.rows.items() if n >= len(nest.reads)}
        self.rows = {n: x for n, x in constants.items() if n < plan.first}
        self.splats, self.row_places, self.spots = {}, {}, {}
        self.row_sums: dict[int, Variable] = {}
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
                    self.row_sums[i] = b.variable(b.const(kind, _identity(nest.steps[i])))
            writes = [
                (w, a, n) for w, (a, n) in enumerate(nest.writes) if plan.is_full(n) and self._write_level(n) == level
            ]
            kept = [i for i in plan.kept if plan.level[i] == level]
            if nest.inner and (over_row or writes or kept):
                for spot in self._each():
                    for i in kept:
                        place = b.at(b.arg("scratch"), plan.kept[i] * plan.row_bytes, "i8")
                        at = self._in_row(place, spot, nest.steps[i].dtype)
                        store(b, nest.steps[i].dtype, self._value(plan.first + i, spot), at)
                    for i in over_row:
                        self._gather(i, spot)
                    # everything is read before anything is written: a result may lie where an operand was
                    results = [self._value(number, spot) for _, _, number in writes]
                    for (w, array, _), x in zip(writes, results, strict=True):
                        self._put(w, array, x, spot, None)
            for i in mine:
                step = nest.steps[i]
                if step.kind == "reduce row":
                    self.rows[plan.first + i] = _across(b, step, self.row_sums[i].get())
                elif i not in over_row:
                    gathered = self.accumulators[i]
                    gathered.set(_combine(b, step, gathered.get(), self._row_value(step.args[0])))
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
            whole = b.sub(last, b.i64(count - 1))
            with b.range(first, whole, count) as i:
                self.spots = {}
                yield Spot((i,), None, None)
            rest = b.bits("and", b.sub(last, first), b.i64(count - 1))
            with b.when(b.compare("gt", rest, b.i64(0))):
                self.spots = {}
                yield Spot((b.sub(last, rest),), b.first_lanes(rest, count), None)
            self.spots = {}
            return
        size = inner[-1]
        whole = size // count * count
        if self.plan.unrolled:
            key = 0
            for outer in itertools.product(*(range(n) for n in inner[:-1])):
                for i in range(0, size, count):
                    mask = None if i < whole else b.first_lanes(b.i64(size - whole), count)
                    yield Spot((*(b.i64(o) for o in outer), b.i64(i)), mask, key)
                    key += 1
            return
        with ExitStack() as stack:
            outer_places = tuple(stack.enter_context(b.range(0, n)) for n in inner[:-1])
            if whole:
                with b.range(0, whole, count) as i:
                    self.spots = {}
                    yield Spot((*outer_places, i), None, None)
            if size > whole:
                self.spots = {}
                yield Spot((*outer_places, b.i64(whole)), b.first_lanes(b.i64(size - whole), count), None)
        self.spots = {}

    def _in_row(self, place: Operand, spot: Spot, dtype: str) -> Operand:
        """Where a spot's vector is in a row kept in scratch, which has room for whole vectors."""
        b = self.b
        padded = -(-self.nest.inner[-1] // self.count) * self.count
        position = b.i64(0)
        for index, size in zip(spot.index[:-1], self.nest.inner[:-1], strict=True):
            position = b.add(b.mul(position, b.i64(size)), index)
        position = b.add(b.mul(position, b.i64(padded)), spot.index[-1])
        return b.at(place, b.mul(position, b.i64(SIZES[dtype])), "i8")

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
                self.spots[key] = load(
                    b, self.nest.steps[i].dtype, self._in_row(place, spot, self.nest.steps[i].dtype), self.count
                )
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

    def _iota(self, step: Step, spot: Spot | None) -> Operand:
        """The index along a dimension."""
        b, d = self.b, step.extra[0]
        kind = computed(step.dtype)
        index = self.outer[d] if d < len(self.outer) else spot.index[d - len(self.outer)] if spot else b.i64(0)
        if spot is None:
            return cast(b, index, "int64", step.dtype)
        found = b.splat(index, self.count)
        if d == self.nest.rank - 1:
            found = b.add(found, b.iota("i64", self.count))
        found = cast(b, found, "int64", step.dtype)
        assert found.type == vector(kind, self.count)
        return found

    def _random(self, step: Step, spot: Spot | None) -> Operand:
        """The random word of each place: its number within the whole result counts."""
        b, f = self.b, step.extra[0]
        position = b.i64(0)
        indices = [*self.outer, *(spot.index if spot else ())]
        for d, index in enumerate(indices):
            by = self.stride("flat", f, d)
            if by is not None:
                position = b.add(position, b.mul(index, by))
        key = [b.load("i32", b.at(self.base["read", step.args[0]], i, "i32")) for i in range(4)]
        if spot is None:
            return philox(b, key, position)
        by = self.stride("flat", f, self.nest.rank - 1)
        places = b.splat(position, self.count)
        if by is not None:
            places = b.add(places, b.mul(b.iota("i64", self.count), b.splat(by, self.count)))
        return philox(b, key, places)

    # ---- memory

    def _row_place(self, kind: str, i: int, chunk: Operand | None) -> Operand:
        """Where the present row of an array begins; of partial results, the chunk's."""
        if chunk is None and (kind, i) in self.row_places:
            return self.row_places[kind, i]
        b = self.b
        array = self.nest.reads[i] if kind == "read" else self.nest.writes[i][0]
        position = b.i64(0)
        for d, index in enumerate(self.outer if chunk is None else [chunk]):
            by = self.stride(kind, i, d)
            if by is not None:
                position = b.add(position, index if by.text == "1" else b.mul(index, by))
        place = b.at(self.base[kind, i], b.mul(position, b.i64(SIZES[array.dtype])), "i8")
        if chunk is None:
            self.row_places[kind, i] = place
        return place

    def _place(self, kind: str, i: int, spot: Spot, chunk: Operand | None) -> tuple[Operand, Operand | None]:
        """Where a spot of an array begins, and the stride within the vector (None: repeated)."""
        b = self.b
        array = self.nest.reads[i] if kind == "read" else self.nest.writes[i][0]
        first = self.parallel + self.serial
        position = b.i64(0)
        by: Operand | None = None
        for d, index in enumerate(spot.index):
            by = self.stride(kind, i, first + d)
            if by is not None:
                position = b.add(position, index if by.text == "1" else b.mul(index, by))
        return b.at(self._row_place(kind, i, chunk), b.mul(position, b.i64(SIZES[array.dtype])), "i8"), by

    def _read(self, number: int, spot: Spot) -> Operand:
        """A vector of an array."""
        b, array = self.b, self.nest.reads[number]
        place, by = self._place("read", number, spot, None)
        if by is None:
            return b.splat(load(b, array.dtype, place, 0), self.count)
        if by.text == "1":
            return load(b, array.dtype, place, self.count, spot.mask)
        return self._gathered(array.dtype, place, by, spot)

    def _gathered(self, dtype: str, place: Operand, by: Operand, spot: Spot) -> Operand:
        """A vector of elements that are apart; lanes beyond the row read its first element again."""
        b = self.b
        found = b.nothing(vector(computed(dtype), self.count))
        for lane in range(self.count):
            offset = b.mul(by, b.i64(lane * SIZES[dtype]))
            if spot.mask is not None:
                offset = b.select(b.extract(spot.mask, lane), offset, b.i64(0))
            x = load(b, dtype, b.at(place, offset, "i8"), 0)
            found = b.insert(found, x, lane)
        return found

    def _put(self, w: int, array: Array, x: Operand, spot: Spot, chunk: Operand | None) -> None:
        """Store a vector."""
        b = self.b
        place, by = self._place("write", w, spot, chunk)
        if by is not None and by.text == "1":
            store(b, array.dtype, x, place, spot.mask)
            return
        for lane in range(self.count):  # elements that are apart, one by one
            with b.when(b.extract(spot.mask, lane) if spot.mask is not None else b.const("i1", True)):
                offset = b.i64(0) if by is None else b.mul(by, b.i64(lane * SIZES[array.dtype]))
                store(b, array.dtype, b.extract(x, lane), b.at(place, offset, "i8"))


_IDENTITY = {"reduce_sum": 0, "reduce_prod": 1, "reduce_any": 0, "reduce_all": 1}


def _identity(step: Step) -> float | int:
    """What a reduction begins with."""
    if step.op in _IDENTITY:
        return _IDENTITY[step.op]
    low = step.op == "reduce_max"
    if step.dtype.startswith(("float", "bfloat")):
        return -math.inf if low else math.inf
    if step.dtype == "bool":
        return 0 if low else 1
    bits = 8 * SIZES[step.dtype]
    if step.dtype.startswith("u"):
        return 0 if low else -1
    return -(2 ** (bits - 1)) if low else 2 ** (bits - 1) - 1


def _combine(b: Builder, step: Step, x: Operand, y: Operand) -> Operand:
    """Two values of a reduction as one."""
    signed = step.dtype[0] not in "ub"
    if step.dtype == "bool":
        return b.bits("or" if step.op in ("reduce_any", "reduce_max", "reduce_sum") else "and", x, y)
    if step.op in ("reduce_max", "reduce_min"):
        return b.maximum(x, y, signed) if step.op == "reduce_max" else b.minimum(x, y, signed)
    return b.add(x, y) if step.op == "reduce_sum" else b.mul(x, y)


def _across(b: Builder, step: Step, x: Operand) -> Operand:
    """The lanes of a vector as one, by halves."""
    while lanes(x.type) > 1:
        half = lanes(x.type) // 2
        low, high = b.shuffle(x, x, list(range(half))), b.shuffle(x, x, list(range(half, 2 * half)))
        x = _combine(b, step, low, high)
    return b.extract(x, 0) if lanes(x.type) else x

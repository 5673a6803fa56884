"""Where the values of a fused loop are in memory, and the values that are made of nothing but their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hornbeam_cpu.kernels.nest import Array, Nest, Step, slots
from hornbeam_cpu.kernels.passes import Passes
from hornbeam_cpu.kernels.scalars import SIZES, cast, computed, load, store
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, vector
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.philox import philox, write_words
from hornbeam_cpu.llvm.target import Target

__all__ = ["PART", "Access", "Spot", "bank_bytes", "banked", "width"]

PART = 1024  # places of a row whose random words are drawn together


class Spot(NamedTuple):
    """A vector's worth of places of a row.

    Attributes:
        places: the place along each inner dimension; of the last, where the vector begins.
        mask: the lanes that are in the row, or None: all.
        key: which spot of the row it is, where rows are unrolled; None in a loop.
    """

    places: tuple[Operand, ...]
    mask: Operand | None
    key: int | None


def width(target: Target, nest: Nest) -> int:
    """Lanes of the vectors: as many as a register has room for numbers of the commonest size."""
    sizes = [SIZES[s.dtype] for s in nest.steps] + [SIZES[a.dtype] for a in nest.reads]
    return target.lanes(8 if sizes and min(sizes) == 8 else 4)


def banked(nest: Nest) -> list[int]:
    """The random draws whose words are neighbours along the row: they are drawn a row, or a part of it, at a time."""
    return [f for f, strides in enumerate(nest.flat) if len(nest.inner) == 1 and strides[-1] == 1]


def bank_bytes(nest: Nest, count: int) -> int:
    """Room for the words of a row, or of a part of it, in whole vectors of blocks."""
    length = nest.inner[-1] if nest.inner else 0
    return 4 * ((length or PART) + 8 + 4 * count) // 64 * 64 + 64


class Access:
    """Reads and writes the arrays of a nest; a subclass writes the loops around."""

    def __init__(self, module: Module, target: Target, nest: Nest) -> None:
        self.b = Builder(module, "kernel", ABI)
        self.nest, self.slots = nest, slots(nest)
        self.count = width(target, nest) if nest.inner else 0
        self.plan = Passes(nest, self.count)
        self.parallel, self.serial = nest.outer
        self.keys = {s.args[0] for s in nest.steps if s.op == "random_bits"}  # read word by word, not as values
        self.outer: list[Operand] = []  # indices of the outer dimensions
        self.rows: dict[int, Operand] = {}  # values of the present row: constants, row operands, row steps
        self.splats: dict[int, Operand] = {}
        self.spots: dict[
            tuple[int, int | None], Operand
        ] = {}  # values at the present spot, or at each of an unrolled row
        self.row_places: dict[tuple[str, int], Operand] = {}

        self.banks: dict[
            int, tuple[Operand, Operand]
        ] = {}  # random words of the row: their address, and its first place
        self.strides = {n[1:]: self.word(*n) for n in self.slots if n[0] == "stride"}
        self.base = {("read", i): self.pointer("read", i) for i in range(len(nest.reads))}
        self.base |= {("write", i): self.pointer("write", i) for i in range(len(nest.writes))}

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

    def _in_row(self, place: Operand, spot: Spot, dtype: str) -> Operand:
        """Where a spot's vector is in a row kept in scratch, which has room for whole vectors."""
        b = self.b
        padded = -(-self.nest.inner[-1] // self.count) * self.count
        position = b.i64(0)
        for index, size in zip(spot.places[:-1], self.nest.inner[:-1], strict=True):
            position = b.add(b.mul(position, b.i64(size)), index)
        position = b.add(b.mul(position, b.i64(padded)), spot.places[-1])
        return b.at(place, b.mul(position, b.i64(SIZES[dtype])), "i8")

    def _iota(self, step: Step, spot: Spot | None) -> Operand:
        """The index along a dimension."""
        b, d = self.b, step.extra[0]
        kind = computed(step.dtype)
        index = self.outer[d] if d < len(self.outer) else spot.places[d - len(self.outer)] if spot else b.i64(0)
        if spot is None:
            return cast(b, index, "int64", step.dtype)
        found = b.splat(index, self.count)
        if d == self.nest.rank - 1:
            found = b.add(found, b.iota("i64", self.count))
        found = cast(b, found, "int64", step.dtype)
        assert found.type == vector(kind, self.count)
        return found

    def _flat(self, f: int, indices: Sequence[Operand]) -> Operand:
        """The number of a place within the whole result of a `random_bits`."""
        b = self.b
        position = b.i64(0)
        for d, index in enumerate(indices):
            by = self.stride("flat", f, d)
            if by is not None:
                position = b.add(position, b.mul(index, by))
        return position

    def _fill_banks(self, begin: Operand, length: Operand) -> None:
        """Draw the random words of `length` places of the row, from `begin` on, into scratch: four at a time are cheaper than one."""
        b = self.b
        for n, f in enumerate(banked(self.nest)):
            if self.b.module.first("words"):
                write_words(self.b.module, self.count)
            step = next(s for s in self.nest.steps if s.op == "random_bits" and s.extra[0] == f)
            first = self._flat(f, [*self.outer, begin])
            block, offset = b.bits("lshr", first, b.i64(2)), b.bits("and", first, b.i64(3))
            blocks = b.bits("lshr", b.add(b.add(offset, length), b.i64(3)), b.i64(2))
            place = b.at(b.arg("scratch"), self.plan.bytes + n * bank_bytes(self.nest, self.count), "i8")
            b.call("words", "void", self.base["read", step.args[0]], block, blocks, place, declare=False)
            self.banks[f] = b.at(place, offset, "i32"), begin

    def _random(self, step: Step, spot: Spot | None) -> Operand:
        """The random word of each place: its number within the whole result counts."""
        b, f = self.b, step.extra[0]
        if spot is not None and f in self.banks:
            place, begin = self.banks[f]
            return b.load(vector("i32", self.count), b.at(place, b.sub(spot.places[-1], begin), "i32"))
        position = self._flat(f, [*self.outer, *(spot.places if spot else ())])
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
        for d, index in enumerate(spot.places):
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

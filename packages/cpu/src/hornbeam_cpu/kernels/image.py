"""A block of an image in the thread's own memory, with zeros around it and between its elements: convolutions read no edges."""

from __future__ import annotations

from typing import NamedTuple

from hornbeam_cpu.kernels.scalars import SIZES, computed
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, vector
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["COMMON", "Unit", "open_kernel", "take_unit", "write_block"]

# source: the image's first element; goal: the block; spatial axes are called a, b, c (outermost first).
# count*: places of the block along an axis; step*: how far apart they are in the padded image (of the outermost axis: the filter's
# dilation, elsewhere 1); first*: the first place in the padded image, less the zeros before the image; spread*: elements of the
# image are so far apart there; size*: of the image; stride*: in the image, in elements. channels: of the block.
PARAMETERS = (
    ("source", "ptr"),
    ("goal", "ptr"),
    *((f"{what}{axis}", "i64") for axis in "abc" for what in ("count", "step", "first", "spread", "size", "stride")),
    ("channels", "i64"),
)
BLOCK = tuple(name for name, _ in PARAMETERS[2:])
COMMON = (
    *("X", "images", "outer", "groups", "row_blocks", "rows", "out_rows", "image_x", "group_x", "jumpa", "jumpb"),
    *("rowx", "sm"),
    *BLOCK,
)


class Unit(NamedTuple):
    """Some rows of one image: where the block begins from which they are computed, and which they are."""

    image: Operand
    outer: Operand
    group: Operand
    first_row: Operand
    rows: Operand
    block: Operand

    def row_number(self, b: Builder, word: dict[str, Operand]) -> Operand:
        """The number of its first row among those of all images."""
        return b.add(b.mul(b.add(b.mul(self.image, word["outer"]), self.outer), word["out_rows"]), self.first_row)


def open_kernel(module: Module, names: tuple[str, ...], pointers: set[str]) -> tuple[Builder, dict[str, Operand]]:
    """The kernel's builder, and its args by their names; those in `pointers` are addresses."""
    b = Builder(module, "kernel", ABI)
    word = {}
    for i, name in enumerate(names):
        word[name] = b.load("ptr" if name in pointers else "i64", b.at(b.arg("args"), i, "i64"))
    return b, word


def take_unit(b: Builder, word: dict[str, Operand], number: Operand, dtype: str, padded: bool) -> Unit:
    """Take a unit of work apart (image, outermost place, group, block of rows), and copy its block if there are zeros in it."""
    kind = computed(dtype)
    block, number = b.rem(number, word["row_blocks"]), b.div(number, word["row_blocks"])
    group, number = b.rem(number, word["groups"]), b.div(number, word["groups"])
    outer, image = b.rem(number, word["outer"]), b.div(number, word["outer"])
    first_row = b.mul(block, word["rows"])
    rows = b.minimum(word["rows"], b.sub(word["out_rows"], first_row))
    here = b.add(b.mul(image, word["image_x"]), b.mul(group, word["group_x"]))
    start = b.at(word["X"], here, kind)
    shift_a, shift_b = b.mul(outer, word["jumpa"]), b.mul(first_row, word["jumpb"])
    if not padded:
        offset = b.add(b.mul(shift_a, word["stridea"]), b.mul(shift_b, word["strideb"]))
        return Unit(image, outer, group, first_row, rows, b.at(start, offset, kind))
    numbers = []
    for name in BLOCK:
        shift = {"firsta": shift_a, "firstb": shift_b}.get(name)
        numbers.append(b.add(word[name], shift) if shift else word[name])
    b.call("block", "void", start, b.arg("scratch"), *numbers, declare=False)
    return Unit(image, outer, group, first_row, rows, b.arg("scratch"))


def write_block(module: Module, target: Target, dtype: str) -> None:
    """The function `block(...)` with `PARAMETERS`: goal[a, b, c, channels] in C order.

    A row that lies in the image is copied in one run between its zeros, where the image's elements are neighbours.
    """
    _write_run(module, target, dtype)
    b = Builder(module, "block", PARAMETERS, internal=True, noalias=True)
    kind = computed(dtype)
    channels, none, one = b.arg("channels"), b.i64(0), b.i64(1)
    width = b.mul(b.arg("countc"), channels)
    goal = b.variable(b.arg("goal"))

    def source(axis: str, index: Operand) -> tuple[Operand, Operand]:
        """The place in the image, and whether there is one."""
        place = b.add(b.mul(index, b.arg("step" + axis)), b.arg("first" + axis))
        spread = b.arg("spread" + axis)
        there = b.div(b.maximum(place, none), spread)
        inside = b.bits("and", b.compare("ge", place, none), b.compare("lt", there, b.arg("size" + axis)))
        return there, b.bits("and", inside, b.compare("eq", b.mul(there, spread), place))

    def run(origin: Operand, to: Operand, length: Operand, wanted: Operand) -> None:
        b.call("run", "void", origin, to, length, wanted, declare=False)

    # the elements of the image whose places lie within the row: first + spread * i for i from `begin` to `end`
    spread, first = b.arg("spreadc"), b.arg("firstc")
    begin = b.div(b.maximum(b.add(first, b.sub(spread, one)), none), spread)
    end = b.add(b.div(b.maximum(b.sub(b.add(b.arg("countc"), first), one), b.i64(-1)), spread), one)
    end = b.minimum(b.select(b.compare("gt", b.add(b.arg("countc"), first), none), end, none), b.arg("sizec"))
    begin = b.minimum(begin, end)
    beside = b.bits("and", b.compare("eq", spread, one), b.compare("eq", b.arg("stridec"), channels))
    with b.range(0, b.arg("counta")) as a, b.range(0, b.arg("countb")) as r:
        there_a, inside_a = source("a", a)
        there_b, inside_b = source("b", r)
        row = b.at(b.arg("source"), b.add(b.mul(there_a, b.arg("stridea")), b.mul(there_b, b.arg("strideb"))), kind)
        inside = b.bits("and", inside_a, inside_b)
        here = goal.get()
        before = b.mul(b.sub(begin, first), channels)
        length = b.mul(b.sub(end, begin), channels)
        in_one = b.bits("and", inside, beside)
        with b.when(in_one):
            run(row, here, before, none)
            run(b.at(row, b.mul(begin, channels), kind), b.at(here, before, kind), length, length)
            behind = b.add(before, length)
            run(row, b.at(here, behind, kind), b.sub(width, behind), none)
        with b.when(b.bits("xor", in_one, b.const("i1", True))):
            run(row, here, width, none)
            with b.range(begin, b.select(inside, end, begin)) as i:
                place = b.mul(b.sub(b.mul(i, spread), first), channels)
                run(b.at(row, b.mul(i, b.arg("stridec")), kind), b.at(here, place, kind), channels, channels)
        goal.set(b.at(here, width, kind))
    b.finish()


def _write_run(module: Module, target: Target, dtype: str) -> None:
    """The function `run(source, goal, length, wanted)`: `length` elements, of which the first `wanted` are copied, the rest zeros."""
    parameters = (("source", "ptr"), ("goal", "ptr"), ("length", "i64"), ("wanted", "i64"))
    b = Builder(module, "run", parameters, internal=True, noalias=True)
    kind, count = computed(dtype), target.lanes(SIZES[dtype])
    with b.range(0, b.arg("length"), count) as i:
        there = b.first_lanes(b.sub(b.arg("length"), i), count)
        wanted = b.first_lanes(b.maximum(b.sub(b.arg("wanted"), i), b.i64(0)), count)
        x = b.load(vector(kind, count), b.at(b.arg("source"), i, kind), wanted)
        b.store(x, b.at(b.arg("goal"), i, kind), there)
    b.finish()

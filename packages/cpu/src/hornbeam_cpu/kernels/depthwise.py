"""Depth-wise convolutions: each channel by itself, so vectors run along the channels and nothing is a product of matrices.

Forward (and, with the filter turned round, the data gradient): C[place, c] = sum over taps of X[place + tap, c] W[tap, c].
Kernel gradient: C[tap, c] = sum over places of X[place + tap, c] Y[place, c].
A group of several channels in is as many more taps, `channels` elements apart: see `lower.depthwise`.
"""

from __future__ import annotations

from typing import NamedTuple

from hornbeam_cpu.kernels.image import COMMON, open_kernel, take_unit, write_block
from hornbeam_cpu.kernels.scalars import SIZES, computed
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, element, lanes, vector
from hornbeam_cpu.llvm.target import Target

__all__ = ["FORWARD", "GRADIENT", "HEIGHT", "UNROLLED", "Depthwise", "forward", "gradient"]

FORWARD = (*COMMON, "W", "C", "taps", "N", "places", "rowc")
GRADIENT = (*COMMON, "Y", "C", "taps", "N", "places", "rowy", "size_c", "units", "chunk")
UNROLLED = 27  # taps up to which a forward kernel holds the filter in registers
HEIGHT = 10  # taps at most that a kernel gradient sums at a time


class Depthwise(NamedTuple):
    """What a kernel is made for.

    Attributes:
        dtype: float32 or float64.
        padded: whether blocks of the image are copied, with zeros.
        taps: number of taps, where they are written out; else 0.
    """

    dtype: str
    padded: bool
    taps: int = 0


def forward(target: Target, how: Depthwise) -> Module:
    """The module of a forward kernel; its args are `FORWARD`, followed by the offset of each tap in the block.

    A task is a block of rows of places of one image, at one outermost place. Loop order: vectors of channels, rows, places, taps.
    """
    module = Module()
    kind, count = computed(how.dtype), target.lanes(SIZES[how.dtype])
    type = vector(kind, count)
    if how.padded:
        write_block(module, target, how.dtype)
    _write_row(module, type, how.taps)
    b, word = open_kernel(module, FORWARD, {"X", "W", "C"})
    offsets = b.at(b.arg("args"), len(FORWARD), "i64")
    unit = take_unit(b, word, b.arg("task"), how.dtype, how.padded)
    result = b.at(word["C"], b.mul(unit.row_number(b, word), word["rowc"]), kind)
    with b.range(0, word["N"], count) as n, b.range(0, unit.rows) as row:
        left = b.at(b.at(unit.block, b.mul(row, word["rowx"]), kind), n, kind)
        goal = b.at(b.at(result, b.mul(row, word["rowc"]), kind), n, kind)
        numbers = (*(word[name] for name in ("places", "sm", "N", "taps")), b.sub(word["N"], n))
        b.call("row", "void", left, b.at(word["W"], n, kind), goal, offsets, *numbers, declare=False)
    b.finish()
    return module


def _write_row(module: Module, type: str, taps: int) -> None:
    """The function `row(A, W, C, offsets, places, sm, N, taps, columns)`: one vector of channels at each place of a row."""
    names = tuple((n, "ptr") for n in ("A", "W", "C", "offsets"))
    numbers = tuple((n, "i64") for n in ("places", "sm", "N", "taps", "columns"))
    b = Builder(module, "row", (*names, *numbers), internal=True, noalias=True)
    kind, count = element(type), lanes(type)
    mask = b.first_lanes(b.arg("columns"), count)

    def offset(tap: Operand | int) -> Operand:
        return b.load("i64", b.at(b.arg("offsets"), tap, "i64"))

    def weight(tap: Operand | int) -> Operand:
        return b.load(type, b.at(b.arg("W"), b.mul(b.arg("N"), b.i64(tap)), kind), mask)

    held = [(offset(tap), weight(tap)) for tap in range(taps)]
    with b.range(0, b.arg("places")) as place:
        left = b.at(b.arg("A"), b.mul(place, b.arg("sm")), kind)
        total = b.variable(b.zero(type))

        def step(where: Operand, by: Operand) -> None:
            total.set(b.fma(b.load(type, b.at(left, where, kind), mask), by, total.get()))

        for where, by in held:
            step(where, by)
        if not taps:
            with b.range(0, b.arg("taps")) as tap:
                step(offset(tap), weight(tap))
        b.store(total.get(), b.at(b.arg("C"), b.mul(place, b.arg("N")), kind), mask)
    b.finish()


def gradient(target: Target, how: Depthwise) -> Module:
    """The module of a kernel of the kernel gradient; its args are `GRADIENT`, then the offset of each tap in the block.

    A task sums a chunk of units (see `take_unit`). Loop order: units, vectors of channels, some taps at a time, rows, places.
    """
    module = Module()
    kind, count = computed(how.dtype), target.lanes(SIZES[how.dtype])
    type = vector(kind, count)
    if how.padded:
        write_block(module, target, how.dtype)
    heights = (HEIGHT, 5, 3, 1) if not how.taps or how.taps > HEIGHT else (how.taps,)
    for height in heights:
        _write_taps(module, type, height)
    b, word = open_kernel(module, GRADIENT, {"X", "Y", "C"})
    offsets = b.at(b.arg("args"), len(GRADIENT), "i64")
    first = b.mul(b.arg("task"), word["chunk"])
    result = b.at(word["C"], b.mul(b.arg("task"), word["size_c"]), kind)
    with b.range(0, word["size_c"], count) as i:
        b.store(b.zero(type), b.at(result, i, kind), b.first_lanes(b.sub(word["size_c"], i), count))
    with b.range(first, b.minimum(b.add(first, word["chunk"]), word["units"])) as number:
        unit = take_unit(b, word, number, how.dtype, how.padded)
        right = b.at(word["Y"], b.mul(unit.row_number(b, word), word["rowy"]), kind)
        with b.range(0, word["N"], count) as n:
            done = b.variable(b.i64(0))
            for height in heights:
                with b.range(done.get(), b.sub(word["taps"], b.i64(height - 1)), height) as tap:
                    pointers = (
                        b.at(unit.block, n, kind),
                        b.at(right, n, kind),
                        b.at(b.at(result, b.mul(tap, word["N"]), kind), n, kind),
                        b.at(offsets, tap, "i64"),
                    )
                    numbers = (unit.rows, *(word[name] for name in ("rowx", "rowy", "places", "sm", "N")))
                    b.call(f"taps_{height}", "void", *pointers, *numbers, b.sub(word["N"], n), declare=False)
                    done.set(b.add(tap, b.i64(height)))
    b.finish()
    return module


def _write_taps(module: Module, type: str, height: int) -> None:
    """The function `taps(A, Y, C, offsets, R, ra, ry, places, sm, N, columns)`: adds to some taps of C over R rows of places."""
    names = tuple((n, "ptr") for n in ("A", "Y", "C", "offsets"))
    numbers = tuple((n, "i64") for n in ("R", "ra", "ry", "places", "sm", "N", "columns"))
    b = Builder(module, f"taps_{height}", (*names, *numbers), internal=True, noalias=True)
    kind, count = element(type), lanes(type)
    mask = b.first_lanes(b.arg("columns"), count)
    cells = [b.at(b.arg("C"), b.mul(b.arg("N"), b.i64(tap)), kind) for tap in range(height)]
    totals = [b.variable(b.load(type, cell, mask)) for cell in cells]
    offsets = [b.load("i64", b.at(b.arg("offsets"), tap, "i64")) for tap in range(height)]
    with b.range(0, b.arg("R")) as r:
        left_row = b.at(b.arg("A"), b.mul(r, b.arg("ra")), kind)
        right_row = b.at(b.arg("Y"), b.mul(r, b.arg("ry")), kind)
        with b.range(0, b.arg("places")) as place:
            right = b.load(type, b.at(right_row, b.mul(place, b.arg("N")), kind), mask)
            left = b.at(left_row, b.mul(place, b.arg("sm")), kind)
            for total, offset in zip(totals, offsets, strict=True):
                total.set(b.fma(b.load(type, b.at(left, offset, kind), mask), right, total.get()))
    for total, cell in zip(totals, cells, strict=True):
        b.store(total.get(), cell, mask)
    b.finish()

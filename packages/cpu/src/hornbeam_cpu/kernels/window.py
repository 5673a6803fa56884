"""Pooling: sums and maxima over moving windows of an image, and their gradients; vectors run along the channels.

Loop order: places (a, b, c) of the window, vectors of channels, elements of the window.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

from hornbeam_cpu.kernels.scalars import SIZES, computed, load, store
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, vector
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["ARGS", "Window", "generate"]

# x: what the windows look at; y: the cotangent, or what is gathered; out: the result. size*: places of x along an axis, places*:
# of the windows, step*: of the windows, low*: zeros before x. rows: places along b of a task (forward), row_blocks: how many blocks.
ARGS = (
    *("x", "y", "out", "channels", "rows", "row_blocks"),
    *(f"{what}{axis}" for axis in "abc" for what in ("size", "places", "step", "low")),
)
UNROLLED = 16  # elements of a window that are written out


class Window(NamedTuple):
    """What a kernel is made for.

    Attributes:
        op: "window_sum", "window_max", "window_gather", "window_spread" or "window_scatter".
        dtype: float32 or float64.
        size: of the window along the three axes.
        padded: whether a window can reach beyond the image.
        tiling: whether every element of the image is in just one window.
    """

    op: str
    dtype: str
    size: tuple[int, int, int]
    padded: bool
    tiling: bool = False


def generate(target: Target, window: Window) -> Module:
    """The module; a task of the gradients (spread, scatter) is an image, of the others a block of rows of places."""
    module = Module()
    _Writer(module, target, window).write()
    return module


class _Writer:
    def __init__(self, module: Module, target: Target, window: Window) -> None:
        self.b = b = Builder(module, "kernel", ABI)
        self.window = window
        self.kind = computed(window.dtype)
        self.count = target.lanes(SIZES[window.dtype])
        pointers = {"x", "y", "out"}
        self.word = {
            n: b.load("ptr" if n in pointers else "i64", b.at(b.arg("args"), i, "i64")) for i, n in enumerate(ARGS)
        }

    def write(self) -> None:
        """The whole kernel."""
        b, word = self.b, self.word
        backward = self.window.op in ("window_spread", "window_scatter")
        image_x, image_y = self._product("size"), self._product("places")
        number = b.arg("task")
        if backward:
            first_a, last_a, first_b, last_b = b.i64(0), word["placesa"], b.i64(0), word["placesb"]
            image = number
        else:
            block, number = b.rem(number, word["row_blocks"]), b.div(number, word["row_blocks"])
            first_a, image = b.rem(number, word["placesa"]), b.div(number, word["placesa"])
            last_a = b.add(first_a, b.i64(1))
            first_b = b.mul(block, word["rows"])
            last_b = b.minimum(b.add(first_b, word["rows"]), word["placesb"])
        self.x = b.at(word["x"], b.mul(image, image_x), self.kind)
        goal = b.at(word["out"], b.mul(image, image_x if backward else image_y), self.kind)
        gathers = self.window.op == "window_gather"
        other = b.at(word["y"], b.mul(image, image_x if gathers else image_y), self.kind)
        if backward and not self.window.tiling:
            with b.range(0, image_x, self.count) as i:
                mask = b.first_lanes(b.sub(image_x, i), self.count)
                b.store(b.zero(vector(self.kind, self.count)), b.at(goal, i, self.kind), mask)
        with b.range(first_a, last_a) as a, b.range(first_b, last_b) as r, b.range(0, word["placesc"]) as c:
            place = b.add(b.mul(b.add(b.mul(a, word["placesb"]), r), word["placesc"]), c)
            corner = [
                b.sub(b.mul(at, word["step" + axis]), word["low" + axis])
                for at, axis in zip((a, r, c), "abc", strict=True)
            ]
            with b.range(0, word["channels"], self.count) as i:
                mask = b.first_lanes(b.sub(word["channels"], i), self.count)
                at = b.add(b.mul(place, word["channels"]), i)
                getattr(self, "_" + self.window.op.removeprefix("window_"))(corner, i, mask, goal, other, at)
        b.finish()

    def _product(self, what: str) -> Operand:
        total = self.word["channels"]
        for axis in "abc":
            total = self.b.mul(total, self.word[what + axis])
        return total

    def _elements(self, corner: list[Operand], channel: Operand) -> Iterator[Operand]:
        """The offset of each element of a window that lies in the image; what is done with it is written where it is asked for."""
        b = self.b
        if math.prod(self.window.size) <= UNROLLED:
            for offset in itertools.product(*(range(n) for n in self.window.size)):
                with ExitStack() as stack:
                    yield self._inside([b.i64(o) for o in offset], corner, channel, stack)
            return
        with ExitStack() as stack:
            offsets = [stack.enter_context(b.range(0, n)) for n in self.window.size]
            yield self._inside(offsets, corner, channel, stack)

    def _inside(self, offset: list[Operand], corner: list[Operand], channel: Operand, stack: ExitStack) -> Operand:
        b, word = self.b, self.word
        at = [b.add(c, o) for c, o in zip(corner, offset, strict=True)]
        if self.window.padded:
            for place, axis in zip(at, "abc", strict=True):
                inside = b.compare("lt", place, word["size" + axis], signed=False)  # a negative one is huge
                stack.enter_context(b.when(inside))
        row = b.add(b.mul(b.add(b.mul(at[0], word["sizeb"]), at[1]), word["sizec"]), at[2])
        return b.add(b.mul(row, word["channels"]), channel)

    def _load(self, base: Operand, offset: Operand, mask: Operand) -> Operand:
        return load(self.b, self.window.dtype, self.b.at(base, offset, self.kind), self.count, mask)

    def _store(self, x: Operand, base: Operand, offset: Operand, mask: Operand) -> None:
        store(self.b, self.window.dtype, x, self.b.at(base, offset, self.kind), mask)

    def _full(self, number: float) -> Operand:
        return self.b.const(vector(self.kind, self.count), number)

    # ---- what each does at a place; `at` is the place's offset among the windows

    def _sum(
        self, corner: list[Operand], i: Operand, mask: Operand, goal: Operand, other: Operand, at: Operand
    ) -> None:
        total = self.b.variable(self._full(0.0))
        for offset in self._elements(corner, i):
            total.set(self.b.add(total.get(), self._load(self.x, offset, mask)))
        self._store(total.get(), goal, at, mask)

    def _best(self, corner: list[Operand], i: Operand, mask: Operand) -> tuple[Operand, list[Operand]]:
        """The largest of a window, and its elements if they are all there and written out."""
        best = self.b.variable(self._full(-math.inf))
        elements = []
        for offset in self._elements(corner, i):
            elements.append(self._load(self.x, offset, mask))
            best.set(self.b.maximum(best.get(), elements[-1]))
        known = not self.window.padded and math.prod(self.window.size) <= UNROLLED
        return best.get(), elements if known else []

    def _max(
        self, corner: list[Operand], i: Operand, mask: Operand, goal: Operand, other: Operand, at: Operand
    ) -> None:
        self._store(self._best(corner, i, mask)[0], goal, at, mask)

    def _firsts(self, corner: list[Operand], i: Operand, mask: Operand) -> Iterator[tuple[Operand, Operand]]:
        """The offset of each element, and the lanes in which it is the first that is the window's largest."""
        b = self.b
        best, elements = self._best(corner, i, mask)
        free = b.variable(b.const(f"<{self.count} x i1>", True))
        for n, offset in enumerate(self._elements(corner, i)):
            x = elements[n] if elements else self._load(self.x, offset, mask)
            first = b.bits("and", b.compare("eq", x, best), free.get())
            free.set(b.bits("xor", free.get(), first))
            yield offset, first

    def _gather(
        self, corner: list[Operand], i: Operand, mask: Operand, goal: Operand, other: Operand, at: Operand
    ) -> None:
        total = self.b.variable(self._full(0.0))
        for offset, first in self._firsts(corner, i, mask):
            total.set(self.b.select(first, self._load(other, offset, mask), total.get()))
        self._store(total.get(), goal, at, mask)

    def _spread(
        self, corner: list[Operand], i: Operand, mask: Operand, goal: Operand, other: Operand, at: Operand
    ) -> None:
        ct = self._load(other, at, mask)
        for offset in self._elements(corner, i):
            self._give(ct, goal, offset, mask)

    def _scatter(
        self, corner: list[Operand], i: Operand, mask: Operand, goal: Operand, other: Operand, at: Operand
    ) -> None:
        ct = self._load(other, at, mask)
        for offset, first in self._firsts(corner, i, mask):
            part = self.b.select(first, ct, self._full(0.0))
            self._give(part, goal, offset, mask)

    def _give(self, part: Operand, goal: Operand, offset: Operand, mask: Operand) -> None:
        """Add to an element of the image; if no other window has it, it is written without being read."""
        if not self.window.tiling:
            part = self.b.add(self._load(goal, offset, mask), part)
        self._store(part, goal, offset, mask)

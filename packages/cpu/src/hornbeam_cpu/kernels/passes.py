"""In which pass over a row each step of a fused loop is computed, and which rows are kept for a later pass."""

from __future__ import annotations

import math

from hornbeam_cpu.kernels.nest import Nest

__all__ = ["Passes"]

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


class Passes:
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

    @property
    def bytes(self) -> int:
        """Of rows kept between passes, and of accumulators of columns, in the thread's own memory."""
        return 0 if self.unrolled else self.row_bytes * (len(self.kept) + len(self.columns))

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

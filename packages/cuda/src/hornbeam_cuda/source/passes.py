"""In which pass over a row each value of a fused loop is computed, and which values are kept from pass to pass."""

from __future__ import annotations

from hornbeam_cuda.source.nest import Form, Nest

__all__ = ["Passes"]

DEAR = frozenset(
    (
        "exp",
        "expm1",
        "log",
        "log1p",
        "sigmoid",
        "tanh",
        "erf",
        "erfc",
        "erfinv",
        "sin",
        "cos",
        "tan",
        "pow",
        "random_bits",
    )
)


class Passes:
    """The order of what a loop computes.

    Attributes:
        level: of each value: the pass in which it can be computed.
        count: how many passes there are.
        kept: values that stay in registers for a later pass.
    """

    def __init__(self, nest: Nest, form: Form) -> None:
        self.nest = nest
        self.level = self._levels()
        self.count = 1 + max(self.level[nest.first :], default=0)
        self.kept = self._kept() if form.held else set()

    def _levels(self) -> list[int]:
        """The pass in which each value can be computed."""
        nest = self.nest
        found = [0] * nest.first
        for step in nest.steps:
            ready = (
                found[a] + (a >= nest.first and nest.steps[a - nest.first].kind == "reduce row") for a in step.args
            )
            found.append(max(ready, default=0))
        return found

    def _kept(self) -> set[int]:
        """Values of places that a later pass needs: kept in registers. What is cheap is computed anew from what is held."""
        nest = self.nest
        found: set[int] = set()
        for n in range(nest.first, nest.first + len(nest.steps)):
            step = nest.steps[n - nest.first]
            if step.kind == "full" or step.kind.startswith("reduce") and nest.is_full(step.args[0]):
                for arg in step.args:
                    self._keep(arg, self.level[n], found)
        return found

    def _keep(self, number: int, level: int, found: set[int]) -> None:
        step = self.nest.step(number)
        if step is None or step.kind != "full" or self.level[number] >= level or number in found:
            return
        if step.op in DEAR or step.op in ("divide", "sqrt", "rsqrt", "reciprocal"):
            found.add(number)
        for arg in () if number in found else step.args:
            self._keep(arg, level, found)

    def closure(self, wanted: list[int], level: int) -> set[int]:
        """All values of places that have to be there, or computed, for some."""
        nest = self.nest
        found: set[int] = set()
        stack = [n for n in wanted if nest.is_full(n)]
        while stack:
            n = stack.pop()
            if n in found:
                continue
            found.add(n)
            step = nest.step(n)
            if step is None or n in self.kept and self.level[n] < level:
                continue
            stack += [a for a in step.args if nest.is_full(a)]
        return found

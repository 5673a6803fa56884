"""A graph as a list of stages: regions fused, views looked through, everything else by the rules."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam.graph.fusion import fuse
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.region import Makers, Region
from hornbeam.graph.views import VIEWS, layout_of

from hornbeam_cpu.llvm.target import Target, host
from hornbeam_cpu.lower.arranged import arranged
from hornbeam_cpu.lower.loops import can_lower, copy_layout, lower_region
from hornbeam_cpu.lower.rules import RULES
from hornbeam_cpu.lower.shifted import shifted
from hornbeam_cpu.lower.stage import Context, Layout, Pointer, Stage, contiguous

__all__ = ["Fallback", "Lowered", "Lowering", "lower"]


class Fallback(NamedTuple):
    """A node that runs on its NumPy kernel, between the stages before and after it.

    Attributes:
        node: what to run.
        inputs: what it reads, in C order.
        bad: where given, the node runs only if this holds something else than zeros, and only to raise an error.
    """

    node: Node
    inputs: tuple[Value, ...]
    bad: Value | None = None

    @property
    def reads(self) -> tuple[Value, ...]:
        """All that is read."""
        return self.inputs if self.bad is None else (*self.inputs, self.bad)

    @property
    def writes(self) -> tuple[Value, ...]:
        """All that is written."""
        return self.node.outputs if self.bad is None else ()


class Lowered(NamedTuple):
    """What a graph was lowered to.

    Attributes:
        steps: in order.
        results: where each output of the graph is: a value in C order in memory of its own.
    """

    steps: list[Stage | Fallback]
    results: list[Value]


def lower(graph: Graph) -> Lowered:
    """The stages of a graph, and where its outputs are."""
    return Lowering(graph).run()


class Lowering:
    """The context of the rules, and the walk over the graph.

    Args:
        graph: what to lower; its composites are those that have rules.
        outside: the context of the loop whose body it is.
    """

    def __init__(self, graph: Graph, outside: Context | None = None) -> None:
        self.outside = outside
        self.varying: set[Value] = set()  # what differs from step to step
        self.graph = graph
        self.target: Target = host()
        self.producers = Makers(graph)
        self.layouts: dict[Value, Layout] = {}
        self.shifts = shifted(graph) if outside is None else {}
        self.layouts |= arranged(graph) if outside is None else {}
        for results, shift in self.shifts.items():
            self.layouts |= {results: shift.results, shift.value: shift.moved}
        self.copies: dict[Value, Value] = {}
        self.steps: list[Stage | Fallback] = []

    def run(self) -> Lowered:
        """Lower every group of the graph, then bring the outputs into C order."""
        for item in fuse(self.graph, can_lower):
            if isinstance(item, Region):
                lower_region(item, self, self.producers, {v: Pointer(v) for v in item.outputs})
            else:
                self._node(item)
        return Lowered(self.steps, [self.dense(v) for v in self.graph.outputs])

    def _node(self, node: Node) -> None:
        name = node.primitive.name
        if name in VIEWS and node.inputs:
            if self.layout(node.output).base is node.output and node.output.size:  # a reshape that strides cannot say
                source = node.inputs[0]
                self._copy(source, node.output)
            return
        rule = RULES.get(name)
        if any(not v.size for v in node.outputs) or rule is None or not rule(node, self):
            self._fall_back(node)

    def _fall_back(self, node: Node) -> None:
        for value in node.outputs:
            if value in self.shifts:  # a NumPy kernel's results lie by themselves
                del self.layouts[value], self.layouts[self.shifts[value].value]
        self.steps.append(Fallback(node, tuple(self.dense(v) for v in node.inputs)))

    # ---- what rules ask for

    def layout(self, value: Value) -> Layout:
        """Where a value's elements are."""
        return layout_of(value, self.producers, self.layouts)

    def is_invariant(self, value: Value) -> bool:
        """Whether a value is made outside the loop, and is no row of a sequence."""
        return value not in self.varying and value not in self.producers

    def dense(self, value: Value) -> Value:
        """The value in C order at the beginning of some value's memory: itself, what it is a view of, or a copy."""
        base, offset, strides = self.layout(value)
        plain = all(by == c or n == 1 for n, by, c in zip(value.shape, strides, contiguous(value.shape), strict=True))
        if plain and offset == 0 and base.size == value.size or not value.size:
            return base if value.size else value
        if value not in self.copies:
            made = self.copies[value] = self.temporary(value.shape, value.dtype)
            self._copy(value, made)
        return self.copies[value]

    def _copy(self, source: Value, target: Value) -> None:
        layout = self.layout(source)
        copy_layout(layout, source.shape, source.dtype, Pointer(target), contiguous(source.shape), self)

    def temporary(self, shape: tuple[int, ...], dtype: Any) -> Value:
        """Memory that only stages know."""
        made = Value(shape, dtype)
        self.varying.add(made)
        return made

    def check(self, node: Node, sources: tuple[Value, ...], bad: Value) -> None:
        """Run a node's NumPy kernel on `sources`, for the error that it raises, if any element of `bad` is not 0."""
        self.steps.append(Fallback(node, sources, bad))

    def emit(self, stage: Stage) -> None:
        """Add a stage."""
        self.steps.append(stage)

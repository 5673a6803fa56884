"""A graph as a list of steps: regions fused, views looked through, everything else by the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hornbeam.dtypes import as_dtype
from hornbeam.graph.fusion import fuse
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.passes import optimize
from hornbeam.graph.region import REDUCTIONS, Makers, Region
from hornbeam.graph.views import VIEWS, Layout, contiguous, layout_of

from hornbeam_cuda.device.base import Device
from hornbeam_cuda.library import Call as Description
from hornbeam_cuda.lower.epilogues import Sum, added_apart, sum_of, take_sums, takes_additions
from hornbeam_cuda.lower.loops import can_lower, copy, lower_region
from hornbeam_cuda.lower.recompute import recomputed
from hornbeam_cuda.lower.rules import RULES, keeper
from hornbeam_cuda.lower.slices import sliced_first
from hornbeam_cuda.lower.stage import Fallback, Library, Loop, Step
from hornbeam_cuda.lower.statistics import found_in
from hornbeam_cuda.lower.whole import whole_layers
from hornbeam_cuda.source.kernel import At, Call

__all__ = ["Lowered", "Lowering", "prepare"]


class Lowered(NamedTuple):
    """What a graph was lowered to.

    Attributes:
        steps: in order.
        results: where each output of the graph is: a value in C order in memory of its own.
    """

    steps: list[Step]
    results: list[Value]


def prepare(graph: Graph, supports: Callable[[Description], bool]) -> Graph:
    """The graph that is lowered: recurrent layers whole, composites without a rule written out, optimised, cheap values anew."""
    whole = whole_layers(graph, supports)
    return added_apart(recomputed(sliced_first(optimize(whole, keeper(supports))), can_lower), supports)


class Lowering:
    """The context of the rules, and the walk over the graph.

    Args:
        graph: what to lower; its composites are those that have rules.
        device: what for; its memory is not touched.
    """

    def __init__(self, graph: Graph, device: Device) -> None:
        self.graph, self.device = graph, device
        self.supports, self.spaces = device.supports, device.spaces
        self.multiprocessors = device.properties.multiprocessors
        self.producers = Makers(graph)
        self.users = graph.users()
        self.layouts: dict[Value, Layout] = {}
        self.copies: dict[Value, Value] = {}
        self.turned: dict[Value, Value] = {}
        self.exact: dict[Value, Value] = {}
        self.reserves: dict[Value, tuple[Value, Value]] = {}
        self.unaligned: set[Value] = set()
        self.checks: dict[Value, Node] = {}
        self.steps: list[Step] = []

    def run(self) -> Lowered:
        """Lower every group of the graph, then bring the outputs into C order."""
        groups = fuse(self.graph, can_lower)
        self._put_in_place({v for item in groups if isinstance(item, Region) for v in item.outputs})
        replaced = found_in(groups, self)
        sums: list[Sum | None] = []
        for number, item in enumerate(groups):
            if number in replaced:
                statistics = replaced[number]
                if statistics is not None:
                    statistics.lower(self)
            elif isinstance(item, Region):
                if not takes_additions(item, self):
                    before = len(self.steps)
                    lower_region(item, self, self.producers)
                    sums.append(sum_of(item, self.steps[before:]))
            else:
                self._node(item)
        take_sums([found for found in sums if found], self)
        return Lowered(self.steps, [self.dense(v) for v in self.graph.outputs])

    def _put_in_place(self, made: set[Value]) -> None:
        """Let loops write what is concatenated right where it goes."""
        for node in self.graph.nodes:
            if node.primitive.name != "concatenate":
                continue
            strides, begin = contiguous(node.output.shape), 0
            for value in node.inputs:
                maker = self.producers.get(value)
                if value in made and value not in self.layouts and maker and maker.primitive.name not in REDUCTIONS:
                    self.layouts[value] = Layout(node.output, begin * strides[node.params["axis"]], strides)
                begin += value.shape[node.params["axis"]]

    def _node(self, node: Node) -> None:
        name = node.primitive.name
        if name in VIEWS and node.inputs:
            if self.layout(node.output).base is node.output and node.output.size:  # a reshape that strides cannot say
                self._copy(node.inputs[0], node.output)
            return
        rule = RULES.get(name)
        if any(not v.size for v in node.outputs) or rule is None or not rule(node, self):
            self.steps.append(Fallback(node, tuple(self.dense(v) for v in node.inputs)))

    # ---- what rules ask for

    def layout(self, value: Value) -> Layout:
        """Where a value's elements are."""
        return layout_of(value, self.producers, self.layouts)

    def dense(self, value: Value) -> Value:
        """The value in C order at the beginning of some value's memory, aligned: itself, what it is a view of, or a copy."""
        base, offset, strides = self.layout(value)
        plain = all(by == c or n == 1 for n, by, c in zip(value.shape, strides, contiguous(value.shape), strict=True))
        whole = plain and offset == 0 and base.size == value.size and base not in self.unaligned
        if whole or not value.size:
            return base if value.size else value
        if value not in self.copies:
            made = self.copies[value] = self.temporary(value.shape, value.dtype)
            self._copy(value, made)
        return self.copies[value]

    def _copy(self, source: Value, target: Value) -> None:
        self.copied(self.layout(source), source.shape, source.dtype, At(target), contiguous(source.shape))

    def copied(
        self, layout: Layout, shape: tuple[int, ...], dtype: Any, target: At, strides: tuple[int, ...], after: str = ""
    ) -> None:
        """Copy what is seen with one layout to memory that is seen with other strides, and may have another dtype."""
        copy(layout, shape, str(dtype), target, strides, self, after)

    def convert(self, source: Value, target: Value) -> None:
        """Copy a value in C order to another of the same shape and of another dtype."""
        strides = contiguous(source.shape)
        layout = Layout(source, 0, strides)
        self.copied(layout, source.shape, source.dtype, At(target), strides, str(target.dtype))

    def check(self, node: Node) -> Value:
        """A flag that tells of an index out of range."""
        flag = Value((), as_dtype("int32"))
        self.checks[flag] = node
        return flag

    def temporary(self, shape: tuple[int, ...], dtype: Any) -> Value:
        """Memory that only steps know."""
        return Value(shape, dtype)

    def bytes(self, size: int) -> At:
        """The same, in bytes."""
        return At(Value((size,), as_dtype("uint8")))

    def emit(self, *steps: Call | Library | Loop) -> None:
        """Add steps."""
        self.steps += steps

"""A mean over all but the last axes and the squared deviations from it, as batch normalisation has them, read in one pass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.region import Region, axis_map
from hornbeam.graph.views import contiguous

from hornbeam_cuda.source.kernel import At
from hornbeam_cuda.source.moments import moments

__all__ = ["Statistics", "found_in"]

FLOATS = frozenset(("float16", "bfloat16", "float32", "float64"))


class Statistics(NamedTuple):
    """Two sums over columns that one pass gives.

    Attributes:
        x: what they are of: (rows, columns) in C order.
        total: the sum of each column.
        rest: the sum of the squares of its differences from its mean.
        rows, columns: sizes.
    """

    x: Value
    total: Value
    rest: Value
    rows: int
    columns: int

    def lower(self, context: Any) -> None:
        """Emit the launches."""
        base, offset, _ = context.layout(self.x)
        source = At(base, offset * self.x.dtype.itemsize)
        sizes = (self.rows, self.columns, context.bytes, context.multiprocessors)
        context.emit(*moments(source, str(self.x.dtype), At(self.total), At(self.rest), *sizes))


def found_in(groups: Sequence[Region | Node], context: Any) -> dict[int, Statistics | None]:
    """What takes the place of some regions, by their numbers among the groups: statistics, or nothing."""
    sums: dict[
        Value, tuple[int, Value]
    ] = {}  # a sum over columns -> the region that has nothing else, and what is summed
    found: dict[int, Statistics | None] = {}
    for number, group in enumerate(groups):
        if not isinstance(group, Region):
            continue
        names = [node.primitive.name for node in group.nodes if node.primitive.name != "cast"]
        last = group.nodes[-1]
        if not names or len(group.outputs) != 1 or group.outputs[0] is not last.outputs[0]:
            continue
        if names == ["reduce_sum"] and group.reductions.get(last) == "column":
            sums[last.output] = (number, _uncast(last.inputs[0], group))
        elif names == ["subtract", "square", "reduce_sum"] and group.reductions.get(last) == "column":
            subtract = next(node for node in group.nodes if node.primitive.name == "subtract")
            total = _total_of(subtract.inputs[1], last, context)
            if total in sums:
                before, x = sums[total]
                statistics = _described(x, total, last, context)
                if statistics is not None and _uncast(subtract.inputs[0], group) is x and before not in found:
                    found |= {before: statistics, number: None}
    return found


def _uncast(value: Value, region: Region) -> Value:
    """What a value of a region is converted from."""
    node = region.makers.get(value)
    return node.inputs[0] if node is not None and node.primitive.name == "cast" else value


def _total_of(mean: Value, last: Node, context: Any) -> Value | None:
    """The sum that a mean over the same axes is made of."""
    root, axes = axis_map(mean, context.producers)
    node = context.producers.get(root)
    kept = [a for a in range(len(mean.shape)) if a not in last.params["axes"]]
    if node is None or node.primitive.name != "multiply" or [axes[a] for a in kept] != list(range(len(root.shape))):
        return None
    factor, _ = axis_map(node.inputs[1], context.producers)
    count = math.prod(mean.shape[a] for a in last.params["axes"])
    if factor.data is None or factor.size != 1 or abs(factor.data.item() * count - 1) > 1e-6:
        return None
    total: Value = node.inputs[0]
    return total


def _described(x: Value, total: Value, last: Node, context: Any) -> Statistics | None:
    """The statistics, if x lies in C order and is summed over its first axes."""
    axes = tuple(sorted(last.params["axes"]))
    summed = context.producers[total].params["axes"]
    _, offset, strides = context.layout(x)
    kind = "float64" if str(x.dtype) == "float64" else "float32"
    same = str(total.dtype) == str(last.output.dtype) == kind and tuple(sorted(summed)) == axes
    first = axes == tuple(range(len(axes))) and len(axes) < len(x.shape)
    if not same or not first or str(x.dtype) not in FLOATS or tuple(strides) != contiguous(x.shape):
        return None
    if offset * x.dtype.itemsize % 16:
        return None
    return Statistics(x, total, last.output, math.prod(x.shape[: len(axes)]), math.prod(x.shape[len(axes) :]))

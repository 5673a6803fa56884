"""Sorting, running sums, and the places of the largest and smallest."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hornbeam.graph.ir import Node

from hornbeam_cuda.lower.rows import known
from hornbeam_cuda.lower.stage import Context
from hornbeam_cuda.source import ordering
from hornbeam_cuda.source.kernel import At

__all__ = ["lower_argsort", "lower_cumulative_sum", "lower_extreme", "lower_searchsorted"]


def _around(shape: Sequence[int], axis: int) -> tuple[int, int, int]:
    """Sizes before, of, and behind an axis."""
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])


def lower_extreme(node: Node, context: Context) -> bool:
    """argmax and argmin along an axis."""
    (x,) = node.inputs
    if not known(x) or str(node.output.dtype) != "int32":
        return False
    sizes = _around(x.shape, node.params["axis"])
    largest = node.primitive.name == "argmax"
    context.emit(*ordering.extreme(At(context.dense(x)), str(x.dtype), At(node.output), *sizes, largest))
    return True


def lower_cumulative_sum(node: Node, context: Context) -> bool:
    """Along any axis; half floats are summed in float32 and rounded where they are stored."""
    (x,) = node.inputs
    if not known(x):
        return False
    sizes = _around(x.shape, node.params["axis"])
    context.emit(*ordering.cumulative_sum(At(context.dense(x)), str(x.dtype), At(node.output), *sizes))
    return True


def lower_argsort(node: Node, context: Context) -> bool:
    """Along any axis; equal elements keep their order."""
    (x,) = node.inputs
    if not known(x):
        return False
    sizes = _around(x.shape, node.params["axis"])
    how = (*sizes, node.params["descending"], context.bytes)
    context.emit(*ordering.argsort(At(context.dense(x)), str(x.dtype), At(node.output), *how))
    return True


def lower_searchsorted(node: Node, context: Context) -> bool:
    """A binary search for each value."""
    row, values = node.inputs
    dtype = str(values.dtype)
    if not known(row, values) or str(row.dtype) != dtype:
        return False
    places, wanted, out = (At(v) for v in (context.dense(row), context.dense(values), node.output))
    right = node.params["side"] == "right"
    context.emit(*ordering.searchsorted(places, wanted, dtype, out, row.size, values.size, right))
    return True

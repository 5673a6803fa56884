"""Rows by their numbers: indices brought into range, gather, scatter."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.graph.ir import Node
from hornbeam.graph.views import contiguous

from hornbeam_cuda.lower.stage import Context
from hornbeam_cuda.source import rows
from hornbeam_cuda.source.kernel import At
from hornbeam_cuda.source.scalars import SIZES

__all__ = ["known", "lower_gather", "lower_index_within", "lower_scatter"]


def known(*values: Any) -> bool:
    """Whether kernels know the dtypes of values, of which none is empty."""
    return all(str(v.dtype) in SIZES and v.size for v in values)


def lower_index_within(node: Node, context: Context) -> bool:
    """Indices brought into range; one outside becomes 0, and a flag that the host sees tells of it."""
    (index,) = node.inputs
    if not known(index):
        return False
    places = (At(context.dense(index)), str(index.dtype), At(node.output), At(context.check(node)))
    context.emit(*rows.index_within(*places, index.size, node.params["size"]))
    return True


def lower_gather(node: Node, context: Context) -> bool:
    """Rows of x at the indices."""
    x, index = node.inputs
    if not known(x, index, node.output):
        return False
    source, places = At(context.dense(x)), At(context.dense(index))
    width = math.prod(x.shape[1:])
    context.emit(*rows.gather(source, str(x.dtype), places, str(index.dtype), At(node.output), index.size, width))
    return True


def lower_scatter(node: Node, context: Context) -> bool:
    """A copy of x, into which the updates are put in order: the same bits each time."""
    x, index, updates = node.inputs
    if not known(x, index, updates):
        return False
    places, new = At(context.dense(index)), At(context.dense(updates))
    context.copied(context.layout(x), x.shape, x.dtype, At(node.output), contiguous(x.shape))
    sizes = (index.size, math.prod(x.shape[1:]), x.shape[0])
    context.emit(
        *rows.scatter(
            *(places, str(index.dtype), new, str(x.dtype), At(node.output), *sizes),
            *(node.params["mode"], context.bytes),
        )
    )
    return True

"""Concatenation, padding, and blocks cut out and put in: copies of parts."""

from __future__ import annotations

from hornbeam.graph.copies import copies
from hornbeam.graph.ir import Node
from hornbeam.graph.views import contiguous

from hornbeam_cuda.lower.rows import known
from hornbeam_cuda.lower.stage import Context
from hornbeam_cuda.source.blocks import block_cut, block_put
from hornbeam_cuda.source.kernel import At

__all__ = ["lower_copies", "lower_dynamic_slice", "lower_dynamic_update_slice"]


def lower_copies(node: Node, context: Context) -> bool:
    """What is put together is copied part by part, but for what was made in its place."""
    out = node.output
    for source, shape, goal in copies(node, context.layout):
        context.copied(source, shape, out.dtype, At(goal.base, goal.offset * out.dtype.itemsize), goal.strides)
    return True


def lower_dynamic_slice(node: Node, context: Context) -> bool:
    """A block whose place is known on the device alone."""
    x, start = node.inputs
    if not x.shape or not known(x, start, node.output):
        return False
    source, place = At(context.dense(x)), At(context.dense(start))
    places = (place, str(start.dtype), At(node.output))
    context.emit(*block_cut(source, str(x.dtype), *places, x.shape, node.output.shape))
    return True


def lower_dynamic_update_slice(node: Node, context: Context) -> bool:
    """A copy of the tensor, into which a block is put at a place that is known on the device alone."""
    x, updates, start = node.inputs
    if not x.shape or not known(x, updates, start):
        return False
    new, place = At(context.dense(updates)), At(context.dense(start))
    context.copied(context.layout(x), x.shape, x.dtype, At(node.output), contiguous(x.shape))
    places = (place, str(start.dtype), At(node.output))
    context.emit(*block_put(new, str(x.dtype), *places, x.shape, updates.shape))
    return True

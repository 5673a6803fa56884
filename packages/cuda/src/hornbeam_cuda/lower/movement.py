"""Concatenation, padding, and blocks cut out and put in: copies of parts."""

from __future__ import annotations

from hornbeam.graph.ir import Node
from hornbeam.graph.views import Layout, contiguous, pad_inside

from hornbeam_cuda.lower.rows import known
from hornbeam_cuda.lower.stage import Context
from hornbeam_cuda.source.blocks import block_cut, block_put
from hornbeam_cuda.source.kernel import At

__all__ = [
    "lower_concatenate", "lower_dynamic_slice", "lower_dynamic_update_slice", "lower_pad", "lower_update_slice",
]  # fmt: skip


def lower_concatenate(node: Node, context: Context) -> bool:
    """Each operand is copied to its place, unless it was made there."""
    out, axis = node.output, node.params["axis"]
    strides, begin = contiguous(out.shape), 0
    for value in node.inputs:
        source = context.layout(value)
        at_home = source.base is out and source.offset == begin * strides[axis]
        if value.size and not at_home:
            target = At(out, begin * strides[axis] * out.dtype.itemsize)
            context.copied(source, value.shape, value.dtype, target, strides)
        begin += value.shape[axis]
    return True


def lower_pad(node: Node, context: Context) -> bool:
    """The result is filled with the padding, then what of the operand is in it is copied; negative padding cuts off."""
    x, value = node.inputs
    out = node.output
    strides = contiguous(out.shape)
    fill = context.layout(value)
    blank = Layout(fill.base, fill.offset, (0,) * len(out.shape))
    inner, shape, begin, goal = pad_inside(node, context.layout(x))
    if shape != out.shape:
        context.copied(blank, out.shape, out.dtype, At(out), strides)
    if all(shape):
        context.copied(inner, shape, out.dtype, At(out, begin * out.dtype.itemsize), goal)
    return True


def lower_update_slice(node: Node, context: Context) -> bool:
    """A copy of the tensor, into which the block is copied."""
    x, updates = node.inputs
    out = node.output
    strides = contiguous(out.shape)
    context.copied(context.layout(x), x.shape, x.dtype, At(out), strides)
    if updates.size:
        begin = sum(a * by for a, by in zip(node.params["start"], strides, strict=True)) * out.dtype.itemsize
        goal = tuple(by * step for by, step in zip(strides, node.params["strides"], strict=True))
        context.copied(context.layout(updates), updates.shape, updates.dtype, At(out, begin), goal)
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

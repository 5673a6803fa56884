"""Concatenation and padding: copies into parts of the result."""

from __future__ import annotations

from hornbeam.graph.ir import Node

from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.lower.loops import copy_layout
from hornbeam_cpu.lower.stage import Context, Layout, Pointer, contiguous

__all__ = ["lower_concatenate", "lower_pad"]


def lower_concatenate(node: Node, context: Context) -> bool:
    """Each operand is copied to its place."""
    out, axis = node.output, node.params["axis"]
    if str(out.dtype) not in SIZES:
        return False
    strides = contiguous(out.shape)
    begin = 0
    for value in node.inputs:
        if value.size:
            target = Pointer(out, begin * strides[axis] * SIZES[str(out.dtype)])
            copy_layout(context.layout(value), value.shape, value.dtype, target, strides, context)
        begin += value.shape[axis]
    return True


def lower_pad(node: Node, context: Context) -> bool:
    """The result is filled with the padding, then what of the operand is in it is copied; negative padding cuts off."""
    x, value = node.inputs
    out = node.output
    if str(out.dtype) not in SIZES:
        return False
    size = SIZES[str(out.dtype)]
    strides = contiguous(out.shape)
    fill = context.layout(value)
    blank = Layout(fill.base, fill.offset, (0,) * len(out.shape))
    source = context.layout(x)
    offset, goal, begin, shape, steps = source.offset, [], 0, [], []
    for axis, n in enumerate(x.shape):
        step = node.params["interior"][axis] + 1
        low, room = node.params["low"][axis], out.shape[axis]
        first = max(0, -(low // step)) if low < 0 else 0
        last = min(n, (room - 1 - low) // step + 1)
        shape.append(max(0, last - first))
        offset += first * source.strides[axis]
        begin += (low + first * step) * strides[axis]
        goal.append(step * strides[axis])
        steps.append(source.strides[axis])
    if tuple(shape) != out.shape:
        copy_layout(blank, out.shape, out.dtype, Pointer(out), strides, context)
    if all(shape):
        inner = Layout(source.base, offset, tuple(steps))
        copy_layout(inner, tuple(shape), out.dtype, Pointer(out, begin * size), tuple(goal), context)
    return True

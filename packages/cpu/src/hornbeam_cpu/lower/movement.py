"""Concatenation, padding, and blocks cut out and put in: copies of parts."""

from __future__ import annotations

import math

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.views import pad_inside

from hornbeam_cpu.kernels import block
from hornbeam_cpu.kernels.rows import share
from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.loops import COMPLEX, copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Layout, Pointer, Stage, contiguous

__all__ = [
    "lower_concatenate", "lower_dynamic_slice", "lower_dynamic_update_slice", "lower_pad", "lower_update_slice",
]  # fmt: skip

MOVED = frozenset((*SIZES, *COMPLEX))


def lower_concatenate(node: Node, context: Context) -> bool:
    """Each operand is copied to its place, unless it was made there."""
    out, axis = node.output, node.params["axis"]
    if str(out.dtype) not in MOVED:
        return False
    memory, offset, strides = context.layout(out)
    begin = 0
    for value in node.inputs:
        source = context.layout(value)
        if value.size and source.base is not memory:
            target = Pointer(memory, (offset + begin * strides[axis]) * out.dtype.itemsize)
            copy_layout(source, value.shape, value.dtype, target, strides, context)
        begin += value.shape[axis]
    return True


def lower_pad(node: Node, context: Context) -> bool:
    """The result is filled with the padding, then what of the operand is in it is copied; negative padding cuts off."""
    x, value = node.inputs
    out = node.output
    if str(out.dtype) not in MOVED:
        return False
    strides = contiguous(out.shape)
    fill = context.layout(value)
    blank = Layout(fill.base, fill.offset, (0,) * len(out.shape))
    inner, shape, begin, goal = pad_inside(node, context.layout(x))
    if shape != out.shape:
        copy_layout(blank, out.shape, out.dtype, Pointer(out), strides, context)
    if all(shape):
        copy_layout(inner, shape, out.dtype, Pointer(out, begin * out.dtype.itemsize), goal, context)
    return True


def lower_update_slice(node: Node, context: Context) -> bool:
    """A copy of the tensor, into which the block is copied."""
    x, updates = node.inputs
    out = node.output
    if str(out.dtype) not in MOVED:
        return False
    strides = contiguous(out.shape)
    copy_layout(context.layout(x), x.shape, x.dtype, Pointer(out), strides, context)
    if updates.size:
        begin = sum(a * by for a, by in zip(node.params["start"], strides, strict=True)) * out.dtype.itemsize
        goal = tuple(by * step for by, step in zip(strides, node.params["strides"], strict=True))
        copy_layout(context.layout(updates), updates.shape, updates.dtype, Pointer(out, begin), goal, context)
    return True


def lower_dynamic_slice(node: Node, context: Context) -> bool:
    """The block is copied by a kernel that reads where it begins."""
    x, start = node.inputs
    if str(x.dtype) not in SIZES or not x.shape:
        return False
    _block(context, context.dense(x), x.shape, start, node.output, node.output.shape, put=False)
    return True


def lower_dynamic_update_slice(node: Node, context: Context) -> bool:
    """A copy of the tensor, into which a kernel that reads where it begins puts the block."""
    x, updates, start = node.inputs
    if str(x.dtype) not in SIZES or not x.shape:
        return False
    copy_layout(context.layout(x), x.shape, x.dtype, Pointer(node.output), contiguous(x.shape), context)
    if updates.size:
        _block(context, node.output, x.shape, start, context.dense(updates), updates.shape, put=True)
    return True


def _block(
    context: Context, array: Value, whole: tuple[int, ...], start: Value, part: Value, sizes: tuple[int, ...], put: bool
) -> None:
    place = context.dense(start)
    rows = math.prod(sizes[:-1])
    per_task, tasks = share(rows, sizes[-1])
    how = block.Block(array.dtype.itemsize, len(whole), str(start.dtype), put)
    numbers = (rows, per_task, *whole, *sizes)
    call = Call(Kernel(block.generate, (how,), "block"), (Pointer(array), Pointer(place), Pointer(part), *numbers))
    source, goal = (part, array) if put else (array, part)
    context.emit(Stage(tasks, (call,), (source, place), (goal,), 0, f"block {part!r}"))

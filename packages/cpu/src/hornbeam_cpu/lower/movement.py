"""Concatenation, padding, and blocks cut out and put in: copies of parts."""

from __future__ import annotations

import math

from hornbeam.graph.copies import copies
from hornbeam.graph.ir import Node, Value

from hornbeam_cpu.kernels import block
from hornbeam_cpu.kernels.rows import share
from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.loops import COMPLEX, copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Pointer, Stage, contiguous

__all__ = ["lower_copies", "lower_dynamic_slice", "lower_dynamic_update_slice"]

MOVED = frozenset((*SIZES, *COMPLEX))


def lower_copies(node: Node, context: Context) -> bool:
    """What is put together is copied part by part."""
    out = node.output
    if str(out.dtype) not in MOVED:
        return False
    for source, shape, goal in copies(node, context.layout):
        copy_layout(
            source, shape, out.dtype, Pointer(goal.base, goal.offset * out.dtype.itemsize), goal.strides, context
        )
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

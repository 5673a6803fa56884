"""gather, scatter, index_within, argmax and argmin, as calls of the row kernels."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import dtypes
from hornbeam.graph.ir import Node

from hornbeam_cpu.kernels import rows
from hornbeam_cpu.kernels.combine import combine
from hornbeam_cpu.kernels.rows import Extreme, Rows, share
from hornbeam_cpu.kernels.scalars import NARROW, SIZES
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.loops import copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Pointer, Stage, contiguous

__all__ = ["lower_extreme", "lower_gather", "lower_index_within", "lower_scatter"]

SCATTERS = 16  # tasks of a scatter at most: each looks at every index


def _known(*values: Any) -> bool:
    return all(str(v.dtype) in SIZES and v.size for v in values)


def lower_index_within(node: Node, context: Context) -> bool:
    """Indices brought into range by the kernel; an index outside is an error as soon as the stage has run."""
    (index,) = node.inputs
    if not _known(index):
        return False
    dtype = str(index.dtype)
    source = context.dense(index)
    block, tasks = share(index.size, 1)
    bad = context.temporary((tasks,), dtypes.int64)
    args = (Pointer(source), Pointer(node.output), Pointer(bad), index.size, node.params["size"], block)
    call = Call(Kernel(rows.wrap, (dtype,), "index_within"), args)
    context.emit(Stage(tasks, (call,), (source,), (node.output, bad), index.size, "index_within"))
    context.check(node, (source,), bad)
    return True


def lower_gather(node: Node, context: Context) -> bool:
    """Rows of x at the indices."""
    x, index = node.inputs
    if not _known(x, index, node.output):
        return False
    width = math.prod(x.shape[1:])
    source, places = context.dense(x), context.dense(index)
    block, tasks = share(index.size, width)
    how = Rows(str(x.dtype), str(index.dtype))
    args = (Pointer(source), Pointer(places), Pointer(node.output), index.size, width, block)
    call = Call(Kernel(rows.gather, (how,), "gather"), args)
    context.emit(Stage(tasks, (call,), (source, places), (node.output,), 0, f"gather {node.output!r}"))
    return True


def lower_scatter(node: Node, context: Context) -> bool:
    """A copy of x, into which the updates are put.

    Where there are more updates than places, chunks of them come to tables of their own, which are reduced in order; else each
    task looks at all indices for those in its part of the result.
    """
    x, index, updates = node.inputs
    if not _known(x, index, updates):
        return False
    dtype, mode, width = str(x.dtype), node.params["mode"], math.prod(x.shape[1:])
    places, new = context.dense(index), context.dense(updates)
    how = Rows(dtype, str(index.dtype), mode, width == 1)
    tasks = min(SCATTERS, share(updates.size, 1)[1])
    chunks = min(tasks, updates.size // x.size)
    apart = mode in rows.REDUCED and chunks > 1 and dtype not in NARROW
    block = math.ceil(index.size / chunks) if apart else math.ceil(x.shape[0] / tasks)
    tasks = math.ceil((index.size if apart else x.shape[0]) / block)
    target = context.temporary((1 + tasks, *x.shape), x.dtype) if apart else node.output
    copy_layout(context.layout(x), x.shape, x.dtype, Pointer(target), contiguous(x.shape), context)
    args = (Pointer(places), Pointer(new), Pointer(target), index.size, width, x.shape[0], block, int(apart))
    call = Call(Kernel(rows.scatter, (how,), "scatter"), args)
    context.emit(Stage(tasks, (call,), (places, new), (target,), updates.size, f"scatter {node.output!r}"))
    if apart:
        combine(context, rows.REDUCED[mode], target, Pointer(node.output), node.output)
    return True


def lower_extreme(node: Node, context: Context) -> bool:
    """argmax and argmin along an axis."""
    (x,) = node.inputs
    if not _known(x) or str(node.output.dtype) != "int32":
        return False
    axis = node.params["axis"]
    before, width, inner = math.prod(x.shape[:axis]), x.shape[axis], math.prod(x.shape[axis + 1 :])
    source = context.dense(x)
    block, tasks = share(before * inner, width)
    how = Extreme(str(x.dtype), node.primitive.name == "argmax")
    args = (Pointer(source), Pointer(node.output), before, width, inner, block)
    call = Call(Kernel(rows.extreme, (how,), node.primitive.name), args)
    context.emit(Stage(tasks, (call,), (source,), (node.output,), x.size, f"{node.primitive} {x!r}"))
    return True

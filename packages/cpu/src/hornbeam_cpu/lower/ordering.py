"""cumulative_sum, argsort and searchsorted, as calls of their kernels."""

from __future__ import annotations

import math

from hornbeam.graph.ir import Node

from hornbeam_cpu.kernels import ordering
from hornbeam_cpu.kernels.rows import share
from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.stage import Call, Context, Pointer, Stage

__all__ = ["lower_argsort", "lower_cumulative_sum", "lower_searchsorted"]

DEAR = 16  # what an element of a sort costs beside one that is copied


def _around(shape: tuple[int, ...], axis: int) -> tuple[int, int, int]:
    """Sizes before, of, and behind an axis."""
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])


def lower_cumulative_sum(node: Node, context: Context) -> bool:
    """Along any axis; float16 and bfloat16 are summed in float32 and rounded where they are stored."""
    (x,) = node.inputs
    dtype = str(x.dtype)
    if dtype not in SIZES:
        return False
    rows, width, inner = _around(x.shape, node.params["axis"])
    source = context.dense(x)
    lanes = context.target.lanes(max(4, SIZES[dtype]))
    neighbours = inner == 1
    block, tasks = share(rows, width) if neighbours else share(rows * math.ceil(inner / lanes), width * lanes)
    args = (Pointer(source), Pointer(node.output), rows, width, inner, block)
    call = Call(Kernel(ordering.running_sum, (dtype, neighbours), "cumulative_sum"), args)
    context.emit(Stage(tasks, (call,), (source,), (node.output,), x.size, f"cumulative_sum {x!r}"))
    return True


def lower_argsort(node: Node, context: Context) -> bool:
    """Along any axis; equal elements keep their order."""
    (x,) = node.inputs
    dtype = str(x.dtype)
    if dtype not in SIZES:
        return False
    rows, width, inner = _around(x.shape, node.params["axis"])
    source = context.dense(x)
    block, tasks = share(rows * inner, DEAR * width)
    args = (Pointer(source), Pointer(node.output), rows, width, inner, block)
    how = ordering.Order(dtype, node.params["descending"])
    call = Call(Kernel(ordering.argsort, (how,), "argsort"), args, ordering.argsort_scratch(dtype, width))
    context.emit(Stage(tasks, (call,), (source,), (node.output,), 0, f"argsort {x!r}"))
    return True


def lower_searchsorted(node: Node, context: Context) -> bool:
    """A binary search for each value."""
    row, values = node.inputs
    dtype = str(values.dtype)
    if dtype not in SIZES or str(row.dtype) != dtype or not row.size:
        return False
    places, wanted = context.dense(row), context.dense(values)
    block, tasks = share(values.size, DEAR)
    args = (Pointer(places), Pointer(wanted), Pointer(node.output), row.size, values.size, block)
    call = Call(Kernel(ordering.search, (dtype, node.params["side"] == "right"), "searchsorted"), args)
    context.emit(Stage(tasks, (call,), (places, wanted), (node.output,), 0, "searchsorted"))
    return True

"""solve, as a call of the kernel for small systems."""

from __future__ import annotations

import math

from hornbeam import dtypes
from hornbeam.graph.ir import Node

from hornbeam_cpu.kernels import solving
from hornbeam_cpu.kernels.rows import share
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.stage import Call, Context, Pointer, Stage

__all__ = ["lower"]

EQUATIONS, SIDES = 64, 1024  # beyond these NumPy's LAPACK, which works in blocks, is faster


def lower(node: Node, context: Context) -> bool:
    """Systems (*, n, n) with right-hand sides (*, n, k); a singular one is an error as soon as the stage has run."""
    a, b = node.inputs
    dtype, (n, k) = str(a.dtype), b.shape[-2:]
    if dtype not in ("float32", "float64") or a.shape[:-2] != b.shape[:-2] or n > EQUATIONS or k > SIDES or not b.size:
        return False
    left, right = context.dense(a), context.dense(b)
    count = math.prod(a.shape[:-2])
    block, tasks = share(count, n * n * (n + k))
    bad = context.temporary((tasks,), dtypes.int64)
    args = (Pointer(left), Pointer(right), Pointer(node.output), Pointer(bad), count, n, k, block)
    scratch = solving.scratch_bytes(context.target, dtype, n, k)
    call = Call(Kernel(solving.generate, (dtype,), "solve"), args, scratch)
    flops = count * (2 * n**3 // 3 + 2 * n * n * k)
    context.emit(Stage(tasks, (call,), (left, right), (node.output, bad), flops, f"solve {a!r}"))
    context.check(node, (left, right), bad)
    return True

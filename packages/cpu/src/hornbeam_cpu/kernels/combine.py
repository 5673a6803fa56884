"""Partial results, one per chunk, reduced to one in the order of the chunks."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.ir import Value

from hornbeam_cpu.kernels import loops
from hornbeam_cpu.kernels.nest import Array, Nest, Step, slots
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.stage import Call, Context, Pointer, Stage

__all__ = ["combine"]

COLUMNS = 1024  # of a task


def combine(context: Context, op: str, parts: Value, target: Pointer, like: Value) -> None:
    """Emit the stage that reduces `parts` [chunks, *shape] over its first axis into `target`.

    Args:
        context: receives the stage.
        op: the reducing primitive.
        parts: the partial results.
        target: where the result, of the shape and dtype of `like`, goes densely.
        like: see `target`.
    """
    dtype, chunks, size = str(like.dtype), parts.shape[0], like.size
    columns = min(size, COLUMNS)
    whole, rest = divmod(size, columns)
    calls: list[tuple[int, int, int]] = [(whole, columns, 0)] + ([(1, rest, whole * columns)] if rest else [])
    for tasks, width, offset in calls:
        nest = Nest(
            (1, 1),
            (width,),
            (Array(dtype, (2, 2, 1)),),
            (),
            (Step(op, (0,), dtype, "reduce column"),),
            ((Array(dtype, (2, 0, 1)), 1),),
        )
        place = slots(nest)
        bytes_before = offset * like.dtype.itemsize
        args: list[Any] = [0] * len(place)
        args[place["read", 0]], args[place["write", 0]] = (
            Pointer(parts, bytes_before),
            Pointer(target.value, target.offset + bytes_before),
        )
        args[place["size", 0]], args[place["size", 1]] = tasks, chunks
        args[place["stride", "read", 0, 0]], args[place["stride", "read", 0, 1]] = width, size
        args[place["stride", "write", 0, 0]] = width
        args[place["block",]], args[place["part",]], args[place["parts",]] = 1, width, 1
        call = Call(Kernel(loops.generate, (nest,), "combine"), tuple(args), loops.scratch_bytes(context.target, nest))
        context.emit(Stage(tasks, (call,), (parts,), (target.value,), chunks * width * tasks, "combine"))

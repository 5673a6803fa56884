"""Partial results, one per chunk, reduced to one in the order of the chunks."""

from __future__ import annotations

from hornbeam.graph.ir import Value

from hornbeam_cpu.kernels import reductions
from hornbeam_cpu.kernels.nest import Step
from hornbeam_cpu.kernels.scalars import SIZES, held, load, store
from hornbeam_cpu.llvm.builder import Builder, Module, Operand
from hornbeam_cpu.llvm.library import ABI, Kernel
from hornbeam_cpu.llvm.target import Target
from hornbeam_cpu.lower.stage import Call, Context, Pointer, Stage

__all__ = ["combine", "generate"]

COLUMNS = 1024  # of a task
AT_ONCE = 4  # vectors gathered side by side


def combine(context: Context, op: str, parts: Value, target: Pointer, like: Value) -> None:
    """Emit the stage that reduces `parts` [chunks, *shape] over its first axis into `target`.

    Args:
        context: receives the stage.
        op: the reducing primitive.
        parts: the partial results; those of half floats in single precision.
        target: where the result, of the shape and dtype of `like`, goes densely.
        like: see `target`.
    """
    kernel = Kernel(generate, (op, str(like.dtype)), "combine")
    call = Call(kernel, (Pointer(parts), target, parts.shape[0], like.size))
    tasks = -(-like.size // COLUMNS)
    context.emit(Stage(tasks, (call,), (parts,), (target.value,), parts.size, "combine"))


def generate(target: Target, op: str, dtype: str) -> Module:
    """The kernel: args are the addresses of the parts and of the result, the number of chunks, the size of each."""
    module = Module()
    b = Builder(module, "kernel", ABI)
    step = Step(op, (0,), dtype, "reduce column")
    lanes = target.lanes(max(4, SIZES[dtype]))
    kept = held(dtype)  # that of the parts
    args = b.arg("args")
    parts, out = b.load("ptr", args), b.load("ptr", b.at(args, 1, "i64"))
    chunks, size = b.load("i64", b.at(args, 2, "i64")), b.load("i64", b.at(args, 3, "i64"))

    def place(base: Operand, index: Operand, dtype: str) -> Operand:
        return b.at(base, b.mul(index, b.i64(SIZES[dtype])), "i8")

    def gather(first: Operand, vectors: int, mask: Operand | None) -> None:
        spots = [b.add(first, b.i64(v * lanes)) for v in range(vectors)]
        sums = [b.variable(load(b, kept, place(parts, spot, kept), lanes, mask)) for spot in spots]
        with b.range(1, chunks) as chunk:
            begin = b.mul(chunk, size)
            for spot, gathered in zip(spots, sums, strict=True):
                more = load(b, kept, place(parts, b.add(begin, spot), kept), lanes, mask)
                gathered.set(reductions.combine(b, step, gathered.get(), more))
        for spot, gathered in zip(spots, sums, strict=True):
            store(b, dtype, gathered.get(), place(out, spot, dtype), mask)

    first = b.mul(b.arg("task"), b.i64(COLUMNS))
    length = b.minimum(b.sub(size, first), b.i64(COLUMNS))
    wide = b.mul(b.div(length, b.i64(AT_ONCE * lanes)), b.i64(AT_ONCE * lanes))
    with b.range(0, wide, AT_ONCE * lanes) as i:
        gather(b.add(first, i), AT_ONCE, None)
    with b.range(wide, length, lanes) as i:
        gather(b.add(first, i), 1, b.first_lanes(b.sub(length, i), lanes))
    b.finish()
    return module

"""Small systems of linear equations, by elimination with partial pivoting in the thread's own memory.

Loop order: systems of a task, columns, rows below; vectors run along the rows of the matrix and of the right-hand sides beside it.
"""

from __future__ import annotations

from hornbeam_cpu.kernels.rows import words
from hornbeam_cpu.kernels.scalars import SIZES, computed
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, vector
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["generate", "scratch_bytes"]


def scratch_bytes(target: Target, dtype: str, n: int, k: int) -> int:
    """For one system of n equations and k right-hand sides."""
    lanes = target.lanes(SIZES[dtype])
    return n * (-(-n // lanes) - (-k // lanes)) * lanes * SIZES[dtype]


def generate(target: Target, dtype: str) -> Module:
    """args: A, B, X, bad, count, n, k, share. A[s] X[s] = B[s] for the systems s of a task; bad[task]: whether a pivot was zero."""
    module = Module()
    b = Builder(module, "kernel", ABI)
    left, right, out, bad, count, n, k, share = words(b, 4, 4)
    kind, lanes = computed(dtype), target.lanes(SIZES[dtype])
    type, scratch = vector(kind, lanes), b.arg("scratch")

    def whole(x: Operand) -> Operand:
        return b.mul(b.div(b.add(x, b.i64(lanes - 1)), b.i64(lanes)), b.i64(lanes))

    beside = whole(n)  # where the right-hand sides begin in a row
    stride = b.add(beside, whole(k))

    def row(i: Operand) -> Operand:
        return b.at(scratch, b.mul(i, stride), kind)

    def subtract(place: Operand, factor: Operand, other: Operand, start: Operand) -> None:
        """A row less a factor times another, from a column on."""
        by = b.splat(factor, lanes)
        with b.range(start, stride, lanes) as c:
            here = b.at(place, c, kind)
            b.store(b.sub(b.load(type, here), b.mul(by, b.load(type, b.at(other, c, kind)))), here)

    wrong = b.variable(b.i64(0))
    first = b.mul(b.arg("task"), share)
    with b.range(first, b.minimum(b.add(first, share), count)) as system:
        for source, width, column in ((left, n, b.i64(0)), (right, k, beside)):
            with b.range(0, n) as i, b.range(0, width, lanes) as c:
                place = b.at(source, b.add(b.mul(b.add(b.mul(system, n), i), width), c), kind)
                mask = b.first_lanes(b.sub(width, c), lanes)
                b.store(b.load(type, place, mask), b.at(row(i), b.add(column, c), kind))
        with b.range(0, n) as p:
            top = row(p)
            best, which = b.variable(b.intrinsic("fabs", b.load(kind, b.at(top, p, kind)))), b.variable(p)
            with b.range(b.add(p, b.i64(1)), n) as r:
                size = b.intrinsic("fabs", b.load(kind, b.at(row(r), p, kind)))
                larger = b.compare("gt", size, best.get())
                best.set(b.select(larger, size, best.get()))
                which.set(b.select(larger, r, which.get()))
            other = row(which.get())
            with b.when(b.compare("ne", which.get(), p)), b.range(0, stride, lanes) as c:
                here, there = b.at(top, c, kind), b.at(other, c, kind)
                x, y = b.load(type, here), b.load(type, there)
                b.store(y, here)
                b.store(x, there)
            pivot = b.load(kind, b.at(top, p, kind))
            wrong.set(b.bits("or", wrong.get(), b.convert("zext", b.compare("eq", pivot, b.zero(kind)), "i64")))
            start = b.sub(p, b.rem(p, b.i64(lanes)))
            with b.range(b.add(p, b.i64(1)), n) as r:
                subtract(row(r), b.div(b.load(kind, b.at(row(r), p, kind)), pivot), top, start)
        with b.range(0, n) as back:
            p = b.sub(b.sub(n, b.i64(1)), back)
            top = row(p)
            pivot = b.splat(b.load(kind, b.at(top, p, kind)), lanes)
            with b.range(0, k, lanes) as c:
                here = b.at(top, b.add(beside, c), kind)
                x = b.div(b.load(type, here), pivot)
                b.store(x, here)
                goal = b.at(out, b.add(b.mul(b.add(b.mul(system, n), p), k), c), kind)
                b.store(x, goal, b.first_lanes(b.sub(k, c), lanes))
            with b.range(0, p) as r:
                subtract(row(r), b.load(kind, b.at(row(r), p, kind)), top, beside)
    b.store(wrong.get(), b.at(bad, b.arg("task"), "i64"))
    b.finish()
    return module

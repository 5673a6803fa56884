"""Products of matrices, and batches of them: C[b, m, n] = sum over k of A[b, m, k] B[b, k, n].

Loop order within a task: panels of B (as wide as the register tile), blocks of k (a panel's block is packed into the thread's own
memory), tiles of rows. What a task is: some rows and some panels of one product of the batch.
"""

from __future__ import annotations

from typing import NamedTuple

from hornbeam_cpu.kernels.micro import heights, micro_name, tile, write_micro, write_pack
from hornbeam_cpu.kernels.scalars import SIZES, computed
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, Variable
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["ARGS", "BATCH", "Product", "generate"]

BATCH = 3  # dimensions that a batch may have
ARGS = (
    *("A", "B", "C", "M", "N", "K", "sm", "sk", "sb", "ldc", "rows", "panels", "row_blocks", "panel_blocks", "depth"),
    *(f"{what}{d}" for d in range(BATCH) for what in ("batch", "a", "b", "c")),
    *("chunk", "parts"),
)


class Product(NamedTuple):
    """What a kernel is made for.

    Attributes:
        dtype: float32 or float64.
        a: which of A's strides is 1: "k", "m" or "" (both are told).
        transposed: whether B's neighbours are along k, rather than along n.
    """

    dtype: str
    a: str
    transposed: bool


def generate(target: Target, product: Product) -> Module:
    """The module with the kernel.

    args, by the names in `ARGS`: addresses; sizes M, N, K; strides in elements: A's along m and k (sm, sk), B's along the one
    of k and n that is not 1 (sb), C's along m (ldc); rows and panels of a task, and how many blocks of each there are; depth:
    how much of K is packed at once; for each dimension of the batch its size and the strides of A, B and C; chunk: how much of K
    one part sums (K, unless the sum is cut into parts, each with a C of its own), parts: how many there are.
    """
    module = Module()
    count = target.lanes(SIZES[product.dtype])
    vectors = tile(target)[1]
    for width in range(1, vectors + 1):
        write_pack(module, target, product.dtype, width, product.transposed)
        for rows in heights(target):
            write_micro(module, target, product.dtype, rows, width, product.a == "k", product.a == "m")
    b = Builder(module, "kernel", ABI)
    word = {name: b.load("i64", b.at(b.arg("args"), i, "i64")) for i, name in enumerate(ARGS[3:], 3)}
    base = {name: b.load("ptr", b.at(b.arg("args"), i, "i64")) for i, name in enumerate(ARGS[:3])}
    kind = computed(product.dtype)
    task = b.arg("task")
    panel_block, task = b.rem(task, word["panel_blocks"]), b.div(task, word["panel_blocks"])
    row_block, task = b.rem(task, word["row_blocks"]), b.div(task, word["row_blocks"])
    part, task = b.rem(task, word["parts"]), b.div(task, word["parts"])
    a, right, c = base["A"], base["B"], base["C"]
    size_c = b.mul(word["M"], word["ldc"])
    outside = b.mul(part, b.mul(size_c, _batches(b, word)))
    c = b.at(c, outside, kind)
    for d in reversed(range(BATCH)):
        index, task = b.rem(task, word[f"batch{d}"]), b.div(task, word[f"batch{d}"])
        a = b.at(a, b.mul(index, word[f"a{d}"]), kind)
        right = b.at(right, b.mul(index, word[f"b{d}"]), kind)
        c = b.at(c, b.mul(index, word[f"c{d}"]), kind)
    first_row = b.mul(row_block, word["rows"])
    last_row = b.minimum(b.add(first_row, word["rows"]), word["M"])
    width = vectors * count
    first = b.mul(b.mul(panel_block, word["panels"]), b.i64(width))
    last = b.minimum(b.add(first, b.mul(word["panels"], b.i64(width))), word["N"])
    start = b.mul(part, word["chunk"])
    stop = b.minimum(b.add(start, word["chunk"]), word["K"])
    sb, sm = word["sb"], word["sm"]
    sk = b.i64(1) if product.a == "k" else word["sk"]
    sm = b.i64(1) if product.a == "m" else sm
    with b.range(first, last, width) as n:
        columns = b.minimum(b.sub(last, n), b.i64(width))
        with b.range(start, stop, word["depth"]) as k:
            depth = b.minimum(b.sub(stop, k), word["depth"])
            along = (n, b.mul(k, sb)) if not product.transposed else (k, b.mul(n, sb))
            panel = b.at(b.at(right, along[0], kind), along[1], kind)
            fresh = b.convert("zext", b.compare("eq", k, start), "i64")
            low = b.i64(0)
            for narrow in range(1, vectors + 1):
                fits = b.bits("and", b.compare("gt", columns, low), b.compare("le", columns, b.i64(narrow * count)))
                low = b.i64(narrow * count)
                with b.when(fits):
                    b.call(f"pack_{narrow}", "void", panel, b.arg("scratch"), depth, sb, columns, declare=False)
                    row = b.variable(first_row)
                    for rows in heights(target):
                        _tiles(
                            b,
                            row,
                            last_row,
                            rows,
                            narrow,
                            (a, c),
                            (k, n),
                            (depth, sm, sk, word["ldc"], fresh, columns),
                            count,
                            kind,
                        )
    b.finish()
    return module


def _batches(b: Builder, word: dict[str, Operand]) -> Operand:
    total = b.i64(1)
    for d in range(BATCH):
        total = b.mul(total, word[f"batch{d}"])
    return total


def _tiles(
    b: Builder,
    row: Variable,
    last_row: Operand,
    rows: int,
    narrow: int,
    bases: tuple[Operand, Operand],
    at: tuple[Operand, Operand],
    numbers: tuple[Operand, ...],
    count: int,
    kind: str,
) -> None:
    """As many tiles of that height as fit into the rows that are left."""
    depth, sm, sk, ldc, fresh, columns = numbers
    fitting = b.sub(last_row, b.i64(rows - 1))
    with b.range(row.get(), fitting, rows) as m:
        left = b.at(bases[0], b.add(b.mul(m, sm), b.mul(at[0], sk)), kind)
        target = b.at(bases[1], b.add(b.mul(m, ldc), at[1]), kind)
        arguments = (left, b.arg("scratch"), target, depth, sm, sk, b.i64(narrow * count), ldc, fresh, columns)
        b.call(micro_name(rows, narrow), "void", *arguments, declare=False)
        row.set(b.add(m, b.i64(rows)))

"""Products of matrices, and batches of them: C[b, m, n] = sum over k of A[b, m, k] B[b, k, n].

Loop order within a task: panels of B (as wide as the register tile), blocks of k (a panel's block is packed into the thread's own
memory), tiles of rows. What a task is: some rows and some panels of one product of the batch.
"""

from __future__ import annotations

from typing import NamedTuple

from hornbeam_cpu.kernels.micro import heights, micro_name, tile, write_micro, write_pack
from hornbeam_cpu.kernels.scalars import SIZES, computed
from hornbeam_cpu.llvm.builder import Builder, Module, Operand
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["ARGS", "BATCH", "Product", "generate", "pack_panels", "product_name", "write_product"]

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
        packed: whether B comes in panels as `pack_panels` makes them.
    """

    dtype: str
    a: str
    transposed: bool
    packed: bool = False


def generate(target: Target, product: Product) -> Module:
    """The module with the kernel.

    args, by the names in `ARGS`: addresses; sizes M, N, K; strides in elements: A's along m and k (sm, sk), B's along the one
    of k and n that is not 1 (sb), C's along m (ldc); rows and panels of a task, and how many blocks of each there are; depth:
    how much of K is packed at once; for each dimension of the batch its size and the strides of A, B and C; chunk: how much of K
    one part sums (K, unless the sum is cut into parts, each with a C of its own), parts: how many there are.
    """
    module = Module()
    write_product(module, target, product)
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
    c = b.at(c, b.mul(part, b.mul(size_c, _batches(b, word))), kind)
    for d in reversed(range(BATCH)):
        index, task = b.rem(task, word[f"batch{d}"]), b.div(task, word[f"batch{d}"])
        a = b.at(a, b.mul(index, word[f"a{d}"]), kind)
        right = b.at(right, b.mul(index, word[f"b{d}"]), kind)
        c = b.at(c, b.mul(index, word[f"c{d}"]), kind)
    first_row = b.mul(row_block, word["rows"])
    rows = b.minimum(word["rows"], b.sub(word["M"], first_row))
    across = b.mul(word["panels"], b.i64(tile(target)[1] * target.lanes(SIZES[product.dtype])))
    first = b.mul(panel_block, across)
    columns = b.minimum(across, b.sub(word["N"], first))
    start = b.mul(part, word["chunk"])
    depth = b.minimum(word["chunk"], b.sub(word["K"], start))
    sm = b.i64(1) if product.a == "m" else word["sm"]
    sk = b.i64(1) if product.a == "k" else word["sk"]
    left = b.at(a, b.add(b.mul(first_row, sm), b.mul(start, sk)), kind)
    if product.packed:
        right = b.at(right, b.mul(first, word["K"]), kind)
    else:
        along = (first, b.mul(start, word["sb"])) if not product.transposed else (start, b.mul(first, word["sb"]))
        right = b.at(b.at(right, along[0], kind), along[1], kind)
    goal = b.at(c, b.add(b.mul(first_row, word["ldc"]), first), kind)
    numbers = (rows, columns, depth, sm, sk, word["sb"], word["ldc"], word["depth"], b.i64(1))
    b.call(product_name(product), "void", left, right, goal, b.arg("scratch"), *numbers, declare=False)
    b.finish()
    return module


def product_name(product: Product) -> str:
    """The name of the function of one product within its module."""
    return f"product{product.a}{'t' * product.transposed}{'p' * product.packed}"


def pack_panels(target: Target, product: Product) -> Module:
    """The module of a kernel that packs B once for many products; args: B, P, N, K, sb. A task is a panel of P[panel, k, columns]."""
    module = Module()
    vectors = tile(target)[1]
    write_pack(module, target, product.dtype, vectors, product.transposed)
    b = Builder(module, "kernel", ABI)
    source, goal = (b.load("ptr", b.at(b.arg("args"), i, "i64")) for i in range(2))
    n, k, sb = (b.load("i64", b.at(b.arg("args"), i, "i64")) for i in range(2, 5))
    kind = computed(product.dtype)
    width = vectors * target.lanes(SIZES[product.dtype])
    first = b.mul(b.arg("task"), b.i64(width))
    columns = b.minimum(b.sub(n, first), b.i64(width))
    begin = b.at(source, first if not product.transposed else b.mul(first, sb), kind)
    panel = b.at(goal, b.mul(first, k), kind)
    b.call(f"pack{'t' * product.transposed}_{vectors}", "void", begin, panel, k, sb, columns, declare=False)
    b.finish()
    return module


def write_product(module: Module, target: Target, product: Product) -> None:
    """The function `product(A, B, C, scratch, M, N, K, sm, sk, sb, ldc, depth, fresh)` of one product, and the tiles that it needs.

    `fresh`: 1 to begin with zeros, 0 to add to what C holds.
    """
    count = target.lanes(SIZES[product.dtype])
    vectors = tile(target)[1]
    for width in range(1, vectors + 1):
        if not product.packed and module.first(f"pack {product.transposed} {width}"):
            write_pack(module, target, product.dtype, width, product.transposed)
        for height in heights(target):
            if module.first(micro_name(height, width, product.a)):
                write_micro(module, target, product.dtype, height, width, product.a)
    names = (("A", "ptr"), ("B", "ptr"), ("C", "ptr"), ("scratch", "ptr"))
    numbers = tuple((n, "i64") for n in ("M", "N", "K", "sm", "sk", "sb", "ldc", "depth", "fresh"))
    b = Builder(module, product_name(product), (*names, *numbers), internal=True)
    kind = computed(product.dtype)
    sm = b.i64(1) if product.a == "m" else b.arg("sm")
    sk = b.i64(1) if product.a == "k" else b.arg("sk")
    width = vectors * count
    with b.range(0, b.arg("N"), width) as n:
        columns = b.minimum(b.sub(b.arg("N"), n), b.i64(width))
        with b.range(0, b.arg("K"), b.arg("depth")) as k:
            depth = b.minimum(b.sub(b.arg("K"), k), b.arg("depth"))
            sb = b.arg("sb")
            if product.packed:
                panel = b.at(b.at(b.arg("B"), b.mul(n, b.arg("K")), kind), b.mul(k, b.i64(width)), kind)
            else:
                along = (n, b.mul(k, sb)) if not product.transposed else (k, b.mul(n, sb))
                panel = b.at(b.at(b.arg("B"), along[0], kind), along[1], kind)
            fresh = b.bits("and", b.convert("zext", b.compare("eq", k, b.i64(0)), "i64"), b.arg("fresh"))
            low = b.i64(0)
            for narrow in range(1, vectors + 1):
                fits = b.bits("and", b.compare("gt", columns, low), b.compare("le", columns, b.i64(narrow * count)))
                low = b.i64(narrow * count)
                with b.when(fits):
                    if not product.packed:
                        pack = f"pack{'t' * product.transposed}_{narrow}"
                        b.call(pack, "void", panel, b.arg("scratch"), depth, sb, columns, declare=False)
                    row = b.variable(b.i64(0))
                    for height in heights(target):
                        fitting = b.sub(b.arg("M"), b.i64(height - 1))
                        with b.range(row.get(), fitting, height) as m:
                            left = b.at(b.arg("A"), b.add(b.mul(m, sm), b.mul(k, sk)), kind)
                            goal = b.at(b.arg("C"), b.add(b.mul(m, b.arg("ldc")), n), kind)
                            stride = width if product.packed else narrow * count
                            rest = (depth, sm, sk, b.i64(stride), b.arg("ldc"), fresh, columns)
                            name = micro_name(height, narrow, product.a)
                            source = panel if product.packed else b.arg("scratch")
                            b.call(name, "void", left, source, goal, *rest, declare=False)
                            row.set(b.add(m, b.i64(height)))
    b.finish()


def _batches(b: Builder, word: dict[str, Operand]) -> Operand:
    total = b.i64(1)
    for d in range(BATCH):
        total = b.mul(total, word[f"batch{d}"])
    return total

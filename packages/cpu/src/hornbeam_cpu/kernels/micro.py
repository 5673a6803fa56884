"""The building block of every product: a register tile of C, and the packing of B that feeds it.

C[rows, columns] (+)= A[rows, K] @ B[K, columns], where A is read number by number with any strides and B is read in vectors.
Source: Goto & van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication"; Georganas et al. 2020, "Harnessing Deep
Learning via a Single Building Block".
"""

from __future__ import annotations

from collections.abc import Sequence

from hornbeam_cpu.kernels.scalars import SIZES, computed
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, lanes, vector
from hornbeam_cpu.llvm.target import Target

__all__ = ["heights", "micro_name", "tile", "write_micro", "write_pack"]


AHEAD = 24  # steps along k for which a tile's numbers of A are fetched in advance
FAR = 32  # steps along k for which rows of B are, where they are packed


def tile(target: Target) -> tuple[int, int]:
    """Rows and vectors of the register tile: accumulators, a row of B and one number of A fill the registers."""
    return (14, 2) if target.registers >= 32 else (6, 2)


def heights(target: Target) -> tuple[int, ...]:
    """The tile's heights: the full one, and those of which any rest is made up."""
    full = tile(target)[0]
    return (full, *(h for h in (8, 4, 2, 1) if h < full))


def micro_name(rows: int, vectors: int, along: str) -> str:
    """The name of a tile's function within its module."""
    return f"micro{along}_{rows}x{vectors}"


def write_micro(module: Module, target: Target, dtype: str, rows: int, vectors: int, along: str) -> None:
    """The function `micro(A, B, C, K, sm, sk, ldb, ldc, fresh, columns)` of a tile.

    Args:
        module: receives it.
        target: gives the width of vectors.
        dtype: float32 or float64.
        rows, vectors: size of the tile.
        along: which of A's strides is known to be 1, "k" or "m"; "" where both are told (sk, sm), in elements.

    `fresh`: 1 to begin with zeros, 0 to add to what C holds. `columns`: how many of the tile's columns C has.
    """
    names = (("A", "ptr"), ("B", "ptr"), ("C", "ptr"))
    numbers = tuple((n, "i64") for n in ("K", "sm", "sk", "ldb", "ldc", "fresh", "columns"))
    b = Builder(module, micro_name(rows, vectors, along), (*names, *numbers), internal=True, noalias=True)
    size, kind = SIZES[dtype], computed(dtype)
    count = target.lanes(size)
    type = vector(kind, count)
    sm = b.i64(1) if along == "m" else b.arg("sm")
    sk = b.i64(1) if along == "k" else b.arg("sk")
    masks = [
        b.first_lanes(b.maximum(b.sub(b.arg("columns"), b.i64(j * count)), b.i64(0)), count) for j in range(vectors)
    ]

    def cell(i: int, j: int) -> Operand:
        return b.at(b.at(b.arg("C"), b.mul(b.arg("ldc"), b.i64(i)), kind), j * count, kind)

    gathered = [[b.variable(b.zero(type)) for _ in range(vectors)] for _ in range(rows)]
    with b.when(b.compare("eq", b.arg("fresh"), b.i64(0))):
        for i in range(rows):
            for j in range(vectors):
                gathered[i][j].set(b.load(type, cell(i, j), masks[j]))
    offsets = [b.mul(sm, b.i64(i)) for i in range(rows)]
    with b.range(0, b.arg("K")) as k:
        row = b.at(b.arg("B"), b.mul(k, b.arg("ldb")), kind)
        right = [b.load(type, b.at(row, j * count, kind)) for j in range(vectors)]
        left = b.at(b.arg("A"), b.mul(k, sk), kind)
        if along == "m":  # each step takes other lines of the cache, as far apart as A's rows are
            ahead = b.at(left, b.mul(sk, b.i64(AHEAD)), kind)
            b.prefetch(ahead)
            b.prefetch(b.at(ahead, rows - 1, kind))
        for i in range(rows):
            one = b.splat(b.load(kind, b.at(left, offsets[i], kind)), count)
            for j in range(vectors):
                gathered[i][j].set(b.fma(one, right[j], gathered[i][j].get()))
    for i in range(rows):
        for j in range(vectors):
            b.store(gathered[i][j].get(), cell(i, j), masks[j])
    b.finish()


def write_pack(module: Module, target: Target, dtype: str, vectors: int, transposed: bool) -> None:
    """The function `pack(B, P, K, stride, columns)`, or `packt`: P[K, vectors * lanes] = B[K, columns], zeros beyond `columns`.

    B's rows (along k) are `stride` elements apart and its columns neighbours; where `transposed`, the other way round.
    """
    numbers = tuple((n, "i64") for n in ("K", "stride", "columns"))
    b = Builder(
        module, f"pack{'t' * transposed}_{vectors}", (("B", "ptr"), ("P", "ptr"), *numbers), internal=True, noalias=True
    )
    size, kind = SIZES[dtype], computed(dtype)
    count = target.lanes(size)
    type = vector(kind, count)
    source, goal, stride, columns = b.arg("B"), b.arg("P"), b.arg("stride"), b.arg("columns")
    if not transposed:
        masks = [b.first_lanes(b.maximum(b.sub(columns, b.i64(j * count)), b.i64(0)), count) for j in range(vectors)]
        with b.range(0, b.arg("K")) as k:
            row, to = b.at(source, b.mul(k, stride), kind), b.at(goal, b.mul(k, b.i64(vectors * count)), kind)
            ahead = b.at(row, b.mul(stride, b.i64(FAR)), kind)
            for j in range(vectors):
                b.prefetch(b.at(ahead, j * count, kind))
                b.store(b.load(type, b.at(row, j * count, kind), masks[j]), b.at(to, j * count, kind))
        b.finish()
        return
    with b.range(0, b.arg("K"), count) as k:
        left = b.sub(b.arg("K"), k)
        inside = b.first_lanes(left, count)
        for j in range(vectors):
            block = []
            for i in range(count):  # a row of the block is a column of the panel
                number = j * count + i
                exists = b.splat(b.compare("lt", b.i64(number), columns), count)
                place = b.at(b.at(source, b.mul(stride, b.i64(number)), kind), k, kind)
                block.append(b.load(type, place, b.bits("and", inside, exists)))
            for i, x in enumerate(_transpose(b, block)):
                to = b.at(goal, b.add(b.mul(b.add(k, b.i64(i)), b.i64(vectors * count)), b.i64(j * count)), kind)
                with b.when(b.compare("lt", b.i64(i), left)):
                    b.store(x, to)
    b.finish()


def _transpose(b: Builder, rows: Sequence[Operand]) -> list[Operand]:
    """A square block in registers, transposed: blocks of half the size change places, then their halves, and so on."""
    found = list(rows)
    count = lanes(found[0].type)
    step = count // 2
    while step:
        for i in range(count):
            if not i & step:
                x, y = found[i], found[i + step]
                low = [n if not n & step else count + n - step for n in range(count)]
                high = [n + step if not n & step else count + n for n in range(count)]
                found[i], found[i + step] = b.shuffle(x, y, low), b.shuffle(x, y, high)
        step //= 2
    return found

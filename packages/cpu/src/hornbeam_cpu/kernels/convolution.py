"""Convolutions as products without copies of windows: the rows of A are places of the image, one product for each tap of the filter.

Forward (and, with the filter turned round, the data gradient): C[places, out] = sum over taps of X[places + tap, in] W[tap, in, out].
Kernel gradient: C[tap and in, out] = sum over rows of places of X[places + tap, in]^T Y[places, out].
Source: Georganas et al. 2018, "Anatomy of High-Performance Deep Learning Convolutions on SIMD Architectures".
"""

from __future__ import annotations

from typing import NamedTuple

from hornbeam_cpu.kernels.image import COMMON, open_kernel, take_unit, write_block
from hornbeam_cpu.kernels.micro import tile
from hornbeam_cpu.kernels.scalars import SIZES, computed
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, element, lanes, vector
from hornbeam_cpu.llvm.target import Target

__all__ = ["FORWARD", "GRADIENT", "Forward", "Gradient", "forward", "gradient", "row_tiles"]

FORWARD = (
    *COMMON,
    *(
        "W",
        "C",
        "taps",
        "K",
        "ldb",
        "group_w",
        "group_c",
        "tap_w",
        "ldc",
        "rowc",
        "outer_c",
        "image_c",
        "N",
        "tap_rows",
        "row_taps",
        "tap_step",
    ),
)
GRADIENT = (
    *COMMON,
    "Y",
    "C",
    "M",
    "N",
    "K",
    "ldb",
    "ldc",
    "rowy",
    "group_y",
    "group_c",
    "size_c",
    "units",
    "chunk",
    "panels",
)


class Forward(NamedTuple):
    """What a forward kernel is made for.

    Attributes:
        dtype: float32 or float64.
        tiles: heights of the tiles of one row of places.
        padded: whether blocks of the image are copied, with zeros.
        few: number of channels, where taps and channels are few enough to be written out; else 0.
        taps: number of taps, where they are written out; else 0.
        skips: whether taps that see nothing but the zeros above or below the image are left out, row by row.
    """

    dtype: str
    tiles: tuple[int, ...]
    padded: bool
    few: int = 0
    taps: int = 0
    skips: bool = False


class Gradient(NamedTuple):
    """What a kernel of the kernel gradient is made for.

    Attributes:
        dtype: float32 or float64.
        padded: whether blocks of the image are copied, with zeros.
        tiles: heights of the tiles of the rows of C that belong to one tap; or, where there are few channels, of all rows.
        whole: whether the tiles are those of one tap: their rows of A are neighbours.
    """

    dtype: str
    padded: bool
    tiles: tuple[int, ...]
    whole: bool


def row_tiles(target: Target, places: int) -> tuple[int, ...]:
    """The heights of the tiles that make up a row of places: as equal as can be, at most two different ones."""
    full = tile(target)[0]
    count = -(-places // full)
    height = -(-places // count)
    rest = places - (count - 1) * height
    return (height,) * (count - 1) + (rest,) if rest > 0 else (height,) * (places // height)


def forward(target: Target, how: Forward) -> Module:
    """The module of a forward kernel; its args are `FORWARD`, followed by the offset of each tap in the block.

    A task is a block of rows of places of one image, at one outermost place, in one group. Loop order: panels of channels out,
    rows, tiles of places, taps, channels in.
    """
    module = Module()
    size, kind = SIZES[how.dtype], computed(how.dtype)
    count, vectors = target.lanes(size), tile(target)[1]
    if how.padded:
        write_block(module, target, how.dtype)
    for height in sorted(set(how.tiles)):
        for narrow in range(1, vectors + 1):
            _places(module, target, how, height, narrow)
    b, word = open_kernel(module, FORWARD, {"X", "W", "C"})
    taps = b.at(b.arg("args"), len(FORWARD), "i64")
    unit = take_unit(b, word, b.arg("task"), how.dtype, how.padded)
    weights = b.at(word["W"], b.mul(unit.group, word["group_w"]), kind)
    here = b.mul(unit.group, word["group_c"])
    for at, by in ((unit.image, "image_c"), (unit.outer, "outer_c"), (unit.first_row, "rowc")):
        here = b.add(here, b.mul(at, word[by]))
    result = b.at(word["C"], here, kind)
    width = vectors * count
    with b.range(0, word["N"], width) as n:
        columns = b.minimum(b.sub(word["N"], n), b.i64(width))
        low = b.i64(0)
        for narrow in range(1, vectors + 1):
            fits = b.bits("and", b.compare("gt", columns, low), b.compare("le", columns, b.i64(narrow * count)))
            low = b.i64(narrow * count)
            with b.when(fits), b.range(0, unit.rows) as row:
                left = b.at(unit.block, b.mul(row, word["rowx"]), kind)
                goal = b.at(b.at(result, b.mul(row, word["rowc"]), kind), n, kind)
                begin = 0
                skipped, seen = (
                    _seen_taps(b, word, b.add(unit.first_row, row)) if how.skips else (b.i64(0), word["taps"])
                )
                for height in how.tiles:
                    arguments = (
                        b.at(left, b.mul(word["sm"], b.i64(begin)), kind),
                        b.at(b.at(weights, b.mul(skipped, word["tap_w"]), kind), n, kind),
                        b.at(goal, b.mul(word["ldc"], b.i64(begin)), kind),
                        b.at(taps, skipped, "i64"),
                        seen,
                        *(word[name] for name in ("K", "sm", "ldb", "tap_w", "ldc")),
                        columns,
                    )
                    b.call(f"places_{height}x{narrow}", "void", *arguments, declare=False)
                    begin += height
    b.finish()
    return module


def _seen_taps(b: Builder, word: dict[str, Operand], row: Operand) -> tuple[Operand, Operand]:
    """How many taps come before the first that sees a row of the image from a row of places, and how many do see one."""
    above = b.sub(b.neg(word["firstb"]), b.mul(row, word["jumpb"]))  # rows of zeros above the image, from here
    step, one, none = word["tap_step"], b.i64(1), b.i64(0)
    first = b.div(b.maximum(b.add(above, b.sub(step, one)), none), step)
    room = b.add(word["sizeb"], above)
    last = b.select(b.compare("gt", room, none), b.add(b.div(b.sub(room, one), step), one), none)
    last = b.minimum(last, word["tap_rows"])
    first = b.minimum(first, last)
    return b.mul(first, word["row_taps"]), b.mul(b.sub(last, first), word["row_taps"])


def _places(module: Module, target: Target, how: Forward, rows: int, vectors: int) -> None:
    """The function `places(A, B, C, offsets, taps, K, sm, ldb, tap, ldc, columns)`: a tile, over all taps and channels."""
    names = (("A", "ptr"), ("B", "ptr"), ("C", "ptr"), ("offsets", "ptr"))
    numbers = tuple((n, "i64") for n in ("taps", "K", "sm", "ldb", "tap", "ldc", "columns"))
    b = Builder(module, f"places_{rows}x{vectors}", (*names, *numbers), internal=True, noalias=True)
    kind = computed(how.dtype)
    count = target.lanes(SIZES[how.dtype])
    type = vector(kind, count)
    masks = _masks(b, b.arg("columns"), vectors, count)
    gathered = [[b.variable(b.zero(type)) for _ in range(vectors)] for _ in range(rows)]
    offsets = [b.mul(b.arg("sm"), b.i64(i)) for i in range(rows)]

    def step(left: Operand, right: Operand) -> None:
        line = [b.load(type, b.at(right, j * count, kind), masks[j]) for j in range(vectors)]
        for i in range(rows):
            one = b.splat(b.load(kind, b.at(left, offsets[i], kind)), count)
            for j in range(vectors):
                gathered[i][j].set(b.fma(one, line[j], gathered[i][j].get()))

    if how.few:
        for number in range(how.taps):
            left = b.at(b.arg("A"), b.load("i64", b.at(b.arg("offsets"), number, "i64")), kind)
            right = b.at(b.arg("B"), b.mul(b.arg("tap"), b.i64(number)), kind)
            for channel in range(how.few):
                step(b.at(left, channel, kind), b.at(right, b.mul(b.arg("ldb"), b.i64(channel)), kind))
    else:
        with b.range(0, b.arg("taps")) as tap:
            left = b.at(b.arg("A"), b.load("i64", b.at(b.arg("offsets"), tap, "i64")), kind)
            right = b.at(b.arg("B"), b.mul(b.arg("tap"), tap), kind)
            with b.range(0, b.arg("K")) as k:
                step(b.at(left, k, kind), b.at(right, b.mul(b.arg("ldb"), k), kind))
    for i in range(rows):
        for j in range(vectors):
            goal = b.at(b.at(b.arg("C"), b.mul(b.arg("ldc"), b.i64(i)), kind), j * count, kind)
            b.store(gathered[i][j].get(), goal, masks[j])
    b.finish()


def _masks(b: Builder, columns: Operand, vectors: int, count: int) -> list[Operand]:
    return [b.first_lanes(b.maximum(b.sub(columns, b.i64(j * count)), b.i64(0)), count) for j in range(vectors)]


def gradient(target: Target, how: Gradient) -> Module:
    """The module of a kernel of the kernel gradient; its args are `GRADIENT`, then the offset of each row of C in the block.

    A task sums a chunk of units (see `take_unit`) for some panels of channels out. Loop order: units, panels, tiles of (tap, channel
    in), rows of places, places.
    """
    module = Module()
    size, kind = SIZES[how.dtype], computed(how.dtype)
    count, vectors = target.lanes(size), tile(target)[1]
    if how.padded:
        write_block(module, target, how.dtype)
    for rows in sorted(set(how.tiles)):
        for narrow in range(1, vectors + 1):
            _taps(module, target, how, rows, narrow)
    b, word = open_kernel(module, GRADIENT, {"X", "Y", "C"})
    offsets = b.at(b.arg("args"), len(GRADIENT), "i64")
    width = vectors * count
    blocks = b.div(
        b.add(word["N"], b.sub(b.mul(word["panels"], b.i64(width)), b.i64(1))), b.mul(word["panels"], b.i64(width))
    )
    panel_block, chunk = b.rem(b.arg("task"), blocks), b.div(b.arg("task"), blocks)
    first_unit = b.mul(chunk, word["chunk"])
    last_unit = b.minimum(b.add(first_unit, word["chunk"]), word["units"])
    first_n = b.mul(b.mul(panel_block, word["panels"]), b.i64(width))
    last_n = b.minimum(b.add(first_n, b.mul(word["panels"], b.i64(width))), word["N"])
    result = b.at(word["C"], b.mul(chunk, word["size_c"]), kind)
    _clear(b, word, result, (first_n, last_n), vector(kind, count))
    with b.range(first_unit, last_unit) as number:
        unit = take_unit(b, word, number, how.dtype, how.padded)
        right = b.at(
            word["Y"], b.add(b.mul(unit.row_number(b, word), word["rowy"]), b.mul(unit.group, word["group_y"])), kind
        )
        goal = b.at(result, b.mul(unit.group, word["group_c"]), kind)
        with b.range(first_n, last_n, width) as n:
            columns = b.minimum(b.sub(last_n, n), b.i64(width))
            low = b.i64(0)
            for narrow in range(1, vectors + 1):
                fits = b.bits("and", b.compare("gt", columns, low), b.compare("le", columns, b.i64(narrow * count)))
                low = b.i64(narrow * count)
                with b.when(fits), b.range(0, word["M"], sum(how.tiles)) as m:
                    begin = 0
                    for height in how.tiles:
                        row = b.add(m, b.i64(begin))
                        arguments = (
                            b.at(unit.block, begin if how.whole else 0, kind),
                            b.at(offsets, m if how.whole else row, "i64"),
                            b.at(right, n, kind),
                            b.at(b.at(goal, b.mul(row, word["ldc"]), kind), n, kind),
                            unit.rows,
                            *(word[name] for name in ("rowx", "rowy", "K", "sm", "ldb", "ldc")),
                            columns,
                        )
                        b.call(f"taps_{height}x{narrow}", "void", *arguments, declare=False)
                        begin += height
    b.finish()
    return module


def _clear(b: Builder, word: dict[str, Operand], result: Operand, columns: tuple[Operand, Operand], type: str) -> None:
    """Zero a task's part of the sums, in every group."""
    kind, count = element(type), lanes(type)
    with b.range(0, word["groups"]) as group, b.range(0, word["M"]) as m:
        row = b.at(b.at(result, b.mul(group, word["group_c"]), kind), b.mul(m, word["ldc"]), kind)
        with b.range(columns[0], columns[1], count) as n:
            b.store(b.zero(type), b.at(row, n, kind), b.first_lanes(b.sub(columns[1], n), count))


def _taps(module: Module, target: Target, how: Gradient, rows: int, vectors: int) -> None:
    """The function `taps(A, offsets, B, C, R, ra, rb, K, sk, ldb, ldc, columns)`: adds to a tile of C over R rows of K places."""
    names = (("A", "ptr"), ("offsets", "ptr"), ("B", "ptr"), ("C", "ptr"))
    numbers = tuple((n, "i64") for n in ("R", "ra", "rb", "K", "sk", "ldb", "ldc", "columns"))
    b = Builder(module, f"taps_{rows}x{vectors}", (*names, *numbers), internal=True, noalias=True)
    kind = computed(how.dtype)
    count = target.lanes(SIZES[how.dtype])
    type = vector(kind, count)
    masks = _masks(b, b.arg("columns"), vectors, count)

    def cell(i: int, j: int) -> Operand:
        return b.at(b.at(b.arg("C"), b.mul(b.arg("ldc"), b.i64(i)), kind), j * count, kind)

    gathered = [[b.variable(b.load(type, cell(i, j), masks[j])) for j in range(vectors)] for i in range(rows)]
    if how.whole:
        first = b.load("i64", b.arg("offsets"))
        offsets = [b.add(first, b.i64(i)) for i in range(rows)]
    else:
        offsets = [b.load("i64", b.at(b.arg("offsets"), i, "i64")) for i in range(rows)]
    with b.range(0, b.arg("R")) as r:
        left_row = b.at(b.arg("A"), b.mul(r, b.arg("ra")), kind)
        right_row = b.at(b.arg("B"), b.mul(r, b.arg("rb")), kind)
        with b.range(0, b.arg("K")) as k:
            place = b.at(right_row, b.mul(k, b.arg("ldb")), kind)
            line = [b.load(type, b.at(place, j * count, kind), masks[j]) for j in range(vectors)]
            left = b.at(left_row, b.mul(k, b.arg("sk")), kind)
            for i in range(rows):
                one = b.splat(b.load(kind, b.at(left, offsets[i], kind)), count)
                for j in range(vectors):
                    gathered[i][j].set(b.fma(one, line[j], gathered[i][j].get()))
    for i in range(rows):
        for j in range(vectors):
            b.store(gathered[i][j].get(), cell(i, j), masks[j])
    b.finish()

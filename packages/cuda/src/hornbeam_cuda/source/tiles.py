"""The text of a product by tiles, whatever its operands are: the core of products and convolutions that no library computes.

A block of 256 threads computes a tile of 64 x 64 results, 4 x 4 a thread, from strips of 16 that it brings to shared memory, so each
element read serves 64 multiplications. Strips have room for four numbers more a row: neighbouring threads then write to different
banks, and read words of 16 bytes. It is meant for what cuBLASLt and cuDNN do not take (whole numbers, truth values, machines without
them): no tensor cores, and about a third of the single-precision peak at best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hornbeam_cuda.source.kernel import At, Call, Given, call, number, write
from hornbeam_cuda.source.regions import MULTIPROCESSORS, Part, joined
from hornbeam_cuda.source.scalars import NARROW, SIZES, computed, held, is_float

__all__ = ["Operands", "tiled"]

TILE = 64
STRIP = 16


class Operands(NamedTuple):
    """What is multiplied and where the results go.

    Attributes:
        head: text before the kernel.
        setup: text at its beginning.
        left, right: expressions of an element: at row `m` and step `k`; at step `k` and column `n`; of batch `b`.
        goal: that of the place of a result, as a number of elements from `out`.
        left_rows, right_columns: whether neighbouring rows (columns) are neighbours in memory; else neighbouring steps are.
        dense: whether the results are all of `out`, in C order: (batch, m, n).
    """

    head: str
    setup: str
    left: str
    right: str
    goal: str
    left_rows: bool
    right_columns: bool
    dense: bool


_TEXT = """
const int TILE = 64, STRIP = 16;
@@
  SETUP
  __shared__ Sum_ strip_left[STRIP][TILE + 4], strip_right[STRIP][TILE + 4];
  long long block = blockIdx.x;
  const long long columns_of = (columns + TILE - 1) / TILE, rows_of = (rows + TILE - 1) / TILE;
  const long long n0 = block % columns_of * TILE; block /= columns_of;
  const long long m0 = block % rows_of * TILE, b = block / rows_of;
  const long long first = blockIdx.y * part, last = first + part < steps ? first + part : steps;
  const int across = threadIdx.x % 16 * 4, down = threadIdx.x / 16 * 4;
  Sum_ sum[4][4];
#pragma unroll
  for (int i = 0; i < 4; ++i)
#pragma unroll
    for (int j = 0; j < 4; ++j) sum[i][j] = 0;
  for (long long k0 = first; k0 < last; k0 += STRIP) {
    __syncthreads();
#pragma unroll
    for (int l = threadIdx.x; l < TILE * STRIP; l += 256) {
      {
        const int row = LEFT_ROWS ? l % TILE : l / STRIP, step = LEFT_ROWS ? l / TILE : l % STRIP;
        const long long m = m0 + row, k = k0 + step;
        strip_left[step][row] = m < rows && k < last ? (Sum_)(LEFT) : (Sum_)0;
      }
      {
        const int column = RIGHT_COLUMNS ? l % TILE : l / STRIP, step = RIGHT_COLUMNS ? l / TILE : l % STRIP;
        const long long n = n0 + column, k = k0 + step;
        strip_right[step][column] = n < columns && k < last ? (Sum_)(RIGHT) : (Sum_)0;
      }
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < STRIP; ++k) {
      Sum_ x[4], y[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) { x[i] = strip_left[k][down + i]; y[i] = strip_right[k][across + i]; }
#pragma unroll
      for (int i = 0; i < 4; ++i)
#pragma unroll
        for (int j = 0; j < 4; ++j) sum[i][j] = FUSED;
    }
  }
#pragma unroll
  for (int i = 0; i < 4; ++i)
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const long long m = m0 + down + i, n = n0 + across + j;
      if (m >= rows || n >= columns) continue;
      const long long goal = GOAL;
      put(out + goal, (Out)(sum[i][j]EXTRA));
    }"""


def tiled(
    name: str,
    dtype: str,
    result: str,
    sizes: tuple[int, int, int, int],
    operands: Operands,
    given: Sequence[Given],
    out: At,
    temporary: Callable[[int], At],
    extra: str = "",
) -> list[Call]:
    """The launches of a product.

    Args:
        name: what it is, for profiles.
        dtype, result: of the operands and of the results.
        sizes: batch, rows, columns, and steps that are summed over.
        operands: see there.
        given: the arguments that the operands' expressions use.
        out: where the results go.
        temporary: gives memory for that many bytes.
        extra: what is added to each sum before it is stored, as text that begins with an operator.
    """
    batch, rows, columns, steps = sizes
    blocks = batch * -(-rows // TILE) * -(-columns // TILE)
    parts = 1
    if operands.dense and not extra:  # long sums of few results are split, so that every multiprocessor has work
        parts = max(1, min(2 * MULTIPROCESSORS // blocks, steps // 256))
    part = _part(steps, parts)
    parts = max(1, -(-steps // part))
    size = batch * rows * columns
    goal = temporary(parts * size * SIZES[held(result)]) if parts > 1 else out
    kind = held(result) if parts > 1 else result
    place = f"blockIdx.y * {size}ll + ({operands.goal})" if parts > 1 else operands.goal
    names = {
        **{"LEFT_ROWS": str(int(operands.left_rows)), "RIGHT_COLUMNS": str(int(operands.right_columns))},
        **{"LEFT": operands.left, "RIGHT": operands.right, "GOAL": place, "EXTRA": extra, "FUSED": _fused(dtype)},
        "SETUP": operands.setup,
        **{"Out": computed(kind), "Sum_": _sum(dtype)},
    }
    text = operands.head + _TEXT
    for mark, value in names.items():
        text = text.replace(mark, value)
    arguments = [*given, write("out", kind, goal)]
    arguments += [number(n, v) for n, v in (("rows", rows), ("columns", columns), ("steps", steps), ("part", part))]
    found = [call(name, arguments, text, blocks, more=(parts, 1))]
    if parts > 1:
        found.append(joined([Part("reduce_sum", result, goal, out)], parts, size, MULTIPROCESSORS))
    return found


def _part(steps: int, parts: int) -> int:
    """Steps of a part: whole strips."""
    least = max(1, -(-steps // parts))
    return -(-least // STRIP) * STRIP


def _sum(dtype: str) -> str:
    """The type of sums: unsigned ones of whole numbers, which wrap."""
    if dtype == "bool":
        return "bool"
    if is_float(dtype):
        return "float" if dtype in NARROW else computed(dtype)
    return "unsigned long long" if SIZES[dtype] == 8 else "unsigned"


def _fused(dtype: str) -> str:
    if dtype == "bool":
        return "sum[i][j] || x[i] && y[j]"
    if is_float(dtype):
        return f"fma{'' if dtype == 'float64' else 'f'}(x[i], y[j], sum[i][j])"
    return "sum[i][j] + x[i] * y[j]"

"""Sums and squared deviations of columns in one pass over memory: the statistics of a batch normalisation.

Written out, the deviations need the mean first, so the array is read twice. Here each thread takes its first number of a column as a
guess of the mean and sums the differences from it, and their squares; what threads, warps and blocks found is then joined as counts,
means and deviations, in one order. So the array is read once, and nothing large is subtracted from something large, as it would be with
plain sums of squares.

Source: Chan, Golub & LeVeque 1983, "Algorithms for Computing the Sample Variance": the shifted sums and the pairwise update.
"""

from __future__ import annotations

from collections.abc import Callable

from hornbeam_cuda.source.kernel import At, Call, call, number, read, write
from hornbeam_cuda.source.scalars import SIZES, computed, held

__all__ = ["moments"]

_HEAD = """
typedef ACC Acc;
struct Moments { Acc count, mean, rest; };
NEW Moments met(const Moments& a, const Moments& b) {
  const Acc count = a.count + b.count;
  if (b.count == 0) return a;
  if (a.count == 0) return b;
  const Acc by = b.mean - a.mean, share = b.count / count;
  Moments found = {count, a.mean + by * share, a.rest + b.rest + by * by * a.count * share};
  return found;
}
// What the threads that have the same place modulo `width` found; the first `width` threads have it.
template <int width, int threads> NEW Moments piled_up(Moments x, Acc* shared) {
  Acc *count = shared, *mean = shared + threads, *rest = mean + threads;
  __syncthreads();
  count[threadIdx.x] = x.count; mean[threadIdx.x] = x.mean; rest[threadIdx.x] = x.rest;
#pragma unroll
  for (int half = threads / 2; half >= width; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) {
      const int other = threadIdx.x + half;
      const Moments y = {count[other], mean[other], rest[other]};
      x = met(x, y);
      count[threadIdx.x] = x.count; mean[threadIdx.x] = x.mean; rest[threadIdx.x] = x.rest;
    }
  }
  return x;
}
"""
_PARTS = """@@
  const int V = VECTOR, A = ALONG, R = 256 / ALONG;
  __shared__ Acc shared[3 * 256];
  const int lane = threadIdx.x % A, group = threadIdx.x / A;
  const long long at = (blockIdx.x * (long long)A + lane) * V;
  const long long first = blockIdx.y * chunk, last = first + chunk < rows ? first + chunk : rows;
  const bool inside = at < columns;
  Acc guess[V], sum[V], squares[V], count = 0;
#pragma unroll
  for (int j = 0; j < V; ++j) guess[j] = sum[j] = squares[j] = 0;
  if (inside) {
    if (first + group < last) get_pack(guess, x + (first + group) * columns + at, V);
#pragma unroll 2
    for (long long row = first + group; row < last; row += R) {
      Acc value[V];
      get_pack(value, x + row * columns + at, V);
#pragma unroll
      for (int j = 0; j < V; ++j) {
        const Acc d = value[j] - guess[j];
        sum[j] += d;
        squares[j] += d * d;
      }
      count += 1;
    }
  }
#pragma unroll
  for (int j = 0; j < V; ++j) {
    const Acc mean = count > 0 ? sum[j] / count : 0;
    const Moments mine = {count, guess[j] + mean, squares[j] - sum[j] * mean};
    const Moments all = piled_up<A, 256>(mine, shared);
    if (inside && group == 0) {
      put(means + blockIdx.y * columns + at + j, all.mean);
      put(rests + blockIdx.y * columns + at + j, all.rest);
    }
  }"""
_JOIN = """@@
  __shared__ Acc shared[3 * 1024];
  const int lane = threadIdx.x % 8, group = threadIdx.x / 8;
  const long long column = blockIdx.x * 8ll + lane;
  Moments mine = {0, 0, 0};
  for (long long part = group; part < parts && column < columns; part += 128) {
    const long long left = rows - part * chunk;
    const Moments next = {(Acc)(left < chunk ? left : chunk), get(means + part * columns + column), get(rests + part * columns + column)};
    mine = met(mine, next);
  }
  const Moments all = piled_up<8, 1024>(mine, shared);
  if (group == 0 && column < columns) {
    put(sum + column, all.mean * (Acc)rows);
    put(rest + column, all.rest);
  }"""


def moments(
    x: At,
    dtype: str,
    sum: At,
    rest: At,
    rows: int,
    columns: int,
    temporary: Callable[[int], At],
    multiprocessors: int,
) -> list[Call]:
    """The sum of each column, and the sum of the squares of its differences from its mean.

    Args:
        x: (rows, columns) in C order.
        dtype: of it, a floating-point one.
        sum, rest: `columns` numbers each, in single precision (double for double).
        rows, columns: sizes.
        temporary: gives memory for that many bytes.
        multiprocessors: of the device.
    """
    kind = held(dtype)
    vector = 16 // SIZES[dtype]
    while columns % vector or x.offset % (vector * SIZES[dtype]):
        vector //= 2
    along = min(32, 1 << max(0, -(-columns // vector) - 1).bit_length())
    tiles, group = -(-columns // (along * vector)), 256 // along
    parts = max(1, min(8 * multiprocessors // tiles, -(-rows // (4 * group)), 1024))
    chunk = -(-rows // parts)
    parts = -(-rows // chunk)
    means, rests = (temporary(parts * columns * SIZES[kind]) for _ in range(2))
    sizes = [number("rows", rows), number("columns", columns), number("chunk", chunk)]
    head = _HEAD.replace("ACC", computed(kind))
    text = head + _PARTS.replace("VECTOR", str(vector)).replace("ALONG", str(along))
    given = [read("x", dtype, x), write("means", kind, means), write("rests", kind, rests), *sizes]
    found = [call("moments", given, text, tiles, more=(parts, 1))]
    given = [read("means", kind, means), read("rests", kind, rests), write("sum", kind, sum), write("rest", kind, rest)]
    return [
        *found,
        call("join_moments", [*given, *sizes, number("parts", parts)], head + _JOIN, -(-columns // 8), 1024),
    ]

"""Orders: a stable sort of the indices along an axis, the place in a sorted vector, the place of the largest, and running sums.

The sort: blocks of `RUN` neighbours by a bitonic network in shared memory, then runs merged two by two. In a merge each element finds
its place by itself: its place in its own run, plus how many of the other run come before it, by bisection. Equal elements are told
apart by their places, so the sort is stable whatever the network does.
"""

from __future__ import annotations

from collections.abc import Callable

from hornbeam_cuda.source.kernel import At, Call, call, number, read, write
from hornbeam_cuda.source.scalars import SIZES, computed, is_float, stored

__all__ = ["argsort", "cumulative_sum", "extreme", "searchsorted"]

RUN = 1024


def _before(dtype: str, descending: bool) -> str:
    """Whether a comes before b, of two numbers; NaN is larger than all others."""
    kind = computed(dtype)
    less = "a < b || (b != b && a == a)" if is_float(dtype) else "a < b"
    more = "a > b || (a != a && b == b)" if is_float(dtype) else "a > b"
    return f"NEW bool before({kind} a, {kind} b) {{ return {more if descending else less}; }}\n"


_RUNS = """
// Element k of row r is at (r / inner * length + k) * inner + r % inner.
@@
  __shared__ KIND key[RUN];
  __shared__ int place[RUN];
  const long long row = blockIdx.x / runs, start = blockIdx.x % runs * RUN;
  const long long base = row / inner * length * inner + row % inner;
  const int count = length - start < RUN ? (int)(length - start) : RUN;
  for (int k = threadIdx.x; k < RUN; k += blockDim.x) {
    place[k] = k;
    key[k] = k < count ? get(x + base + (start + k) * inner) : (KIND)0;
  }
  // places from `count` on come last, whatever their keys
  for (int size = 2; size <= RUN; size *= 2)
    for (int by = size / 2; by; by /= 2) {
      __syncthreads();
      for (int n = threadIdx.x; n < RUN / 2; n += blockDim.x) {
        const int i = 2 * n - (n & (by - 1)), j = i + by;
        const int p = place[i], q = place[j];
        const KIND a = key[p], b = key[q];
        const bool filled = p < count && q < count;
        bool later = filled ? before(b, a) || (!before(a, b) && q < p) : q < p;
        if (later == ((i & size) == 0)) { place[i] = q; place[j] = p; }
      }
    }
  __syncthreads();
  for (int k = threadIdx.x; k < count; k += blockDim.x) put(out + base + (start + k) * inner, (int)start + place[k]);"""

_MERGE = """@@
  const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (n >= rows * length) return;
  const long long row = n / length, k = n - row * length;
  const long long base = row / inner * length * inner + row % inner;
  const int mine = get(from + base + k * inner);
  const KIND key = get(x + base + mine * inner);
  const long long pair = k / (2 * run) * (2 * run), middle = pair + run;
  const bool right = k >= middle;
  long long low = right ? pair : middle, high = right ? middle : middle + run;
  if (high > length) high = length;
  if (low > high) low = high;
  const long long first = low;
  while (low < high) {  // how many of the other run come before it: of equal ones, those of the left run do
    const long long half = (low + high) / 2;
    const KIND other = get(x + base + get(from + base + half * inner) * inner);
    if (right ? !before(key, other) : before(other, key)) low = half + 1;
    else high = half;
  }
  const long long place = (right ? k - middle + pair : k) + (low - first);
  put(out + base + place * inner, mine);"""


def argsort(
    x: At, dtype: str, out: At, outer: int, length: int, inner: int, descending: bool, temporary: Callable[[int], At]
) -> list[Call]:
    """out[r, :, j] (int32) = the stable order of x[r, :, j], of shape (outer, length, inner).

    Args:
        x, out: in C order.
        dtype: of `x`.
        outer, length, inner: their shape.
        descending: largest first.
        temporary: gives memory for that many bytes.
    """
    rows, runs = outer * inner, -(-length // RUN)
    merges = max(0, runs - 1).bit_length()
    head = _before(dtype, descending) + f"const int RUN = {RUN};\n"
    other = temporary(4 * rows * length) if merges else out
    places = [out, other] if merges % 2 == 0 else [other, out]
    sizes = [number("rows", rows), number("length", length), number("inner", inner)]
    given = [read("x", dtype, x), write("out", "int32", places[0]), *sizes[1:], number("runs", runs)]
    found = [call("sort_runs", given, (head + _RUNS).replace("KIND", computed(dtype)), rows * runs, 512)]
    for step in range(merges):
        source, goal = places[step % 2], places[(step + 1) % 2]
        given = [read("x", dtype, x), read("from", "int32", source), write("out", "int32", goal), *sizes]
        text = (_before(dtype, descending) + _MERGE).replace("KIND", computed(dtype))
        found.append(call("sort_merge", [*given, number("run", RUN << step)], text, -(-rows * length // 256)))
    return found


def searchsorted(row: At, values: At, dtype: str, out: At, length: int, count: int, right: bool) -> list[Call]:
    """out[i] (int32) = where values[i] belongs in the sorted row: before equal elements, or after them (`right`)."""
    text = (
        _before(dtype, False)
        + """@@
  const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) return;
  const KIND x = get(values + i);
  long long low = 0, high = length;
  while (low < high) {
    const long long half = (low + high) / 2;
    const KIND other = get(row + half);
    if (CONDITION) low = half + 1;
    else high = half;
  }
  put(out + i, (int)low);"""
    )
    condition = "!before(x, other)" if right else "before(other, x)"
    text = text.replace("KIND", computed(dtype)).replace("CONDITION", condition)
    given = [read("row", dtype, row), read("values", dtype, values), write("out", "int32", out)]
    return [call("searchsorted", [*given, number("length", length), number("count", count)], text, -(-count // 256))]


_EXTREME = """
NEW bool better(KIND a, long long i, KIND b, long long j) { return before(a, b) || (!before(b, a) && i < j); }
"""
_ALONG = """@@
  const long long row = ((long long)blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x % 32;
  const long long mine = row < outer ? row : outer - 1;
  KIND best = get(x + mine * length);
  long long at = 0;
  for (long long k = lane; k < length; k += 32) {
    const KIND next = get(x + mine * length + k);
    if (better(next, k, best, at)) { best = next; at = k; }
  }
#pragma unroll
  for (int by = 16; by; by /= 2) {
    const KIND other = Lane<KIND>::other(best, by);
    const long long place = Lane<long long>::other(at, by);
    if (better(other, place, best, at)) { best = other; at = place; }
  }
  if (lane == 0 && row < outer) put(out + row, (int)at);"""
_ACROSS = """@@
  const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (n >= outer * inner) return;
  const long long base = n / inner * length * inner + n % inner;
  KIND best = get(x + base);
  long long at = 0;
  for (long long k = 1; k < length; ++k) {
    const KIND next = get(x + base + k * inner);
    if (before(next, best)) { best = next; at = k; }
  }
  put(out + n, (int)at);"""


def extreme(x: At, dtype: str, out: At, outer: int, length: int, inner: int, largest: bool) -> list[Call]:
    """out[r, j] (int32) = the first place of the largest (or smallest) of x[r, :, j]; NaN is both.

    A warp walks a row; where rows are not dense, a thread does, and neighbouring threads read neighbours.
    """
    kind = computed(dtype)
    sign = ">" if largest else "<"
    test = f"a {sign} b || (a != a && b == b)" if is_float(dtype) else f"a {sign} b"
    head = f"NEW bool before({kind} a, {kind} b) {{ return {test}; }}\n" + _EXTREME
    text = (head + (_ALONG if inner == 1 else _ACROSS)).replace("KIND", kind)
    given = [read("x", dtype, x), write("out", "int32", out)]
    given += [number("outer", outer), number("length", length), number("inner", inner)]
    threads = 32 * outer if inner == 1 else outer * inner
    return [call("argmax" if largest else "argmin", given, text, -(-threads // 256))]


_SCAN = """
// The running sum over the threads of a warp.
NEW KIND scanned(KIND x) {
#pragma unroll
  for (int by = 1; by < 32; by *= 2) {
    const KIND other = (KIND)__shfl_up_sync(EVERY_LANE, x, by);
    if (threadIdx.x % 32 >= by) x = x + other;
  }
  return x;
}
@@
  __shared__ KIND sums[8];
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const long long base = blockIdx.x * length;
  KIND carried = 0;
  for (long long start = 0; start < length; start += 4 * 256) {
    const long long at = start + 4 * threadIdx.x;
    KIND x[4];
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      x[j] = at + j < length ? get(x_ + base + at + j) : (KIND)0;
      if (j) x[j] = x[j - 1] + x[j];
    }
    const KIND mine = scanned(x[3]);
    __syncthreads();
    if (lane == 31) sums[warp] = mine;
    __syncthreads();
    KIND before = carried;
    for (int w = 0; w < 8; ++w) {
      if (w == warp) before = carried;
      carried = carried + sums[w];
    }
    const KIND rest = (KIND)__shfl_up_sync(EVERY_LANE, mine, 1);
    if (lane) before = before + rest;
#pragma unroll
    for (int j = 0; j < 4; ++j) if (at + j < length) put(out + base + at + j, before + x[j]);
  }"""
_SCAN_ACROSS = """@@
  const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (n >= outer * inner) return;
  const long long base = n / inner * length * inner + n % inner;
  KIND sum = 0;
  for (long long k = 0; k < length; ++k) {
    sum = sum + get(x_ + base + k * inner);
    put(out + base + k * inner, sum);
  }"""


def cumulative_sum(x: At, dtype: str, out: At, outer: int, length: int, inner: int) -> list[Call]:
    """out[r, k, j] = the sum of x[r, :k + 1, j]; of shape (outer, length, inner).

    A block goes along a dense row, 1024 places at a time; where rows are not dense, each thread goes along one.
    """
    kind = "double" if dtype == "float64" else "float" if is_float(dtype) else f"{stored(dtype)}"
    if SIZES[dtype] < 4 and not is_float(dtype):
        kind = "int"  # cut off when stored
    text = (_SCAN if inner == 1 else _SCAN_ACROSS).replace("KIND", kind)
    given = [read("x_", dtype, x), write("out", dtype, out), number("outer", outer), number("length", length)]
    blocks = outer if inner == 1 else -(-outer * inner // 256)
    return [call("cumulative_sum", [*given, number("inner", inner)], text, blocks)]

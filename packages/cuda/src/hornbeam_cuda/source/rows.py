"""Rows chosen by indices: indices brought into range, rows gathered, rows scattered in an order that is always the same.

A gather moves each row in words of up to 16 bytes, a thread for each word: neighbouring threads write neighbouring words. A scatter
sorts the indices first, by a stable sort, so that the updates of one row are neighbours in their order; then each place of the
result is joined by one thread (no atomics). A row with many updates is joined in parts of `PART`, and the parts in order, so that
a row that half of all updates meet in (the padding of sentences) costs a chain of some hundred additions and not of all.
"""

from __future__ import annotations

from collections.abc import Callable

from hornbeam_cuda.source.expressions import join
from hornbeam_cuda.source.kernel import At, Call, call, number, read, write
from hornbeam_cuda.source.ordering import argsort
from hornbeam_cuda.source.scalars import SIZES, computed, held, stored

__all__ = ["gather", "index_within", "scatter"]

WORDS = {16: "uint4", 8: "uint2", 4: "uint32", 2: "uint16", 1: "uint8"}
PART = 64  # updates that one thread joins
DIRECT = 2**22  # up to so many pairs of a row and an update are looked through without sorting

_SORTED = """NEW long long row_at(const {t}* index, const int* order, long long place) {{
  return row_of(index, get(order + place));
}}
"""
_INDEX = "NEW long long row_of(const {t}* index, long long i) {{ return (long long)get(index + i); }}\n"


def index_within(index: At, dtype: str, out: At, bad: At, count: int, size: int) -> list[Call]:
    """out[i] = index[i], plus `size` where it is negative, and 0 where it is outside.

    Args:
        index, out: `count` integers.
        dtype: of them.
        bad: one int32 that is set to 1 if an index is outside; it has to be 0 before.
        count: of indices.
        size: of the axis that they count along.
    """
    text = """@@
  const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) return;
  long long k = (long long)get(index + i);
  if (k < 0) k += size;
  const bool outside = k < 0 || k >= size;
  if (outside) put(bad, 1);
  put(out + i, (KIND)(outside ? 0 : k));""".replace("KIND", computed(dtype))
    given = [read("index", dtype, index), write("out", dtype, out), write("bad", "int32", bad)]
    return [call("index_within", [*given, number("count", count), number("size", size)], text, -(-count // 256))]


def gather(x: At, dtype: str, index: At, index_dtype: str, out: At, count: int, width: int) -> list[Call]:
    """out[i, :] = x[index[i], :] for `count` indices in range and rows of `width` elements."""
    size = width * SIZES[dtype]
    word = next(w for w in WORDS if size % w == 0 and x.offset % w == 0 and out.offset % w == 0)
    text = """@@
  const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (n >= count * words) return;
  const long long i = words == 1 ? n : n / words, c = n - i * words;
  const long long from = (long long)get(index + i) * words + c;
  HORNBEAM_TOUCH(x + from, sizeof *x, false);
  HORNBEAM_TOUCH(out + n, sizeof *x, true);
  out[n] = x[from];"""
    given = [read("x", WORDS[word], x), read("index", index_dtype, index), write("out", WORDS[word], out)]
    given += [number("count", count), number("words", size // word)]
    return [call("gather", given, text, -(-count * (size // word) // 256))]


def scatter(
    index: At,
    index_dtype: str,
    updates: At,
    dtype: str,
    out: At,
    count: int,
    width: int,
    rows: int,
    mode: str,
    temporary: Callable[[int], At],
) -> list[Call]:
    """out[index[i], :] takes updates[i, :], in the order of i; out holds what was there before.

    Args:
        index: `count` integers in range.
        index_dtype: of them.
        updates: (count, width).
        dtype: of `updates` and `out`.
        out: (rows, width).
        count, width, rows: sizes.
        mode: "add", "max", "min", or "set" (the last one stays).
        temporary: gives memory for that many bytes.
    """
    how = f"struct How {{ static NEW {computed(dtype)} join({computed(dtype)} a, {computed(dtype)} b) {{ {_how(mode)} }} }};\n"
    head = how + _INDEX.format(t=stored(index_dtype))
    sizes = [number("count", count), number("width", width), number("rows", rows)]
    if rows * count <= DIRECT:
        given = [read("index", index_dtype, index), read("updates", dtype, updates), write("out", dtype, out), *sizes]
        return [call(f"scatter_{mode}", given, head + _DIRECT, -(-rows * width // 256))]
    order = temporary(4 * count)
    found = argsort(index, index_dtype, order, 1, count, 1, False, temporary)
    parts = -(-count // PART)
    partial = temporary(parts * width * SIZES[held(dtype)])
    shared = [read("index", index_dtype, index), read("order", "int32", order), read("updates", dtype, updates)]
    head += f"const int PART = {PART};\n" + _SORTED.format(t=stored(index_dtype))
    given = [*shared, write("partial", held(dtype), partial), write("out", dtype, out), *sizes]
    found.append(call(f"scatter_parts_{mode}", given, head + _PARTS, -(-parts * width // 256)))
    given = [*shared[:2], read("partial", held(dtype), partial), write("out", dtype, out), *sizes]
    found.append(call(f"scatter_join_{mode}", given, head + _JOIN, -(-parts * width // 256)))
    return found


def _how(mode: str) -> str:
    op = {"add": "reduce_sum", "max": "reduce_max", "min": "reduce_min"}.get(mode)
    return f"return {join(op, 'float32')[0]}::join(a, b);" if op else "return b;"


_DIRECT = """@@
  const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (n >= rows * width) return;
  const long long row = n / width, c = n - row * width;
  auto x = get(out + n);
  for (long long i = 0; i < count; ++i)
    if (row_of(index, i) == row) x = How::join(x, get(updates + i * width + c));
  put(out + n, x);"""

# A run: neighbours in sorted order whose rows are one. Each thread walks one column of one part. What belongs to a run
# that began in an earlier part goes to `partial`, all else to the result. Then the part that has a run's beginning joins the rest of it.
_PARTS = """@@
  const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  const long long part = n / width, c = n - part * width, first = part * PART;
  if (first >= count) return;
  const long long last = first + PART < count ? first + PART : count;
  long long place = first;
  const long long before = first ? row_at(index, order, first - 1) : -1;
  while (place < last) {
    const long long row = row_at(index, order, place);
    auto x = get(updates + get(order + place) * width + c);
    for (++place; place < last && row_at(index, order, place) == row; ++place)
      x = How::join(x, get(updates + get(order + place) * width + c));
    if (row == before) put(partial + n, x);
    else put(out + row * width + c, How::join(get(out + row * width + c), x));
  }"""
_JOIN = """@@
  const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  const long long part = n / width, c = n - part * width, last = (part + 1) * PART;
  if (last >= count) return;
  const long long row = row_at(index, order, last - 1);
  if (row_at(index, order, last) != row) return;
  if (part && row_at(index, order, part * PART) == row && row_at(index, order, part * PART - 1) == row) return;
  auto x = get(partial + (part + 1) * width + c);
  for (long long next = part + 2; next * PART < count; ++next) {
    if (row_at(index, order, next * PART) != row || row_at(index, order, next * PART - 1) != row) break;
    x = How::join(x, get(partial + next * width + c));
  }
  put(out + row * width + c, How::join(get(out + row * width + c), x));"""

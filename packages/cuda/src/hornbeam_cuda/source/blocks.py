"""Blocks whose place is known on the device alone: cut out of an array, or put into it; the caches of text generators live by that."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hornbeam_cuda.source.kernel import At, Call, call, number, read, write
from hornbeam_cuda.source.rows import WORDS
from hornbeam_cuda.source.scalars import SIZES

__all__ = ["block_cut", "block_put"]


def block_cut(
    x: At, dtype: str, start: At, start_dtype: str, out: At, shape: Sequence[int], sizes: Sequence[int]
) -> list[Call]:
    """out = the block of `sizes` of x, of `shape`, that begins at `start`, or as near to it as it fits; all in C order."""
    return _moved("block_cut", x, out, dtype, start, start_dtype, shape, sizes)


def block_put(
    updates: At, dtype: str, start: At, start_dtype: str, out: At, shape: Sequence[int], sizes: Sequence[int]
) -> list[Call]:
    """The block of `sizes` of out, of `shape`, that begins at `start`, or as near to it as it fits, becomes `updates`."""
    return _moved("block_put", updates, out, dtype, start, start_dtype, shape, sizes)


def _moved(
    name: str, x: At, out: At, dtype: str, start: At, start_dtype: str, shape: Sequence[int], sizes: Sequence[int]
) -> list[Call]:
    """Neighbouring threads move neighbouring words of up to 16 bytes; axes of which the block has all are rows of words."""
    rank = len(shape)
    while rank > 1 and shape[rank - 1] == sizes[rank - 1]:
        rank -= 1
    width = SIZES[dtype] * math.prod(shape[rank:])
    word = next(w for w in WORDS if width % w == 0 and x.offset % w == 0 and out.offset % w == 0)
    lines = ["long long rest = n / words, place = 0, by = words;", "const long long c = n - rest * words;"]
    for axis in reversed(range(rank)):
        lines += [
            f"long long s{axis} = (long long)get(start + {axis});",
            f"s{axis} = s{axis} < 0 ? 0 : s{axis} > whole{axis} - size{axis} ? whole{axis} - size{axis} : s{axis};",
            f"place += (s{axis} + rest % size{axis}) * by;",
            f"rest /= size{axis};",
            f"by *= whole{axis};",
        ]
    inside, outside = "n", "place + c"
    source, goal = (outside, inside) if name == "block_cut" else (inside, outside)
    text = f"""@@
  const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (n >= count) return;
  {chr(10).join(lines)}
  HORNBEAM_TOUCH(x + {source}, sizeof *x, false);
  HORNBEAM_TOUCH(out + {goal}, sizeof *x, true);
  out[{goal}] = x[{source}];"""
    count = math.prod(sizes[:rank]) * (width // word)
    given = [read("x", WORDS[word], x), read("start", start_dtype, start), write("out", WORDS[word], out)]
    given += [number("count", count), number("words", width // word)]
    given += [number(f"whole{a}", shape[a]) for a in range(rank)] + [number(f"size{a}", sizes[a]) for a in range(rank)]
    return [call(name, given, text, -(-count // 256))]

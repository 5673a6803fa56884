"""Pooling: sums and maxima over moving windows, and their gradients, of arrays (batch, *space, channels) with 1 to 3 axes of space.

Neighbouring threads take neighbouring channels, in words of 16 bytes where the number of channels allows it. Every result is computed
by one thread from what it needs (a gradient looks at the windows that an element lies in), so nothing is added by atomics and the
result is the same each time; the windows overlap in the first-level cache, so each array comes from memory about once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from hornbeam_cuda.source.kernel import At, Call, Given, call, number, read, write
from hornbeam_cuda.source.scalars import SIZES, computed, stored

__all__ = ["Windows", "window"]


class Windows(NamedTuple):
    """A moving window.

    Attributes:
        x: shape of what it moves over: (batch, *space, channels).
        y: shape of the results, one for each position: (batch, *places, channels).
        window, strides, low: sizes, steps and padding in front, one number for each axis of space.
    """

    x: tuple[int, ...]
    y: tuple[int, ...]
    window: tuple[int, ...]
    strides: tuple[int, ...]
    low: tuple[int, ...]


# Of three axes of space, X, Y, W, S and L hold the sizes of x, of y and of the window, steps and padding.
_HEAD = """
const int V = VECTOR;
struct Vector { Number at[V]; };
NEW Vector zero() {
  Vector v;
#pragma unroll
  for (int j = 0; j < V; ++j) v.at[j] = 0;
  return v;
}
NEW Vector vector(const Stored* p) { Vector v; get_pack<Stored, V>(v.at, p, V); return v; }
struct Sizes { int x0, x1, x2, y0, y1, y2, w0, w1, w2, s0, s1, s2, l0, l1, l2, channels; };
struct Place { int batch, a, b, c, channel; };
// Vector number n of an array of these sizes.
NEW Place place_of(long long n, int a, int b, int c, int channels) {
  Place p;
  const int vectors = channels / V;
  long long rest = n / vectors;
  p.channel = (int)(n - rest * vectors) * V;
  p.c = (int)(rest % c); rest /= c;
  p.b = (int)(rest % b); rest /= b;
  p.a = (int)(rest % a);
  p.batch = (int)(rest / a);
  return p;
}
NEW long long x_at(const Sizes& z, int batch, int a, int b, int c, int channel) {
  return ((((long long)batch * z.x0 + a) * z.x1 + b) * z.x2 + c) * z.channels + channel;
}
NEW long long y_at(const Sizes& z, int batch, int a, int b, int c, int channel) {
  return ((((long long)batch * z.y0 + a) * z.y1 + b) * z.y2 + c) * z.channels + channel;
}
NEW int most(int a, int b) { return a > b ? a : b; }
NEW int least(int a, int b) { return a < b ? a : b; }
// The elements of x that the window at place p of y sees.
#define FOR_WINDOW(z, p) \\
  const int a0 = p.a * z.s0 - z.l0, b0 = p.b * z.s1 - z.l1, c0 = p.c * z.s2 - z.l2; \\
  for (int a = most(a0, 0); a < least(a0 + z.w0, z.x0); ++a) \\
    for (int b = most(b0, 0); b < least(b0 + z.w1, z.x1); ++b) \\
      for (int c = most(c0, 0); c < least(c0 + z.w2, z.x2); ++c)
NEW int first_place(int at, int low, int window, int stride) {
  const int first = at + low - window + 1;
  return first <= 0 ? 0 : (first + stride - 1) / stride;
}
// The places of y whose windows see element p of x.
#define FOR_PLACES(z, p) \\
  for (int a = first_place(p.a, z.l0, z.w0, z.s0); a < least((p.a + z.l0) / z.s0 + 1, z.y0); ++a) \\
    for (int b = first_place(p.b, z.l1, z.w1, z.s1); b < least((p.b + z.l1) / z.s1 + 1, z.y1); ++b) \\
      for (int c = first_place(p.c, z.l2, z.w2, z.s2); c < least((p.c + z.l2) / z.s2 + 1, z.y2); ++c)
// Of each channel, the number (in x) of the first largest element of a window.
struct Firsts { int at[V]; };
NEW Firsts firsts(const Sizes& z, const Other* x, const Place& p) {
  OtherNumber best[V];
  Firsts found;
  bool begun = false;
  FOR_WINDOW(z, p) {
    OtherNumber v[V];
    get_pack<Other, V>(v, x + x_at(z, p.batch, a, b, c, p.channel), V);
#pragma unroll
    for (int j = 0; j < V; ++j)
      if (!begun || v[j] > best[j] || v[j] != v[j] && best[j] == best[j]) { best[j] = v[j]; found.at[j] = (a * z.x1 + b) * z.x2 + c; }
    begun = true;
  }
#pragma unroll
  for (int j = 0; j < V; ++j) if (!begun || best[j] != best[j]) found.at[j] = -1;
  return found;
}
"""

_BODIES = {
    "window_sum": """
  Vector sum = zero();
  FOR_WINDOW(z, p) {
    const Vector v = vector(x + x_at(z, p.batch, a, b, c, p.channel));
#pragma unroll
    for (int j = 0; j < V; ++j) sum.at[j] = Sum::join(sum.at[j], v.at[j]);
  }
  put_pack<Stored, V>(sum.at, out + n * V, V);""",
    "window_max": """
  Vector best = zero();
#pragma unroll
  for (int j = 0; j < V; ++j) best.at[j] = LOWEST;
  FOR_WINDOW(z, p) {
    const Vector v = vector(x + x_at(z, p.batch, a, b, c, p.channel));
#pragma unroll
    for (int j = 0; j < V; ++j) best.at[j] = Max::join(best.at[j], v.at[j]);
  }
  put_pack<Stored, V>(best.at, out + n * V, V);""",
    "window_gather": """
  const Firsts first = firsts(z, other, p);
  Vector found = zero();
#pragma unroll
  for (int j = 0; j < V; ++j) {
    if (first.at[j] < 0) continue;
    const long long from = ((long long)p.batch * z.x0 * z.x1 * z.x2 + first.at[j]) * z.channels + p.channel + j;
    found.at[j] = get(x + from);
  }
  put_pack<Stored, V>(found.at, out + n * V, V);""",
    "window_spread": """
  Vector sum = zero();
  FOR_PLACES(z, p) {
    const Vector v = vector(x + y_at(z, p.batch, a, b, c, p.channel));
#pragma unroll
    for (int j = 0; j < V; ++j) sum.at[j] = Sum::join(sum.at[j], v.at[j]);
  }
  put_pack<Stored, V>(sum.at, out + n * V, V);""",
    "window_scatter": """
  Vector sum = zero();
  const int mine = (p.a * z.x1 + p.b) * z.x2 + p.c;
  FOR_PLACES(z, p) {
    Place at;
    at.batch = p.batch; at.a = a; at.b = b; at.c = c; at.channel = p.channel;
    const Firsts first = firsts(z, other, at);
    const Vector v = vector(x + y_at(z, p.batch, a, b, c, p.channel));
#pragma unroll
    for (int j = 0; j < V; ++j) if (first.at[j] == mine) sum.at[j] = Sum::join(sum.at[j], v.at[j]);
  }
  put_pack<Stored, V>(sum.at, out + n * V, V);""",
}
_OVER_X = frozenset(("window_spread", "window_scatter"))  # results as many as elements of x


def window(
    op: str, how: Windows, dtype: str, x: At, out: At, other: At | None = None, other_dtype: str = ""
) -> list[Call]:
    """The launch of a pooling primitive.

    Args:
        op: "window_sum" and "window_max": `x` of shape how.x to how.y; "window_spread": `x` of shape how.y to how.x;
            "window_gather": `x` of shape how.x to how.y, the elements that are the first largest of each window of `other`;
            "window_scatter": `x` of shape how.y to how.x, added where those are.
        how: the window.
        dtype: of `x` and `out`.
        x, out: arrays in C order.
        other: what the maxima are of, of shape how.x, for "window_gather" and "window_scatter".
        other_dtype: of it.
    """
    channels = how.x[-1]
    arrays = [(x, dtype), (out, dtype), *([(other, other_dtype)] if other is not None else [])]
    size = max(SIZES[kind] for _, kind in arrays)
    vector = 16 // size
    while vector > 1 and (channels % vector or any(at.offset % (vector * SIZES[kind]) for at, kind in arrays)):
        vector //= 2
    head = f"typedef {stored(dtype)} Stored;\ntypedef {computed(dtype)} Number;\n"
    head += f"typedef {stored(other_dtype or dtype)} Other;\ntypedef {computed(other_dtype or dtype)} OtherNumber;\n"
    over = "x" if op in _OVER_X else "y"
    text = f"""@@
  const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (n >= vectors) return;
  const Sizes z = {{{", ".join(_NAMES)}}};
  const Place p = place_of(n, z.{over}0, z.{over}1, z.{over}2, z.channels);{_BODIES[op]}"""
    text = (head + _HEAD + text).replace("VECTOR", str(vector)).replace("LOWEST", _lowest(dtype))
    vectors = math.prod(how.x if op in _OVER_X else how.y) // vector
    given: list[Given] = [read("x", dtype, x), write("out", dtype, out)]
    given += [read("other", other_dtype, other)] if other is not None else []
    given += [number(name, value, "int32") for name, value in zip(_NAMES, _sizes(how), strict=True)]
    return [call(op, [*given, number("vectors", vectors)], text, -(-vectors // 256))]


_NAMES = [f"{kind}{axis}" for kind in "xywsl" for axis in range(3)] + ["channels"]


def _sizes(how: Windows) -> list[int]:
    """The sizes of three axes of space, of which those in front may be of one place."""

    def three(sizes: Sequence[int], missing: int) -> list[int]:
        return [*[missing] * (3 - len(sizes)), *sizes]

    spaces = (
        three(how.x[1:-1], 1),
        three(how.y[1:-1], 1),
        three(how.window, 1),
        three(how.strides, 1),
        three(how.low, 0),
    )
    return [*(n for sizes in spaces for n in sizes), how.x[-1]]


def _lowest(dtype: str) -> str:
    if "float" in dtype:
        return "(Number)-INFINITE"
    if dtype[0] in "ub":
        return "(Number)0"
    return f"(Number)({-(2 ** (8 * SIZES[dtype] - 1)) + 1}ll - 1)"

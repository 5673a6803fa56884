"""Convolutions and their gradients where there is no library for them: products whose operands are looked up (implicit GEMM)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from hornbeam_cuda.library import Convolution
from hornbeam_cuda.source.kernel import At, Call, Given, number, read
from hornbeam_cuda.source.scalars import stored
from hornbeam_cuda.source.tiles import Operands, tiled

__all__ = ["convolution"]

# Of three axes of space: X, Y, W sizes of x, y and the window, S steps, L padding in front, D dilation; c and f: channels of x and
# filters of a group, g: groups.
_HEAD = """
struct Sizes { int x0, x1, x2, y0, y1, y2, w0, w1, w2, s0, s1, s2, l0, l1, l2, d0, d1, d2, c, f, g; };
struct Place { int a, b, c; long long batch; };
NEW Place place_of(long long n, int a, int b, int c) {
  Place p;
  p.c = (int)(n % c); n /= c;
  p.b = (int)(n % b); n /= b;
  p.a = (int)(n % a);
  p.batch = n / a;
  return p;
}
// The element of x that place p of y meets with element w of the window, of channel `channel` of group `group`.
NEW Number of_x(const Sizes& z, const Stored* x, const Place& p, const Place& w, long long group, int channel) {
  const int a = p.a * z.s0 - z.l0 + w.a * z.d0, b = p.b * z.s1 - z.l1 + w.b * z.d1, c = p.c * z.s2 - z.l2 + w.c * z.d2;
  if (a < 0 || b < 0 || c < 0 || a >= z.x0 || b >= z.x1 || c >= z.x2) return 0;
  return get(x + (((p.batch * z.x0 + a) * z.x1 + b) * z.x2 + c) * z.c * z.g + group * z.c + channel);
}
// The element of y whose place meets element p of x with element w of the window.
NEW Number of_y(const Sizes& z, const Stored* y, const Place& p, const Place& w, long long group, int filter) {
  int a = p.a + z.l0 - w.a * z.d0, b = p.b + z.l1 - w.b * z.d1, c = p.c + z.l2 - w.c * z.d2;
  if (a < 0 || b < 0 || c < 0 || a % z.s0 || b % z.s1 || c % z.s2) return 0;
  a /= z.s0; b /= z.s1; c /= z.s2;
  if (a >= z.y0 || b >= z.y1 || c >= z.y2) return 0;
  return get(y + (((p.batch * z.y0 + a) * z.y1 + b) * z.y2 + c) * z.f * z.g + group * z.f + filter);
}
"""
_SIZES = [f"{kind}{axis}" for kind in "xywsld" for axis in range(3)] + ["c", "f", "g"]
_AT = "place_of({0}, z.{1}0, z.{1}1, z.{1}2)"


def convolution(described: Convolution, addresses: Sequence[At], temporary: Callable[[int], At]) -> list[Call]:
    """The launches of a convolution or one of its gradients; sums are in single precision (double for double).

    Args:
        described: what to compute.
        addresses: as it documents.
        temporary: gives memory for that many bytes.
    """
    z, groups = described, described.groups
    places, space, window = math.prod(z.y[1:-1]), math.prod(z.x[1:-1]), math.prod(z.kernel[1:-1])
    channels, filters, batch = z.kernel[-1], z.kernel[0] // groups, z.x[0]
    names = {"forward": ("x", "kernel"), "input": ("kernel", "y"), "kernel": ("x", "y")}[z.direction]
    point, pixel, element = (_AT.format(*pair) for pair in (("m", "y"), ("m", "x"), ("k / z.{0}", "w")))
    if z.direction == "forward":
        sizes = (groups, batch * places, filters, window * channels)
        left = f"of_x(z, x, {point}, {element.format('c')}, b, (int)(k % z.c))"
        right = "get(kernel + (b * z.f + n) * steps + k)"
        goal, rows, columns = "m * z.f * z.g + b * z.f + n", False, False
    elif z.direction == "input":
        sizes = (groups, batch * space, channels, window * filters)
        left = f"of_y(z, y, {pixel}, {element.format('f')}, b, (int)(k % z.f))"
        right = "get(kernel + ((b * z.f + k % z.f) * z.w0 * z.w1 * z.w2 + k / z.f) * z.c + n)"
        goal, rows, columns = "m * z.c * z.g + b * z.c + n", False, True
    else:
        sizes = (groups, filters, window * channels, batch * places)
        left = "get(y + k * z.f * z.g + b * z.f + m)"
        at = _AT.format("k", "y")
        right = f"of_x(z, x, {at}, {_AT.format('n / z.c', 'w')}, b, (int)(n % z.c))"
        goal, rows, columns = "(b * z.f + m) * columns + n", True, True
    head = f"typedef {stored(z.dtype)} Stored;\ntypedef Memory<Stored>::Number Number;\n{_HEAD}"
    setup = f"const Sizes z = {{{', '.join(f'z{name}' for name in _SIZES)}}};"
    operands = Operands(head, setup, left, right, goal, rows, columns, groups == 1 or z.direction == "kernel")
    given: list[Given] = [read(name, z.dtype, at) for name, at in zip(names, addresses, strict=False)]
    given += [number(f"z{name}", value, "int32") for name, value in zip(_SIZES, _sizes(described), strict=True)]
    return tiled(f"convolution_{z.direction}", z.dtype, z.dtype, sizes, operands, given, addresses[2], temporary)


def _sizes(z: Convolution) -> list[int]:
    """The sizes of three axes of space, of which those in front may be of one place."""
    listed = [z.x[1:-1], z.y[1:-1], z.kernel[1:-1], z.strides, z.low, z.dilation]
    found = [n for sizes in listed for n in (*[0 if sizes is z.low else 1] * (3 - len(sizes)), *sizes)]
    return [*found, z.kernel[-1], z.kernel[0] // z.groups, z.groups]

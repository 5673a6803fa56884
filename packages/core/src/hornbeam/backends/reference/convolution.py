"""Convolutions by definition: out[n, p, f] is the sum over w and c of x[n, p s + w d - low, c] kernel[w, c, f]."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hornbeam.backends.reference.array import RefArray, Shape, flat, full, indices, store, strides_of

__all__ = ["KERNELS", "places"]

Padding = tuple[tuple[int, int], ...]


def places(
    sizes: Shape, positions: Shape, window: Shape, strides: Shape, padding: Padding, dilation: Shape
) -> Iterator[tuple[Shape, Shape, Shape]]:
    """Every (position, element of the window, place in the input under it) that is not in the padding."""
    for position in indices(positions):
        for at in indices(window):
            terms = zip(position, strides, at, dilation, padding, strict=True)
            place = tuple(p * s + w * d - low for p, s, w, d, (low, _) in terms)
            if all(0 <= i < size for i, size in zip(place, sizes, strict=True)):
                yield position, at, place


def positions_of(sizes: Shape, window: Shape, strides: Shape, padding: Padding, dilation: Shape) -> Shape:
    """How many positions the window takes along each axis."""
    terms = zip(sizes, window, strides, padding, dilation, strict=True)
    return tuple((n + low + high - (w - 1) * d - 1) // s + 1 for n, w, s, (low, high), d in terms)


def _products(
    x_shape: Shape, kernel_shape: Shape, strides: Shape, padding: Padding, dilation: Shape, groups: int
) -> tuple[Shape, Iterator[tuple[int, int, int]]]:
    """The shape of the output, and where in x, kernel and output each product of the definition lies."""
    sizes, window = x_shape[1:-1], kernel_shape[:-2]
    channels, filters = kernel_shape[-2], kernel_shape[-1] // groups
    out_shape = (x_shape[0], *positions_of(sizes, window, strides, padding, dilation), kernel_shape[-1])
    xs, ks, ys = strides_of(x_shape), strides_of(kernel_shape), strides_of(out_shape)

    def terms() -> Iterator[tuple[int, int, int]]:
        for position, at, place in places(sizes, out_shape[1:-1], window, strides, padding, dilation):
            for n, g, c, f in indices((x_shape[0], groups, channels, filters)):
                out_channel = g * filters + f
                yield (
                    flat((n, *place, g * channels + c), xs),
                    flat((*at, c, out_channel), ks),
                    flat((n, *position, out_channel), ys),
                )

    return out_shape, terms()


def conv(x: RefArray, kernel: RefArray, **how: Any) -> RefArray:
    """Each product is added to its output."""
    shape, terms = _products(x.shape, kernel.shape, **how)
    out = full(shape, 0, x.dtype)
    for i, k, o in terms:
        out.data[o] = store(out.data[o] + x.data[i] * kernel.data[k], x.dtype)
    return out


def input_grad(ct: RefArray, kernel: RefArray, input_shape: Shape, **how: Any) -> RefArray:
    """The transposed convolution: the same products, with output and input exchanged."""
    out = full(input_shape, 0, ct.dtype)
    for i, k, o in _products(input_shape, kernel.shape, **how)[1]:
        out.data[i] = store(out.data[i] + ct.data[o] * kernel.data[k], ct.dtype)
    return out


def kernel_grad(x: RefArray, ct: RefArray, kernel_shape: Shape, **how: Any) -> RefArray:
    """The same products, with output and kernel exchanged."""
    out = full(kernel_shape, 0, x.dtype)
    for i, k, o in _products(x.shape, kernel_shape, **how)[1]:
        out.data[k] = store(out.data[k] + x.data[i] * ct.data[o], x.dtype)
    return out


KERNELS: dict[str, Callable[..., Any]] = {
    "conv_general": conv,
    "conv_input_grad": input_grad,
    "conv_kernel_grad": kernel_grad,
}

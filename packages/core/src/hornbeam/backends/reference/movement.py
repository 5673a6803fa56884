"""Movement: each element of the result is one element of an input, found by its index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.backends.reference.array import (
    RefArray,
    Shape,
    flat,
    full,
    indices,
    remap,
    store,
    strides_of,
)
from hornbeam.dtypes import DType

__all__ = ["KERNELS"]


def identity(x: RefArray) -> RefArray:
    """The array itself: values are never changed in place."""
    return x


def reshape(x: RefArray, shape: Shape) -> RefArray:
    """The elements, in row-major order, under another shape."""
    return RefArray(shape, x.data, x.dtype)


def transpose(x: RefArray, axes: Shape) -> RefArray:
    """Axis i of the result is axis `axes[i]` of `x`."""
    shape = tuple(x.shape[a] for a in axes)
    return remap(x, shape, lambda index: [index[axes.index(a)] for a in range(len(axes))])


def broadcast_to(x: RefArray, shape: Shape) -> RefArray:
    """Axes aligned at the right; an axis of size 1 is read at 0 everywhere."""
    lead = len(shape) - len(x.shape)
    return remap(x, shape, lambda index: [0 if s == 1 else i for i, s in zip(index[lead:], x.shape, strict=True)])


def pad(x: RefArray, value: RefArray, low: Shape, high: Shape, interior: Shape) -> RefArray:
    """Element j of an axis lands at low + j (interior + 1); negative widths cut off; the rest is `value`."""
    shape = tuple(s + max(0, s - 1) * i + a + b for s, a, b, i in zip(x.shape, low, high, interior, strict=True))
    out = full(shape, value.data[0], x.dtype)
    strides = strides_of(shape)
    for index, element in zip(indices(x.shape), x.data, strict=True):
        place = [a + j * (i + 1) for j, a, i in zip(index, low, interior, strict=True)]
        if all(0 <= p < s for p, s in zip(place, shape, strict=True)):
            out.data[flat(place, strides)] = element
    return out


def cut(x: RefArray, start: Shape, stop: Shape, strides: Shape) -> RefArray:
    """The elements from `start` up to `stop` on every axis, each `strides`-th of them."""
    shape = tuple(len(range(a, b, s)) for a, b, s in zip(start, stop, strides, strict=True))
    return remap(x, shape, lambda index: [a + i * s for i, a, s in zip(index, start, strides, strict=True)])


def flip(x: RefArray, axes: Shape) -> RefArray:
    """The elements in reverse order along `axes`."""
    return remap(x, x.shape, lambda index: [x.shape[a] - 1 - i if a in axes else i for a, i in enumerate(index)])


def concatenate(*xs: RefArray, axis: int) -> RefArray:
    """The arrays one after the other along an axis."""
    shape = list(xs[0].shape)
    shape[axis] = sum(x.shape[axis] for x in xs)
    out = full(shape, 0, xs[0].dtype)
    strides = strides_of(shape)
    before = 0
    for x in xs:
        for index, element in zip(indices(x.shape), x.data, strict=True):
            out.data[flat(index, strides) + before * strides[axis]] = element
        before += x.shape[axis]
    return out


def iota(length: int, dtype: DType) -> RefArray:
    """0, 1, 2, ..."""
    return RefArray((length,), [store(i, dtype) for i in range(length)], dtype)


KERNELS: dict[str, Callable[..., Any]] = {
    "identity": identity,
    "barrier": identity,
    "stop_gradient": identity,
    "reshape": reshape,
    "transpose": transpose,
    "broadcast_to": broadcast_to,
    "pad": pad,
    "slice": cut,
    "flip": flip,
    "concatenate": concatenate,
    "iota": iota,
}

"""Indexing: rows are picked, or replaced one after another."""

from __future__ import annotations

from hornbeam.backends.reference.array import RefArray, flat, indices, remap, size_of, store, strides_of
from hornbeam.backends.reference.reduction import larger, smaller
from hornbeam.ops.indexing import out_of_range

__all__ = ["KERNELS"]


def index_within(index: RefArray, size: int) -> RefArray:
    """Negative indices count from the end."""
    for i in index.data:
        if not -size <= i < size:
            raise out_of_range(i, i, size)
    return RefArray(index.shape, [i + size if i < 0 else i for i in index.data], index.dtype)


def gather(x: RefArray, index: RefArray) -> RefArray:
    """Rows of x, in the order of the index."""
    width = size_of(x.shape[1:])
    data = [v for i in index.data for v in x.data[i * width : (i + 1) * width]]
    return RefArray((*index.shape, *x.shape[1:]), data, x.dtype)


def scatter(x: RefArray, index: RefArray, updates: RefArray, mode: str) -> RefArray:
    """Each row of the updates replaces, is added to, or is compared with the row at its index."""
    width = size_of(x.shape[1:])
    data = list(x.data)
    for k, i in enumerate(index.data):
        for j in range(width):
            old, new = data[i * width + j], updates.data[k * width + j]
            if mode == "add":
                new = store(old + new, x.dtype)
            elif mode != "set":
                new = larger(old, new) if mode == "max" else smaller(old, new)
            data[i * width + j] = new
    return RefArray(x.shape, data, x.dtype)


def update_slice(x: RefArray, updates: RefArray, start: tuple[int, ...], strides: tuple[int, ...]) -> RefArray:
    """Each element of the updates goes to `start` plus its index times `strides`."""
    data, steps = list(x.data), strides_of(x.shape)
    for index, value in zip(indices(updates.shape), updates.data, strict=True):
        data[flat((a + i * s for a, i, s in zip(start, index, strides, strict=True)), steps)] = value
    return RefArray(x.shape, data, x.dtype)


def _within(start: RefArray, shape: tuple[int, ...], sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The place, moved until a block of these sizes fits."""
    return tuple(min(max(i, 0), size - n) for i, size, n in zip(start.data, shape, sizes, strict=True))


def dynamic_slice(x: RefArray, start: RefArray, sizes: tuple[int, ...]) -> RefArray:
    """The block at the place that `start` holds."""
    low = _within(start, x.shape, sizes)
    return remap(x, sizes, lambda index: [a + i for a, i in zip(low, index, strict=True)])


def dynamic_update_slice(x: RefArray, updates: RefArray, start: RefArray) -> RefArray:
    """The updates at the place that `start` holds."""
    return update_slice(x, updates, _within(start, x.shape, updates.shape), (1,) * len(x.shape))


KERNELS = {
    "index_within": index_within,
    "gather": gather,
    "scatter": scatter,
    "update_slice": update_slice,
    "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice,
}

"""Indexing: rows are picked, or replaced one after another."""

from __future__ import annotations

from hornbeam.backends.reference.array import RefArray, size_of, store
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


KERNELS = {"index_within": index_within, "gather": gather, "scatter": scatter}

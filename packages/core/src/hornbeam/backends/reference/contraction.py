"""Products of tensors: sums of products, element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.backends.reference.array import (
    RefArray,
    Shape,
    flat,
    indices,
    store,
    strides_of,
)

__all__ = ["KERNELS"]


def dot_general(x: RefArray, y: RefArray, contracting: tuple[Shape, Shape], batch: tuple[Shape, Shape]) -> RefArray:
    """out[b, i, j] = sum over c of x[b, i, c] y[b, j, c]; each letter stands for several axes, anywhere in x and y."""
    free = [
        [a for a in range(len(t.shape)) if a not in contracting[n] and a not in batch[n]] for n, t in enumerate((x, y))
    ]
    b, i, j = (tuple(t.shape[a] for a in axes) for t, axes in ((x, batch[0]), (x, free[0]), (y, free[1])))
    inner = list(indices(x.shape[a] for a in contracting[0]))
    xs, ys = strides_of(x.shape), strides_of(y.shape)
    data = []
    for index in indices((*b, *i, *j)):
        at_b, at_i, at_j = index[: len(b)], index[len(b) : len(b) + len(i)], index[len(b) + len(i) :]
        left = flat((*at_b, *at_i), [xs[a] for a in (*batch[0], *free[0])])
        right = flat((*at_b, *at_j), [ys[a] for a in (*batch[1], *free[1])])
        total: Any = 0
        for c in inner:
            u = x.data[left + flat(c, [xs[a] for a in contracting[0]])]
            v = y.data[right + flat(c, [ys[a] for a in contracting[1]])]
            total += u * v
        data.append(store(total, x.dtype))
    return RefArray((*b, *i, *j), data, x.dtype)


KERNELS: dict[str, Callable[..., Any]] = {"dot_general": dot_general}

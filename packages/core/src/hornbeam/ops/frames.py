"""Stretches of a signal that overlap, cut out and put back, by copies in blocks."""

from __future__ import annotations

from hornbeam.ops.joining import pad
from hornbeam.ops.movement import broadcast_to, reshape, static_slice, swapaxes
from hornbeam.ops.reduction import reduce_sum
from hornbeam.tensor import Tensor

__all__ = ["fitted", "frames", "overlapped"]


def frames(x: Tensor, length: int, stride: int) -> Tensor:
    """What a window of `length` elements sees as it moves on by `stride`: (..., t) -> (..., n, length), by copies in blocks."""
    count = (x.shape[-1] - length) // stride + 1
    deep, lead = -(-length // stride), x.shape[:-1]  # a window covers so many blocks of `stride` elements
    blocks = fitted(x, (count + deep - 1) * stride)
    blocks = reshape(blocks, (*lead, 1, count + deep - 1, stride))
    each = reshape(
        broadcast_to(blocks, (*lead, deep, count + deep - 1, stride)), (*lead, deep * (count + deep - 1) * stride)
    )
    skewed = reshape(
        fitted(each, deep * (count + deep) * stride), (*lead, deep, count + deep, stride)
    )  # row s begins at block s
    chosen = swapaxes(skewed[..., :count, :], -3, -2)  # (..., count, deep, stride)
    return fitted(reshape(chosen, (*lead, count, deep * stride)), length)


def overlapped(x: Tensor, stride: int) -> Tensor:
    """Windows put back where they came from, and added where they overlap: (..., n, length) -> (..., t); `frames` transposed."""
    *lead, count, length = x.shape
    deep = -(-length // stride)
    blocks = swapaxes(reshape(fitted(x, deep * stride), (*lead, count, deep, stride)), -3, -2)
    wide = pad(blocks, [(0, 0)] * (blocks.ndim - 2) + [(0, deep), (0, 0)])  # (..., deep, count + deep, stride)
    skewed = fitted(reshape(wide, (*lead, deep * (count + deep) * stride)), deep * (count + deep - 1) * stride)
    rows = reshape(skewed, (*lead, deep, (count + deep - 1) * stride))
    return fitted(reduce_sum(rows, (rows.ndim - 2,)), (count - 1) * stride + length)


def fitted(x: Tensor, size: int) -> Tensor:
    """The first `size` elements of the last axis, with zeros where there are fewer."""
    if size <= x.shape[-1]:
        return static_slice(x, (0,) * x.ndim, (*x.shape[:-1], size))
    return pad(x, [(0, 0)] * (x.ndim - 1) + [(0, size - x.shape[-1])])

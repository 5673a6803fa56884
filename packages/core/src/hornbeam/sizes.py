"""Sizes of axes that are 1 by chance: the batch of one sample among batches of others.

What is planned for it should be what is planned for other batches, so that it needs no kernels of its own. So its axis is not left
out as axes of size 1 are, and a division by its size not as one by 1. It is a hint, and changes no number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["Lone", "alike", "exact", "is_lone", "left_over", "padded", "product", "single"]


class Lone(int):
    """A size that is 1 here, and something else elsewhere."""

    __slots__ = ()


def single(size: int) -> bool:
    """Whether an axis has one place, here and elsewhere.

    Example:
        >>> single(1), single(Lone(1)), single(2)
        (True, False, False)
    """
    return size == 1 and type(size) is not Lone


def alike(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two shapes are the same, here and elsewhere."""
    return shape == other and all(single(n) == single(m) for n, m in zip(shape, other, strict=True))


def is_lone(shape: Iterable[int]) -> bool:
    """Whether a size among them is."""
    return any(type(size) is Lone for size in shape)


def exact(size: Any) -> int:
    """An integer, of whatever library, as Python's."""
    return size if type(size) is Lone else int(size)


def product(sizes: Iterable[int]) -> int:
    """The product, which is by chance what it is where a factor is."""
    total, lone = 1, False
    for size in sizes:
        total *= size
        lone = lone or type(size) is Lone
    return Lone(total) if lone and total == 1 else total


def left_over(shape: Iterable[int], taken: Iterable[int], size: int) -> int:
    """The size of what a reshape leaves to be worked out: 1 by chance where such an axis is not among those that are taken."""
    left = list(shape)
    for known in taken:
        if known in left:
            left.remove(known)
    return Lone(1) if size == 1 and is_lone(left) else size


def padded(size: int, low: int, high: int, interior: int) -> int:
    """The size of an axis with a border, and gaps between its places."""
    return size if low == high == 0 and (interior == 0 or size < 2) else size + max(0, size - 1) * interior + low + high

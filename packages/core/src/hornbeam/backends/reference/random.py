"""Random bits: the counter-based generator Philox 4x32-10, in Python integers.

Source: Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam import dtypes
from hornbeam.backends.reference.array import RefArray, Shape, size_of

__all__ = ["KERNELS", "philox"]

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
MASK = 0xFFFFFFFF
ROUNDS = 10


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four random 32-bit words for a counter of four words, under a key of two.

    Example:
        >>> [f"{word:08x}" for word in philox((0, 0, 0, 0), (0, 0))]
        ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        first, second = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & MASK, (first >> 32) ^ c3 ^ k1, first & MASK
        k0, k1 = (k0 + WEYL[0]) & MASK, (k1 + WEYL[1]) & MASK
    return c0, c1, c2, c3


def random_bits(key: RefArray, shape: Shape) -> RefArray:
    """Blocks of four words: block n has the counter (n, 0, third word of the key, fourth word of the key)."""
    k0, k1, c2, c3 = key.data
    words: list[int] = []
    for block in range(-(-size_of(shape) // 4)):
        words += philox((block, 0, c2, c3), (k0, k1))
    return RefArray(shape, words[: size_of(shape)], dtypes.uint32)


KERNELS: dict[str, Callable[..., Any]] = {"random_bits": random_bits}

"""Hashes of strings: FarmHash's 64-bit fingerprint, SipHash with a key, and fingerprints of several joined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["crossed", "fingerprint", "hashed", "keyed_hash"]

WORD = 0xFFFFFFFFFFFFFFFF
K0, K1, K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
CROSS = 0xC6A4A7935BD1E995


def _right(word: int, by: int) -> int:
    """A word turned to the right."""
    return ((word >> by) | (word << (64 - by))) & WORD


def _left(word: int, by: int) -> int:
    return ((word << by) | (word >> (64 - by))) & WORD


def _mixed(word: int) -> int:
    return word ^ (word >> 47)


def _of_pair(u: int, v: int, by: int) -> int:
    a = _mixed((u ^ v) * by & WORD)
    return _mixed((v ^ a) * by & WORD) * by & WORD


def _of_block(s: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    """32 bytes with two seeds."""
    w, x, y, z = (_word(s, at + i) for i in (0, 8, 16, 24))
    a += w
    b = _right(b + a + z & WORD, 21)
    c = a
    a += x + y
    b += _right(a & WORD, 44)
    return a + z & WORD, b + c & WORD


def _word(s: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(s[at : at + size], "little")


def fingerprint(s: bytes) -> int:
    """FarmHash's Fingerprint64.

    Example:
        >>> hex(fingerprint(b""))
        '0x9ae16a3b2f90404f'

    Source: FarmHash by Geoff Pike, farmhashna.
    """
    n = len(s)
    if n > 64:
        return _of_long(s)
    by = K2 + 2 * n & WORD
    if n <= 3:
        return (
            K2 if not n else _mixed((s[0] + (s[n >> 1] << 8)) * K2 & WORD ^ (n + (s[-1] << 2)) * K0 & WORD) * K2 & WORD
        )
    if n < 8:
        return _of_pair(n + (_word(s, 0, 4) << 3), _word(s, n - 4, 4), by)
    if n <= 16:
        a, b = _word(s, 0) + K2 & WORD, _word(s, n - 8)
        c, d = _right(b, 37) * by + a & WORD, (_right(a, 25) + b) * by & WORD
        return _of_pair(c, d, by)
    a = _word(s, 0) * (K1 if n <= 32 else K2) & WORD
    b, c, d = _word(s, 8), _word(s, n - 8) * by & WORD, _word(s, n - 16) * K2 & WORD
    y = _right(a + b & WORD, 43) + _right(c, 30) + d & WORD
    z = _of_pair(y, a + _right(b + K2 & WORD, 18) + c & WORD, by)
    if n <= 32:
        return z
    e, f = _word(s, 16) * by & WORD, _word(s, 24)
    g, h = (y + _word(s, n - 32)) * by & WORD, (z + _word(s, n - 24)) * by & WORD
    return _of_pair(_right(e + f & WORD, 43) + _right(g, 30) + h & WORD, e + _right(f + a & WORD, 18) + g & WORD, by)


def _of_long(s: bytes) -> int:
    n = len(s)
    x, y = 81, 81 * K1 + 113 & WORD
    z = _mixed(y * K2 + 113 & WORD) * K2 & WORD
    v, w = (0, 0), (0, 0)
    x = x * K2 + _word(s, 0) & WORD

    def step(at: int, by: int, x: int, y: int, z: int, v: Any, w: Any, more: int) -> Any:
        x = _right(x + y + v[0] + _word(s, at + 8) & WORD, 37) * by & WORD
        y = _right(y + v[1] + _word(s, at + 48) & WORD, 42) * by & WORD
        x ^= w[1] * more & WORD
        y = y + v[0] * more + _word(s, at + 40) & WORD
        z = _right(z + w[0] & WORD, 33) * by & WORD
        v = _of_block(s, at, v[1] * by & WORD, x + w[0] & WORD)
        w = _of_block(s, at + 32, z + w[1] & WORD, y + _word(s, at + 16) & WORD)
        return z, y, x, v, w  # x and z change places

    for at in range(0, (n - 1) // 64 * 64, 64):
        x, y, z, v, w = step(at, K1, x, y, z, v, w, 1)
    by = K1 + ((z & 0xFF) << 1) & WORD
    w = (w[0] + ((n - 1) & 63) & WORD, w[1])
    v = (v[0] + w[0] & WORD, v[1])
    w = (w[0] + v[0] & WORD, w[1])
    x, y, z, v, w = step(n - 64, by, x, y, z, v, w, 9)
    first = _of_pair(v[0], w[0], by) + _mixed(y) * K0 + z & WORD
    return _of_pair(first, _of_pair(v[1], w[1], by) + x & WORD, by)


def keyed_hash(s: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4 with a key of two words.

    Source: Aumasson and Bernstein 2012, "SipHash: a fast short-input PRF".
    """
    k0, k1 = key[0] & WORD, key[1] & WORD
    a, b, c, d = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def turned(a: int, b: int, c: int, d: int) -> tuple[int, int, int, int]:
        a, c = a + b & WORD, c + d & WORD
        b, d = _left(b, 13) ^ a, _left(d, 16) ^ c
        a, c = _left(a, 32) + d & WORD, c + b & WORD
        b, d = _left(b, 17) ^ c, _left(d, 21) ^ a
        return a, b, _left(c, 32), d

    words = [_word(s, at) for at in range(0, len(s) - 7, 8)]
    words.append(_word(s, len(s) // 8 * 8) | (len(s) & 0xFF) << 56)
    for word in words:
        d ^= word
        a, b, c, d = turned(*turned(a, b, c, d))
        a ^= word
    c ^= 0xFF
    for _ in range(4):
        a, b, c, d = turned(a, b, c, d)
    return a ^ b ^ c ^ d


def crossed(prints: list[int]) -> int:
    """The fingerprint of several fingerprints in order, as TensorFlow crosses features."""
    found = 0xDECAFCAFFE
    for one in prints:
        found ^= CROSS ^ _mixed(one * CROSS & WORD) * CROSS & WORD
        found = _mixed(found * CROSS & WORD) * CROSS & WORD
        found = _mixed(found)
    return found


def hashed(values: np.ndarray[Any, Any], bins: int, salt: tuple[int, int] | None = None) -> np.ndarray[Any, Any]:
    """Strings or integers in bins: the remainders of their hashes, int64; integers are hashed as their decimal digits."""
    function: Callable[[bytes], int] = fingerprint if salt is None else lambda s: keyed_hash(s, salt)
    flat = values.ravel().tolist()
    bin_of = {v: function(str(v).encode()) % bins for v in dict.fromkeys(flat)}
    return np.asarray([bin_of[v] for v in flat], "int64").reshape(values.shape)

"""Philox 4x32-10 against the known-answer vectors that its authors publish with Random123."""

import numpy as np
import pytest
from hornbeam.backends.reference.random import philox

KNOWN = [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0), "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_published_vectors(counter, key, expected):
    assert " ".join(f"{word:08x}" for word in philox(counter, key)) == expected


def test_bits_are_blocks_of_four_words(run, check):
    key = np.array([5, 6, 7, 8], np.uint32)
    first, second = philox((0, 0, 7, 8), (5, 6)), philox((1, 0, 7, 8), (5, 6))
    check("random_bits", np.array([*first, *second][:6], np.uint32).reshape(2, 3), key, shape=(2, 3))
    assert run("random_bits", key, shape=(0, 3)).shape == (0, 3)

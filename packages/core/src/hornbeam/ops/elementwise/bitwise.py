"""Operations on the bits of integers (and on booleans)."""

from __future__ import annotations

from hornbeam.ops.elementwise.define import binary, unary

__all__ = [
    "bitwise_and", "bitwise_invert", "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift",
    "bitwise_xor", "left_shift", "right_shift",
]  # fmt: skip

bitwise_and = binary("bitwise_and", "The bits set in both.", takes="integer")
bitwise_or = binary("bitwise_or", "The bits set in either.", takes="integer")
bitwise_xor = binary("bitwise_xor", "The bits set in just one.", takes="integer")
bitwise_left_shift = binary("bitwise_left_shift", "The bits of x1 moved left by x2.", takes="integer", low=0, high=5)
bitwise_right_shift = binary("bitwise_right_shift", "The bits of x1 moved right by x2.", takes="integer", low=0, high=5)
bitwise_invert = unary("bitwise_invert", "All bits flipped.", takes="integer")
bitwise_not, left_shift, right_shift = bitwise_invert, bitwise_left_shift, bitwise_right_shift

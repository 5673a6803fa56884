"""Random words from a counter, Philox 4x32-10, as vector code: the same words as core's `random_bits`.

Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel Random Numbers: As Easy as 1, 2, 3".
"""

from __future__ import annotations

from collections.abc import Sequence

from hornbeam_cpu.llvm.builder import Builder, Operand, lanes

__all__ = ["philox"]

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10


def philox(b: Builder, key: Sequence[Operand], places: Operand) -> Operand:
    """The random word (i32) of each element.

    Args:
        b: where it is written.
        key: its four words, i32.
        places: number of the element, or a vector of them, i64. Element n is word n % 4 of block n // 4.
    """
    type, count = places.type, lanes(places.type)

    def number(n: int) -> Operand:
        return b.const(type, n)

    def word(n: int) -> Operand:
        wide = b.convert("zext", key[n], "i64")
        return b.splat(wide, count) if count else wide

    low, half = number(0xFFFFFFFF), number(32)
    k0, k1 = word(0), word(1)
    c = [b.bits("lshr", places, number(2)), number(0), word(2), word(3)]
    for _ in range(ROUNDS):
        p0, p1 = b.mul(number(MULTIPLIERS[0]), c[0]), b.mul(number(MULTIPLIERS[1]), c[2])
        c = [
            b.bits("xor", b.bits("xor", b.bits("lshr", p1, half), c[1]), k0),
            b.bits("and", p1, low),
            b.bits("xor", b.bits("xor", b.bits("lshr", p0, half), c[3]), k1),
            b.bits("and", p0, low),
        ]
        k0, k1 = (b.bits("and", b.add(k, number(w)), low) for k, w in zip((k0, k1), WEYL, strict=True))
    which = b.bits("and", places, number(3))
    found = c[0]
    for n in (1, 2, 3):
        found = b.select(b.compare("eq", which, number(n)), c[n], found)
    return b.convert("trunc", found, "i32")

"""Random words from a counter, Philox 4x32-10, as vector code: the same words as core's `random_bits`.

Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel Random Numbers: As Easy as 1, 2, 3".
"""

from __future__ import annotations

from collections.abc import Sequence

from hornbeam_cpu.llvm.builder import Builder, Module, Operand, lanes

__all__ = ["philox", "write_words"]

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
    type = places.type
    words = _block(b, key, b.bits("lshr", places, b.const(type, 2)))
    which = b.bits("and", places, b.const(type, 3))
    found = words[0]
    for n in (1, 2, 3):
        found = b.select(b.compare("eq", which, b.const(type, n)), words[n], found)
    return b.convert("trunc", found, "i32")


def write_words(module: Module, count: int) -> None:
    """The function `words(key, block, blocks, goal)`: goal gets the words of `blocks` blocks from number `block` on.

    Blocks are computed `count` at a time, a lane each; goal needs room for whole vectors.
    """
    parameters = (("key", "ptr"), ("block", "i64"), ("blocks", "i64"), ("goal", "ptr"))
    b = Builder(module, "words", parameters, internal=True, noalias=True)
    key = [b.load("i32", b.at(b.arg("key"), i, "i32")) for i in range(4)]
    with b.range(0, b.arg("blocks"), count) as i:
        numbers = b.add(b.splat(b.add(b.arg("block"), i), count), b.iota("i64", count))
        w = [b.convert("trunc", x, "i32") for x in _block(b, key, numbers)]
        # lane n of w[k] is word k of block n: in memory they lie word by word
        even = [lane for n in range(count) for lane in (n, count + n)]
        for half, pick in enumerate((even[:count], even[count:])):
            pairs = [b.shuffle(w[0], w[1], pick), b.shuffle(w[2], w[3], pick)]
            for part in range(2):
                lanes_of = []
                for n in range(part * count // 4, (part + 1) * count // 4):
                    lanes_of += [2 * n, 2 * n + 1, count + 2 * n, count + 2 * n + 1]
                place = b.add(b.mul(i, b.i64(4)), b.i64((2 * half + part) * count))
                b.store(b.shuffle(pairs[0], pairs[1], lanes_of), b.at(b.arg("goal"), place, "i32"))
    b.finish()


def _block(b: Builder, key: Sequence[Operand], numbers: Operand) -> list[Operand]:
    """The four words of a block, in the low halves of 64 bits."""
    type, count = numbers.type, lanes(numbers.type)

    def number(n: int) -> Operand:
        return b.const(type, n)

    def word(n: int) -> Operand:
        wide = b.convert("zext", key[n], "i64")
        return b.splat(wide, count) if count else wide

    low, half = number(0xFFFFFFFF), number(32)
    k0, k1 = word(0), word(1)
    c = [numbers, number(0), word(2), word(3)]
    for _ in range(ROUNDS):
        p0, p1 = b.mul(number(MULTIPLIERS[0]), c[0]), b.mul(number(MULTIPLIERS[1]), c[2])
        c = [
            b.bits("xor", b.bits("xor", b.bits("lshr", p1, half), c[1]), k0),
            b.bits("and", p1, low),
            b.bits("xor", b.bits("xor", b.bits("lshr", p0, half), c[3]), k1),
            b.bits("and", p0, low),
        ]
        k0, k1 = (b.bits("and", b.add(k, number(w)), low) for k, w in zip((k0, k1), WEYL, strict=True))
    return c

"""Angles too large for a few multiplications: x * 2 / pi to 128 bits, with the digits of 2 / pi that matter for x's exponent.

Source: Payne and Hanek 1983, "Radian reduction for trigonometric functions".
"""

from __future__ import annotations

import functools
import math

from hornbeam_cpu.llvm.builder import Builder, Module, Operand, lanes
from hornbeam_cpu.llvm.mathematics.number import Number, choose

__all__ = ["LIMIT", "reduce_large"]

LIMIT = 2.0**20
WORDS = 21  # of 64 bits: 64 zeros, then as many bits of 2 / pi as the largest double needs
PI_HALF = (math.pi / 2, 6.123233995736766e-17)
NAME = "large_angle"


@functools.cache
def _two_over_pi() -> tuple[int, ...]:
    """Words of 2 / pi, the highest first, after a word of zeros. pi by Machin's formula."""
    bits = 64 * WORDS + 64

    def arctan(inverse: int) -> int:
        term, total, k = (1 << bits) // inverse, 0, 1
        while term:
            total += (term if k % 4 == 1 else -term) // k
            term //= inverse * inverse
            k += 2
        return total

    pi = 4 * (4 * arctan(5) - arctan(239))
    digits = (2 << (2 * bits)) // pi >> (bits - 64 * (WORDS - 1))
    return (0, *(digits >> (64 * k) & (2**64 - 1) for k in reversed(range(WORDS - 1))))


def _write(module: Module) -> None:
    """large_angle(x, found): the quarter turns in x modulo 4, and the rest as a sum of two, into three places at `found`."""
    b = Builder(module, NAME, (("x", "double"), ("found", "ptr")), internal=True)
    table = b.table("two_over_pi", "i64", _two_over_pi())
    x = Number(b, b.arg("x"))
    bits = x.as_bits()
    exponent = (bits & (2**63 - 1)).logical_shift(52)
    m = ((bits & (2**52 - 1)) | 2**52).to("zext", "i128")
    # bits of 2 / pi whose product with x is a multiple of 4 do not matter: begin behind them
    place = exponent - (1075 + 2 - 64)
    word, shift = place.logical_shift(6), place & 63
    near = [Number(b, b.load("i64", b.at(table, (word + k).operand, "i64"))) for k in range(4)]
    w0, w1, w2 = (near[k].function("fshl", near[k + 1], shift).to("zext", "i128") for k in range(3))
    middle = m * w1 + (m * w2).logical_shift(64)
    turns = (m * w0 << 64) + middle  # of four quarters, in 2**-128
    quarters = (turns + 2**125).logical_shift(126)
    rest = turns - (quarters << 126)
    negative = rest < 0
    size = choose(negative, -rest, rest)
    zeros = Number(b, b.call("llvm.ctlz.i128", "i128", size.operand, Operand("false", "i1")))
    top = Number(b, b.bits("shl", size.operand, zeros.operand)).logical_shift(64).to("trunc", "i64")
    # top * 2**(2 - 64 - zeros) quarters
    scale = ((1023 + 2 - 64 - zeros.to("trunc", "i64")) << 52).as_float()
    scale = choose(negative ^ (bits < 0), -scale, scale)
    high = top.logical_shift(11).to("sitofp", "double") * 2048.0 * scale
    low = (top & 2047).to("sitofp", "double") * scale
    r = high * PI_HALF[0]
    lost = high.fma(PI_HALF[0], -r) + (high * PI_HALF[1] + low * PI_HALF[0])
    endless = exponent.equals(2047)
    n = quarters.to("trunc", "i64")
    n = choose(bits < 0, -n, n)
    for k, value in enumerate((n, choose(endless, math.nan, r), choose(endless, math.nan, lost))):
        b.store(value.operand, b.at(b.arg("found"), k, "i64"))
    b.finish()


def reduce_large(x: Number) -> tuple[Number, Number, Number]:
    """(quarter turns, rest, what the rest lost by rounding) of each lane, right where |x| >= LIMIT or x is not finite."""
    b, count = x.b, lanes(x.operand.type)
    b.module.once(NAME, _write)
    x = choose(abs(x) < LIMIT, x.like(LIMIT), x)
    given, found = b.array("double", max(count, 1)), b.array("i64", 3)
    results = [b.array("i64", max(count, 1)) for _ in range(3)]
    b.store(x.operand, given)
    with b.range(0, max(count, 1)) as lane:
        b.call(NAME, "void", b.load("double", b.at(given, lane, "double")), found, declare=False)
        for k, result in enumerate(results):
            b.store(b.load("i64", b.at(found, k, "i64")), b.at(result, lane, "i64"))
    types = (x.as_bits().operand.type, x.operand.type, x.operand.type)
    n, r, lost = (Number(b, b.load(t, place)) for t, place in zip(types, results, strict=True))
    return n, r, lost

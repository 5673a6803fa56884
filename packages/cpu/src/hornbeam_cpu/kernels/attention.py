"""Attention and its gradient, head by head: a block of queries at a time, whose scores never leave the thread's own memory.

Loop order: a task is one head of one batch element; within it blocks of queries. The gradient computes the probabilities again
from the logarithm that the forward pass leaves.
Source: Dao et al. 2022, "FlashAttention".
"""

from __future__ import annotations

import math
from typing import NamedTuple

from hornbeam_cpu.kernels.gemm import Product, product_name, write_product
from hornbeam_cpu.kernels.micro import tile
from hornbeam_cpu.kernels.scalars import SIZES, computed
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, vector
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.mathematics import FUNCTIONS
from hornbeam_cpu.llvm.philox import write_words
from hornbeam_cpu.llvm.target import Target

__all__ = ["BACKWARD", "FORWARD", "Attention", "backward", "forward", "scratch_bytes", "word_bytes"]

# All arrays have the layout [batch, time, heads, dim]. queries, keys: lengths; dim, value: sizes of a head; block: queries at a
# time; mask0 ... mask3: strides of the mask in bytes along batch, heads, queries and keys. Of dropout: key: four words; words: bytes
# into the scratch memory at which a row's random words lie; share: of 2**24, what is kept; factor: what that is multiplied by.
_SIZES = (
    *("heads", "queries", "keys", "dim", "value", "scale", "block", *(f"mask{i}" for i in range(4))),
    *("words", "share", "factor"),
)
FORWARD = ("q", "k", "v", "mask", "key", "out", "logsumexp", *_SIZES)
BACKWARD = ("q", "k", "v", "mask", "key", "out", "logsumexp", "dout", "dlogsumexp", "dq", "dk", "dv", *_SIZES)
POINTERS = frozenset(BACKWARD) - frozenset(_SIZES)


class Attention(NamedTuple):
    """What a kernel is made for.

    Attributes:
        dtype: float32 or float64.
        masked, causal: see the composite.
        dlogsumexp: whether the gradient has a cotangent of it.
        dropout: whether probabilities are dropped, by the random words of their places.
    """

    dtype: str
    masked: bool
    causal: bool
    dlogsumexp: bool = False
    dropout: bool = False


def scratch_bytes(target: Target, dtype: str, block: int, keys: int, depth: int, backward: bool) -> int:
    """What a task needs: the scores of a block of queries (twice in the gradient, and a number a row), and a packed panel."""
    size = SIZES[dtype]
    panel = (max(depth, keys, block) + 1) * tile(target)[1] * target.lanes(size) * size
    return panel + (2 if backward else 1) * block * _padded(keys, target.lanes(size)) * size + 2 * block * size + 256


def word_bytes(target: Target, dtype: str, keys: int) -> int:
    """What the random words of a row take, drawn in whole vectors of blocks of four."""
    return 4 * (keys + 8 + 4 * target.lanes(SIZES[dtype])) // 64 * 64 + 64


def _padded(keys: int, count: int) -> int:
    return math.ceil(keys / count) * count


class _Head:
    """One head of one batch element: where its rows begin in each array, and what the two kernels do alike."""

    def __init__(self, module: Module, target: Target, how: Attention, names: tuple[str, ...]) -> None:
        self.b = b = Builder(module, "kernel", ABI)
        self.module, self.target, self.how = module, target, how
        self.kind, self.size = computed(how.dtype), SIZES[how.dtype]
        self.count = target.lanes(self.size)
        self.type = vector(self.kind, self.count)
        self.word = {
            n: b.load("ptr" if n in POINTERS else "i64", b.at(b.arg("args"), i, "i64")) for i, n in enumerate(names)
        }
        self.scale = b.load(self.kind, b.at(b.arg("args"), names.index("scale"), "i64"))
        word = self.word
        self.batch, self.head = b.div(b.arg("task"), word["heads"]), b.rem(b.arg("task"), word["heads"])
        self.row = {"dim": b.mul(word["heads"], word["dim"]), "value": b.mul(word["heads"], word["value"])}
        lanes = b.i64(self.count)
        self.width = b.mul(b.div(b.add(word["keys"], b.sub(lanes, b.i64(1))), lanes), lanes)  # of a row of scores
        self.panel = b.arg("scratch")
        longest = b.maximum(b.maximum(word["dim"], word["value"]), b.maximum(word["keys"], word["block"]))
        panel_size = b.mul(b.add(longest, b.i64(1)), b.i64(tile(target)[1] * self.count))
        self.scores = b.at(self.panel, panel_size, self.kind)
        if how.dropout:
            write_words(module, self.count)
            self.factor = b.load(self.kind, b.at(b.arg("args"), names.index("factor"), "i64"))

    def rows(self, name: str, length: str, size: str) -> Operand:
        """The first row of this head in an array."""
        b = self.b
        begin = b.mul(b.mul(self.batch, self.word[length]), self.row[size])
        return b.at(self.word[name], b.add(begin, b.mul(self.head, self.word[size])), self.kind)

    def numbers(self, name: str) -> Operand:
        """The first number of this head in an array [batch, heads, queries]."""
        return self.b.at(self.word[name], self.b.mul(self.b.arg("task"), self.word["queries"]), self.kind)

    def product(
        self,
        along: str,
        transposed: bool,
        a: Operand,
        right: Operand,
        c: Operand,
        sizes: tuple[Operand, Operand, Operand],
        strides: tuple[Operand, Operand, Operand, Operand],
        fresh: Operand | int = 1,
    ) -> None:
        """C (+)= A B; sizes (m, n, k), strides (m and k of A, B, C)."""
        made = Product(self.how.dtype, along, transposed)
        if self.module.first(product_name(made)):
            write_product(self.module, self.target, made)
        arguments = (a, right, c, self.panel, *sizes, *strides, sizes[2], self.b.i64(fresh))
        self.b.call(product_name(made), "void", *arguments, declare=False)

    def visible(self, query: Operand, key: Operand, there: Operand) -> Operand:
        """The lanes of a vector of scores, beginning at `key`, at which the query may look."""
        b, word = self.b, self.word
        if self.how.causal:
            there = b.bits(
                "and", there, b.first_lanes(b.maximum(b.sub(b.add(query, b.i64(1)), key), b.i64(0)), self.count)
            )
        if self.how.masked:
            place = b.add(b.mul(self.batch, word["mask0"]), b.mul(self.head, word["mask1"]))
            place = b.add(b.add(place, b.mul(query, word["mask2"])), b.mul(key, word["mask3"]))
            row = b.at(word["mask"], place, "i8")
            repeated = b.compare("eq", word["mask3"], b.i64(0))
            first = b.splat(b.load("i8", row), self.count)
            along = b.bits("and", there, b.splat(b.bits("xor", repeated, b.const("i1", True)), self.count))
            each = b.load(vector("i8", self.count), row, along)
            seen = b.select(b.splat(repeated, self.count), first, each)
            there = b.bits("and", there, b.compare("ne", seen, b.zero(seen.type)))
        return there

    def draw(self, query: Operand) -> Operand:
        """Draw the random words of a query's row of probabilities; returns where they are."""
        b, word = self.b, self.word
        first = b.mul(b.add(b.mul(b.arg("task"), word["queries"]), query), word["keys"])
        offset = b.bits("and", first, b.i64(3))
        blocks = b.bits("lshr", b.add(b.add(offset, word["keys"]), b.i64(3)), b.i64(2))
        place = b.at(b.arg("scratch"), word["words"], "i8")
        b.call("words", "void", word["key"], b.bits("lshr", first, b.i64(2)), blocks, place, declare=False)
        return b.at(place, offset, "i32")

    def kept(self, drawn: Operand, j: Operand) -> Operand:
        """What dropout multiplies a vector of probabilities by: 0, or 1 divided by the share that is kept."""
        b = self.b
        word = b.load(vector("i32", self.count), b.at(drawn, j, "i32"))
        share = b.splat(b.convert("trunc", self.word["share"], "i32"), self.count)
        kept = b.compare("lt", b.bits("lshr", word, b.const(word.type, 8)), share)
        return b.select(kept, b.splat(self.factor, self.count), b.const(self.type, 0.0))


def forward(target: Target, how: Attention) -> Module:
    """The module of the forward kernel; its args are `FORWARD`."""
    module = Module()
    head = _Head(module, target, how, FORWARD)
    b, word, kind, count, type = head.b, head.word, head.kind, head.count, head.type
    q, k, v = head.rows("q", "queries", "dim"), head.rows("k", "keys", "dim"), head.rows("v", "keys", "value")
    out, logsumexp = head.rows("out", "queries", "value"), head.numbers("logsumexp")
    one = b.i64(1)
    totals = b.at(head.scores, b.mul(word["block"], head.width), kind)
    with b.range(0, word["queries"], word["block"]) as first:
        size = b.minimum(word["block"], b.sub(word["queries"], first))
        left = b.at(q, b.mul(first, head.row["dim"]), kind)
        sizes, strides = (size, word["keys"], word["dim"]), (head.row["dim"], one, head.row["dim"], head.width)
        head.product("k", True, left, k, head.scores, sizes, strides)
        with b.range(0, size) as i:
            row = b.at(head.scores, b.mul(i, head.width), kind)
            query = b.add(first, i)
            highest = b.variable(b.const(type, -math.inf))
            with b.range(0, word["keys"], count) as j:
                there = head.visible(query, j, b.first_lanes(b.sub(word["keys"], j), count))
                score = b.mul(b.load(type, b.at(row, j, kind)), b.splat(head.scale, count))
                score = b.select(there, score, b.const(type, -math.inf))
                b.store(score, b.at(row, j, kind))
                highest.set(b.maximum(highest.get(), score))
            top = b.across("maximum", highest.get())
            nowhere = b.compare("eq", top, b.const(kind, -math.inf))
            top = b.select(nowhere, b.const(kind, 0.0), top)
            total = b.variable(b.const(type, 0.0))
            drawn = head.draw(query) if how.dropout else None
            with b.range(0, word["keys"], count) as j:
                e = FUNCTIONS["exp"](b, b.sub(b.load(type, b.at(row, j, kind)), b.splat(top, count)))
                b.store(b.mul(e, head.kept(drawn, j)) if drawn else e, b.at(row, j, kind))
                total.set(b.add(total.get(), e))
            sum_ = b.select(nowhere, b.const(kind, 1.0), b.across("add", total.get()))
            b.store(b.div(b.const(kind, 1.0), sum_), b.at(totals, i, kind))
            b.store(b.add(top, FUNCTIONS["log"](b, sum_)), b.at(logsumexp, query, kind))
        goal = b.at(out, b.mul(first, head.row["value"]), kind)
        sizes, strides = (size, word["value"], word["keys"]), (head.width, one, head.row["value"], head.row["value"])
        head.product("k", False, head.scores, v, goal, sizes, strides)
        with b.range(0, size) as i:
            row, by = b.at(goal, b.mul(i, head.row["value"]), kind), b.load(kind, b.at(totals, i, kind))
            with b.range(0, word["value"], count) as j:
                there = b.first_lanes(b.sub(word["value"], j), count)
                x = b.mul(b.load(type, b.at(row, j, kind), there), b.splat(by, count))
                b.store(x, b.at(row, j, kind), there)
    b.finish()
    return module


def backward(target: Target, how: Attention) -> Module:
    """The module of the gradient's kernel; its args are `BACKWARD`."""
    module = Module()
    head = _Head(module, target, how, BACKWARD)
    b, word, kind, count, type = head.b, head.word, head.kind, head.count, head.type
    q, k, v = head.rows("q", "queries", "dim"), head.rows("k", "keys", "dim"), head.rows("v", "keys", "value")
    out, dout = head.rows("out", "queries", "value"), head.rows("dout", "queries", "value")
    dq, dk, dv = head.rows("dq", "queries", "dim"), head.rows("dk", "keys", "dim"), head.rows("dv", "keys", "value")
    logsumexp = head.numbers("logsumexp")
    one, dim, value = b.i64(1), head.row["dim"], head.row["value"]
    slopes = b.at(head.scores, b.mul(word["block"], head.width), kind)
    with b.range(0, word["queries"], word["block"]) as first:
        size = b.minimum(word["block"], b.sub(word["queries"], first))
        fresh = b.convert("zext", b.compare("eq", first, b.i64(0)), "i64")
        left, ct = b.at(q, b.mul(first, dim), kind), b.at(dout, b.mul(first, value), kind)
        keys = word["keys"]
        head.product("k", True, left, k, head.scores, (size, keys, word["dim"]), (dim, one, dim, head.width))
        head.product("k", True, ct, v, slopes, (size, keys, word["value"]), (value, one, value, head.width))
        with b.range(0, size) as i:
            query = b.add(first, i)
            row, slope = b.at(head.scores, b.mul(i, head.width), kind), b.at(slopes, b.mul(i, head.width), kind)
            mine, theirs = b.at(b.at(out, b.mul(query, value), kind), 0, kind), b.at(dout, b.mul(query, value), kind)
            gathered = b.variable(b.const(type, 0.0))
            with b.range(0, word["value"], count) as j:
                there = b.first_lanes(b.sub(word["value"], j), count)
                x, y = (b.load(type, b.at(p, j, kind), there) for p in (mine, theirs))
                gathered.set(b.fma(x, y, gathered.get()))
            weight = b.across("add", gathered.get())
            if how.dlogsumexp:
                weight = b.sub(weight, b.load(kind, b.at(head.numbers("dlogsumexp"), query, kind)))
            less = b.load(kind, b.at(logsumexp, query, kind))
            drawn = head.draw(query) if how.dropout else None
            with b.range(0, keys, count) as j:
                there = head.visible(query, j, b.first_lanes(b.sub(keys, j), count))
                score = b.mul(b.load(type, b.at(row, j, kind)), b.splat(head.scale, count))
                p = FUNCTIONS["exp"](b, b.sub(score, b.splat(less, count)))
                p = b.select(there, p, b.const(type, 0.0))
                dp = b.load(type, b.at(slope, j, kind))
                kept = head.kept(drawn, j) if drawn else None
                by = b.sub(b.mul(dp, kept) if kept else dp, b.splat(weight, count))
                b.store(b.mul(p, kept) if kept else p, b.at(row, j, kind))
                ds = b.mul(b.mul(p, by), b.splat(head.scale, count))
                b.store(b.select(there, ds, b.const(type, 0.0)), b.at(slope, j, kind))
        goal = b.at(dq, b.mul(first, dim), kind)
        head.product("k", False, slopes, k, goal, (size, word["dim"], keys), (head.width, one, dim, dim))
        head.product("m", False, slopes, left, dk, (keys, word["dim"], size), (one, head.width, dim, dim), fresh)
        head.product(
            "m", False, head.scores, ct, dv, (keys, word["value"], size), (one, head.width, value, value), fresh
        )
    b.finish()
    return module

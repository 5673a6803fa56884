"""Generated products and convolutions against NumPy and against the emulated libraries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hornbeam_cuda.library import Convolution, Product
from hornbeam_cuda.source.convolutions import convolution
from hornbeam_cuda.source.products import product
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.emulator import COMPILER
from tests.cuda.source.harness import DTYPES, Bench, numpy_dtype

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")


def drawn(size: int, dtype: str, seed: int) -> np.ndarray[Any, Any]:
    """Small whole numbers: their sums are exact in every dtype."""
    rng = np.random.default_rng(seed)
    low = 0 if dtype[0] in "ub" else -2
    return rng.integers(low, 2 if dtype != "bool" else 1, size, endpoint=True).astype(numpy_dtype(dtype))


@given(
    st.integers(1, 3), st.sampled_from([1, 5, 64, 70]), st.sampled_from([1, 3, 64, 90]), st.sampled_from([1, 16, 33]),
    st.sampled_from(DTYPES), st.booleans(), st.booleans(), st.sampled_from(["", "bias", "addend", "both"]), st.booleans(),
)  # fmt: skip
def test_products(
    batch: int, m: int, n: int, k: int, dtype: str, turned: bool, turned_right: bool, more: str, backwards: bool
) -> None:
    bench = Bench(backwards)
    a, b = drawn(batch * m * k, dtype, 0), drawn(batch * k * n, dtype, 1)
    left = (m * k, 1, m) if turned else (m * k, k, 1)
    right = (k * n, 1, k) if turned_right else (k * n, n, 1)
    described = Product(
        dtype, dtype, (batch, m, n, k), left, right, (m * n, n),
        "bias" if more in ("bias", "both") and dtype != "bool" else "none", more in ("addend", "both") and dtype != "bool",
    )  # fmt: skip
    before, bias = drawn(batch * m * n, dtype, 2), drawn(n, dtype, 3)
    addend = bench.given(before)
    out = addend if described.addend and backwards else bench.room(before.nbytes)
    more_places = [bench.given(bias)] * (described.epilogue == "bias") + [addend] * described.addend
    bench.run(product(described, [bench.given(a), bench.given(b), out, *more_places], bench.room))
    wide = np.float64 if "float" in dtype else np.int64
    x = a.reshape(batch, k, m).swapaxes(1, 2) if turned else a.reshape(batch, m, k)
    y = b.reshape(batch, n, k).swapaxes(1, 2) if turned_right else b.reshape(batch, k, n)
    expected = x.astype(wide) @ y.astype(wide)
    if described.epilogue == "bias":
        expected = expected + bias.astype(wide)
    if described.addend:
        expected = expected + before.astype(wide).reshape(expected.shape)
    np.testing.assert_array_equal(bench.seen(out, expected.shape, dtype), expected.astype(numpy_dtype(dtype)))


def test_a_long_sum_of_few_results_is_split() -> None:
    bench = Bench()
    a, b = drawn(3 * 3000, "bfloat16", 0), drawn(3000 * 5, "bfloat16", 1)
    out = bench.room(60)
    described = Product("bfloat16", "float32", (1, 3, 5, 3000), (0, 3000, 1), (0, 5, 1), (0, 5))
    calls = product(described, [bench.given(a), bench.given(b), out], bench.room)
    assert calls[0].grid[1] > 1
    bench.run(calls)
    expected = a.reshape(3, 3000).astype("f8") @ b.reshape(3000, 5).astype("f8")
    np.testing.assert_array_equal(bench.seen(out, (3, 5), "float32"), expected)


@st.composite
def convolutions(draw: st.DrawFn) -> Convolution:
    """A convolution of 1 to 3 axes of space."""
    rank, groups = draw(st.integers(1, 3)), draw(st.sampled_from([1, 1, 2, 3]))
    window = [draw(st.integers(1, 3)) for _ in range(rank)]
    strides = [draw(st.integers(1, 3)) for _ in range(rank)]
    dilation = [draw(st.integers(1, 2)) for _ in range(rank)]
    low, high = ([draw(st.integers(0, 2)) for _ in range(rank)] for _ in range(2))
    reach = [d * (w - 1) + 1 for d, w in zip(dilation, window, strict=True)]
    space = [max(1, draw(st.integers(1, 6)), r - a - b) for r, a, b in zip(reach, low, high, strict=True)]
    places = [(n + a + b - r) // s + 1 for n, a, b, r, s in zip(space, low, high, reach, strides, strict=True)]
    batch, channels, filters = (
        draw(st.integers(1, 3)),
        groups * draw(st.integers(1, 4)),
        groups * draw(st.integers(1, 4)),
    )
    shapes = (batch, *space, channels), (filters, *window, channels // groups), (batch, *places, filters)
    steps = (tuple(strides), tuple(low), tuple(high), tuple(dilation))
    return Convolution(draw(st.sampled_from(["forward", "input", "kernel"])), "float32", *shapes, *steps, groups)


@given(convolutions(), st.booleans())
def test_convolutions(described: Convolution, backwards: bool) -> None:
    bench = Bench(backwards)
    names = {"forward": "x kernel y", "input": "kernel y x", "kernel": "x y kernel"}[described.direction].split()
    shapes = [getattr(described, name) for name in names]
    ats = [bench.given(drawn(math.prod(shape), "float32", i)) for i, shape in enumerate(shapes)]
    other = bench.given(drawn(math.prod(shapes[2]), "float32", 3))
    bench.run(convolution(described, ats, bench.room))
    bench.device.library(described, [at.base.address for at in (*ats[:2], other)], 0)
    np.testing.assert_array_equal(bench.seen(ats[2], shapes[2], "float32"), bench.seen(other, shapes[2], "float32"))

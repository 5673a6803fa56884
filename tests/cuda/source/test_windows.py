"""Pooling and its gradients against core's kernels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hornbeam.backends.numpy import NumpyBackend
from hornbeam.primitive import primitives
from hornbeam_cuda.source.windows import Windows, window
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.emulator import COMPILER
from tests.cuda.source.harness import Bench, numpy_dtype

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")


@st.composite
def windows(draw: st.DrawFn) -> tuple[Windows, dict[str, Any]]:
    """A window that moves over 1 to 3 axes, and the parameters of core's primitives."""
    rank = draw(st.integers(1, 3))
    size = st.integers(1, 3)
    sizes = [draw(size) for _ in range(rank)], [draw(size) for _ in range(rank)]
    padding = tuple((draw(st.integers(0, w - 1)), draw(st.integers(0, w - 1))) for w in sizes[0])
    space = tuple(max(w, draw(st.integers(1, 7))) for w in sizes[0])
    places = [(n + low + high - w) // s + 1 for n, (low, high), w, s in zip(space, padding, *sizes, strict=True)]
    batch, channels = draw(st.integers(1, 2)), draw(st.sampled_from([1, 3, 4, 8, 16]))
    how = {"window": tuple(sizes[0]), "strides": tuple(sizes[1]), "padding": padding}
    low = tuple(a for a, _ in padding)
    return Windows((batch, *space, channels), (batch, *places, channels), *sizes, low), how


@given(windows(), st.sampled_from(["float32", "float64", "bfloat16", "int32"]), st.data())
def test_pooling(given_window: tuple[Windows, dict[str, Any]], dtype: str, data: st.DataObject) -> None:
    over, how = given_window
    over = Windows(*(tuple(part) for part in over))
    op = data.draw(st.sampled_from(["window_sum", "window_max", "window_gather", "window_spread", "window_scatter"]))
    rng = np.random.default_rng(0)
    kind = numpy_dtype(dtype)

    def drawn(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
        return rng.integers(-9, 9, shape).astype(kind)  # sums of small whole numbers are exact

    large, small = drawn(over.x), drawn(over.y)
    if "float" in dtype and op == "window_max":
        large[rng.random(over.x) < 0.1] = np.nan
    taken = {"window_sum": [large], "window_max": [large], "window_spread": [small]}.get(op)
    other = drawn(over.x)
    extra = {"input_shape": over.x} if op == "window_spread" else {}
    inputs = taken or [other, large if op == "window_gather" else small]
    expected = NumpyBackend().run(primitives()[op], inputs, how | extra)
    bench = Bench(data.draw(st.booleans()))
    shape = over.x if op in ("window_spread", "window_scatter") else over.y
    out = bench.room(math.prod(shape) * 8)
    pair = (bench.given(other), dtype) if len(inputs) == 2 else (None, "")
    counts = bench.run(window(op, over, dtype, bench.given(inputs[-1]), out, *pair))
    np.testing.assert_array_equal(bench.seen(out, shape, dtype).astype("f8"), np.asarray(expected).astype("f8"))
    assert counts.stored == math.prod(shape) * kind.itemsize


def test_a_window_of_nothing_but_the_lowest_number_is_not_its_padding() -> None:
    bench = Bench()
    x = np.full((1, 2, 1), -np.inf, np.float32)
    over = Windows((1, 2, 1), (1, 1, 1), (3,), (1,), (1,))
    out = bench.room(64)
    ct = np.array([[[5.0]]], np.float32)
    bench.run(window("window_scatter", over, "float32", bench.given(ct), out, bench.given(x), "float32"))
    np.testing.assert_array_equal(bench.seen(out, (2,), "float32"), [5, 0])

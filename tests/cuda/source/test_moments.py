"""Sums and squared deviations of columns in one pass, against double precision."""

from __future__ import annotations

import numpy as np
import pytest
from hornbeam_cuda.source.moments import moments
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.emulator import COMPILER
from tests.cuda.source.harness import Bench, numpy_dtype

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")


@given(
    st.sampled_from([1, 7, 300, 5000]), st.sampled_from([1, 3, 8, 64, 100, 512]),
    st.sampled_from(["float32", "float64", "bfloat16"]), st.sampled_from([0.0, 1000.0]), st.booleans(),
)  # fmt: skip
def test_moments(rows: int, columns: int, dtype: str, middle: float, backwards: bool) -> None:
    rows = min(rows, 300000 // columns)
    bench = Bench(backwards)
    x = np.random.default_rng(0).normal(middle, 2, (rows, columns)).astype(numpy_dtype(dtype))
    kind = "float64" if dtype == "float64" else "float32"
    total, rest = bench.room(8 * columns), bench.room(8 * columns)
    counts = bench.run(moments(bench.given(x), dtype, total, rest, rows, columns, bench.room, 132))
    wide = x.astype(np.float64)
    deviations = ((wide - wide.mean(0)) ** 2).sum(0)
    close = 1e-12 if kind == "float64" else 3e-6
    np.testing.assert_allclose(bench.seen(total, (columns,), kind), wide.sum(0), rtol=close, atol=close * rows * 2)
    error = close * deviations.max() + close * rows * (close * middle) ** 2  # not of the size of the squares themselves
    np.testing.assert_allclose(bench.seen(rest, (columns,), kind), deviations, rtol=10 * close, atol=10 * error)
    if rows >= 5000 and columns >= 8:  # the guesses are read once more, from the cache next to the threads
        parts = 2 * 40 * columns * 8
        assert counts.loaded <= 1.5 * x.nbytes + parts

"""Blocks at places that the device knows, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hornbeam_cuda.source.blocks import block_cut, block_put
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.emulator import COMPILER
from tests.cuda.source.harness import Bench, numpy_dtype

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")


@given(st.data(), st.sampled_from(["float32", "bfloat16", "bool", "int64"]))
def test_blocks(data: st.DataObject, dtype: str) -> None:
    shape = tuple(data.draw(st.lists(st.sampled_from([1, 2, 5, 8, 16]), min_size=1, max_size=3)))
    sizes = tuple(data.draw(st.integers(1, n)) for n in shape)
    start = np.array([data.draw(st.integers(-3, n + 2)) for n in shape], np.int32)
    rng = np.random.default_rng(0)
    x, updates = (rng.integers(0, 100, s).astype(numpy_dtype(dtype)) for s in (shape, sizes))
    low = [min(max(int(s), 0), n - k) for s, n, k in zip(start, shape, sizes, strict=True)]
    where = tuple(slice(a, a + k) for a, k in zip(low, sizes, strict=True))
    bench = Bench()
    place, out, whole = bench.given(start), bench.room(updates.nbytes), bench.given(x)
    bench.run(block_cut(whole, dtype, place, "int32", out, shape, sizes))
    np.testing.assert_array_equal(bench.seen(out, sizes, dtype).astype("f8"), x[where].astype("f8"))
    bench.run(block_put(bench.given(updates), dtype, place, "int32", whole, shape, sizes))
    x[where] = updates
    np.testing.assert_array_equal(bench.seen(whole, shape, dtype).astype("f8"), x.astype("f8"))


def test_whole_rows_are_moved_in_words_of_16_bytes() -> None:
    bench = Bench()
    x = np.arange(10 * 64, dtype=np.float32).reshape(10, 64)
    out = bench.room(3 * 256)
    counts = bench.run(
        block_cut(bench.given(x), "float32", bench.given(np.int32([4, 0])), "int32", out, (10, 64), (3, 64))
    )
    assert counts.stores == 3 * 64 // 4
    np.testing.assert_array_equal(bench.seen(out, (3, 64), "float32"), x[4:7])

"""Gather, scatter, sorts, places of extremes and running sums against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hornbeam_cuda.source import ordering, rows
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.emulator import COMPILER
from tests.cuda.source.harness import Bench, numpy_dtype

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")

DTYPE = st.sampled_from(["float32", "float64", "bfloat16", "float16", "int32", "uint8", "int64", "bool"])
LENGTH = st.sampled_from([1, 2, 31, 100, 1024, 1025, 3000, 5000])
SHAPE = st.sampled_from([(1, 1), (3, 1), (2, 5)])


def drawn(size: int, dtype: str, seed: int = 0) -> np.ndarray[Any, Any]:
    """Numbers of a dtype of which many are equal, and some NaN."""
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.integers(0, 2, size).astype(bool)
    found = rng.integers(0 if dtype[0] == "u" else -20, 20, size).astype(np.float64)
    if "float" in dtype:
        found = found / 4
        found[rng.random(size) < 0.05] = np.nan
    return found.astype(numpy_dtype(dtype))


@given(SHAPE, LENGTH, DTYPE, st.booleans(), st.booleans())
def test_argsort(shape: tuple[int, int], length: int, dtype: str, descending: bool, backwards: bool) -> None:
    bench = Bench(backwards)
    x = drawn(shape[0] * length * shape[1], dtype).reshape(shape[0], length, shape[1])
    out = bench.room(x.size * 4)
    bench.run(ordering.argsort(bench.given(x), dtype, out, shape[0], length, shape[1], descending, bench.room))
    wide = x.astype(np.float64)
    expected = np.argsort(wide, axis=1, kind="stable")
    if descending:
        flipped = np.argsort(wide[:, ::-1], axis=1, kind="stable")[:, ::-1]
        expected = length - 1 - flipped
    np.testing.assert_array_equal(bench.seen(out, x.shape, "int32"), expected)


@given(st.sampled_from([1, 7, 2000]), DTYPE, st.booleans())
def test_searchsorted(length: int, dtype: str, right: bool) -> None:
    bench = Bench()
    row = np.sort(drawn(length, dtype).astype(np.float64)).astype(numpy_dtype(dtype))
    values = drawn(333, dtype, 1)
    out = bench.room(values.size * 4)
    bench.run(ordering.searchsorted(bench.given(row), bench.given(values), dtype, out, length, values.size, right))
    expected = np.searchsorted(row.astype(np.float64), values.astype(np.float64), side="right" if right else "left")
    np.testing.assert_array_equal(bench.seen(out, values.shape, "int32"), expected)


@given(SHAPE, LENGTH, DTYPE, st.booleans(), st.booleans())
def test_extremes(shape: tuple[int, int], length: int, dtype: str, largest: bool, backwards: bool) -> None:
    bench = Bench(backwards)
    x = drawn(shape[0] * length * shape[1], dtype).reshape(shape[0], length, shape[1])
    out = bench.room(x.size * 4)
    bench.run(ordering.extreme(bench.given(x), dtype, out, shape[0], length, shape[1], largest))
    expected = (np.argmax if largest else np.argmin)(x.astype(np.float64), axis=1)
    np.testing.assert_array_equal(bench.seen(out, expected.shape, "int32"), expected)


@given(SHAPE, LENGTH, st.sampled_from(["float32", "float64", "bfloat16", "int32", "int8", "uint64"]), st.booleans())
def test_cumulative_sums(shape: tuple[int, int], length: int, dtype: str, backwards: bool) -> None:
    bench = Bench(backwards)
    x = np.nan_to_num(drawn(shape[0] * length * shape[1], dtype).astype("f8")).astype(numpy_dtype(dtype))
    x = x.reshape(shape[0], length, shape[1])
    out = bench.room(x.nbytes)
    bench.run(ordering.cumulative_sum(bench.given(x), dtype, out, shape[0], length, shape[1]))
    got = bench.seen(out, x.shape, dtype)
    if "int" in dtype:
        np.testing.assert_array_equal(got, np.cumsum(x, axis=1, dtype=dtype))
    else:  # sums of quarters are exact
        np.testing.assert_array_equal(got, np.cumsum(x.astype("f8"), axis=1).astype(numpy_dtype(dtype)))


@given(st.sampled_from([1, 3, 4, 8, 16, 33]), DTYPE, st.sampled_from(["int32", "int64"]), st.sampled_from([1, 5, 300]))
def test_gather(width: int, dtype: str, places: str, count: int) -> None:
    bench = Bench()
    x = drawn(11 * width, dtype).reshape(11, width)
    index = np.random.default_rng(1).integers(0, 11, count).astype(places)
    out = bench.room(count * width * 8)
    counts = bench.run(rows.gather(bench.given(x), dtype, bench.given(index), places, out, count, width))
    got = bench.seen(out, (count, width), dtype)
    np.testing.assert_array_equal(got.view(np.uint8), x[index].view(np.uint8))
    assert counts.stored == count * x[0].nbytes
    assert counts.stores <= count * max(1, -(-x[0].nbytes // 16)) or x[0].nbytes % 16


def test_indices_in_range() -> None:
    bench = Bench()
    index = np.array([0, -1, 6, -7, 3], np.int32)
    out, bad = bench.room(20), bench.given(np.zeros(1, np.int32))
    bench.run(rows.index_within(bench.given(index), "int32", out, bad, 5, 7))
    np.testing.assert_array_equal(bench.seen(out, (5,), "int32"), [0, 6, 6, 0, 3])
    assert bench.seen(bad, (1,), "int32") == 0
    bench.run(rows.index_within(bench.given(index), "int32", out, bad, 5, 6))
    np.testing.assert_array_equal(bench.seen(out, (5,), "int32"), [0, 5, 0, 0, 3])
    assert bench.seen(bad, (1,), "int32") == 1


@given(
    st.sampled_from([1, 3, 20]), st.sampled_from([1, 5, 64, 65, 700]), st.sampled_from(["add", "set", "max", "min"]),
    st.sampled_from(["float32", "int32", "bfloat16", "bool"]), st.booleans(), st.booleans(),
)  # fmt: skip
def test_scatter(width: int, count: int, mode: str, dtype: str, sorts: bool, backwards: bool) -> None:
    rng = np.random.default_rng(count)
    bench = Bench(backwards)
    x = np.nan_to_num(drawn(9 * width, dtype).astype("f8")).astype(numpy_dtype(dtype)).reshape(9, width)
    updates = np.nan_to_num(drawn(count * width, dtype, 1).astype("f8")).astype(x.dtype).reshape(count, width)
    if dtype == "bfloat16":
        updates[::2] = 0
    index = np.where(rng.random(count) < 0.5, 4, rng.integers(0, 9, count)).astype(np.int32)
    out = bench.given(x)
    most, rows.DIRECT = rows.DIRECT, 0 if sorts else rows.DIRECT
    try:
        args = (bench.given(index), "int32", bench.given(updates), dtype, out, count, width, 9, mode, bench.room)
        calls = rows.scatter(*args)
    finally:
        rows.DIRECT = most
    assert (len(calls) == 1) != sorts
    bench.run(calls)
    expected = x.astype("f8") if dtype != "bool" else x.copy()
    how = {"add": np.add, "max": np.maximum, "min": np.minimum, "set": lambda old, new: new}[mode]
    for i, new in zip(index, updates, strict=True):
        expected[i] = how(expected[i], new)
    close = {"bfloat16": 2e-2}.get(dtype, 0)
    np.testing.assert_allclose(
        bench.seen(out, x.shape, dtype).astype("f8"), expected.astype("f8"), rtol=close, atol=close
    )

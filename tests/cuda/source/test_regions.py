"""Generated loops against NumPy: maps, reductions of every kind and those that wait for one another, on any strides and dtypes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hornbeam.backends.reference.random import philox
from hornbeam_cuda.source import forms
from hornbeam_cuda.source.described import Loops, Operation, Strided
from hornbeam_cuda.source.kernel import At
from hornbeam_cuda.source.regions import region
from hornbeam_cuda.source.scalars import SIZES
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.emulator import COMPILER
from tests.cuda.source.harness import Bench, evaluate, numpy_dtype

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")

OPERATIONS: dict[str, Any] = {
    **{"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "exp": np.exp},
    **{"identity": lambda x: x, "rsqrt": lambda x: 1 / np.sqrt(x), "greater": np.greater, "cast": lambda x: x},
}
Step = Operation


def dense(sizes: tuple[int, ...], dims: tuple[int, ...]) -> tuple[int, ...]:
    """Strides of an array of some of a nest's dimensions, in that order."""
    strides, by = [0] * len(sizes), 1
    for d in reversed(dims):
        strides[d] = by
        by *= sizes[d]
    return tuple(strides)


def check(
    nest: Loops, reads: list[np.ndarray[Any, Any]], close: float = 2e-6, backwards: bool = False, processors: int = 132
) -> Any:
    """Run a nest and compare with NumPy; returns what it did with memory, and the launches."""
    bench = Bench(backwards)
    expected = evaluate(nest, reads, OPERATIONS)
    outs = [bench.room(max(1, e.size * e.dtype.itemsize)) for e in expected]
    calls = region(nest, [bench.given(r) for r in reads], outs, bench.room, processors)
    counts = bench.run(calls)
    for (array, _), e, out in zip(nest.writes, expected, outs, strict=True):
        order = sorted(range(len(e.shape)), key=lambda d: -array.strides[d])
        got = bench.seen(out, [e.shape[d] for d in order], array.dtype)
        want = e.transpose(order)
        if array.dtype == "bool" or "int" in array.dtype:
            np.testing.assert_array_equal(got, want)
        else:
            np.testing.assert_allclose(got.astype("f8"), want.astype("f8"), rtol=close, atol=close)
    return counts, calls


def drawn(rng: np.random.Generator, size: int, dtype: str) -> np.ndarray[Any, Any]:
    """Random numbers of a dtype."""
    if dtype == "bool":
        return rng.integers(0, 2, size).astype(bool)
    if "float" in dtype:
        return rng.normal(size=size).astype(numpy_dtype(dtype))
    return rng.integers(0, 9, size).astype(dtype)


SIZE = st.sampled_from([1, 2, 3, 4, 7, 8, 16, 31, 33, 64, 130])
CLOSE = {"float64": 1e-12, "float32": 3e-6, "float16": 2e-3, "bfloat16": 2e-2}


@given(
    st.lists(SIZE, max_size=3), st.sampled_from(["float32", "float64", "bfloat16", "int16", "bool", "uint8"]), st.data()
)
def test_maps_of_any_strides(sizes: list[int], dtype: str, data: st.DataObject) -> None:
    rng = np.random.default_rng(0)
    extents = tuple(sizes)
    orders = st.permutations(range(len(extents)))
    reads, arrays = [], []
    for _ in range(2):
        dims = tuple(d for d in data.draw(orders) if data.draw(st.booleans()))
        reads.append(Strided(dtype, dense(extents, dims)))
        arrays.append(drawn(rng, math.prod(extents[d] for d in dims), dtype))
    written = Strided(dtype, dense(extents, tuple(range(len(extents)))))
    kind = "full" if extents else "row"
    steps = (Step("add", (0, 1), dtype, kind),)
    groups = (max(0, len(extents) - 1), 0, min(1, len(extents)))
    if extents and not any(r.strides[-1] for r in reads):
        steps = (
            Step("add", (0, 1), dtype, "row"),
            Step("iota", (), dtype, "full", (len(extents) - 1,)),
            Step("multiply", (2, 3), dtype),
        )
    nest = Loops(extents, groups, tuple(reads), (), steps, ((written, 1 + len(steps)),))
    check(nest, arrays, CLOSE.get(dtype, 0), backwards=data.draw(st.booleans()))


@given(
    SIZE,
    st.sampled_from([1, 3, 10, 64, 96, 300, 1000, 1030, 5000, 40000]),
    st.sampled_from(sorted(CLOSE)),
    st.booleans(),
)
def test_softmax(rows: int, length: int, dtype: str, backwards: bool) -> None:
    rows = min(rows, max(1, 200000 // length))
    array = Strided(dtype, dense((rows, length), (0, 1)))
    wide = "float64" if dtype == "float64" else "float32"
    steps = (
        Step("reduce_max", (0,), wide, "reduce row"),
        Step("subtract", (0, 1), wide),
        Step("exp", (2,), wide),
        Step("reduce_sum", (3,), wide, "reduce row"),
        Step("divide", (3, 4), dtype),
    )
    nest = Loops((rows, length), (1, 0, 1), (array,), (), steps, ((array, 5),))
    counts, calls = check(nest, [drawn(np.random.default_rng(0), rows * length, dtype)], CLOSE[dtype], backwards)
    assert counts.stored == rows * length * SIZES[dtype]  # each result is written once
    held = "h0" in calls[0].kernel.body
    idle = calls[0].block[0]  # threads of a last block that have no row of their own repeat its last
    passes = 1 if held else 3
    assert passes * rows * length <= counts.loaded // SIZES[dtype] <= passes * (rows + idle) * length
    assert held or length > 2000


@given(
    st.sampled_from([1, 2, 5, 40, 300, 2000]), st.sampled_from([1, 3, 10, 64, 100, 1000]), st.sampled_from([1, 3, 8]),
    st.sampled_from(["float32", "float16", "float64", "int32"]), st.sampled_from([2, 132]), st.booleans(),
)  # fmt: skip
def test_sums_over_columns(places: int, length: int, images: int, dtype: str, processors: int, backwards: bool) -> None:
    if places * length * images > 400000:
        places = 40
    sizes = (images, places, length)
    read, out = Strided(dtype, dense(sizes, (0, 1, 2))), dense(sizes, (0, 2))
    wide = "float32" if dtype == "float16" else dtype
    steps = (
        Step("reduce_sum", (0,), wide, "reduce column"),
        Step("multiply", (0, 0), wide),
        Step("reduce_sum", (2,), wide, "reduce column"),
        Step("reduce_max", (0,), wide, "reduce column"),
    )
    writes = ((Strided(dtype, out), 1), (Strided(wide, out), 3), (Strided(wide, out), 4))
    array = drawn(np.random.default_rng(0), math.prod(sizes), dtype)
    close = {"float16": 2e-2, "float32": 2e-5}.get(dtype, 1e-11)
    _, calls = check(Loops(sizes, (1, 1, 1), (read,), (), steps, writes), [array], close, backwards, processors)
    if images == 1 and places == 2000 and processors == 132:
        assert calls[0].grid[0] > 1  # long sums are split
        assert len(calls) == 2  # and the parts of all three are joined by one launch


@given(
    st.sampled_from([1, 2, 5, 40, 300]), st.sampled_from([1, 3, 64, 1000, 70000]),
    st.sampled_from(["reduce_sum", "reduce_max", "reduce_min", "reduce_prod"]), st.sampled_from([2, 132]), st.booleans(),
)  # fmt: skip
def test_sums_over_everything(places: int, length: int, op: str, processors: int, backwards: bool) -> None:
    if places * length > 400000:
        places = 5
    sizes = (places, length)
    array = (
        np.random.default_rng(0).uniform(0.9, 1.1, places * length) if op != "reduce_prod" else np.ones(places * length)
    )
    array = array.astype("f8")
    both = (Step(op, (0,), "float64", "reduce all"),)
    nest = Loops(
        sizes, (0, 1, 1), (Strided("float64", dense(sizes, (0, 1))),), (), both, ((Strided("float64", (0, 0)), 1),)
    )
    check(nest, [array], 1e-11, backwards, processors)
    rows = (Step(op, (0,), "float64", "reduce row"),)
    nest = Loops(
        sizes,
        (1, 0, 1),
        (Strided("float64", dense(sizes, (0, 1))),),
        (),
        rows,
        ((Strided("float64", dense(sizes, (0,))), 1),),
    )
    check(nest, [array], 1e-11, backwards, processors)


@given(st.sampled_from([1, 6, 33, 200]), st.sampled_from([3, 64, 96, 768, 1000, 3000]), st.booleans())
def test_normalization_and_its_gradient(rows: int, length: int, backwards: bool) -> None:
    rows = min(rows, 60000 // length)
    sizes = (rows, length)
    rng = np.random.default_rng(0)
    x, ct = drawn(rng, rows * length, "float64"), drawn(rng, rows * length, "float64")
    gain = drawn(rng, length, "float64")
    whole, column, row = (Strided("float64", dense(sizes, dims)) for dims in ((0, 1), (1,), (0,)))
    steps = (
        Step("reduce_sum", (0,), "float64", "reduce row"),
        Step("multiply", (2, 3), "float64", "row"),
        Step("subtract", (0, 4), "float64"),
        Step("multiply", (5, 5), "float64"),
        Step("reduce_sum", (6,), "float64", "reduce row"),
        Step("multiply", (7, 2), "float64", "row"),
        Step("rsqrt", (8,), "float64", "row"),
        Step("multiply", (5, 9), "float64"),
        Step("multiply", (10, 1), "float64"),
    )
    constants = (("float64", 1 / length),)
    nest = Loops(sizes, (1, 0, 1), (whole, column), constants, steps, ((whole, 11), (row, 9)))
    check(nest, [x, gain], 1e-10, backwards)
    steps = (
        Step("multiply", (0, 2), "float64"),
        Step("multiply", (3, 1), "float64"),
        Step("reduce_sum", (4,), "float64", "reduce row"),
        Step("multiply", (1, 5), "float64"),
        Step("subtract", (3, 6), "float64"),
        Step("multiply", (0, 1), "float64"),
        Step("reduce_sum", (8,), "float64", "reduce column"),
        Step("reduce_sum", (0,), "float64", "reduce column"),
    )
    nest = Loops(sizes, (0, 1, 1), (whole, whole, column), (), steps, ((whole, 7), (column, 9), (column, 10)))
    counts, _ = check(nest, [ct, x, gain], 1e-10, backwards)
    assert counts.loaded < (2 * rows * length + 4 * 132 * 2 * length + rows * length) * 8


@given(
    st.sampled_from([1, 6, 500]), st.sampled_from([3, 64, 300, 1000, 40000]), st.sampled_from([2, 132]), st.booleans()
)
def test_sums_over_rows_columns_and_everything_at_once(
    rows: int, length: int, processors: int, backwards: bool
) -> None:
    rows = min(rows, 200000 // length)
    sizes = (rows, length)
    whole = Strided("float64", dense(sizes, (0, 1)))
    kinds = (("column", (1,)), ("all", ()))
    steps = tuple(Step("reduce_sum", (0,), "float64", f"reduce {kind}") for kind, _ in kinds)
    writes = tuple((Strided("float64", dense(sizes, dims)), 1 + i) for i, (_, dims) in enumerate(kinds))
    x = drawn(np.random.default_rng(0), rows * length, "float64")
    check(Loops(sizes, (0, 1, 1), (whole,), (), steps, writes), [x], 1e-10, backwards, processors)
    steps = (Step("reduce_sum", (0,), "float64", "reduce row"), Step("reduce_sum", (0,), "float64", "reduce column"))
    writes = ((Strided("float64", dense(sizes, (0,))), 1), (Strided("float64", dense(sizes, (1,))), 2))
    check(Loops(sizes, (0, 1, 1), (whole,), (), steps, writes), [x], 1e-10, backwards, processors)


@given(st.sampled_from([(5,), (64,), (3, 40), (7, 9)]), st.booleans())
def test_random_words_are_those_of_core(sizes: tuple[int, ...], turned: bool) -> None:
    bench = Bench()
    key = np.array([7, 2**31 + 5, 3, 11], np.uint32)
    strides = dense(sizes, tuple(reversed(range(len(sizes)))) if turned else tuple(range(len(sizes))))
    full = dense(sizes, tuple(range(len(sizes))))
    steps = (Step("random_bits", (0,), "uint32", "full", strides), Step("greater", (2, 1), "bool"))
    writes = ((Strided("uint32", full), 2), (Strided("bool", full), 3))
    nest = Loops(
        sizes, (len(sizes) - 1, 0, 1), (Strided("uint32", (0,) * len(sizes)),), (("uint32", 2**31),), steps, writes
    )
    count = math.prod(sizes)
    outs = [bench.room(count * 4), bench.room(count)]
    bench.run(region(nest, [bench.given(key)], outs, bench.room))
    words = [w for block in range(-(-count // 4)) for w in philox((block, 0, 3, 11), (7, 2**31 + 5))]
    expected = np.array(words[:count], np.uint32).reshape(tuple(reversed(sizes)) if turned else sizes)
    expected = expected.T if turned else expected
    np.testing.assert_array_equal(bench.seen(outs[0], sizes, "uint32"), expected)
    np.testing.assert_array_equal(bench.seen(outs[1], sizes, "bool"), expected > 2**31)


def test_the_bytes_of_a_map_are_those_of_its_arrays() -> None:
    count = 10007
    array = Strided("float32", (1,))
    nest = Loops((count,), (0, 0, 1), (array, array), (), (Step("add", (0, 1), "float32"),), ((array, 2),))
    rng = np.random.default_rng(0)
    counts, calls = check(nest, [drawn(rng, count, "float32") for _ in range(2)])
    assert (counts.loaded, counts.stored) == (8 * count, 4 * count)
    assert counts.loads <= 2 * (count // 4 + 3)  # 16 bytes at a time
    assert len(calls) == 1


def test_a_value_that_is_no_multiple_of_a_vector_apart_is_not_read_by_vectors() -> None:
    sizes = (6, 7)
    array, odd = Strided("float32", (7, 1)), Strided("float32", (1, 0), aligned=False)
    nest = Loops(sizes, (1, 0, 1), (array, odd), (), (Step("add", (0, 1), "float32"),), ((array, 2),))
    rng = np.random.default_rng(0)
    check(nest, [drawn(rng, 42, "float32"), drawn(rng, 6, "float32")])


def test_what_is_read_where_it_is_written_may_be_one_memory() -> None:
    array = Strided("float32", (1,))
    steps = (Step("add", (0, 1), "float32"),)
    x, y, z = At("x"), At("y"), At("z")
    nest = Loops((40,), (0, 0, 1), (array, Strided("float32", (0,))), (), steps, ((array, 2),))
    (call,) = region(nest, [x, y], [z], lambda size: At("t"))
    assert call.in_place == (("x", "z"),)


@pytest.mark.parametrize("backwards", [False, True])
def test_indices_of_64_bits(backwards: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What arrays of more than 2**31 elements get, which are too large for a test."""
    monkeypatch.setattr(forms, "_wide", lambda described: True)
    rng = np.random.default_rng(0)
    sizes = (5, 6, 33)
    whole, turned = Strided("float32", dense(sizes, (0, 1, 2))), Strided("float32", dense(sizes, (2, 0, 1)))
    x, y = drawn(rng, 990, "float32"), drawn(rng, 990, "float32")
    nest = Loops(sizes, (2, 0, 1), (whole, turned), (), (Step("add", (0, 1), "float32"),), ((whole, 2),))
    _, calls = check(nest, [x, y], backwards=backwards)
    assert "int64" in calls[0].kernel.parameters
    steps = (Step("reduce_sum", (0,), "float32", "reduce column"),)
    out = Strided("float32", dense(sizes, (0, 2)))
    check(Loops(sizes, (1, 1, 1), (turned,), (), steps, ((out, 1),)), [x], 1e-5, backwards)

"""gather, scatter, argmax, pad and concatenate on the CPU engine, against NumPy's own functions."""

import math

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.interpret import bind
from hornbeam.ops.indexing import scatter_p
from hypothesis import given
from hypothesis import strategies as st

from tests.cpu.harness import threads

DTYPES = st.sampled_from(("float32", "float64", "int32", "int64", "bool"))
SHAPES = st.lists(st.sampled_from((1, 2, 3, 5, 16, 17, 33)), min_size=1, max_size=3).map(tuple)


def run(function, *arrays):
    """The result of a jitted function, the same on one thread and on three."""
    with using_backend("cpu"):
        found = []
        for count in (1, 3):
            with threads(count):
                found.append(np.asarray(hb.jit(function)(*arrays)))
    np.testing.assert_array_equal(*found)
    return found[0]


def numbers(shape, dtype, seed=0):
    return (
        np.random.default_rng(seed)
        .integers(0 if dtype == "bool" else -3, 2 if dtype == "bool" else 4, shape)
        .astype(dtype)
    )


@given(
    SHAPES,
    st.lists(st.integers(-400, 400), min_size=1, max_size=50),
    st.sampled_from(("int32", "int64")),
    DTYPES,
    st.data(),
)
def test_gather(shape, places, kind, dtype, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    index = (np.array(places) % (2 * shape[axis]) - shape[axis]).astype(kind)  # from -n to n - 1
    x = numbers(shape, dtype)
    np.testing.assert_array_equal(run(lambda x, i: hb.ops.take(x, i, axis=axis), x, index), np.take(x, index, axis))


@given(SHAPES, st.lists(st.integers(0, 400), min_size=1, max_size=50), st.sampled_from(("float32", "float64")))
def test_scattered_sums_of_rows(shape, places, dtype):
    index = (np.array(places) % shape[0]).astype("int32")
    updates = numbers((len(index), *shape[1:]), dtype, 1)  # whole numbers: their sums are exact in any order

    def rows(x, u, i):
        out, pull = hb.vjp(lambda x: hb.ops.take(x, i, axis=0), x)
        return pull(u)[0]

    expected = np.zeros(shape, dtype)
    np.add.at(expected, index, updates)
    np.testing.assert_array_equal(run(rows, numbers(shape, dtype), updates, index), expected)


@given(
    st.integers(1, 40),
    st.sampled_from(((), (3,), (2, 9))),
    st.sampled_from((20_000, 70_001)),
    st.sampled_from(("bool", "uint8", "int32", "int64", "float16", "float32", "float64")),
    st.sampled_from(("add", "max", "min", "set")),
)
def test_many_updates_of_few_rows(size, row, numbers_in_all, dtype, mode):
    """They are shared out over tasks with tables of their own; the sums are whole numbers, so exact in any order."""
    count = numbers_in_all // math.prod(row)
    index = np.random.default_rng(0).integers(0, size, count).astype("int32")
    x, updates = numbers((size, *row), dtype), numbers((count, *row), dtype, 1)
    if dtype == "float16" and mode == "add":
        updates = updates * (np.arange(count) < 500).reshape(-1, *(1 for _ in row)).astype(dtype)  # no sum beyond 2048
    expected = x.copy()
    ufunc = {"add": np.add, "max": np.maximum, "min": np.minimum}.get(mode)
    if ufunc:
        ufunc.at(expected, index, updates)
    else:
        for i, new in zip(index, updates, strict=True):
            expected[i] = new
    found = run(lambda x, i, u: bind(scatter_p, x, i, u, mode=mode), x, index, updates)
    np.testing.assert_array_equal(found, expected)


@given(SHAPES, st.sampled_from(("float32", "float64", "int32", "int64")), st.data())
def test_argmax_and_argmin_take_the_first_of_equals_and_nan_before_all(shape, dtype, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    x = numbers(shape, dtype)
    if dtype.startswith("float"):
        x = np.where(np.random.default_rng(1).random(shape) < data.draw(st.sampled_from((0.0, 0.3))), np.nan, x).astype(
            dtype
        )
    for name in ("argmax", "argmin"):
        np.testing.assert_array_equal(
            run(lambda x, name=name: getattr(hb.ops, name)(x, axis=axis), x), getattr(np, name)(x, axis)
        )


@given(SHAPES, DTYPES, st.data())
def test_pad(shape, dtype, data):
    width = [(data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))) for _ in shape]
    x = numbers(shape, dtype)
    np.testing.assert_array_equal(run(lambda x: hb.ops.pad(x, width), x), np.pad(x, width))


@given(SHAPES, st.lists(st.sampled_from((1, 2, 7, 16, 33)), min_size=1, max_size=4), DTYPES, st.data())
def test_concatenate(shape, sizes, dtype, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    parts = [numbers((*shape[:axis], n, *shape[axis + 1 :]), dtype, n) for n in sizes]
    found = run(lambda *xs: hb.ops.concatenate([x[::-1] for x in xs], axis=axis), *parts)
    np.testing.assert_array_equal(found, np.concatenate([x[::-1] for x in parts], axis=axis))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("width", [1, 5, 16, 37, 300])
def test_no_number_passes_through_loops_reductions_and_softmax(bad, width):
    x = np.random.default_rng(0).normal(size=(9, width)).astype("float32")
    x[4, width // 2] = bad

    def function(x):
        return (
            hb.ops.max(x, 1), hb.ops.min(x, 0), hb.ops.sum(x, 1), hb.ops.mean(x, 0), hb.ops.relu(x), hb.ops.maximum(x, 0.5),
            hb.ops.exp(x) * 2 + x, hb.ops.sum(x), hb.ops.softmax(x), hb.ops.log_softmax(x), hb.ops.max(x),
        )  # fmt: skip

    with using_backend("cpu"):
        found = [np.asarray(t) for t in hb.jit(function)(x)]
    with np.errstate(all="ignore"):
        less = x - x.max(1, keepdims=True)
        e, total = np.exp(less), np.exp(less).sum(1, keepdims=True)
        truth = (
            x.max(1), x.min(0), x.sum(1), x.mean(0), np.maximum(x, 0), np.maximum(x, np.float32(0.5)), np.exp(x) * 2 + x,
            x.sum(), e / total, less - np.log(total), x.max(),
        )  # fmt: skip
    for number, (one, other) in enumerate(zip(found, truth, strict=True)):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5, err_msg=f"result {number}")

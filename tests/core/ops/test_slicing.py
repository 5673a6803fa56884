"""Blocks and places read and replaced, against NumPy; how many operations a replacement takes."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.testing.gradients import check_gradients
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays, basic_indices

from tests.core.ops.tables import check

X = np.random.default_rng(0).normal(size=(4, 5, 3))


@given(key=basic_indices(X.shape, allow_newaxis=True, allow_ellipsis=True))
def test_replacing_a_block(key):
    value = np.random.default_rng(1).normal(size=X[key].shape)
    expected = X.copy()
    expected[key] = value

    def put(x, v):
        x = ops.copy(x)
        x[key] = v
        return x

    check(put, expected, X, np.asarray(value))
    expected[key] = 7.0
    np.testing.assert_array_equal(put(ops.asarray(X), 7.0).numpy(), expected)


def test_replacing_a_block_is_one_operation():
    def put(x, v):
        x = ops.copy(x)
        x[1:3, ::2] = v
        return x

    graph = str(hb.capture(put, ops.zeros((4, 5)), ops.zeros((2, 3))))
    assert "update_slice" in graph
    assert "scatter" not in graph
    assert "iota" not in graph


@given(start=st.tuples(st.integers(-2, 6), st.integers(-2, 6)))
def test_blocks_at_places_that_depend_on_values(start):
    x, new = X[:, :, 0], X[:2, :3, 1]
    low = [min(max(s, 0), n - k) for s, n, k in zip(start, x.shape, new.shape, strict=True)]
    where = ops.asarray(start, dtype="int32")
    block = tuple(slice(a, a + k) for a, k in zip(low, new.shape, strict=True))
    expected = x.copy()
    expected[block] = new
    read, put = hb.jit(lambda t, s: ops.slice(t, s, (2, 3))), hb.jit(ops.slice_update)
    np.testing.assert_array_equal(read(ops.asarray(x), where).numpy(), x[block])
    np.testing.assert_array_equal(put(ops.asarray(x), where, ops.asarray(new)).numpy(), expected)
    assert check_gradients(hb.jit(lambda t: ops.slice(t, where, (2, 3))), x) == 3
    assert check_gradients(hb.jit(lambda t, v: ops.slice_update(t, where, v)), x, new) == 3
    np.testing.assert_array_equal(ops.slice(x, where, (2, 3)).numpy(), x[block])
    if list(start) == low:
        np.testing.assert_array_equal(ops.slice_update(x, list(start), new).numpy(), expected)


def test_a_block_moves_along_in_a_loop():
    def body(i, x):
        return ops.slice_update(x, (i, 0), ops.slice(x, (i - 1, 0), (1, 2)) * 2.0)

    out = hb.jit(lambda x: ops.fori_loop(1, 4, body, x))(ops.ones((4, 2)))
    assert out.numpy()[:, 0].tolist() == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    "call",
    [
        lambda x: ops.slice(x, [3, 0], (2, 2)),
        lambda x: ops.slice(x, [0], (2, 2)),
        lambda x: ops.slice(x, [0, 0], (2,)),
        lambda x: ops.slice_update(x, [3, 0], ops.zeros((2, 2))),
        lambda x: hb.jit(lambda s: ops.slice(x, s, (5, 2)))(ops.zeros(2, "int32")),
        lambda x: hb.jit(lambda s: ops.slice_update(x, s, ops.zeros((5, 2))))(ops.zeros(2, "int32")),
    ],
)
def test_a_block_that_does_not_fit(call):
    with pytest.raises(hb.ShapeError):
        call(ops.zeros((4, 5)))


@pytest.mark.parametrize("reduction", [None, "add", "max", "min", "mul"])
@given(places=arrays(np.int32, (3, 2), elements=st.integers(0, 1), unique=False))
def test_scattering_by_rows(reduction, places):
    x, new = X[:2, :2], np.random.default_rng(2).normal(size=(3, 3))
    expected = x.copy()
    combine = {None: lambda a, b: b, "add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}[reduction]
    for place, row in zip(places, new, strict=True):
        expected[tuple(place)] = combine(expected[tuple(place)], row)
    check(lambda t, v: ops.scatter_update(t, places, v, reduction), expected, x, new, rtol=1e-9)
    if reduction == "add":
        check(lambda v: ops.scatter(places, v, x.shape), expected - x, new, atol=1e-9)


def test_places_that_are_not_there():
    with pytest.raises(hb.OutOfRangeError, match="index 4"):
        ops.scatter_update(ops.zeros(3), [[4]], [1.0])
    with pytest.raises(hb.ShapeError, match="depth is from 1 to 1"):
        ops.scatter_update(ops.zeros(3), [[0, 0]], [1.0])
    with pytest.raises(hb.InvalidArgumentError, match="reduction must be"):
        ops.scatter_update(ops.zeros(3), [[0]], [1.0], "mean")


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_putting_along_an_axis(axis):
    x = X[:, :, 0]
    where = np.argsort(x, axis=axis)[:2, :2]
    where = where if axis == 0 else np.argsort(x, axis=axis)[:, :2]
    new = np.random.default_rng(3).normal(size=where.shape)
    expected = x.copy()
    np.put_along_axis(expected, where, new, axis) if axis else expected.__setitem__((where, np.arange(2)), new)
    if axis:
        check(lambda t, v: ops.put_along_axis(t, where, v, axis), expected, x, new)
    flat = X[0, 0].copy()
    np.put_along_axis(flat, np.array([2, 0]), np.array([5.0, 6.0]), None)
    np.testing.assert_array_equal(ops.put_along_axis(X[0, 0], [2, 0], [5.0, 6.0], None).numpy(), flat)


@pytest.mark.parametrize("side", ["left", "right"])
@given(
    row=arrays(np.float64, st.integers(0, 9), elements=st.integers(-3, 3).map(float)),
    wanted=arrays(np.float64, (2, 3), elements=st.one_of(st.just(np.nan), st.integers(-4, 4).map(float))),
)
def test_searching(side, row, wanted):
    row = np.sort(row)
    check(lambda a, v: ops.searchsorted(a, v, side), np.searchsorted(row, wanted, side), row, wanted)


def test_searching_what_has_no_order():
    with pytest.raises(hb.DTypeError, match="no order"):
        ops.searchsorted(np.array([1j]), np.array([1j]))
    assert ops.searchsorted(np.array([False, True]), np.array([True])).numpy().tolist() == [1]

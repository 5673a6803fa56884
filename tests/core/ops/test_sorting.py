"""Sorting, running sums and sets against NumPy."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

SMALL = arrays(np.int32, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=st.integers(-3, 3))


@settings(max_examples=40, deadline=None)
@given(x=SMALL, data=st.data())
def test_sort_and_argsort_are_stable(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    np.testing.assert_array_equal(ops.sort(x, axis=axis).numpy(), np.sort(x, axis=axis))
    np.testing.assert_array_equal(ops.argsort(x, axis=axis).numpy(), np.argsort(x, axis=axis, stable=True))
    down = ops.argsort(x, axis=axis, descending=True).numpy()
    np.testing.assert_array_equal(down, np.argsort(-x, axis=axis, stable=True))


@settings(max_examples=40, deadline=None)
@given(x=SMALL)
def test_unique(x):
    values, indices, inverse, counts = np.unique_all(x)
    found = ops.unique_all(x)
    for got, expected in zip(found, (values, indices, inverse, counts), strict=True):
        np.testing.assert_array_equal(got.numpy(), expected)


def test_unique_of_nothing_and_of_nans():
    assert ops.unique_all(ops.zeros(0)).counts.shape == (0,)
    assert ops.unique_values(ops.asarray([float("nan"), 1.0, float("nan")])).shape == (3,)
    with pytest.raises(hb.CaptureError, match="distinct values"):
        hb.jit(ops.unique_values)(ops.zeros(3))


@settings(max_examples=40, deadline=None)
@given(x=SMALL, data=st.data())
def test_running_sums_and_products(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    np.testing.assert_array_equal(ops.cumulative_sum(x, axis=axis).numpy(), np.cumsum(x, axis, dtype=np.int32))
    np.testing.assert_array_equal(ops.cumulative_prod(x, axis=axis).numpy(), np.cumprod(x, axis, dtype=np.int32))
    np.testing.assert_array_equal(ops.cumsum(x).numpy(), np.cumsum(x, dtype=np.int32))


@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted(side):
    rng = np.random.default_rng(0)
    x, v = rng.integers(0, 9, 12), rng.integers(-1, 11, (3, 4))
    order = np.argsort(x)
    np.testing.assert_array_equal(
        ops.searchsorted(x, v, side=side, sorter=order).numpy(), np.searchsorted(np.sort(x), v, side)
    )


@pytest.mark.parametrize("function", [ops.cumsum, ops.cumprod, ops.sort, lambda x: ops.top_k(x, 2)[0]])
def test_gradients(function):
    x = np.array([1.5, 0.0, -2.0, 0.7])

    def f(t):
        out = function(t)
        return ops.sum(ops.square(out) * ops.arange(1, out.size + 1, dtype="float64"))

    eps = 1e-6
    expected = [float(f(ops.asarray(x + eps * e)) - f(ops.asarray(x - eps * e))) / (2 * eps) for e in np.eye(4)]
    np.testing.assert_allclose(hb.grad(f)(ops.asarray(x)).numpy(), expected, rtol=1e-6, atol=1e-6)


def test_top_k_refuses_more_than_there_are():
    with pytest.raises(hb.InvalidArgumentError, match="k is 4"):
        ops.top_k(ops.zeros(3), 4)


@pytest.mark.parametrize("n", [0, 1, 2, 6])
def test_diff(n):
    x = np.random.default_rng(0).integers(0, 9, (3, 5)).astype(np.int32)
    np.testing.assert_array_equal(ops.diff(x, n=n).numpy(), np.diff(x, n=n))
    expected = np.diff(x, n=n, axis=0, prepend=x[:1])
    np.testing.assert_array_equal(ops.diff(x, n=n, axis=0, prepend=x[:1]).numpy(), expected)

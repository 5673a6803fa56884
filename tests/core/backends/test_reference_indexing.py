"""The reference backend's gathering, scattering, sorting and running sums against NumPy."""

import numpy as np
import pytest
from hornbeam.errors import OutOfRangeError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays


@given(data=st.data())
def test_gather_and_scatter(check, data):
    n = data.draw(st.integers(1, 4))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = rng.normal(size=(n, *data.draw(array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3))))
    index = data.draw(
        arrays(np.int32, array_shapes(min_dims=0, max_dims=2, max_side=3), elements=st.integers(-n, n - 1))
    )
    check("index_within", np.where(index < 0, index + n, index), index, size=n)
    index %= n
    check("gather", x[index], x, index)
    flat = index.reshape(-1)
    updates = rng.normal(size=(flat.size, *x.shape[1:]))
    at = {"add": np.add.at, "max": np.maximum.at, "min": np.minimum.at}
    for mode, function in at.items():
        expected = x.copy()
        function(expected, flat, updates)
        check("scatter", expected, x, flat, updates, mode=mode)
    expected = x.copy()
    expected[flat] = updates
    check("scatter", expected, x, flat, updates, mode="set")


def test_scattered_extremes_keep_nan(check):
    x = np.array([np.nan, 1.0])
    for mode in ("max", "min"):
        check("scatter", [np.nan, np.nan], x, np.array([0, 1], np.int32), np.array([5.0, np.nan]), mode=mode)


@pytest.mark.parametrize("index", [3, -4])
def test_an_index_outside_its_axis(run, index):
    with pytest.raises(OutOfRangeError, match=f"index {index} is out of range for an axis of size 3"):
        run("index_within", np.array([0, index], np.int32), size=3)


@given(data=st.data())
def test_order_and_running_sums(check, data):
    kind = data.draw(st.sampled_from([np.float64, np.int8]))
    elements = st.integers(-3, 3) if kind is np.int8 else st.sampled_from([-1.5, 0.0, 2.0, np.inf])
    x = data.draw(arrays(kind, array_shapes(max_dims=3, max_side=4), elements=elements))
    axis = data.draw(st.integers(0, x.ndim - 1))
    check("argsort", np.argsort(x, axis, stable=True).astype(np.int32), x, axis=axis, descending=False)
    flipped = np.argsort(-x.astype(float), axis, stable=True).astype(np.int32)
    check("argsort", flipped, x, axis=axis, descending=True)
    check("cumulative_sum", np.cumsum(x, axis, dtype=kind), x, axis=axis)


def test_nan_counts_as_the_largest(check):
    x = np.array([np.nan, 1.0, np.inf, np.nan])
    check("argsort", np.array([1, 2, 0, 3], np.int32), x, axis=0, descending=False)
    check("argsort", np.array([0, 3, 2, 1], np.int32), x, axis=0, descending=True)

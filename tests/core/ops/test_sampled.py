"""Functions known at points, and NumPy's further names, against NumPy."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.core.ops.tables import check

FLOATS = st.integers(-30, 30).map(lambda i: i / 10 + 0.05)


@given(
    x=arrays(np.float64, (2, 3), elements=FLOATS),
    points=arrays(np.float64, st.integers(1, 6), elements=st.integers(-30, 30).map(lambda i: i / 10), unique=True),
)
def test_interpolation(x, points):
    points = np.sort(points)
    values = np.cos(points) * 3
    check(lambda t, v: ops.interp(t, points, v), np.interp(x, points, values), x, values)
    check(lambda t: ops.interp(t, points, values, -9.0, 9.0), np.interp(x, points, values, -9.0, 9.0), x)


@given(f=arrays(np.float64, (3, 4), elements=FLOATS))
def test_slopes_and_differences(f):
    check(ops.gradient, list(np.gradient(f)), f)
    check(lambda t: ops.gradient(t, 0.5, 0), np.gradient(f, 0.5, axis=0), f)
    places = np.array([0.0, 0.5, 2.0, 2.25])
    check(lambda t: ops.gradient(t, places, -1), np.gradient(f, places, axis=-1), f)
    check(lambda t: ops.ediff1d(t, 1.0, [2.0, 3.0]), np.ediff1d(f, 1.0, [2.0, 3.0]), f)
    check(lambda t: ops.polyval(f[0], t), np.polyval(f[0], f), f)
    check(lambda t: ops.modf(t), list(np.modf(f)), f, gradients=False)
    check(lambda t: ops.divmod(t, 0.7), list(np.divmod(f, 0.7)), f, gradients=False)


@given(p=arrays(np.float64, (2, 6), elements=st.integers(-90, 90).map(lambda i: i / 4)))
def test_continuous_angles(p):
    check(ops.unwrap, np.unwrap(p), p, gradients=False)
    check(lambda t: ops.unwrap(t, 4.0, 0, period=5.0), np.unwrap(p, 4.0, 0, period=5.0), p, gradients=False)


@given(keys=arrays(np.int32, (3, 7), elements=st.integers(0, 2)))
def test_sorting_by_several_keys(keys):
    check(lambda k: ops.lexsort(k), np.lexsort(keys), keys)


@given(
    x=arrays(np.float64, (3, 4), elements=FLOATS),
    place=st.integers(-3, 3),
    axis=st.sampled_from([0, 1, -1, None]),
)
def test_taking_out_and_putting_in(x, place, axis):
    size = x.size if axis is None else x.shape[axis]
    if -size <= place < size:
        check(lambda t: ops.delete(t, place, axis), np.delete(x, place, axis), x)
    check(lambda t: ops.delete(t, slice(0, None, 2), axis), np.delete(x, slice(0, None, 2), axis), x)
    check(lambda t: ops.delete(t, [0, -1], axis), np.delete(x, [0, -1], axis), x)
    check(lambda t: ops.insert(t, place, 7.0, axis), np.insert(x, place, 7.0, axis), x)
    if axis is not None:
        row = np.arange(12 // size) * 1.0
        check(lambda t, r: ops.insert(t, place, r, axis), np.insert(x, place, row, axis), x, row)


@pytest.mark.parametrize("k", [-1, 0, 2])
def test_places_in_triangles(k):
    for name in ("tril_indices", "triu_indices"):
        for found, expected in zip(getattr(ops, name)(3, k, 4), getattr(np, name)(3, k, 4), strict=True):
            np.testing.assert_array_equal(found.numpy(), expected)


@given(numbers=arrays(np.int32, 5, elements=st.integers(0, 59)))
def test_numbers_of_places(numbers):
    places = np.unravel_index(numbers, (3, 4, 5))
    np.testing.assert_array_equal(ops.ravel_multi_index(places, (3, 4, 5)).numpy(), numbers)


def test_further_names():
    x = np.array([1.2, -2.7])
    for name in ("degrees", "radians", "fix", "around"):
        np.testing.assert_allclose(getattr(ops, name)(x).numpy(), getattr(np, name)(x), rtol=1e-12)
    assert ops.invert(np.array([1, -3])).numpy().tolist() == [-2, 2]
    assert float(ops.float_power(2, -2)) == 0.25
    assert ops.broadcast_shapes((3, 1), (4,)) == (3, 4)
    for a, b in [([1, 2], [1, 2]), ([1, 2], [1, 3]), ([1, 2], [[1, 2]]), ([np.nan], [np.nan])]:
        for equal_nan in (False, True):
            assert bool(ops.array_equal(a, b, equal_nan)) == np.array_equal(a, b, equal_nan)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.interp(1.0, [1.0, 2.0], [1.0]), hb.ShapeError, "must be vectors of one size"),
        (lambda: ops.gradient([1.0]), hb.ShapeError, "needs two samples"),
        (lambda: ops.polyval(1.0, 2.0), hb.ShapeError, "must be a vector"),
        (lambda: ops.unwrap([1.0], period=0), hb.InvalidArgumentError, "must be positive"),
        (lambda: ops.lexsort([]), hb.InvalidArgumentError, "at least one key"),
        (lambda: ops.delete([1], 1), hb.OutOfRangeError, "place 1"),
        (lambda: ops.insert([1], 2, 1), hb.OutOfRangeError, "place 2"),
        (lambda: ops.ravel_multi_index(([1],), (2, 3)), hb.ShapeError, "1 coordinates"),
        (lambda: ops.ravel_multi_index(([1], [3]), (2, 3)), hb.OutOfRangeError, "index 3"),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()

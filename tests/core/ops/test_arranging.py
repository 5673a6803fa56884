"""Joining, cutting and turning against NumPy."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tests.core.ops.tables import check


def of_rank(low, high):
    return arrays(np.float64, array_shapes(min_dims=low, max_dims=high, max_side=4), elements=st.floats(-9, 9))


@pytest.mark.parametrize("name", ["hstack", "vstack", "dstack", "column_stack"])
@given(x=of_rank(1, 3))
def test_stacking(name, x):
    if name == "column_stack" and x.ndim > 2:
        x = x[0]
    check(lambda t: getattr(ops, name)([t, t]), getattr(np, name)([x, x]), x)


def test_stacking_of_numbers():
    for name in ("hstack", "vstack", "dstack", "column_stack"):
        np.testing.assert_array_equal(getattr(ops, name)([1.0, 2.0]).numpy(), getattr(np, name)([1.0, 2.0]))


@pytest.mark.parametrize("name", ["atleast_1d", "atleast_2d", "atleast_3d"])
@given(x=of_rank(0, 4))
def test_raising_the_rank(name, x):
    check(getattr(ops, name), getattr(np, name)(x), x)
    both = getattr(ops, name)(x, 1.0)
    assert isinstance(both, tuple)
    assert [t.shape for t in both] == [a.shape for a in getattr(np, name)(x, 1.0)]


@given(x=of_rank(2, 4), k=st.integers(-5, 5), data=st.data())
def test_turning(x, k, data):
    axes = tuple(data.draw(st.permutations(range(x.ndim)))[:2])
    check(lambda t: ops.rot90(t, k, axes), np.rot90(x, k, axes), x)
    check(ops.fliplr, np.fliplr(x), x)
    check(ops.flipud, np.flipud(x), x)


@given(x=of_rank(1, 3), parts=st.integers(1, 6), data=st.data())
def test_uneven_cuts(x, parts, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    check(lambda t: ops.array_split(t, parts, axis), list(np.array_split(x, parts, axis)), x)
    check(lambda t: ops.array_split(t, [1, 3], axis), list(np.array_split(x, [1, 3], axis)), x)
    check(lambda t: ops.append(t, t, axis), np.append(x, x, axis), x)
    check(lambda t: ops.append(t, 2.0), np.append(x, 2.0), x)


@pytest.mark.parametrize("name", ["hsplit", "vsplit", "dsplit"])
def test_cuts(name):
    x = np.arange(64.0).reshape(4, 4, 4)
    check(lambda t: getattr(ops, name)(t, 2), list(getattr(np, name)(x, 2)), x)
    check(lambda t: getattr(ops, name)(t, [1, 2]), list(getattr(np, name)(x, [1, 2])), x)
    with pytest.raises(hb.ShapeError, match=name):
        getattr(ops, name)(1.0, 1)


def test_a_vector_is_cut_side_by_side():
    x = np.arange(6.0)
    check(lambda t: ops.hsplit(t, 3), list(np.hsplit(x, 3)), x)


def test_what_is_refused():
    with pytest.raises(hb.InvalidArgumentError, match="number of parts"):
        ops.array_split(ops.zeros(3), 0)
    with pytest.raises(hb.ShapeError, match="fliplr"):
        ops.fliplr(ops.zeros(3))
    with pytest.raises(hb.ShapeError, match="flipud"):
        ops.flipud(1.0)

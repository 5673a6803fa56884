"""Sets of values against NumPy, eagerly and captured."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

NUMBERS = {
    "int32": st.integers(-3, 3),
    "uint8": st.integers(0, 3),
    "bool": st.booleans(),
    "float64": st.sampled_from([-1.5, 0.0, 2.0, np.inf]),
    "complex128": st.sampled_from([1 + 1j, 1 - 1j, -1j, 0.0]),
}
FLAGS = ("return_index", "return_inverse", "return_counts")


@st.composite
def tensors(draw, dtype=None, **how):
    dtype = dtype or draw(st.sampled_from(sorted(NUMBERS)))
    return draw(arrays(dtype, array_shapes(max_side=6, min_side=0, **how), elements=NUMBERS[dtype]))


def same(found, expected):
    found = found.numpy()
    assert found.dtype == expected.dtype or found.dtype == np.int32
    np.testing.assert_array_equal(found, expected)


@given(x=tensors(min_dims=0, max_dims=3), flags=st.tuples(*[st.booleans()] * 3), data=st.data())
def test_unique(x, flags, data):
    wanted = dict(zip(FLAGS, flags, strict=True))
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1)) if x.ndim and x.size else None
    found, expected = ops.unique(x, axis=axis, **wanted), np.unique(x, axis=axis, **wanted)
    if not any(flags):
        same(found, expected)
        return
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        same(one, other)


@given(x=tensors(min_dims=1, max_dims=2), size=st.integers(0, 8), fill=st.integers(0, 1), data=st.data())
def test_a_fixed_number_of_unique_values_can_be_captured(x, size, fill, data):
    axis = data.draw(st.none() | st.integers(0, x.ndim - 1)) if x.size else None
    wanted = dict.fromkeys(FLAGS, True)
    expected = np.unique(x, axis=axis, **wanted)
    found = hb.jit(lambda t: ops.unique(t, axis=axis, size=size, fill_value=fill, **wanted))(x)
    along = axis or 0
    count = min(size, expected[0].shape[along])
    values = np.moveaxis(found[0].numpy(), along, 0)
    np.testing.assert_array_equal(values[:count], np.moveaxis(expected[0], along, 0)[:count])
    assert values.shape[0] == size and (values[count:] == fill).all()
    for place in (1, 3):
        part = found[place].numpy()
        np.testing.assert_array_equal(part[:count], expected[place][:count])
        assert part.shape == (size,) and not part[count:].any()
    np.testing.assert_array_equal(found[2].numpy(), expected[2])


def test_nan_is_distinct_from_nan():
    x = np.array([np.nan, 1.0, np.nan])
    values, counts = ops.unique_counts(x)
    np.testing.assert_array_equal(values.numpy(), [1.0, np.nan, np.nan])
    assert counts.numpy().tolist() == [1, 1, 1]
    assert ops.isin(x, x).numpy().tolist() == [False, True, False]


@given(data=st.data(), invert=st.booleans())
def test_isin(data, invert):
    dtype = data.draw(st.sampled_from(sorted(NUMBERS)))
    x, values = data.draw(tensors(dtype, min_dims=0)), data.draw(tensors(dtype, min_dims=0))
    same(ops.isin(x, values, invert=invert), np.isin(x, values, invert=invert))
    same(hb.jit(lambda a, b: ops.isin(a, b))(x, values), np.isin(x, values))


@given(data=st.data())
def test_operations_on_two_sets(data):
    dtype = data.draw(st.sampled_from(sorted(NUMBERS)))
    x, y = data.draw(tensors(dtype, min_dims=1)), data.draw(tensors(dtype, min_dims=1))
    same(ops.union1d(x, y), np.union1d(x, y))
    same(ops.setdiff1d(x, y), np.setdiff1d(x, y))
    same(ops.setxor1d(x, y), np.setxor1d(x, y))
    for found, expected in zip(
        ops.intersect1d(x, y, return_indices=True), np.intersect1d(x, y, return_indices=True), strict=True
    ):
        same(found, expected)
    x, y = (data.draw(st.permutations(np.unique(t).tolist())) for t in (x, y))
    x, y = np.array(x, dtype), np.array(y, dtype)
    same(ops.setdiff1d(x, y, assume_unique=True), np.setdiff1d(x, y, assume_unique=True))
    same(ops.setxor1d(x, y, assume_unique=True), np.setxor1d(x, y, assume_unique=True))
    same(ops.intersect1d(x, y, assume_unique=True), np.intersect1d(x, y, assume_unique=True))


def test_types_are_promoted():
    assert ops.isin([1, 2], [2.5, 2.0]).numpy().tolist() == [False, True]
    assert ops.union1d([1], [1.5]).numpy().tolist() == [1.0, 1.5]


def test_errors():
    with pytest.raises(hb.CaptureError, match=r"unique\(x, size=...\)"):
        hb.jit(ops.unique)(np.ones(3))
    with pytest.raises(hb.InvalidArgumentError, match="cannot be negative; got -1"):
        ops.unique(np.ones(3), size=-1)

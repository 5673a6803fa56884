"""Numbers that come in: nested lists keep the integers that they hold."""

import copy
import pickle

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hypothesis import given
from hypothesis import strategies as st


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=4))
def test_unsigned_integers_are_exact(numbers):
    for nested in (numbers, [[n] for n in numbers], (numbers, numbers)):
        tensor = ops.asarray(nested)
        assert tensor.tolist() == (list(nested) if isinstance(nested, list) else [numbers, numbers])
        assert tensor.dtype == ("uint64" if max(numbers) >= 2**63 else "int64" if max(numbers) >= 2**31 else "int32")


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4))
def test_signed_integers_are_exact(numbers):
    assert ops.asarray(numbers).tolist() == numbers


def test_what_no_integer_dtype_holds():
    assert ops.asarray([2**64 - 1, -1]).dtype == "float32"
    assert ops.asarray([2.0**64, 1]).dtype == "float32"
    with pytest.raises(hb.DTypeError, match="expected numbers"):
        ops.asarray([2**65])
    np.testing.assert_array_equal(
        ops.asarray([2**64 - 1, 1], dtype="uint64").numpy(), np.array([2**64 - 1, 1], np.uint64)
    )


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "uint32", "bool", "complex64"])
@pytest.mark.parametrize("again", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy, copy.copy])
def test_tensors_are_pickled_and_copied_as_values(dtype, again):
    for shape in ((), (0, 2), (2, 3)):
        tensor = ops.asarray(np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype))
        other = again(tensor)
        assert other.dtype == tensor.dtype and other.shape == shape and other.uid != tensor.uid
        np.testing.assert_array_equal(other.numpy(), tensor.numpy())
    variable = again(hb.Variable(np.ones(2, dtype), name="v", trainable=False))
    assert (variable.name, variable.trainable, variable.numpy().tolist()) == ("v", False, [1, 1])

"""Inspection functions against NumPy's."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "complex64", "complex128"])
def test_finfo(name):
    got, expected = ops.finfo(name), np.finfo(name)
    assert (got.bits, got.eps, got.max, got.min) == (expected.bits, expected.eps, expected.max, expected.min)
    assert got.smallest_normal == expected.smallest_normal


@pytest.mark.parametrize("name", ["int8", "int64", "uint16", "uint64"])
def test_iinfo(name):
    got, expected = ops.iinfo(ops.zeros(1, dtype=name)), np.iinfo(name)
    assert (got.bits, got.max, got.min) == (expected.bits, expected.max, expected.min)


@pytest.mark.parametrize("kind", ["bool", "signed integer", "unsigned integer", "integral", "real floating", "numeric"])
def test_isdtype_and_the_namespace_agree_with_numpy(kind):
    names = ops.__array_namespace_info__().dtypes(kind=kind)
    assert set(names) == set(np.__array_namespace_info__().dtypes(kind=kind))
    assert all(ops.isdtype(d, kind) for d in names.values())


def test_result_type_and_can_cast():
    assert ops.result_type(ops.int8, ops.zeros(2, dtype="int16"), 3) == "int16"
    assert ops.result_type(1, 2.0) == "float32"
    assert ops.can_cast(ops.int8, ops.int16) and not ops.can_cast(ops.float64, ops.float32)


def test_from_dlpack_and_errors():
    np.testing.assert_array_equal(ops.from_dlpack(np.arange(3)).numpy(), [0, 1, 2])
    with pytest.raises(hb.DTypeError, match="iinfo"):
        ops.finfo(ops.int8)
    with pytest.raises(hb.DTypeError, match="finfo"):
        ops.iinfo(ops.float32)

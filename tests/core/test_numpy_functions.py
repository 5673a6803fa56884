"""NumPy's own functions on tensors and variables: they call the methods of that name, or convert."""

import hornbeam as hb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

NAMES = ["sum", "prod", "mean", "std", "var", "max", "min", "any", "all", "argmax", "argmin"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [hb.ops.asarray, hb.Variable])
@given(x=arrays(np.float64, array_shapes(min_dims=2, max_dims=3, max_side=4), elements=st.floats(-4, 4)))
def test_reductions(name, kind, x):
    function, ours = getattr(np, name), kind(x)
    for how in ({}, {"axis": 1}, {"axis": 0, "keepdims": True}):
        np.testing.assert_allclose(np.asarray(function(ours, **how)), function(x, **how), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", [hb.ops.asarray, hb.Variable])
def test_their_further_arguments(kind):
    x = np.arange(12.0).reshape(3, 4) ** 2
    ours = kind(x)
    assert np.asarray(np.std(ours, ddof=1)) == pytest.approx(x.std(ddof=1), rel=1e-12)
    assert np.asarray(np.var(ours, axis=1, ddof=2)) == pytest.approx(x.var(axis=1, ddof=2), rel=1e-12)
    for name in ("mean", "sum", "std"):
        assert np.asarray(getattr(np, name)(ours, dtype="float32")).dtype == np.float32
    assert np.transpose(ours).shape == (4, 3)
    np.testing.assert_array_equal(np.asarray(np.clip(ours, 1, 9)), x.clip(1, 9))
    np.testing.assert_array_equal(np.asarray(np.concatenate([ours, ours])), np.concatenate([x, x]))


def test_a_tensor_gives_no_memory_away():
    with pytest.raises(hb.InvalidArgumentError, match="leave out="):
        np.sum(hb.ops.ones((2, 3)), axis=0, out=np.zeros(3, np.float32))

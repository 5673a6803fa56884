"""Diagonals and Kronecker products against NumPy; gradients against finite differences."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

MATRICES = arrays(np.int32, array_shapes(min_dims=2, max_dims=4, min_side=0, max_side=4), elements=st.integers(-9, 9))
SMALL = arrays(np.int32, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3), elements=st.integers(-9, 9))


@given(x=MATRICES, offset=st.integers(-5, 5), data=st.data())
def test_diagonal_and_trace(x, offset, data):
    first, second = data.draw(st.permutations(range(x.ndim)))[:2]
    np.testing.assert_array_equal(ops.diagonal(x, offset, first, second).numpy(), np.diagonal(x, offset, first, second))
    np.testing.assert_array_equal(ops.trace(x, offset, first, second).numpy(), np.trace(x, offset, first, second))


@given(x=SMALL, k=st.integers(-3, 3))
def test_diag_and_diagflat(x, k):
    np.testing.assert_array_equal(ops.diagflat(x, k).numpy(), np.diagflat(x, k))
    if x.ndim in (1, 2):
        np.testing.assert_array_equal(ops.diag(x, k).numpy(), np.diag(x, k))
    np.testing.assert_array_equal(ops.diagflat(x > 0, k).numpy(), np.diagflat(x > 0, k))


@given(x=SMALL, y=SMALL)
def test_kron(x, y):
    np.testing.assert_array_equal(ops.kron(x, y).numpy(), np.kron(x, y))


@pytest.mark.parametrize(
    "function", [lambda x: ops.diagonal(x, 1), ops.trace, lambda x: ops.diag(x[0], -1), lambda x: ops.kron(x, x)]
)
def test_gradients(function):
    x = np.random.default_rng(0).uniform(-1, 1, (3, 4))

    def f(t):
        return ops.sum(ops.sin(function(t)))

    eps = 1e-6
    steps = eps * np.eye(12).reshape(12, 3, 4)
    expected = [float(f(ops.asarray(x + e)) - f(ops.asarray(x - e))) / (2 * eps) for e in steps]
    np.testing.assert_allclose(hb.grad(f)(ops.asarray(x)).numpy().ravel(), expected, atol=1e-8)


def test_errors():
    with pytest.raises(hb.ShapeError, match="at least two axes"):
        ops.diagonal(ops.zeros(3))
    with pytest.raises(hb.ShapeError, match="vector or a matrix"):
        ops.diag(ops.zeros((1, 1, 1)))

"""Small systems of equations on the engine, against NumPy's in double precision."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.errors import InvalidArgumentError
from hypothesis import given
from hypothesis import strategies as st

from tests.cpu.harness import fallbacks_of
from tests.cpu.test_complex import run


@given(
    st.sampled_from(((), (1,), (5,), (2, 3), (700,))),
    st.integers(1, 64),
    st.sampled_from((1, 2, 16, 33)),
    st.sampled_from(("float32", "float64")),
    st.integers(0, 99),
)
def test_solve(batch, n, k, dtype, seed):
    rng = np.random.default_rng(seed)
    n = min(n, 9) if len(batch) == 1 and batch[0] > 5 else n
    turned = np.linalg.qr(rng.normal(size=(*batch, n, n)))[0]  # well conditioned, with pivots anywhere
    a = (turned * rng.uniform(1, 3, n)).astype(dtype)
    b = rng.normal(size=(*batch, n, k)).astype(dtype)
    (found,) = run(hb.ops.linalg.solve, a, b)
    expected = np.linalg.solve(a.astype("float64"), b.astype("float64"))
    np.testing.assert_allclose(found, expected, rtol=0, atol={"float32": 2e-5, "float64": 1e-13}[dtype] * n)


def test_rows_are_exchanged_where_the_pivot_is_nothing():
    a = np.array([[0, 2.0, 1], [1e-30, 1, 3], [4, 0, 1]])
    (found,) = run(hb.ops.linalg.solve, a, np.array([1.0, 2, 3]))
    np.testing.assert_allclose(found, np.linalg.solve(a, [1.0, 2, 3]), rtol=1e-13)


def test_one_singular_system_of_a_stack_is_an_error_and_variables_stay():
    variable = hb.Variable(np.ones(2))

    @hb.jit
    def step(a):
        variable.assign(variable.value + 1)
        return hb.ops.linalg.solve(a, hb.ops.ones((300, 2, 1), dtype="float64"))

    a = np.tile(np.eye(2), (300, 1, 1))
    with using_backend("cpu"):
        assert (step(a).numpy() == 1).all()
        a[213] = [[1, 2], [2, 4]]
        with pytest.raises(InvalidArgumentError, match="singular"):
            step(a)
    assert (variable.numpy() == 2).all()


def test_what_is_no_number_stays_in_its_system():
    a = np.tile(np.eye(3), (2, 1, 1))
    a[0, 1, 1] = np.nan
    (found,) = run(hb.ops.linalg.solve, a, np.ones((2, 3, 1)))
    assert np.isnan(found[0, 1]).all() and (found[1] == 1).all()


def test_large_systems_are_lapacks():
    with using_backend("cpu"):
        step = hb.jit(hb.ops.linalg.solve)
        found = step(2 * np.eye(65), np.ones((65, 1)))
    assert (found.numpy() == 0.5).all() and fallbacks_of(step) == ["solve"]

"""Run one kernel of the reference backend on NumPy arrays, for comparison with NumPy's and SciPy's own answers."""

import numpy as np
import pytest
from hornbeam.backends.base import make_backend
from hornbeam.dtypes import as_dtype
from hornbeam.primitive import primitives


def _run(name, *arrays, **params):
    """The result of primitive `name` as a NumPy array, or a tuple of them."""
    backend = make_backend("reference")
    primitive = primitives()[name]
    moved = [backend.from_host(np.asarray(a), as_dtype(np.asarray(a).dtype)) for a in arrays]
    out = backend.run(primitive, moved, params)
    return tuple(backend.to_host(o) for o in out) if primitive.multiple else backend.to_host(out)


def _check(name, expected, *arrays, rtol=1e-12, atol=1e-12, signs=False, **params):
    """The kernel gives what NumPy gives: dtype, shape, values (NaN equal NaN) and, where asked for, signs of zero."""
    got, expected = _run(name, *arrays, **params), np.asarray(expected)
    assert got.dtype == expected.dtype, f"{name}: dtype {got.dtype}, should be {expected.dtype}"
    assert got.shape == expected.shape, f"{name}: shape {got.shape}, should be {expected.shape}"
    if expected.dtype.kind in "fc":
        np.testing.assert_allclose(got, expected, rtol=rtol, atol=atol, err_msg=name)
    else:
        np.testing.assert_array_equal(got, expected, err_msg=name)
    if signs:
        np.testing.assert_array_equal(np.signbit(got[expected == 0]), np.signbit(expected[expected == 0]), err_msg=name)


@pytest.fixture(scope="session")
def run():
    """`run(name, *arrays, **params)`: the result of a reference kernel as a NumPy array."""
    return _run


@pytest.fixture(scope="session")
def check():
    """`check(name, expected, *arrays, **params)`: a reference kernel gives what NumPy gives."""
    return _check

"""What every table of operations is checked for: values, gradients, capture and shapes."""

import hornbeam as hb
import numpy as np
from hornbeam.backends.base import current_backend, using_backend
from hornbeam.ops.convert import as_tensor
from hornbeam.testing.gradients import check_gradients
from hornbeam.tree import flatten


def values(result):
    """The results of a call as NumPy arrays."""
    return [as_tensor(t).numpy() for t in flatten(result)[0]]


def check(function, expected, *arrays, rtol=1e-12, atol=1e-12, capture=True, shapes=True, gradients=True):
    """Compare with the expected values; captured and on the shapes backend it has to give the same; gradients are right."""
    found = values(function(*map(as_tensor, arrays)))
    expected = flatten(expected)[0]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one.shape == np.shape(other), f"shape {one.shape}, expected {np.shape(other)}"
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol)
    if capture:
        captured = values(hb.jit(lambda *xs: function(*xs))(*map(as_tensor, arrays)))
        for one, other in zip(captured, found, strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)
    if shapes:
        with using_backend("shapes"):
            known = flatten(function(*map(as_tensor, arrays)))[0]
        assert [(t.shape, t.dtype) for t in known] == [(t.shape, t.dtype.name) for t in found]
    if gradients and current_backend().name == "numpy":
        check_gradients(function, *arrays, order=1)

"""Complex numbers: their arithmetic runs on NumPy's kernels, between native copies of views."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_views_of_complex_numbers_are_copied(dtype):
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(5, 7)) + 1j * rng.normal(size=(5, 7))).astype(dtype)
    with using_backend("cpu"):
        turned = hb.jit(lambda x: (hb.ops.reshape(hb.ops.transpose(x), (-1,)), x[1:, ::2] * 2, hb.ops.flip(x, axis=0)))(
            x
        )
    np.testing.assert_array_equal(turned[0].numpy(), x.T.reshape(-1))
    np.testing.assert_allclose(turned[1].numpy(), x[1:, ::2] * 2, rtol=1e-6)
    np.testing.assert_array_equal(turned[2].numpy(), x[::-1])

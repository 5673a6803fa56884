"""Random words in fused loops are core's."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend


@pytest.mark.parametrize("shape", [(), (1,), (3,), (64,), (1000,), (7, 33), (5, 1, 16, 3)])
@pytest.mark.parametrize("seed", [0, 12345, 2**63 + 17])
def test_the_same_words_as_numpy(shape, seed):
    found = {}
    for backend in ("numpy", "cpu"):
        with using_backend(backend):
            draw = hb.jit(lambda: hb.random.bits(shape, seed=hb.random.key(seed)))
            found[backend] = np.asarray(draw())
    np.testing.assert_array_equal(found["cpu"], found["numpy"])
    assert found["cpu"].dtype == np.uint32

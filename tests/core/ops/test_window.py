"""Pooling where a window holds nothing but the lowest number."""

import hornbeam as hb
import numpy as np
from hornbeam import ops


def test_the_gradient_of_max_pool_never_goes_to_the_padding():
    x = ops.asarray(np.full((1, 3, 3, 1), -np.inf))
    _, pull = hb.vjp(lambda x: ops.max_pool(x, 2, 2, padding="same"), x)
    (ct,) = pull(np.ones((1, 2, 2, 1)))
    assert float(ct.sum()) == 4.0
    _, pull = hb.vjp(lambda x: ops.max_pool(x, 3, 1, padding="same"), x)
    assert float(pull(np.ones((1, 3, 3, 1)))[0].sum()) == 9.0

"""Products within a scan on the CPU engine: what is the same at each step is prepared once, and nothing else is."""

import hornbeam as hb
import numpy as np
from hornbeam.backends.base import using_backend


def test_an_operand_that_is_made_and_copied_at_each_step():
    rng = np.random.default_rng(0)
    sequence, start = rng.normal(size=(6, 50, 4, 3)).astype("float32"), rng.normal(size=(3, 4)).astype("float32")

    def step(carry, x):
        out = hb.ops.tensordot(x, hb.ops.tanh(carry), axes=((1, 2), (1, 0)))  # summed over axes that lie apart
        return carry + hb.ops.reshape(out[:12], (3, 4)), out

    with using_backend("cpu"):
        found = hb.jit(lambda s, x: hb.ops.scan(step, s, x)[1])(start, sequence).numpy()
    carry, expected = start.astype("float64"), []
    for x in sequence.astype("float64"):
        expected.append(np.einsum("mij,ji->m", x, np.tanh(carry)))
        carry = carry + expected[-1][:12].reshape(3, 4)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)

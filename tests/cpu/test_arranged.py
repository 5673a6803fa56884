"""Products of transposed tensors, and transposed products, are written where they are wanted: no copies, the same numbers."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hypothesis import given
from hypothesis import strategies as st

from tests.cpu.harness import threads


def run(function, *arrays):
    """The results of a jitted function, the same on one thread and on three, and the names of its stages."""
    with using_backend("cpu"):
        found = []
        for count in (1, 3):
            with threads(count):
                step = hb.jit(function)
                out = step(*arrays)
                found.append([np.asarray(t) for t in (out if isinstance(out, tuple) else (out,))])
        (made,) = step.compiled.values()
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    return found[0], [s.name for group in made.executable.groups for s in group.stages]


def whole(shape, seed=0):
    """Whole numbers, whose sums of products are exact in any order."""
    return np.random.default_rng(seed).integers(-4, 5, shape).astype("float32")


@given(
    st.tuples(*[st.sampled_from((1, 2, 5, 17))] * 3),
    st.permutations(range(3)),
    st.permutations(range(3)),
    st.sampled_from((1, 31, 32, 70)),
    st.sampled_from(("handed out", "added to", "both", "summed", "stepped")),
)
def test_any_order_of_axes(shape, first, second, width, how):
    x, w, b = whole((*shape, 19)), whole((19, width), 1), whole((width,), 2)

    def computed(x, w, b):
        y = hb.ops.matmul(hb.ops.transpose(x, (*first, 3)), w)
        turned = hb.ops.transpose(y, (*second, 3))
        return {
            "handed out": lambda: turned,
            "added to": lambda: y * 2.0 + b,
            "both": lambda: (turned, y + b, hb.ops.transpose(y, (*second, 3)) - 1.0),
            "summed": lambda: (hb.ops.sum(y + b, axis=1), hb.ops.reshape(y, (-1,))),
            "stepped": lambda: (y[::2] + b, hb.ops.flip(y + b, axis=0)),
        }[how]()

    y = x.transpose(*first, 3) @ w
    turned = y.transpose(*second, 3)
    expected = {
        "handed out": (turned,),
        "added to": (y * 2 + b,),
        "both": (turned, y + b, turned - 1),
        "summed": ((y + b).sum(1), y.reshape(-1)),
        "stepped": (y[::2] + b, (y + b)[::-1]),
    }[how]
    for one, other in zip(run(computed, x, w, b)[0], expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("long", [3, 5000])
def test_nothing_is_copied_around_a_product(long):
    x, w = whole((6, 7, long)), whole((long, 40), 1)
    out, names = run(lambda x, w: hb.ops.transpose(hb.ops.matmul(x, w), (1, 0, 2)), x, w)
    np.testing.assert_array_equal(out[0], (x @ w).transpose(1, 0, 2))
    assert "copy" not in names
    out, names = run(lambda x, w: hb.ops.matmul(hb.ops.transpose(x, (1, 0, 2)), w) + 1.0, x, w)
    np.testing.assert_array_equal(out[0], x.transpose(1, 0, 2) @ w + 1)
    assert "copy" not in names and f"product 1x42x40x{long}" in names


def test_a_sum_over_axes_in_another_order_copies_rows_as_they_lie():
    x, ct = whole((9, 5, 33)), whole((5, 9, 40), 1)
    step = run(lambda x, ct: hb.ops.tensordot(hb.ops.transpose(x, (1, 0, 2)), ct, axes=([0, 1], [0, 1])), x, ct)
    np.testing.assert_array_equal(step[0][0], np.einsum("bsi,sbj->ij", x, ct))

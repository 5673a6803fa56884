"""Pooling and its gradients on the CPU engine, against NumPy in float64."""

import numpy as np
import pytest
from hornbeam.ops.convolution import output_sizes
from hornbeam.ops.window import window_gather_p, window_max_p, window_scatter_p, window_spread_p, window_sum_p
from hornbeam_cpu.executable import CpuExecutable
from hypothesis import given
from hypothesis import strategies as st

from tests.cpu.harness import CPU, LEVELS, NUMPY, captured, check_primitive, plain, views


@st.composite
def poolings(draw):
    """Shapes of image and result, and how the window moves; windows may overlap, leave gaps, or lie in the padding."""
    rank = draw(st.integers(1, 3))
    sizes = tuple(draw(st.integers(1, (None, 20, 9, 6)[rank])) for _ in range(rank))
    how = {
        "window": tuple(draw(st.integers(1, 5)) for _ in sizes),
        "strides": tuple(draw(st.integers(1, 4)) for _ in sizes),
    }
    padding = []
    for n, w in zip(sizes, how["window"], strict=True):
        low = draw(st.integers(0, 2))
        padding.append((low, draw(st.integers(max(0, w - n - low), max(2, w - n - low)))))
    batch, channels = draw(st.integers(1, 3)), draw(st.sampled_from((1, 3, 8, 16, 19, 33)))
    out = output_sizes(sizes, how["window"], how["strides"], tuple(padding), (1,) * rank, "pooling")
    return (batch, *sizes, channels), (batch, *out, channels), {**how, "padding": tuple(padding)}


@given(poolings(), st.sampled_from(("float32", "float64")), st.sampled_from(LEVELS), st.data())
def test_any_pooling(pooling, dtype, level, data):
    image, out, how = pooling
    seen, other, result = (data.draw(views(len(image))) for _ in range(3))
    check_primitive(window_sum_p, [image], [seen], dtype, level, **how)
    check_primitive(window_max_p, [image], [seen], dtype, level, **how)
    check_primitive(window_gather_p, [image, image], [seen, other], dtype, level, **how)
    check_primitive(window_spread_p, [out], [result], dtype, level, input_shape=image, **how)
    check_primitive(window_scatter_p, [image, out], [seen, result], dtype, level, **how)


@pytest.mark.parametrize("primitive", [window_max_p, window_gather_p, window_scatter_p])
def test_ties_infinities_and_no_numbers_are_as_in_numpy(primitive):
    how = {"window": (3, 2), "strides": (2, 1), "padding": ((1, 1), (0, 1))}
    x = np.random.default_rng(0).choice(
        [0.0, 1.0, 1.0, -np.inf, np.nan], size=(2, 9, 8, 17), p=[0.3, 0.3, 0.2, 0.15, 0.05]
    )
    other = np.arange(x.size if primitive is window_gather_p else 2 * 5 * 8 * 17, dtype="float64")
    arrays = [x] if primitive is window_max_p else [x, other.reshape((2, -1, 8, 17))]
    graph = captured(primitive, [a.shape for a in arrays], [plain(4)] * len(arrays), "float64", **how)
    found = CpuExecutable(graph, CPU)(arrays)[0]
    np.testing.assert_array_equal(found, NUMPY.run_graph(graph, arrays)[0])

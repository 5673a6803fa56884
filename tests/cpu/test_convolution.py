"""Convolutions and their gradients on the CPU engine, against NumPy in float64."""

import pytest
from hornbeam.ops.convolution import conv_p, input_grad_p, kernel_grad_p, output_sizes
from hypothesis import given
from hypothesis import strategies as st

from tests.cpu.harness import LEVELS, check_primitive, plain, views


@st.composite
def convolutions(draw):
    """Shapes of image, filter and result, and how the filter moves; in one to three dimensions, with any groups."""
    rank = draw(st.integers(1, 3))
    most = (None, 20, 9, 6)[rank]
    sizes = [draw(st.integers(1, most)) for _ in range(rank)]
    how = {
        "strides": tuple(draw(st.integers(1, 3)) for _ in sizes),
        "padding": tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in sizes),
        "dilation": tuple(draw(st.integers(1, 2)) for _ in sizes),
    }
    window = tuple(
        draw(st.integers(1, min(4, (n + low + high - 1) // d + 1)))
        for n, (low, high), d in zip(sizes, how["padding"], how["dilation"], strict=True)
    )
    groups = draw(st.sampled_from((1, 1, 2, 3, 8, 17)))
    channels = draw(st.sampled_from((1, 1, 2, 3, 8) if groups > 1 else (1, 2, 3, 5, 16, 19)))
    filters = draw(st.sampled_from((1, 1, 2, 3, 4, 5) if groups > 1 else (1, 3, 8, 16, 33)))
    image = (draw(st.integers(1, 3)), *sizes, groups * channels)
    kernel = (*window, channels, groups * filters)
    out = (image[0], *output_sizes(tuple(sizes), window, *how.values(), "conv"), groups * filters)
    return image, kernel, out, {**how, "groups": groups}


kinds = given(convolutions(), st.sampled_from(("float32", "float64")), st.sampled_from(LEVELS), st.data())


@kinds
def test_forward(convolution, dtype, level, data):
    image, kernel, _, how = convolution
    seen = [data.draw(views(len(s))) for s in (image, kernel)]
    check_primitive(conv_p, [image, kernel], seen, dtype, level, **how)


@kinds
def test_input_gradient(convolution, dtype, level, data):
    image, kernel, out, how = convolution
    seen = [data.draw(views(len(s))) for s in (out, kernel)]
    check_primitive(input_grad_p, [out, kernel], seen, dtype, level, input_shape=image, **how)


@kinds
def test_kernel_gradient(convolution, dtype, level, data):
    image, kernel, out, how = convolution
    seen = [data.draw(views(len(s))) for s in (image, out)]
    check_primitive(kernel_grad_p, [image, out], seen, dtype, level, kernel_shape=kernel, **how)


SAME = {"strides": (1, 1), "padding": ((1, 1), (1, 1)), "dilation": (1, 1)}


@pytest.mark.parametrize(
    ("image", "kernel", "out", "groups"),
    [
        ((8, 28, 28, 1), (3, 3, 1, 32), (8, 28, 28, 32), 1),
        ((4, 13, 13, 32), (3, 3, 32, 64), (4, 13, 13, 64), 1),
        ((2, 24, 24, 40), (3, 3, 1, 40), (2, 24, 24, 40), 40),
        ((2, 24, 24, 20), (3, 3, 1, 40), (2, 24, 24, 40), 20),
        ((2, 24, 24, 40), (3, 3, 2, 20), (2, 24, 24, 20), 20),
    ],
)
def test_layers_that_are_shared_out_over_many_tasks(image, kernel, out, groups):
    check_primitive(conv_p, [image, kernel], groups=groups, **SAME)
    check_primitive(input_grad_p, [out, kernel], groups=groups, input_shape=image, **SAME)
    check_primitive(kernel_grad_p, [image, out], groups=groups, kernel_shape=kernel, **SAME)


def test_a_depthwise_filter_of_many_taps():
    image, kernel = (2, 12, 11, 19), (7, 6, 1, 19)
    how = {**SAME, "padding": ((3, 3), (3, 2)), "groups": 19}
    for level in LEVELS:
        check_primitive(conv_p, [image, kernel], [plain(4), plain(4)], "float32", level, **how)
        check_primitive(kernel_grad_p, [image, image], None, "float32", level, kernel_shape=kernel, **how)

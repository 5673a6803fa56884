"""The reference backend's convolutions and pooling windows against strided views in NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view


def windows(x, window, strides, padding, dilation, fill=0.0):
    """(n, *positions, c, *window): what each position of a window sees in (n, *spatial, c)."""
    x = np.pad(x, [(0, 0), *padding, (0, 0)], constant_values=fill)
    axes = tuple(range(1, x.ndim - 1))
    reach = tuple((w - 1) * d + 1 for w, d in zip(window, dilation, strict=True))
    view = sliding_window_view(x, reach, axis=axes)
    return view[
        (slice(None), *(slice(None, None, s) for s in strides), slice(None), *(slice(None, None, d) for d in dilation))
    ]


def convolve(x, kernel, strides, padding, dilation, groups):
    """One einsum over the windows of each group of channels."""
    rank = x.ndim - 2
    cin, cout = kernel.shape[-2], kernel.shape[-1] // groups
    letters = "xyz"[:rank]
    parts = []
    for g in range(groups):
        seen = windows(x[..., g * cin : (g + 1) * cin], kernel.shape[:-2], strides, padding, dilation)
        parts.append(np.einsum(f"n...c{letters},{letters}cf->n...f", seen, kernel[..., g * cout : (g + 1) * cout]))
    return np.concatenate(parts, -1)


@st.composite
def cases(draw, rank):
    window = tuple(draw(st.integers(1, 2)) for _ in range(rank))
    how = {
        "strides": tuple(draw(st.integers(1, 2)) for _ in range(rank)),
        "padding": tuple((draw(st.integers(0, 1)), draw(st.integers(0, 2))) for _ in range(rank)),
        "dilation": tuple(draw(st.integers(1, 2)) for _ in range(rank)),
    }
    sizes = tuple((w - 1) * d + 1 + draw(st.integers(0, 2)) for w, d in zip(window, how["dilation"], strict=True))
    return window, sizes, how, np.random.default_rng(draw(st.integers(0, 999)))


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(data=st.data())
def test_convolution_and_its_transposes(check, run, rank, data):
    window, sizes, how, rng = data.draw(cases(rank))
    groups = data.draw(st.integers(1, 2))
    x = rng.normal(size=(2, *sizes, groups * 2))
    kernel = rng.normal(size=(*window, 2, groups * 3))
    expected = convolve(x, kernel, **how, groups=groups)
    check("conv_general", expected, x, kernel, **how, groups=groups)
    ct = rng.normal(size=expected.shape)
    to_x = run("conv_input_grad", ct, kernel, input_shape=x.shape, **how, groups=groups)
    to_kernel = run("conv_kernel_grad", x, ct, kernel_shape=kernel.shape, **how, groups=groups)
    dx, dk = rng.normal(size=x.shape), rng.normal(size=kernel.shape)
    np.testing.assert_allclose(
        np.sum(to_x * dx), np.sum(ct * convolve(dx, kernel, **how, groups=groups)), rtol=1e-10, atol=1e-10
    )
    np.testing.assert_allclose(
        np.sum(to_kernel * dk), np.sum(ct * convolve(x, dk, **how, groups=groups)), rtol=1e-10, atol=1e-10
    )


@pytest.mark.parametrize("rank", [1, 2])
@given(data=st.data())
def test_pooling(check, run, rank, data):
    window, sizes, how, rng = data.draw(cases(rank))
    dilation = (1,) * rank
    pool = {
        "strides": how["strides"],
        "padding": tuple((min(a, w - 1), min(b, w - 1)) for (a, b), w in zip(how["padding"], window, strict=True)),
    }
    x = rng.permutation(2 * int(np.prod(sizes)) * 2).reshape(2, *sizes, 2).astype(float)
    axes = tuple(range(-rank, 0))
    total = windows(x, window, **pool, dilation=dilation).sum(axes)
    check("window_sum", total, x, window=window, **pool)
    largest = windows(x, window, **pool, dilation=dilation, fill=-np.inf).max(axes)
    check("window_max", largest, x, window=window, **pool)
    ct, dx = rng.normal(size=total.shape), rng.normal(size=x.shape)
    spread = run("window_spread", ct, input_shape=x.shape, window=window, **pool)
    np.testing.assert_allclose(
        np.sum(spread * dx), np.sum(ct * windows(dx, window, **pool, dilation=dilation).sum(axes)), rtol=1e-10
    )
    check("window_gather", largest, x, x, window=window, **pool)  # x, where x is largest
    scattered = run("window_scatter", x, ct, window=window, **pool)
    np.testing.assert_allclose(
        np.sum(scattered * dx), np.sum(ct * run("window_gather", x, dx, window=window, **pool)), rtol=1e-10
    )
    assert np.count_nonzero(scattered) <= ct.size


def test_the_first_of_equal_elements_wins_and_nan_takes_part(run):
    x = np.array([2.0, 2.0, np.nan, 1.0]).reshape(1, 4, 1)
    how = {"window": (2,), "strides": (2,), "padding": ((0, 0),)}
    np.testing.assert_array_equal(run("window_max", x, **how).ravel(), [2, np.nan])
    np.testing.assert_array_equal(
        run("window_scatter", x, np.array([5.0, 7.0]).reshape(1, 2, 1), **how).ravel(), [5, 0, 0, 0]
    )


def test_integers_pool_too(check):
    x = np.array([3, -4, 100, 100], np.int8).reshape(1, 4, 1)
    how = {"window": (2,), "strides": (2,), "padding": ((0, 0),)}
    check("window_max", np.array([3, 100], np.int8).reshape(1, 2, 1), x, **how)
    check("window_sum", np.array([-1, -56], np.int8).reshape(1, 2, 1), x, **how)

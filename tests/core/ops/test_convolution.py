"""Convolution against its definition, written as loops; gradients against one another."""

import itertools

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hypothesis import given
from hypothesis import strategies as st


def by_definition(x, k, strides, padding, dilation, groups):
    x = np.pad(x, [(0, 0), *padding, (0, 0)])
    window = k.shape[:-2]
    sizes = [
        (s - (w - 1) * d - 1) // t + 1 for s, w, t, d in zip(x.shape[1:-1], window, strides, dilation, strict=True)
    ]
    out = np.zeros((x.shape[0], *sizes, k.shape[-1]))
    cin, cout = k.shape[-2], k.shape[-1] // groups
    for place in itertools.product(*map(range, sizes)):
        for at in itertools.product(*map(range, window)):
            source = tuple(p * t + a * d for p, t, a, d in zip(place, strides, at, dilation, strict=True))
            for f in range(k.shape[-1]):
                first = f // cout * cin
                out[(slice(None), *place, f)] += (
                    x[(slice(None), *source, slice(first, first + cin))] @ k[(*at, slice(None), f)]
                )
    return out


@st.composite
def conv_case(draw):
    rank = draw(st.integers(1, 3))
    window = [draw(st.integers(1, 3)) for _ in range(rank)]
    strides = tuple(draw(st.integers(1, 2)) for _ in range(rank))
    dilation = tuple(draw(st.integers(1, 2)) for _ in range(rank))
    padding = tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(rank))
    sizes = [(w - 1) * d + 1 + draw(st.integers(0, 3)) for w, d in zip(window, dilation, strict=True)]
    groups, cin, cout = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    x = rng.normal(size=(draw(st.integers(1, 2)), *sizes, cin * groups))
    return x, rng.normal(size=(*window, cin, cout * groups)), strides, padding, dilation, groups


@given(conv_case())
def test_forward_and_both_gradients(case):
    x, k, strides, padding, dilation, groups = case
    rng = np.random.default_rng(0)

    def f(a, b):
        return ops.conv(a, b, strides, padding, dilation_rate=dilation)

    out, pull = hb.vjp(f, ops.asarray(x), ops.asarray(k))
    np.testing.assert_allclose(out.numpy(), by_definition(x, k, strides, padding, dilation, groups), atol=1e-10)
    ct = rng.normal(size=out.shape)
    dx, dk = (g.numpy() for g in pull(ct))
    # the convolution is linear in each argument: <ct, conv(u, k)> = <dx, u> for every u
    u, w = rng.normal(size=x.shape), rng.normal(size=k.shape)
    np.testing.assert_allclose(
        np.sum(dx * u), np.sum(ct * by_definition(u, k, strides, padding, dilation, groups)), atol=1e-8
    )
    np.testing.assert_allclose(
        np.sum(dk * w), np.sum(ct * by_definition(x, w, strides, padding, dilation, groups)), atol=1e-8
    )


def test_wrong_channels_say_what_was_expected():
    with pytest.raises(hb.ShapeError, match="3 channels does not fit a kernel"):
        ops.conv(ops.zeros((1, 4, 4, 3)), ops.zeros((2, 2, 2, 5)))


def test_max_pool_sends_the_gradient_to_the_first_largest():
    x = ops.asarray(np.array([[1.0, 3.0, 3.0, 0.0]]).reshape(1, 4, 1))
    gradient = hb.grad(lambda t: ops.sum(ops.max_pool(t, 2) * ops.asarray([[[1.0], [10.0]]], dtype="float64")))(x)
    assert gradient.numpy().ravel().tolist() == [0.0, 1.0, 10.0, 0.0]
    assert hb.grad(lambda t: ops.sum(ops.max_pool(t, 4)))(x).numpy().ravel().tolist() == [0.0, 1.0, 0.0, 0.0]


def test_same_average_pool_counts_what_is_inside():
    out = ops.average_pool(ops.ones((1, 3, 3, 1)), 2, padding="same")
    np.testing.assert_array_equal(out.numpy(), np.ones((1, 2, 2, 1), np.float32))

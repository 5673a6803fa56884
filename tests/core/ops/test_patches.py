"""Windows and blocks laid out as axes: against the definition, and there and back; vectorised functions; views."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.testing.gradients import check_gradients
from hypothesis import given
from hypothesis import strategies as st

from tests.core.ops.tables import check

SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3))


@given(kernel=SIZES, dilation=SIZES, padding=st.tuples(st.integers(0, 2), st.integers(0, 2)), stride=SIZES)
def test_unfold_and_fold(kernel, dilation, padding, stride):
    h, w = 7, 8
    x = np.random.default_rng(0).normal(size=(2, 2, h, w))
    wide = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    rows = range(0, wide.shape[2] - dilation[0] * (kernel[0] - 1), stride[0])
    columns = range(0, wide.shape[3] - dilation[1] * (kernel[1] - 1), stride[1])
    windows = [
        wide[:, :, i : i + dilation[0] * kernel[0] : dilation[0], j : j + dilation[1] * kernel[1] : dilation[1]][
            :, :, : kernel[0], : kernel[1]
        ].reshape(2, -1)
        for i in rows
        for j in columns
    ]
    how = {"kernel_size": kernel, "dilation": dilation, "padding": padding, "stride": stride}
    check(lambda t: ops.unfold(t, **how), np.stack(windows, -1), x)
    # fold is the transpose of unfold: <unfold(x), y> = <x, fold(y)>
    y = np.random.default_rng(1).normal(size=(2, 2 * kernel[0] * kernel[1], len(rows) * len(columns)))
    folded = ops.fold(y, (h, w), **how).numpy()
    np.testing.assert_allclose(np.sum(np.stack(windows, -1) * y), np.sum(x * folded), rtol=1e-9, atol=1e-9)
    check(lambda t: ops.fold(t, (h, w), **how), folded, y)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@given(b=st.integers(1, 3), seed=st.integers(0, 9))
def test_blocks_there_and_back(data_format, b, seed):
    last = data_format == "channels_last"
    x = np.random.default_rng(seed).normal(size=(2, 2 * b, 3 * b, 2) if last else (2, 2, 2 * b, 3 * b))
    deep = ops.space_to_depth(x, b, data_format)
    assert deep.shape == ((2, 2, 3, 2 * b * b) if last else (2, 2 * b * b, 2, 3))
    check(lambda t: ops.depth_to_space(ops.space_to_depth(t, b, data_format), b, data_format), x, x)


@given(length=st.integers(1, 6), step=st.integers(1, 4))
def test_stretches(length, step):
    x = np.random.default_rng(0).normal(size=(2, 9))
    expected = np.stack([x[:, i : i + length] for i in range(0, 10 - length, step)], 1)
    check(lambda t: ops.extract_sequences(t, length, step), expected, x)


def test_rearranging():
    x = np.random.default_rng(0).normal(size=(2, 6, 4))
    expected = x.reshape(2, 2, 3, 4).transpose(0, 3, 2, 1).reshape(8, 3, 2)
    check(lambda t: ops.rearrange(t, "b (h p) c -> (b c) p h", p=3), expected, x)
    check(lambda t: ops.rearrange(t, "a b c -> (a b c)"), x.reshape(-1), x)
    check(lambda t: ops.rearrange(t, "a b c -> c a b"), x.transpose(2, 0, 1), x)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: ops.rearrange(x, "a b -> a c"), hb.InvalidArgumentError, "same axes"),
        (lambda x: ops.rearrange(x, "a b c -> c b a"), hb.ShapeError, "names 3 axes"),
        (lambda x: ops.rearrange(x, "(a c) b -> a b c"), hb.InvalidArgumentError, "all but one"),
        (lambda x: ops.rearrange(x, "(a c) b -> a b c", a=4), hb.ShapeError, "do not make up a size of 6"),
        (lambda x: ops.extract_sequences(x, 9, 1), hb.ShapeError, "shorter than 9"),
        (lambda x: ops.unfold(x, 2), hb.ShapeError, "needs images"),
        (lambda x: ops.unfold(ops.zeros((1, 1, 2, 2)), 3), hb.ShapeError, "does not fit"),
        (lambda x: ops.fold(ops.zeros((1, 4, 5)), 3, 2), hb.ShapeError, "need columns"),
        (lambda x: ops.depth_to_space(ops.zeros((1, 2, 2, 3)), 2), hb.ShapeError, "do not divide"),
        (lambda x: ops.space_to_depth(ops.zeros((1, 3, 2, 3)), 2), hb.ShapeError, "do not divide"),
        (lambda x: ops.space_to_depth(x, 2), hb.ShapeError, "of 4 axes"),
    ],
)
def test_what_does_not_fit(call, error, words):
    with pytest.raises(error, match=words):
        call(ops.zeros((6, 5)))


@given(size=st.integers(1, 9), count=st.integers(1, 9))
def test_adaptive_pooling(size, count):
    x = np.random.default_rng(size * 10 + count).permutation(2 * size * 3).reshape(2, size, 3) / 10
    windows = [x[:, i * size // count : -(-(i + 1) * size // count)] for i in range(count)]
    check(lambda t: ops.adaptive_average_pool(t, count), np.stack([v.mean(1) for v in windows], 1), x)
    check(lambda t: ops.adaptive_max_pool(t, count), np.stack([v.max(1) for v in windows], 1), x)


def test_vectorised_functions():
    a, b = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    check(lambda x, y: ops.vectorize(lambda p, q: p * q + 1.0)(x, y), a * b + 1, a, b)
    m, v = np.random.default_rng(0).normal(size=(4, 2, 3)), np.random.default_rng(1).normal(size=(5, 1, 3))
    check(
        lambda x, y: ops.vectorize(ops.matmul, signature="(m,n),(n)->(m)")(x, y),
        np.einsum("bmn,abn->abm", m, np.broadcast_to(v, (5, 4, 3))),
        m,
        v,
    )
    both = ops.vectorize(lambda p, how: (p, p * how), excluded={1})
    check(lambda x: both(x, 2.0), [a, a * 2], a)
    check(lambda x: ops.vectorized_map(lambda r: r * r[0], x), a * a[:, :1], a)
    with pytest.raises(hb.ShapeError, match="axis n"):
        ops.vectorize(ops.matmul, signature="(m,n),(n)->(m)")(m, v[..., :2])
    with pytest.raises(hb.InvalidArgumentError, match="a signature looks like"):
        ops.vectorize(ops.sin, signature="m->n")


def test_gradients_of_ones_own():
    @ops.custom_gradient
    def log1pexp(x):
        e = ops.exp(x)
        return ops.log(1 + e), lambda upstream: upstream * (1 - 1 / (1 + e))

    x = np.array([0.5, -1.0, 30.0])
    np.testing.assert_allclose(log1pexp(x).numpy(), np.log1p(np.exp(x)), rtol=1e-6)
    np.testing.assert_allclose(hb.grad(lambda t: ops.sum(log1pexp(t)))(x).numpy(), 1 / (1 + np.exp(-x)), rtol=1e-6)

    @ops.custom_gradient
    def product(a, b):
        return a * b, lambda upstream: (upstream * 10.0, upstream * 20.0)

    assert [float(g) for g in hb.grad(product, (0, 1))(2.0, 3.0)] == [10.0, 20.0]
    value, slope, aux = ops.jvp(lambda a: (a * a, a + 1), (3.0,), (1.0,), has_aux=True)
    assert (float(value), float(slope), float(aux)) == (9.0, 6.0, 4.0)
    assert float(hb.grad(lambda a: ops.stop_gradient(a) * a)(3.0)) == 3.0


@given(data=st.data())
def test_saturating_casts(data):
    kinds = ["int8", "uint8", "int32", "uint32", "int64", "uint64", "float32", "float64"]
    source, target = data.draw(st.sampled_from(kinds)), data.draw(st.sampled_from(kinds[:6]))
    limits = np.iinfo(target)
    numbers = [0, 1, -1, 127, -128, 255, 300, -300, 2**31 - 1, -(2**31), 2**32, 2**53, -(2**53)]
    exact = [n for n in numbers if int(np.array(n).astype(source)) == n and (n >= 0 or source[0] != "u")]
    x = np.array(exact).astype(source)
    expected = [min(max(int(n), int(limits.min)), int(limits.max)) for n in x]
    assert ops.saturate_cast(x, target).numpy().tolist() == expected
    assert ops.saturate_cast(np.array([1e30, -1e30]), target).numpy().tolist() == [limits.max, limits.min]


def test_complex_numbers_as_pairs():
    x = np.random.default_rng(0).normal(size=(3, 2))
    check(lambda t: ops.view_as_real(ops.view_as_complex(t)), x, x)
    np.testing.assert_array_equal(ops.view_as_complex(x).numpy(), x[:, 0] + 1j * x[:, 1])
    check(lambda t: ops.view_as_real(ops.polar(t, t)), np.stack([x * np.cos(x), x * np.sin(x)], -1), x)
    with pytest.raises(hb.ShapeError, match="on the last axis"):
        ops.view_as_complex(ops.zeros(3))
    with pytest.raises(hb.DTypeError, match="takes complex"):
        ops.view_as_real(x)


def test_what_is_known():
    x = ops.zeros((2, 3), "int8")
    assert (ops.shape(x), ops.ndim(x), ops.size(x), ops.dtype(x)) == ((2, 3), 2, 6, "int8")
    assert ops.array([1, 2], "float64").dtype == "float64"
    assert check_gradients(lambda t: ops.inner(t, t), np.random.default_rng(0).normal(size=(2, 3))) == 3

"""Reductions without NaN, quantiles, counting and correlation against NumPy."""

import hornbeam as hb
import numpy as np
import pytest
import scipy.spatial.distance
from hornbeam import ops
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tests.core.ops.tables import check

SHAPES = array_shapes(min_dims=1, max_dims=3, max_side=4)
WITH_NAN = arrays(np.float64, SHAPES, elements=st.one_of(st.just(np.nan), st.integers(-90, 90).map(lambda i: i / 10)))
DISTINCT = arrays(np.float64, SHAPES, elements=st.integers(-90, 90).map(lambda i: i / 10 + 0.03), unique=True)
NAN_REDUCTIONS = ["nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd", "nanmedian"]


def an_axis(data, x):
    return data.draw(st.one_of(st.none(), st.integers(-x.ndim, x.ndim - 1)))


@pytest.mark.filterwarnings(
    "ignore:All-NaN", "ignore:Mean of empty", "ignore:Degrees of freedom", "ignore:invalid value"
)
@pytest.mark.parametrize("name", NAN_REDUCTIONS)
@given(x=WITH_NAN, keepdims=st.booleans(), data=st.data())
def test_without_nan(name, x, keepdims, data):
    axis = an_axis(data, x)
    expected = getattr(np, name)(x, axis=axis, keepdims=keepdims)
    check(lambda t: getattr(ops, name)(t, axis, keepdims), expected, x, rtol=1e-9, atol=1e-9, gradients=False)


@pytest.mark.parametrize("name", [*NAN_REDUCTIONS, "nancumsum", "nancumprod"])
def test_gradients_pass_nan_by(name):
    x = np.array([[0.5, np.nan, 2.0], [1.5, -1.0, 0.3]])
    slope = hb.grad(lambda t: ops.sum(getattr(ops, name)(ops.where(np.isnan(x), np.nan, t), axis=1)))(np.nan_to_num(x))
    step = 1e-6 * np.random.default_rng(0).normal(size=x.shape)
    change = np.sum(getattr(np, name)(x + step, axis=1) - getattr(np, name)(x - step, axis=1)) / 2
    np.testing.assert_allclose(np.sum(np.where(np.isnan(x), 0, slope.numpy() * step)), change, rtol=1e-6)


@pytest.mark.parametrize("name", ["nancumsum", "nancumprod"])
@given(x=WITH_NAN, data=st.data())
def test_running_without_nan(name, x, data):
    axis = an_axis(data, x)
    check(lambda t: getattr(ops, name)(t, axis), getattr(np, name)(x, axis), x, rtol=1e-9, gradients=False)


@given(x=WITH_NAN, data=st.data())
def test_positions_without_nan(x, data):
    axis = an_axis(data, x)
    empty = np.isnan(x).all(axis)
    filled = {
        "nanargmax": np.argmax(np.nan_to_num(x, nan=-10.0), axis),
        "nanargmin": np.argmin(np.nan_to_num(x, nan=10.0), axis),
    }
    for name, expected in filled.items():
        find = getattr(ops, name)
        check(lambda t, find=find: find(t, axis), np.where(empty, -1, expected), x)


@pytest.mark.parametrize("method", ["linear", "lower", "higher", "midpoint", "nearest"])
@given(x=DISTINCT, keepdims=st.booleans(), data=st.data())
def test_quantiles(method, x, keepdims, data):
    axis = an_axis(data, x)
    q = data.draw(
        arrays(np.float64, data.draw(st.sampled_from([(), (3,)])), elements=st.integers(0, 20).map(lambda i: i / 20))
    )
    n = x.size if axis is None else x.shape[axis]
    place = q * (n - 1)
    q = np.where((method == "nearest") & (np.abs(place % 1 - 0.5) < 1e-9), 0.0, q)  # NumPy rounds halves its own way
    expected = np.quantile(x, q, axis=axis, method=method, keepdims=keepdims)
    check(lambda t: ops.quantile(t, q, axis, method, keepdims), expected, x, rtol=1e-9, atol=1e-9)
    if method == "linear":
        check(lambda t: ops.percentile(t, 100 * q, axis, method, keepdims), expected, x, rtol=1e-9, atol=1e-9)
        check(lambda t: ops.median(t, axis, keepdims), np.median(x, axis, keepdims=keepdims), x)


@pytest.mark.filterwarnings("ignore:All-NaN")
@given(x=WITH_NAN, q=st.floats(0, 1), data=st.data())
def test_quantiles_and_nan(x, q, data):
    axis = an_axis(data, x)
    kw = {"rtol": 1e-9, "atol": 1e-9, "gradients": False}
    check(lambda t: ops.quantile(t, q, axis), np.quantile(x, q, axis=axis), x, **kw)
    check(lambda t: ops.nanquantile(t, q, axis), np.nanquantile(x, q, axis=axis), x, **kw)
    check(lambda t: ops.nanpercentile(t, 100 * q, axis), np.nanpercentile(x, 100 * q, axis=axis), x, **kw)


def test_quantiles_over_several_axes():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    check(lambda t: ops.median(t, (0, 2)), np.median(x, (0, 2)), x)
    with pytest.raises(hb.InvalidArgumentError, match="method must be one of"):
        ops.quantile(x, 0.5, method="best")
    with pytest.raises(hb.ShapeError, match="no elements"):
        ops.median(ops.zeros((0, 2)), 0)


@given(x=DISTINCT, data=st.data())
def test_ranges(x, data):
    axis = an_axis(data, x)
    check(lambda t: ops.ptp(t, axis), np.ptp(x, axis), x)
    check(lambda t: ops.max(t, axis, initial=1.0), np.max(x, axis, initial=1.0), x)
    check(lambda t: ops.min(t, axis, initial=1.0), np.min(x, axis, initial=1.0), x)
    assert ops.max(ops.zeros((0, 2)), 0, initial=3.0).numpy().tolist() == [3.0, 3.0]


@given(x=arrays(np.int32, st.integers(0, 9), elements=st.integers(0, 6)), least=st.integers(0, 9))
def test_counts(x, least):
    np.testing.assert_array_equal(ops.bincount(x, minlength=least).numpy(), np.bincount(x, minlength=least))
    weights = np.arange(x.size) * 0.5
    np.testing.assert_array_equal(ops.bincount(x, weights, least).numpy(), np.bincount(x, weights, least))
    rows = np.stack([x, x[::-1] // 2])
    expected = np.stack([np.bincount(r, minlength=7) for r in rows])
    check(lambda t: ops.bincount(t, minlength=7), expected, rows, shapes=False)


def test_counts_that_cannot_be_had():
    with pytest.raises(hb.CaptureError, match="Give minlength"):
        hb.jit(ops.bincount)(ops.zeros(3, "int32"))
    with pytest.raises(hb.InvalidArgumentError, match="counts numbers from 0"):
        ops.bincount(ops.asarray([-1]))
    with pytest.raises(hb.DTypeError, match="takes integers"):
        ops.bincount(ops.zeros(3))
    assert hb.jit(lambda x: ops.bincount(x, minlength=2))(ops.asarray([0, 5, 1])).numpy().tolist() == [1, 1]


@given(x=arrays(np.float64, SHAPES, elements=st.integers(-6, 6).map(float)), bins=st.integers(1, 6))
def test_histograms(x, bins):
    check(lambda t: ops.histogram(t, bins), list(np.histogram(x, bins)), x, gradients=False)
    check(lambda t: ops.histogram(t, bins, (-2.0, 3.0)), list(np.histogram(x, bins, (-2, 3))), x, gradients=False)
    edges = np.array([-4.0, -1.0, 0.5, 3.0])
    check(lambda t: ops.histogram(t, edges), list(np.histogram(x, edges)), x, gradients=False)
    check(lambda t: ops.digitize(t, edges), np.digitize(x, edges), x)
    check(lambda t: ops.digitize(t, edges[::-1].copy()), np.digitize(x, edges[::-1]), x)


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@given(
    a=arrays(np.float64, st.integers(1, 7), elements=st.floats(-3, 3)),
    v=arrays(np.float64, st.integers(1, 7), elements=st.floats(-3, 3)),
)
def test_correlation_of_vectors(mode, a, v):
    check(lambda x, y: ops.correlate(x, y, mode), np.correlate(a, v, mode), a, v)
    check(lambda x, y: ops.convolve(x, y, mode), np.convolve(a, v, mode), a, v)
    z = a + 1j * a[::-1]
    np.testing.assert_allclose(ops.correlate(z, v, mode).numpy(), np.correlate(z, v, mode), atol=1e-12)
    np.testing.assert_allclose(ops.correlate(v, z, mode).numpy(), np.correlate(v, z, mode), atol=1e-12)


@given(x=arrays(np.float64, (3, 5), elements=st.floats(-3, 3)))
def test_covariances(x):
    check(ops.cov, np.cov(x), x)
    check(lambda t: ops.cov(t, rowvar=False, bias=True), np.cov(x, rowvar=False, bias=True), x)
    check(ops.cov, np.cov(x[0]), x[0])
    np.testing.assert_allclose(ops.cov(x + 1j * x[::-1]).numpy(), np.cov(x + 1j * x[::-1]), atol=1e-12)


def test_correlation_coefficients():
    x = np.random.default_rng(0).normal(size=(3, 9))
    check(ops.corrcoef, np.corrcoef(x), x, gradients=False)
    assert float(ops.corrcoef(x[0])) == 1.0


@given(x=arrays(np.float64, (3, 4), elements=st.floats(-3, 3)), y=arrays(np.float64, (2, 4), elements=st.floats(-3, 3)))
def test_distances(x, y):
    check(ops.cdist, scipy.spatial.distance.cdist(x, y), x, y, gradients=False)
    assert not np.isnan(hb.grad(lambda t: ops.sum(ops.cdist(t, t)))(x).numpy()).any()


def test_distances_and_noise():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 5, 4))
    check(ops.cdist, np.linalg.norm(x[:, :, None] - y[:, None], axis=-1), x, y)
    check(lambda a, b: ops.psnr(a, b, 2.0), 10 * np.log10(4 / np.mean((x - 2 * x) ** 2)), x, 2 * x)


@pytest.mark.skipif(hb.backend() == "array_api_strict", reason="that backend has no float16")
def test_means_of_half_precision_are_added_up_in_single():
    """As NumPy and JAX do: a sum of the pixels of an image is beyond the largest number of float16, 65504."""
    x = np.random.default_rng(0).uniform(100, 255, (3, 60, 70)).astype("float16")
    found, spread = ops.mean(x, (1, 2)), ops.var(x, (1, 2))
    assert found.dtype == spread.dtype == "float16"
    np.testing.assert_allclose(found.numpy(), x.astype("float64").mean((1, 2)), rtol=1e-3)
    np.testing.assert_allclose(spread.numpy(), x.astype("float64").var((1, 2)), rtol=1e-3)

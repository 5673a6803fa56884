"""Keys, gather and scatter against NumPy; their gradients against finite differences."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import basic_indices, integer_array_indices

SHAPE = (3, 4, 2)
X = np.arange(24.0).reshape(SHAPE)
KEYS = st.one_of(basic_indices(SHAPE, allow_newaxis=True, allow_ellipsis=True), integer_array_indices(SHAPE))
MIXED = [
    (0, slice(None), np.array([1, -1])),
    (slice(None, None, -2), np.array([[0, 3], [1, 1]])),
    (np.array([0, 2]), slice(1, 3), np.array([1, 0])),
    (None, np.array([2, -3]), np.array([0, 1]), Ellipsis),
    (Ellipsis, np.array([True, False])),
    (np.arange(12).reshape(3, 4) % 2 == 0,),
    (slice(1, 1), Ellipsis),
    (slice(None), [1, 2], None),
]


def as_key(key):
    parts = key if isinstance(key, tuple) else (key,)
    return tuple(ops.asarray(p) if isinstance(p, np.ndarray) else p for p in parts)


def numeric(f, x, eps=1e-6):
    out = np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        out[i] = (float(f(ops.asarray(x + step))) - float(f(ops.asarray(x - step)))) / (2 * eps)
    return out


@settings(max_examples=60, deadline=None)
@given(key=KEYS)
def test_reading_and_replacing_as_numpy(key):
    expected = X[key]
    t = ops.asarray(X)
    got = t[as_key(key)]
    assert got.shape == expected.shape
    np.testing.assert_array_equal(got.numpy(), expected)
    changed, old = X.copy(), t[...]
    changed[key] = -np.arange(expected.size, dtype=float).reshape(expected.shape)
    t[as_key(key)] = ops.asarray(-np.arange(expected.size, dtype=float).reshape(expected.shape))
    np.testing.assert_array_equal(t.numpy(), changed)
    np.testing.assert_array_equal(old.numpy(), X)


@pytest.mark.parametrize("key", MIXED)
def test_mixed_keys(key):
    np.testing.assert_array_equal(ops.asarray(X)[as_key(key)].numpy(), X[key])
    changed, t = X.copy(), ops.asarray(X)
    changed[key] = 7.0
    t[as_key(key)] = 7.0
    np.testing.assert_array_equal(t.numpy(), changed)
    weights = np.random.default_rng(0).normal(size=X[key].shape)

    def f(x):
        return ops.sum(ops.square(x[as_key(key)]) * weights)

    np.testing.assert_allclose(hb.grad(f)(ops.asarray(X)).numpy(), numeric(f, X), rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("key", [3, -4, (0, 4), ([0, 3],), (0, 0, 0, 0), (Ellipsis, Ellipsis)])
def test_keys_out_of_range(key):
    with pytest.raises(IndexError):
        ops.asarray(X)[key]
    with pytest.raises(hb.OutOfRangeError):
        ops.asarray(X)[key]


def test_mask_under_capture_names_the_way_out():
    with pytest.raises(hb.CaptureError, match=r"hb\.ops\.where"):
        hb.jit(lambda x: x[x > 0])(ops.asarray(X))


def test_captured_equals_eager():
    index = ops.asarray([2, -1, 0])

    def f(x, i):
        return ops.take(x, i, axis=1) * 2.0

    np.testing.assert_array_equal(hb.jit(f)(ops.asarray(X), index).numpy(), f(ops.asarray(X), index).numpy())


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_take_and_take_along_axis(data):
    axis = data.draw(st.integers(-3, 2))
    n = SHAPE[axis]
    index = np.array(data.draw(st.lists(st.integers(-n, n - 1), min_size=1, max_size=5)))
    np.testing.assert_array_equal(ops.take(ops.asarray(X), index, axis=axis).numpy(), np.take(X, index, axis))
    order = np.argsort(np.random.default_rng(1).normal(size=SHAPE), axis=axis)
    np.testing.assert_array_equal(ops.take_along_axis(X, order, axis=axis).numpy(), np.take_along_axis(X, order, axis))


@pytest.mark.parametrize("mode", ["set", "add", "max", "min"])
def test_scatter_gradients(mode):
    from hornbeam.interpret import bind
    from hornbeam.ops.indexing import scatter_p

    rng = np.random.default_rng(2)
    x, u, w = rng.normal(size=(4, 2)), rng.normal(size=(3, 2)), rng.normal(size=(4, 2))
    index = ops.asarray([1, 3, 1])

    def f(a, b):
        return ops.sum(ops.square(bind(scatter_p, a, index, b, mode=mode)) * w)

    of_x, of_u = hb.vjp(f, ops.asarray(x), ops.asarray(u))[1](ops.asarray(1.0, dtype="float64"))
    np.testing.assert_allclose(of_x.numpy(), numeric(lambda a: f(a, ops.asarray(u)), x), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(of_u.numpy(), numeric(lambda b: f(ops.asarray(x), b), u), rtol=1e-6, atol=1e-6)


def test_scatter_update_and_slices():
    x = np.zeros((3, 2))
    got = ops.scatter_update(x, [[0, 1], [2, 0]], [5.0, 6.0]).numpy()
    np.testing.assert_array_equal(got, [[0, 5], [0, 0], [6, 0]])
    np.testing.assert_array_equal(ops.slice(X, [1, 0, 1], [2, 3, 1]).numpy(), X[1:3, 0:3, 1:2])
    expected = X.copy()
    expected[1:2, 2:4, :] = 1.0
    np.testing.assert_array_equal(ops.slice_update(X, [1, 2, 0], np.ones((1, 2, 2))).numpy(), expected)
    with pytest.raises(hb.ShapeError, match="does not fit"):
        ops.slice_update(X, [2, 2, 0], np.ones((2, 2, 2)))

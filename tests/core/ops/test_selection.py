"""Choosing, places and series of numbers against NumPy; segments against sums over masks."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.testing.gradients import check_gradients
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.core.ops.tables import check, values

FLOATS = st.integers(-30, 30).map(lambda i: i / 10 + 0.05)


@given(x=arrays(np.float64, (3, 4), elements=FLOATS))
def test_select_and_piecewise(x):
    check(lambda t: ops.select([t < -1, t > 1], [t * 2, 7.0], -5.0), np.select([x < -1, x > 1], [x * 2, 7.0], -5.0), x)
    functions = [lambda v: v * v, 3.0, lambda v: -v]
    expected = np.piecewise(x, [x < -1, x > 1], functions)
    check(lambda t: ops.piecewise(t, [t < -1, t > 1], functions), expected, x)
    check(lambda t: ops.piecewise(t, t < 0, [2.0]), np.piecewise(x, [x < 0], [2.0]), x)


def test_lists_that_do_not_fit():
    with pytest.raises(hb.InvalidArgumentError, match="as many choices as conditions"):
        ops.select([], [])
    with pytest.raises(hb.InvalidArgumentError, match="2 conditions need 2 or 3 functions"):
        ops.piecewise(ops.zeros(2), [True, False], [1])


@given(x=arrays(np.float64, (3, 5), elements=FLOATS), kth=st.integers(-5, 4))
def test_partitions(x, kth):
    found = ops.partition(x, kth).numpy()
    np.testing.assert_array_equal(found[:, kth], np.partition(x, kth)[:, kth])
    np.testing.assert_array_equal(np.take_along_axis(x, ops.argpartition(x, kth).numpy(), -1), found)
    rank = kth % 5
    assert (found[:, :rank] <= found[:, [rank]]).all()
    assert (found[:, rank:] >= found[:, [rank]]).all()


def test_a_place_that_is_not_there():
    with pytest.raises(hb.InvalidArgumentError, match="kth is 5"):
        ops.partition(ops.zeros(5), 5)


@given(numbers=arrays(np.int32, (2, 3), elements=st.integers(0, 59)))
def test_coordinates(numbers):
    check(lambda t: ops.unravel_index(t, (3, 4, 5)), np.unravel_index(numbers, (3, 4, 5)), numbers)
    mask = numbers > 30
    np.testing.assert_array_equal(ops.flatnonzero(mask).numpy(), np.flatnonzero(mask))
    np.testing.assert_array_equal(ops.argwhere(mask).numpy(), np.argwhere(mask))


@given(
    data=arrays(np.float64, (6, 2), elements=FLOATS, unique=True),
    ids=arrays(np.int32, 6, elements=st.integers(-1, 4)),
)
def test_segments(data, ids):
    def by_definition(reduce, empty):
        rows = [data[ids == k] for k in range(3)]
        return np.stack([reduce(r, axis=0) if len(r) else np.full(2, empty) for r in rows])

    table = {
        "segment_sum": (np.sum, 0.0),
        "segment_prod": (np.prod, 1.0),
        "segment_max": (np.max, -np.inf),
        "segment_min": (np.min, np.inf),
    }
    for name, (reduce, empty) in table.items():
        function = getattr(ops, name)
        check(lambda t, f=function: f(t, ids, 3), by_definition(reduce, empty), data, gradients=False)
        check_gradients(lambda t, f=function: ops.where(ops.isinf(f(t, ids, 3)), 0.0, f(t, ids, 3)), data, order=1)


def test_segments_of_integers_and_their_number():
    assert ops.segment_max(np.array([3], np.int8), np.array([1])).numpy().tolist() == [-128, 3]
    assert ops.segment_prod(ops.zeros((0, 2)), ops.zeros(0, "int32"), 2).numpy().tolist() == [[1, 1], [1, 1]]
    with pytest.raises(hb.CaptureError, match="Give num_segments"):
        hb.jit(ops.segment_sum)(ops.zeros(3), ops.zeros(3, "int32"))
    with pytest.raises(hb.ShapeError, match="as many integers as data has rows"):
        ops.segment_sum(ops.zeros(3), ops.zeros(2, "int32"))


@pytest.mark.parametrize("endpoint", [True, False])
@pytest.mark.parametrize("num", [0, 1, 5])
def test_series(num, endpoint):
    start, stop = np.array([1.0, 2.0]), np.array([[3.0], [8.0]])
    for axis in (0, -1):
        kw = {"num": num, "endpoint": endpoint, "axis": axis, "dtype": "float64"}
        for name in ("linspace", "logspace", "geomspace"):
            expected = getattr(np, name)(start, stop, **kw)
            check(lambda a, b, n=name, kw=kw: getattr(ops, n)(a, b, **kw), expected, start, stop)
    found, step = ops.linspace(1.0, 4.0, 5, endpoint, retstep=True, dtype="float64")
    expected, gap = np.linspace(1.0, 4.0, 5, endpoint, retstep=True)
    np.testing.assert_array_equal(found.numpy(), expected)
    assert float(step) == gap


@given(y=arrays(np.float64, (3, 4), elements=FLOATS), x=arrays(np.float64, 4, elements=FLOATS))
def test_trapezoids(y, x):
    check(lambda a, b: ops.trapezoid(a, b), np.trapezoid(y, x), y, x)
    check(lambda a: ops.trapezoid(a, dx=0.5, axis=0), np.trapezoid(y, dx=0.5, axis=0), y)
    check(lambda a, b: ops.trapezoid(a, b, axis=0), np.trapezoid(y, y * 2, axis=0), y, y * 2)


@pytest.mark.parametrize("columns", [None, 0, 1, 6])
def test_vandermonde_matrices(columns):
    x = np.array([1.5, -2.0, 0.5])
    check(lambda t: ops.vander(t, columns), np.vander(x, columns), x)
    check(lambda t: ops.vander(t, columns, increasing=True), np.vander(x, columns, True), x)
    np.testing.assert_array_equal(ops.identity(3, "int32").numpy(), np.identity(3))


@pytest.mark.parametrize("name", ["bartlett", "blackman", "hamming", "hanning", "kaiser"])
@pytest.mark.parametrize("n", [0, 1, 2, 5, 8])
def test_windows(name, n):
    more = (14.0,) if name == "kaiser" else ()
    np.testing.assert_allclose(getattr(ops, name)(n, *more).numpy(), getattr(np, name)(n, *more), rtol=1e-6, atol=1e-7)


def test_a_window_has_a_whole_number_of_points():
    with pytest.raises(hb.InvalidArgumentError, match="must be an integer"):
        ops.hanning(2.5)


def test_sparsemax_is_the_nearest_point_of_the_simplex():
    x = np.random.default_rng(0).normal(size=(5, 6))
    (p,) = values(ops.sparsemax(x))
    np.testing.assert_allclose(p.sum(-1), 1.0)
    level = np.where(p > 0, x - p, -np.inf).max(
        -1, keepdims=True
    )  # optimality: x - p is level on the support, lower off it
    np.testing.assert_allclose(np.where(p > 0, x - p, level), np.broadcast_to(level, x.shape))
    assert (np.where(p > 0, -np.inf, x) <= level + 1e-12).all()


@pytest.mark.parametrize(
    "name",
    [
        "celu",
        "glu",
        "hard_shrink",
        "hard_tanh",
        "soft_shrink",
        "sparse_plus",
        "sparse_sigmoid",
        "sparsemax",
        "squareplus",
    ]
    + ["tanh_shrink", "normalize", "i0"],
)
def test_gradients_of_activations(name):
    x = np.random.default_rng(1).normal(size=(3, 4)) * 1.5
    assert check_gradients(getattr(ops, name), x) == 3
    assert np.isfinite(hb.grad(lambda t: ops.sum(getattr(ops, name)(t)))(np.zeros((2, 4))).numpy()).all()


def test_gradients_of_cross_entropies():
    rng = np.random.default_rng(2)
    t, p, z = (rng.uniform(0.1, 0.9, (3, 4)) for _ in range(3))
    assert check_gradients(lambda a, b: ops.binary_crossentropy(a, b), t, p) == 3
    assert check_gradients(lambda a, b: ops.categorical_crossentropy(a, b, axis=0), t, p) == 3
    assert (
        check_gradients(lambda b: ops.sparse_categorical_crossentropy(np.array([0, 3, 1]), b, from_logits=True), z) == 3
    )
    with pytest.raises(hb.ShapeError, match="binary_crossentropy"):
        ops.binary_crossentropy(t, p[0])
    with pytest.raises(hb.ShapeError, match="without the output's axis"):
        ops.sparse_categorical_crossentropy(np.array([0, 3]), z)

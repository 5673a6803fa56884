"""Running sums, sorting, searching and moved blocks on the CPU engine, against NumPy's own functions; nothing falls back."""

import hornbeam as hb
import numpy as np
from hornbeam.backends.base import using_backend
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cpu.harness import fallbacks_of, threads

WHOLE = ("int8", "uint8", "int16", "int32", "uint32", "int64", "uint64")
REAL = ("float32", "float64", "float16")
SHAPES = st.lists(st.sampled_from((1, 2, 3, 5, 16, 17, 50)), min_size=1, max_size=3).map(tuple)


def run(function, *arrays):
    """The results of a jitted function, compiled whole, the same on one thread and on three."""
    with using_backend("cpu"):
        found = []
        for count in (1, 3):
            with threads(count):
                step = hb.jit(function)
                out = step(*arrays)
                found.append([np.asarray(t) for t in (out if isinstance(out, tuple) else (out,))])
        assert fallbacks_of(step) == []
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    return found[0]


def numbers(shape, dtype, seed, bad=0.0):
    """Few different numbers, so that many are equal; some of them, a share `bad`, NaN of either sign, infinite or -0."""
    rng = np.random.default_rng(seed)
    if dtype in WHOLE:
        info = np.iinfo(dtype)
        return rng.choice(np.array([info.min, info.max, 0, 1, 2, 3, 100], dtype), shape)
    x = rng.integers(-3, 4, shape).astype(dtype) / 2
    odd = rng.choice(np.array([np.nan, -np.nan, np.inf, -np.inf, -0.0], dtype), shape)
    return np.where(rng.random(shape) < bad, odd, x).astype(dtype)


@given(
    SHAPES, st.sampled_from((*WHOLE, *REAL)), st.booleans(), st.sampled_from((0.0, 0.4)), st.integers(0, 99), st.data()
)
@example((3, 700), "float32", True, 0.4, 0, None)
@example((700,), "uint8", False, 0.0, 0, None)
@example((300, 2), "int64", False, 0.0, 0, None)
def test_the_order_that_sorts_is_stable_and_nan_is_the_largest(shape, dtype, descending, bad, seed, data):
    axis = data.draw(st.integers(0, len(shape) - 1)) if data else 0 if len(shape) == 1 or shape[1] == 2 else 1
    x = numbers(shape, dtype, seed, bad)
    order, ordered = run(
        lambda x: (hb.ops.argsort(x, axis, descending=descending), hb.ops.sort(x, axis, descending=descending)), x
    )
    if descending:  # NumPy's stable order of the row read backwards, read backwards
        turned = np.flip(np.argsort(np.flip(x, axis), axis=axis, stable=True), axis)
        expected = x.shape[axis] - 1 - turned
    else:
        expected = np.argsort(x, axis=axis, stable=True)
    np.testing.assert_array_equal(order, expected)
    np.testing.assert_array_equal(ordered, np.take_along_axis(x, expected, axis))


@given(SHAPES, st.sampled_from(REAL), st.integers(0, 99))
def test_the_largest_k(shape, dtype, seed):
    x = numbers(shape, dtype, seed)
    k = (shape[-1] + 1) // 2
    values, places = run(lambda x: hb.ops.top_k(x, k), x)
    np.testing.assert_array_equal(values, -np.sort(-x, axis=-1)[..., :k])
    np.testing.assert_array_equal(places, np.argsort(-x, axis=-1, stable=True)[..., :k])


@given(SHAPES, st.sampled_from(("int32", "int64", "uint8", *REAL, "bfloat16")), st.integers(0, 99), st.data())
def test_running_sums(shape, dtype, seed, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    x = numbers(shape, "float32" if dtype == "bfloat16" else dtype, seed)
    if dtype == "bfloat16":
        x = hb.ops.asarray(x, dtype="bfloat16").numpy()
    (found,) = run(lambda x: hb.ops.cumulative_sum(x, axis=axis, dtype=dtype), x)
    assert str(found.dtype) == dtype
    wide = x.astype("int64" if dtype in WHOLE else "float64")
    np.testing.assert_array_equal(found, np.cumsum(wide, axis).astype(x.dtype))  # halves: exact in every dtype


def test_running_sums_keep_zeros_signs_and_spread_what_is_no_number():
    x = np.array([[-0.0, -0.0, 0.0, -0.0] * 9, [1.0, np.inf, 2.0, -np.inf] * 9, [np.nan, 1.0, 1.0, 1.0] * 9], "float32")
    with np.errstate(invalid="ignore"):
        expected = np.cumsum(x, 1)
    for axis, given_ in ((1, x), (0, x.T)):
        (found,) = run(lambda x, axis=axis: hb.ops.cumulative_sum(x, axis=axis), given_)
        found = found if axis else found.T
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(np.signbit(found)[0], np.signbit(expected)[0])


@given(
    st.integers(1, 60), SHAPES, st.sampled_from((*WHOLE, *REAL)), st.sampled_from(("left", "right")), st.integers(0, 99)
)
def test_searches(size, shape, dtype, side, seed):
    row, values = np.sort(numbers(size, dtype, seed, 0.2)), numbers(shape, dtype, seed + 1, 0.2)
    (found,) = run(lambda row, values: hb.ops.searchsorted(row, values, side=side), row, values)
    np.testing.assert_array_equal(found, np.searchsorted(row, values, side=side))


@given(SHAPES, st.sampled_from(("float32", "int64", "bool", "float16")), st.integers(0, 99), st.data())
def test_blocks_at_places_that_are_known_when_they_run(shape, dtype, seed, data):
    x = numbers(shape, "int8", seed).astype(dtype)
    sizes = tuple(data.draw(st.integers(1, n)) for n in shape)
    start = np.array([data.draw(st.integers(-2, n + 2)) for n in shape], "int32")
    new = numbers(sizes, "int8", seed + 1).astype(dtype)
    cut, put = run(lambda x, a, new: (hb.ops.slice(x, a, sizes), hb.ops.slice_update(x, a, new)), x, start, new)
    low = np.clip(start, 0, np.array(shape) - sizes)
    at = tuple(slice(a, a + n) for a, n in zip(low, sizes, strict=True))
    expected = x.copy()
    expected[at] = new
    np.testing.assert_array_equal(cut, x[at])
    np.testing.assert_array_equal(put, expected)


@given(SHAPES, st.integers(0, 99), st.data())
def test_blocks_at_fixed_places(shape, seed, data):
    x = numbers(shape, "int32", seed)
    at = tuple(slice(data.draw(st.integers(0, n - 1)), n, data.draw(st.integers(1, 3))) for n in shape)
    new = numbers(x[at].shape, "int32", seed + 1)

    def replaced(x, new):
        t = x + 0
        t[at] = new
        return t

    expected = x.copy()
    expected[at] = new
    np.testing.assert_array_equal(run(replaced, x, new)[0], expected)

"""float16 and bfloat16 on the engine: converted exactly, rounded once to the nearest, summed in single precision, nothing on NumPy."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.composites.attention import attention_grad_p, attention_p
from hornbeam.dtypes import as_dtype
from hornbeam.interpret import bind
from hornbeam.ops.contraction import dot_general_p
from hornbeam.ops.convolution import conv_p, input_grad_p, kernel_grad_p
from hornbeam.policy import set_dtype_policy
from hornbeam_cpu.llvm import library
from hornbeam_cpu.lower.plan import Lowering
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cpu import workloads
from tests.cpu.harness import NUMPY, fallbacks_of, only, threads

NARROW = ("float16", "bfloat16")
UNIT = {"float16": 2.0**-11, "bfloat16": 2.0**-8}  # half of the distance of neighbours, relative
LEAST = {"float16": 2.0**-25, "bfloat16": 2.0**-134}  # the same of the smallest numbers, absolute
LEVELS = ("avx512", "avx2", "sse")


def native(dtype):
    """NumPy's dtype."""
    return np.dtype(NUMPY.native(as_dtype(dtype))) if dtype == "bfloat16" else np.dtype(dtype)


def every(dtype):
    """All numbers of a dtype."""
    return np.arange(2**16, dtype="uint16").view(native(dtype))


def run(function, *arrays):
    """The result of a jitted function, compiled whole, the same on one thread and on three."""
    with using_backend("cpu"):
        found = []
        for count in (1, 3):
            with threads(count):
                step = hb.jit(function)
                out = step(*arrays)
                found.append([np.asarray(t.numpy()) for t in (out if isinstance(out, tuple) else (out,))])
        assert fallbacks_of(step) == []
    for one, other in zip(*found, strict=True):
        assert one.tobytes() == other.tobytes()
    return found[0]


def same(one, other):
    """Equal bits, but for what a NaN looks like."""
    one, other = (np.asarray(a).astype("float32") for a in (one, other))
    np.testing.assert_array_equal(np.isnan(one), np.isnan(other))
    np.testing.assert_array_equal(
        np.where(np.isnan(one), 0, one.view("uint32")), np.where(np.isnan(other), 0, other.view("uint32"))
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("dtype", NARROW)
def test_every_number_is_widened_exactly_and_survives_the_way_back(dtype, level):
    x = every(dtype)
    with only(level):
        wide, back = run(lambda x: (hb.ops.cast(x, "float32"), hb.ops.cast(hb.ops.cast(x, "float32") * 1.0, dtype)), x)
    same(wide, x.astype("float32"))
    same(back, x)


def beside_middles(dtype, wide):
    """What lies between neighbours of a narrow dtype: the middle, and the wider numbers just below and above it."""
    with np.errstate(invalid="ignore"):  # signalling NaN
        numbers = every(dtype).astype("float64")
    numbers = np.sort(numbers[np.isfinite(numbers)])
    middles = ((numbers[:-1] + numbers[1:]) / 2).astype(wide)
    return np.concatenate([middles, np.nextafter(middles, wide(np.inf)), np.nextafter(middles, wide(-np.inf))])


def nearest(x, dtype):
    """Of the finite numbers of a dtype and one beyond, as infinity: the nearest, of two the even one, by exact comparison."""
    bits = np.arange(2**15, dtype="uint16")
    with np.errstate(invalid="ignore"):  # signalling NaN
        values = bits.view(native(dtype)).astype("float64")
    finite = np.isfinite(values)
    step = values[finite][-1] - values[finite][-2]
    values = np.append(values[finite], values[finite][-1] + step)  # what infinity stands for
    size = np.abs(x.astype("float64"))
    above = np.clip(np.searchsorted(values, size), 1, len(values) - 1)
    low, high = size - values[above - 1], values[above] - size  # exact: neighbours of a double
    up = (high < low) | ((high == low) & (above % 2 == 0))
    found = np.where(up, above, above - 1).astype("uint16")
    return (found | (np.signbit(x).astype("uint16") << 15)).view(native(dtype))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("wide", [np.float32, np.float64])
@pytest.mark.parametrize("dtype", NARROW)
def test_rounding_is_to_the_nearest_and_ties_go_to_the_even(dtype, wide, level):
    random = np.random.default_rng(0).integers(0, 2**32, 50_000, dtype="uint32").view("float32")
    x = np.concatenate([beside_middles(dtype, wide), random[~np.isnan(random)].astype(wide)])
    with only(level):
        (found,) = run(lambda x: hb.ops.cast(x, dtype), x)
    same(found, nearest(x, dtype))
    if dtype == "float16":
        with np.errstate(over="ignore"):
            same(found, x.astype("float16"))


@pytest.mark.parametrize("dtype", NARROW)
def test_sums_are_gathered_in_single_precision(dtype):
    x = np.ones((6000, 40), native(dtype)) / native(dtype).type(8)
    total, columns, rows = run(
        lambda x: (hb.ops.sum(x), hb.ops.sum(x, axis=0), hb.ops.sum(hb.ops.transpose(x), axis=1)), x
    )
    assert {str(a.dtype) for a in (total, columns, rows)} == {dtype}
    same(total, native(dtype).type(30000))
    same(columns, np.full(40, 750, native(dtype)))
    same(rows, np.full(40, 750, native(dtype)))


def numbers(rng, shape, dtype):
    return rng.normal(size=shape).astype("float32").astype(native(dtype))


def check(primitive, arrays, dtype, terms, **params):
    """One rounding of the result, and the roundings of a sum of so many terms in single precision, are all that is allowed."""
    (found,) = run(lambda *xs: bind(primitive, *xs, **params), *arrays)
    wide = [a.astype("float64") for a in arrays]
    (exact,), (sizes,) = (
        NUMPY.run_graph(hb.capture(lambda *xs: bind(primitive, *xs, **params), *given_), given_)
        for given_ in (wide, [np.abs(a) for a in wide])
    )
    assert str(found.dtype) == dtype
    error = np.abs(found.astype("float64") - exact)
    rounding = np.maximum(UNIT[dtype] * np.abs(exact) * 1.0001, LEAST[dtype])
    assert np.all(error <= rounding + terms * 2.0**-24 * sizes)


@given(
    st.integers(1, 3), st.integers(1, 40), st.integers(1, 40), st.integers(1, 70), st.booleans(), st.sampled_from(NARROW),
    st.integers(0, 99),
)  # fmt: skip
@example(1, 1, 36, 1, False, "float16", 7)
def test_products(batch, m, n, k, turned, dtype, seed):
    rng = np.random.default_rng(seed)
    shapes = (batch, k, m) if turned else (batch, m, k), (batch, n, k)
    arrays = [numbers(rng, s, dtype) for s in shapes]
    check(dot_general_p, arrays, dtype, k + 2, contracting=((1 if turned else 2,), (2,)), batch=((0,), (0,)))


@pytest.mark.parametrize(
    ("batch", "size", "channels", "out", "window", "stride"), [(2, 7, 3, 5, 3, 1), (1, 6, 16, 8, 2, 2)]
)
@pytest.mark.parametrize("dtype", NARROW)
def test_convolutions_and_their_gradients(batch, size, channels, out, window, stride, dtype):
    rng = np.random.default_rng(0)
    image, kernel = (
        numbers(rng, (batch, size, size, channels), dtype),
        numbers(rng, (window, window, channels, out), dtype),
    )
    how = {"strides": (stride, stride), "padding": ((1, 1), (1, 0)), "dilation": (1, 1), "groups": 1}
    with using_backend("cpu"):
        shape = hb.capture(lambda x, w: bind(conv_p, x, w, **how), image, kernel).outputs[0].shape
    ct = numbers(rng, shape, dtype)
    check(conv_p, [image, kernel], dtype, window**2 * channels + 2, **how)
    check(input_grad_p, [ct, kernel], dtype, window**2 * out + 2, input_shape=image.shape, **how)
    check(kernel_grad_p, [image, ct], dtype, batch * size**2 + 2, kernel_shape=kernel.shape, **how)


@pytest.mark.parametrize("dtype", NARROW)
def test_attention(dtype):
    rng = np.random.default_rng(0)
    q, k, v = (numbers(rng, (2, 20, 3, 8), dtype) for _ in range(3))
    key = rng.integers(0, 2**32, 4, dtype="uint32")
    how = {"scale": 8**-0.5, "causal": True, "rate": 0.2}
    out, logsumexp = run(lambda *xs: bind(attention_p, *xs, extra=("key",), **how), q, k, v, key)
    grads = run(lambda *xs: bind(attention_grad_p, *xs, extra=("dout", "key"), **how), q, k, v, out, logsumexp, q, key)
    for primitive, arrays, extra, found in (
        (attention_p, [q, k, v, key], ("key",), [out, logsumexp]),
        (attention_grad_p, [q, k, v, out, logsumexp, q, key], ("dout", "key"), grads),
    ):
        wide = [a if a.dtype == "uint32" else a.astype("float64") for a in arrays]
        graph = hb.capture(lambda *xs, p=primitive, e=extra: bind(p, *xs, extra=e, **how), *wide)
        for one, exact in zip(found, NUMPY.run_graph(graph, wide), strict=True):
            assert str(one.dtype) == dtype
            error = np.abs(one.astype("float64") - exact)
            assert np.all(error <= UNIT[dtype] * np.abs(exact) * 1.0001 + 2e-6 * np.abs(exact).max())


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_training_in_mixed_precision_runs_nothing_on_numpy_kernels(policy, monkeypatch):
    left, fall_back = [], Lowering._fall_back

    def noted(lowering, node):
        left.append(node.primitive.name)
        fall_back(lowering, node)

    monkeypatch.setattr(Lowering, "_fall_back", noted)
    found = []
    set_dtype_policy(policy)
    try:
        for backend in ("cpu", "numpy"):
            with using_backend(backend):
                model = workloads.model("mlp")
                for seed in range(3):
                    model.train_on_batch(*workloads.batch("mlp", 33, seed))
                found.append([v.numpy() for v in model.variables])
    finally:
        set_dtype_policy("float32")
    assert not left
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, atol=4e-3)  # three steps of Adam, 0.001 each


def test_another_batch_size_in_mixed_precision_needs_no_other_kernel(monkeypatch):
    monkeypatch.setattr(library, "_loaded", {})
    loaded, load = [], library._load
    monkeypatch.setattr(
        library, "_load", lambda key, kernel, target: loaded.append(kernel) or load(key, kernel, target)
    )
    set_dtype_policy("mixed_bfloat16")
    try:
        with using_backend("cpu"):
            model = workloads.model("transformer")
            for size in (200, 31, 7, 2):
                model.train_on_batch(*workloads.batch("transformer", size))
                assert bool(loaded) is (size == 200), f"a batch of {size} needs {loaded}"
                loaded.clear()
    finally:
        set_dtype_policy("float32")

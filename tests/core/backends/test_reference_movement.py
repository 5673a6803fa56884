"""The reference backend's movement, reduction and product kernels against NumPy."""

import numpy as np
import pytest
from hornbeam.dtypes import as_dtype
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

NUMBERS = st.floats(-10, 10)


def tensors(min_dims=0, min_side=0):
    return arrays(
        np.float64, array_shapes(min_dims=min_dims, max_dims=3, min_side=min_side, max_side=4), elements=NUMBERS
    )


@given(x=tensors(), data=st.data())
def test_movement(check, x, data):
    axes = tuple(data.draw(st.permutations(range(x.ndim))))
    check("transpose", x.transpose(axes), x, axes=axes)
    check("reshape", x.reshape(x.shape[::-1]), x, shape=x.shape[::-1])
    some = tuple(a for a in range(x.ndim) if data.draw(st.booleans()))
    check("flip", np.flip(x, some), x, axes=some)
    kept = x[tuple(slice(0, 1) if data.draw(st.booleans()) else slice(None) for _ in x.shape)]
    shape = np.broadcast_shapes(
        kept.shape, x.shape if all(k in (1, s) for k, s in zip(kept.shape, x.shape, strict=True)) else kept.shape
    )
    check("broadcast_to", np.broadcast_to(kept, (2, *shape)), kept, shape=(2, *shape))
    for name in ("identity", "barrier", "stop_gradient"):
        check(name, x, x)


@given(x=tensors(min_dims=1, min_side=1), data=st.data())
def test_slice_and_pad(check, x, data):
    start = tuple(data.draw(st.integers(0, s)) for s in x.shape)
    stop = tuple(data.draw(st.integers(a, s)) for a, s in zip(start, x.shape, strict=True))
    steps = tuple(data.draw(st.integers(1, 3)) for _ in x.shape)
    expected = x[tuple(slice(a, b, s) for a, b, s in zip(start, stop, steps, strict=True))]
    check("slice", expected, x, start=start, stop=stop, strides=steps)
    low = tuple(data.draw(st.integers(0, 2)) for _ in x.shape)
    high = tuple(data.draw(st.integers(0, 2)) for _ in x.shape)
    padded = np.pad(x, list(zip(low, high, strict=True)), constant_values=7.0)
    check("pad", padded, x, np.array(7.0), low=low, high=high, interior=(0,) * x.ndim)
    back = tuple(-v for v in low), tuple(-v for v in high)
    check("pad", x, padded, np.array(0.0), low=back[0], high=back[1], interior=(0,) * x.ndim)


def test_interior_padding(check):
    x = np.arange(3.0)
    check("pad", [9.0, 0, 9, 9, 1, 9, 9, 2], x, np.array(9.0), low=(1,), high=(0,), interior=(2,))
    check("pad", [9.0, 1, 9], x, np.array(9.0), low=(-1,), high=(-1,), interior=(1,))


@given(x=tensors(min_dims=1), data=st.data())
def test_concatenate(check, x, data):
    axis = data.draw(st.integers(0, x.ndim - 1))
    check("concatenate", np.concatenate([x, x[..., :0] if axis == x.ndim - 1 else x, x], axis),
          x, x[..., :0] if axis == x.ndim - 1 else x, x, axis=axis)  # fmt: skip


@pytest.mark.parametrize("dtype", ["int8", "int32", "uint64", "float32", "float64"])
def test_iota(check, dtype):
    check("iota", np.arange(5).astype(dtype), length=5, dtype=as_dtype(dtype))
    check("iota", np.arange(0).astype(dtype), length=0, dtype=as_dtype(dtype))


REDUCTIONS = {"reduce_sum": np.sum, "reduce_prod": np.prod, "reduce_max": np.max, "reduce_min": np.min}


@given(x=tensors(min_side=1), data=st.data())
def test_reductions(check, x, data):
    axes = tuple(a for a in range(x.ndim) if data.draw(st.booleans()))
    for name, function in REDUCTIONS.items():
        check(name, function(x, axis=axes), x, axes=axes)
    check("reduce_any", np.any(x > 0, axis=axes), x > 0, axes=axes)
    check("reduce_all", np.all(x > 0, axis=axes), x > 0, axes=axes)
    if x.ndim:
        axis = data.draw(st.integers(0, x.ndim - 1))
        check("argmax", np.argmax(x, axis).astype(np.int32), x, axis=axis)
        check("argmin", np.argmin(x, axis).astype(np.int32), x, axis=axis)


def test_reductions_of_nothing_and_of_nan(check):
    empty = np.zeros((0, 3))
    check("reduce_sum", [0.0, 0.0, 0.0], empty, axes=(0,))
    check("reduce_prod", [1.0, 1.0, 1.0], empty, axes=(0,))
    check("reduce_all", [True, True, True], empty > 0, axes=(0,))
    x = np.array([1.0, np.nan, 3.0])
    check("reduce_max", np.nan, x, axes=(0,))
    check("reduce_min", np.nan, x, axes=(0,))
    check("argmax", np.int32(1), x, axis=0)


def test_integer_sums_wrap_around(check):
    x = np.array([100, 100, 100], np.int8)
    check("reduce_sum", np.int8(44), x, axes=(0,))
    check("reduce_prod", (x.astype(np.int64).prod()).astype(np.int8), x, axes=(0,))


@pytest.mark.parametrize("kind", [np.float64, np.complex128, np.int32])
@given(data=st.data())
def test_dot_general(check, kind, data):
    sizes = {letter: data.draw(st.integers(0 if letter == "k" else 1, 3)) for letter in "abijk"}
    letters = [data.draw(st.permutations(group)) for group in ("abik", "abjk")]
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    x, y = (rng.integers(-5, 5, [sizes[c] for c in group]).astype(kind) for group in letters)
    if kind is np.complex128:
        x, y = x + 1j * x, y - 2j * y
    expected = np.einsum(f"{''.join(letters[0])},{''.join(letters[1])}->abij", x, y)
    where = [{c: group.index(c) for c in group} for group in letters]
    check("dot_general", expected, x, y, contracting=((where[0]["k"],), (where[1]["k"],)),
          batch=((where[0]["a"], where[0]["b"]), (where[1]["a"], where[1]["b"])))  # fmt: skip


def test_products_of_several_contracted_axes(run, check):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 3, 4)), rng.normal(size=(4, 5, 2))
    check("dot_general", np.einsum("abc,cda->bd", x, y), x, y, contracting=((0, 2), (2, 0)), batch=((), ()))
    assert run("dot_general", x[:, 0, 0], y[0, 0], contracting=((0,), (0,)), batch=((), ())).shape == ()

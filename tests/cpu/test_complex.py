"""Complex numbers on the engine: views are copied as pairs, arithmetic is native, all else runs on NumPy's kernels between."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hypothesis import given
from hypothesis import strategies as st

from tests.cpu.harness import fallbacks_of, threads

EPS = {"complex64": 1e-6, "complex128": 1e-14}


def numbers(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)


def run(function, *arrays, left=()):
    """The results of a jitted function, the same on one thread and on three; `left`: what runs on NumPy's kernels."""
    with using_backend("cpu"):
        found = []
        for count in (1, 3):
            with threads(count):
                step = hb.jit(function)
                out = step(*arrays)
                found.append([np.asarray(t) for t in (out if isinstance(out, tuple) else (out,))])
        assert set(fallbacks_of(step)) == set(left)
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    return found[0]


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_views_of_complex_numbers_are_copied(dtype):
    x = numbers((5, 7), dtype)
    turned = run(lambda x: (hb.ops.reshape(hb.ops.transpose(x), (-1,)), x[1:, ::2] * 2, hb.ops.flip(x, axis=0)), x)
    np.testing.assert_array_equal(turned[0], x.T.reshape(-1))
    np.testing.assert_allclose(turned[1], x[1:, ::2] * 2, rtol=1e-6)
    np.testing.assert_array_equal(turned[2], x[::-1])


@given(
    st.sampled_from(((17,), (1, 3), (3, 1, 17))),
    st.sampled_from(("complex64", "complex128")),
    st.integers(0, 99),
)
def test_arithmetic_is_native(shape, dtype, seed):
    x, y = numbers(shape, dtype, seed), numbers(shape, dtype, seed + 1)
    r = x.real.copy()

    def computed(x, y, r):
        z = (x + y * 2.0) * hb.ops.conj(x) - y
        return (
            z, hb.ops.real(z), hb.ops.imag(-z), hb.ops.abs(z), x * r, hb.ops.square(x), hb.ops.sum(z, axis=0),
            hb.ops.where(r > 0, x, y), hb.ops.equal(x, hb.ops.where(r > 0, x, y)), hb.ops.cast(r, dtype) + x,
            hb.ops.transpose(z) * 1j, hb.ops.cast(z * 0.0, "bool"), x / y, r / x, y / 2.0,
        )  # fmt: skip

    z = (x + y * 2.0) * np.conj(x) - y
    expected = (
        z, z.real, -z.imag, np.abs(z), x * r, x * x, z.sum(0), np.where(r > 0, x, y), np.where(r > 0, x == x, x == y),
        r + x, z.T * 1j, np.zeros(shape, bool), x / y, r / x, y / 2,
    )  # fmt: skip
    for one, other in zip(run(computed, x, y, r), expected, strict=True):
        assert one.dtype == other.dtype and one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=0, atol=EPS[dtype] * max(1, np.abs(other).max()) * 20)


def test_parts_are_put_together_and_replaced():
    x = numbers((3, 5), "complex64")

    def moved(x):
        y = x * 2.0
        y[1:, ::2] = x[1:, ::2]
        return hb.ops.concatenate([x, y], axis=1), hb.ops.pad(x, ((1, 0), (0, 2)))

    y = x * 2
    y[1:, ::2] = x[1:, ::2]
    expected = np.concatenate([x, y], axis=1), np.pad(x, ((1, 0), (0, 2)))
    for one, other in zip(run(moved, x), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_no_number_is_seen_in_the_part_where_the_formula_has_it():
    x = np.array([1 + 1j, complex(np.nan, 1), complex(np.inf, 1), complex(1, -np.inf)])
    found = run(lambda x: (x + x, x * (2.0 + 1j), hb.ops.abs(x)), x)
    with np.errstate(invalid="ignore"):
        expected = (x + x, x * (2.0 + 1j), np.abs(x))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_quotient_of_what_is_large_small_or_nothing():
    tiny, huge = 1e-200, 1e200
    x = np.array([huge + 1j * huge, tiny + 1j * tiny, 1 + 2j, -1 + 2j, 1 - 1j])
    y = np.array([huge - 1j * huge, tiny * 2j, 0j, complex(-0.0, 0.0), complex(np.inf, 1)])
    (found,) = run(lambda x, y: x / y, x, y)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(found, x / y, rtol=1e-14)


def test_gradients_and_transforms_around_native_arithmetic():
    x, w = np.random.default_rng(0).normal(size=(4, 16)), numbers((9,), "complex128")

    def loss(x, w):
        spectrum = hb.ops.fft.rfft(x) * w
        return hb.ops.sum(hb.ops.real(spectrum * hb.ops.conj(spectrum)))

    value, slope = run(hb.value_and_grad(loss), x, w)
    spectrum = np.fft.rfft(x) * w
    np.testing.assert_allclose(value, (np.abs(spectrum) ** 2).sum(), rtol=1e-12)
    h = 1e-6
    moved = np.zeros_like(x)
    moved[1, 5] = h
    ends = [(np.abs(np.fft.rfft(x + s * moved) * w) ** 2).sum() for s in (1, -1)]
    np.testing.assert_allclose(slope[1, 5], (ends[0] - ends[1]) / (2 * h), rtol=1e-6)

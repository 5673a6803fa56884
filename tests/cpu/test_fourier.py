"""Fourier transforms as products of matrices, against NumPy's in double precision."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.ops.fourier.transforms import fft_p, irfft_p, rfft_p
from hypothesis import given
from hypothesis import strategies as st

from tests.cpu.test_complex import numbers, run

# whole, of two factors, of three, of a large prime factor (NumPy's kernel)
LENGTHS = st.sampled_from((1, 2, 3, 8, 17, 97, 128, 130, 200, 255, 256, 257, 300, 512, 1000, 1018))
LARGE = (257, 1018)  # 1018 = 2 * 509
EPS = {"float32": 2e-6, "float64": 1e-14, "complex64": 2e-6, "complex128": 1e-14}


def placed(length, axis, rank):
    shape = [3, 2, 4][:rank]
    shape[axis] = length
    return tuple(shape)


def close(found, expected, dtype):
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=EPS[dtype] * np.abs(expected).max())


places = st.integers(1, 3).flatmap(lambda rank: st.tuples(st.integers(0, rank - 1), st.just(rank)))


@given(LENGTHS, places, st.sampled_from(tuple(EPS)), st.booleans())
def test_fft(length, place, dtype, inverse):
    axis, rank = place
    x = numbers(placed(length, axis, rank), "complex128")
    x = (x.real if dtype.startswith("float") else x).astype(dtype)
    (found,) = run(
        lambda x: hb.interpret.bind(fft_p, x, axes=(axis,), inverse=inverse), x, left=("fft",) * (length in LARGE)
    )
    wide = x.astype("complex128")
    close(found, np.fft.ifft(wide, axis=axis, norm="forward") if inverse else np.fft.fft(wide, axis=axis), dtype)


@given(LENGTHS, places, st.sampled_from(("float32", "float64")))
def test_rfft_and_irfft(length, place, dtype):
    axis, rank = place
    x = numbers(placed(length, axis, rank), "complex128").real.astype(dtype)
    large = length in LARGE
    (found,) = run(lambda x: hb.interpret.bind(rfft_p, x, axis=axis), x, left=("rfft",) * large)
    close(found, np.fft.rfft(x.astype("float64"), axis=axis), dtype)
    half = numbers(found.shape, found.dtype)  # the imaginary parts of its ends are not seen
    (back,) = run(lambda z: hb.interpret.bind(irfft_p, z, n=length, axis=axis), half, left=("irfft",) * large)
    close(back, np.fft.irfft(half.astype("complex128"), n=length, axis=axis, norm="forward"), dtype)


def test_several_axes_of_a_view():
    x = numbers((4, 200, 6), "complex64")
    (found,) = run(lambda x: hb.ops.fft.fftn(hb.ops.transpose(x, (1, 0, 2))[::-1], axes=(0, 2)), x)
    close(found, np.fft.fftn(x.transpose(1, 0, 2)[::-1].astype("complex128"), axes=(0, 2)), "complex64")


@pytest.mark.parametrize("length", [64, 600])
def test_the_gradient_of_a_spectrum(length):
    x = numbers((3, length), "complex128").real.copy()
    power = hb.grad(lambda x: hb.ops.sum(hb.ops.abs(hb.ops.fft.rfft(x)) ** 2))
    (found,) = run(power, x)
    spectrum = np.fft.rfft(x)  # sum of squares: its gradient is twice the transform back, each half-spectrum term once
    full = np.zeros((3, length), complex)
    full[:, : spectrum.shape[1]] = spectrum
    np.testing.assert_allclose(found, 2 * np.fft.ifft(full, norm="forward").real, rtol=1e-9, atol=1e-9 * length)

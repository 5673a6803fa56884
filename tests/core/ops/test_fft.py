"""hb.ops.fft against NumPy; gradients against finite differences; windows along a signal against a loop and genuine Keras."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.ops.frames import frames, overlapped
from hornbeam.testing.gradients import check_gradients
from hypothesis import given
from hypothesis import strategies as st

REAL = ["rfft", "ihfft"]
ONE = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
MANY = ["fftn", "ifftn", "rfftn", "irfftn"]
NORMS = st.sampled_from(["backward", "ortho", "forward"])
SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple)


def random(seed, shape, dtype="complex128"):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    return (x + 1j * rng.normal(size=shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


def near(found, expected):
    found = found.numpy()
    assert found.dtype == expected.dtype and found.shape == expected.shape
    tolerance = 1e-4 if expected.dtype.name in ("float32", "complex64") else 1e-12
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@given(seed=st.integers(0, 99), shape=SHAPES, norm=NORMS, name=st.sampled_from(ONE), wide=st.booleans(), data=st.data())
def test_along_one_axis(seed, shape, norm, name, wide, data):
    x = random(seed, shape, "float64" if name in REAL or data.draw(st.booleans()) else "complex128")
    x = x if wide else x.astype("float32" if x.dtype == "float64" else "complex64")
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    least = 2 if name in ("irfft", "hfft") and shape[axis] == 1 else 1
    n = data.draw(st.integers(least, 7) | st.none()) if least == 1 else data.draw(st.integers(least, 7))
    near(getattr(ops.fft, name)(x, n=n, axis=axis, norm=norm), getattr(np.fft, name)(x, n=n, axis=axis, norm=norm))


@given(seed=st.integers(0, 99), shape=SHAPES, norm=NORMS, name=st.sampled_from(MANY), data=st.data())
def test_along_several_axes(seed, shape, norm, name, data):
    x = random(seed, shape, "float64" if name == "rfftn" else "complex128")
    axes = data.draw(st.permutations(range(len(shape))))[: data.draw(st.integers(1, len(shape)))]
    s = data.draw(st.tuples(*(st.integers(1, 6) for _ in axes)) | st.none())
    if name == "irfftn" and s is None and shape[axes[-1]] == 1:
        s = tuple(shape[a] for a in axes)
    near(getattr(ops.fft, name)(x, s=s, axes=axes, norm=norm), getattr(np.fft, name)(x, s=s, axes=axes, norm=norm))
    if s is None and not (name == "irfftn" and shape[-1] == 1):
        near(getattr(ops.fft, name)(x, norm=norm), getattr(np.fft, name)(x, norm=norm))


@given(n=st.integers(1, 9), d=st.sampled_from([1.0, 0.5, 3.0]), shape=SHAPES, data=st.data())
def test_frequencies_and_shifts(n, d, shape, data):
    near(ops.fft.fftfreq(n, d=d, dtype="float64"), np.fft.fftfreq(n, d))
    near(ops.fft.rfftfreq(n, d=d), np.fft.rfftfreq(n, d).astype("float32"))
    x = np.arange(np.prod(shape)).reshape(shape)
    axes = data.draw(st.none() | st.integers(0, len(shape) - 1))
    for name in ("fftshift", "ifftshift"):
        np.testing.assert_array_equal(getattr(ops.fft, name)(x, axes=axes).numpy(), getattr(np.fft, name)(x, axes))


@pytest.mark.parametrize("n", [4, 5, 3])
@pytest.mark.parametrize("name", ONE)
def test_gradients(name, n):
    def function(*parts):
        x = ops.complex(*parts) if len(parts) == 2 else parts[0]
        return getattr(ops.fft, name)(x, n=n, axis=0, norm="ortho")

    x = random(3, (4, 2))
    assert check_gradients(function, x.real.copy()) == 3
    if name not in REAL:
        assert check_gradients(function, x.real.copy(), x.imag.copy()) == 3


def test_gradients_along_several_axes():
    assert (
        check_gradients(
            lambda x: ops.fft.irfftn(ops.fft.rfftn(x, s=(2, 5)) ** 2, s=(3, 4)), random(1, (3, 4), "float64")
        )
        == 3
    )


def test_kerass_functions_take_and_give_pairs():
    x = random(5, (2, 3, 4))
    pair = (x.real.astype("float32"), x.imag.astype("float32"))
    for function, expected in (
        (ops.fft, np.fft.fft(x)),
        (ops.fft2, np.fft.fft2(x)),
        (ops.ifft2, np.fft.ifft2(x)),
        (lambda p: ops.rfft(p[0], 6), np.fft.rfft(x.real, 6)),
    ):
        for found, part in zip(function(pair), (expected.real, expected.imag), strict=True):
            near(found, part.astype("float32"))
    near(ops.irfft(pair, fft_length=5), np.fft.irfft(x, 5).astype("float32"))


def test_the_name_is_function_and_namespace():
    assert callable(ops.fft) and repr(ops.fft) == "<hornbeam.ops.fft>"
    standard = {*ONE, *MANY, "fftfreq", "rfftfreq", "fftshift", "ifftshift"}
    assert standard == {name for name in dir(ops.fft) if not name.startswith("_")}
    assert all(getattr(ops.fft, name).__doc__ for name in standard)


def test_transforms_of_a_functional_models_tensors():
    x = hb.KerasTensor((None, 6))
    re, im = ops.fft((x, x))
    assert re.shape == im.shape == (None, 6) and re.dtype == "float32"
    assert ops.fft.rfft(x).shape == (None, 4) and ops.fft.rfft(x).dtype == "complex64"
    assert ops.stft(x, 2, 2, 2, center=False)[0].shape == (None, 3, 2)


# ---- windows along a signal


@given(count=st.integers(1, 5), length=st.integers(1, 6), stride=st.integers(1, 7), rest=st.integers(0, 2))
def test_frames_and_their_transpose(count, length, stride, rest):
    size = (count - 1) * stride + length + min(rest, stride - 1)
    x = random(0, (2, size), "float64")
    expected = np.stack([x[:, i * stride : i * stride + length] for i in range(count)], axis=1)
    near(frames(ops.asarray(x), length, stride), expected)
    back = np.zeros((2, (count - 1) * stride + length))
    for i in range(count):
        back[:, i * stride : i * stride + length] += expected[:, i]
    near(overlapped(ops.asarray(expected), stride), back)


@given(
    length=st.integers(1, 6), stride=st.integers(1, 4), more=st.integers(0, 3), center=st.booleans(),
    window=st.sampled_from(["hann", "hamming", None, "own"]),
)  # fmt: skip
def test_stft_is_a_loop_over_windows(length, stride, more, center, window):
    x, size = random(1, (2, 13), "float64"), length + more
    turn = 2 * np.pi * np.arange(length) / length
    shape = {
        "hann": 0.5 - 0.5 * np.cos(turn) if length > 1 else np.ones(1),
        "hamming": 0.54 - 0.46 * np.cos(turn) if length > 1 else np.ones(1),
        "own": np.linspace(1, 2, length),
        None: np.ones(size),
    }[window]
    whole = np.zeros(size)
    begin = 0 if window is None else more // 2
    whole[begin : begin + len(shape)] = shape
    signal = np.pad(x, [(0, 0), (size // 2, size // 2)], mode="reflect") if center else x
    starts = range(0, signal.shape[1] - size + 1, stride)
    expected = np.stack([np.fft.rfft(signal[:, i : i + size] * whole) for i in starts], axis=1)
    re, im = ops.stft(x, length, stride, size, window=shape if window == "own" else window, center=center)
    near(re, expected.real.copy())
    near(im, expected.imag.copy())


@given(length=st.integers(2, 8), more=st.integers(0, 2), center=st.booleans(), data=st.data())
def test_istft_gives_the_signal_back(length, more, center, data):
    stride = data.draw(st.integers(1, max(1, length // 2)))
    x = random(2, (3, 24), "float64")
    spectra = ops.stft(x, length, stride, length + more, window="hamming", center=center)
    back = ops.istft(spectra, length, stride, length + more, window="hamming", center=center).numpy()
    edge = length + more
    inner = slice(edge, min(back.shape[1], 24) - edge)
    np.testing.assert_allclose(back[:, inner], x[:, inner], atol=1e-9)
    assert ops.istft(spectra, length, stride, length + more, length=40, center=center).shape == (3, 40)


# Genuine Keras 3.15.1 on JAX: signal = numpy.sin(numpy.arange(9.0) ** 1.5), z = keras.ops.stft(signal, 4, 2, 5, window, center),
# keras.ops.istft(z, 4, 2, 5, window=window, center=center); the real parts of the second window, the imaginary parts, the signal.
KERAS = {
    ("hann", True): (
        [0.286182, 0.238871, -0.381962],
        [0, -0.841392, 0.466653],
        [0, 0.841471, 0.308072, -0.885251, 0.989358, -0.982979, 0.847376, -0.323378, -0.594198],
    ),
    ("hann", False): (
        [0.0552432, -0.539563, 0.511941],
        [0, -0.449459, 1.66854],
        [0, 0.841471, 0.308072, -0.885251, 0.989358, -0.982979, 0.847376, -0.323378, 0],
    ),
    ("hamming", True): (
        [0.284431, 0.277919, -0.420134],
        [0, -0.894217, 0.480546],
        [0, 0.841471, 0.308072, -0.885251, 0.989358, -0.982979, 0.847376, -0.323378, -0.594198],
    ),
    ("hamming", False): (
        [0.00515971, -0.49405, 0.553084],
        [0, -0.438893, 1.72675],
        [0, 0.841471, 0.308072, -0.885251, 0.989358, -0.982979, 0.847376, -0.323378, 0],
    ),
    (None, True): (
        [1.25365, 1.0327, -1.65953],
        [0, -0.560768, 1.22184],
        [0, 2.10368, 0.770179, -2.21313, 2.4734, -2.45745, 2.11844, -0.808444, -1.4855],
    ),
    (None, False): (
        [0.276576, 0.291207, 0.340684],
        [0, 0.488515, 2.89422],
        [0, 2.10368, 0.770179, -2.21313, 2.4734, -2.45745, 2.11844, -0.808444, -1.4855],
    ),
}


@pytest.mark.parametrize("window, center", KERAS)
def test_same_numbers_as_keras(window, center):
    signal = np.sin(np.arange(9.0) ** 1.5)
    re, im = ops.stft(signal, 4, 2, 5, window=window, center=center)
    expected = KERAS[window, center]
    np.testing.assert_allclose(re.numpy()[1], expected[0], atol=1e-5)
    np.testing.assert_allclose(im.numpy()[1], expected[1], atol=1e-5)
    back = ops.istft((re, im), 4, 2, 5, window=window, center=center)
    np.testing.assert_allclose(back.numpy(), expected[2], atol=1e-5)


def test_gradients_of_windows():
    def function(x, window):
        re, im = ops.stft(x, 3, 2, 4, window=window)
        return ops.istft((ops.sin(re), im), 3, 2, 4, window=window)

    assert check_gradients(function, random(4, (2, 9), "float64"), np.array([0.5, 1.0, 0.7])) == 3


PAIR = (np.ones(3), np.ones(3))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: ops.fft(np.ones(3)), hb.InvalidArgumentError, "takes a pair of tensors"),
        (lambda: ops.fft((np.ones(3), np.ones(2))), hb.ShapeError, r"one shape; got \(3,\) and \(2,\)"),
        (lambda: ops.fft((np.ones(3, int), np.ones(3, int))), hb.DTypeError, "must be floats"),
        (lambda: ops.fft.fft(np.ones(3), norm="no"), hb.InvalidArgumentError, "norm must be"),
        (lambda: ops.fft.fft(np.ones(3), n=0), hb.InvalidArgumentError, "at least 1; got 0"),
        (lambda: ops.fft.fft(np.ones(())), hb.ShapeError, "with axes"),
        (lambda: ops.fft.fft(np.ones((2, 0))), hb.ShapeError, "nothing to transform"),
        (lambda: ops.fft.irfft(np.ones(1)), hb.InvalidArgumentError, "at least 1; got 0"),
        (lambda: ops.fft.fftn(np.ones((2, 2)), s=(1,), axes=(0, 1)), hb.InvalidArgumentError, "1 sizes for 2 axes"),
        (lambda: ops.fft.rfft(np.ones(2, "complex64")), hb.DTypeError, "rfft takes float32"),
        (lambda: ops.stft(np.ones(9), 4, 2, 3), hb.InvalidArgumentError, "sequence_length=4"),
        (lambda: ops.stft(np.ones(9), 4, 2, 4, window="no"), hb.InvalidArgumentError, "'hann', 'hamming'"),
        (lambda: ops.stft(np.ones(9), 4, 2, 4, window=np.ones(3)), hb.ShapeError, r"shape \(4,\)"),
        (lambda: ops.stft(np.ones(3), 4, 2, 4, center=False), hb.ShapeError, "shorter than fft_length=4"),
        (lambda: ops.stft(np.ones(9, int), 4, 2, 4), hb.DTypeError, "float32 and float64"),
        (lambda: ops.istft(PAIR, 4, 2, 4), hb.ShapeError, "at least two axes"),
        (lambda: ops.istft(PAIR, 4, 0, 4), hb.InvalidArgumentError, "sequence_stride=0"),
    ],
)  # fmt: skip
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()

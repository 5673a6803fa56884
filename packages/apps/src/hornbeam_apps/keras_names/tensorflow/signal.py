"""tf.signal: frames, Fourier transforms, and what speech is recognised by."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from hornbeam import ops

__all__ = [
    "fft", "frame", "hamming_window", "hann_window", "ifft", "irfft", "linear_to_mel_weight_matrix",
    "mfccs_from_log_mel_spectrograms", "rfft", "stft",
]  # fmt: skip


def _window(a: float, length: Any, periodic: bool, dtype: Any) -> Any:
    length = int(length)
    if length == 1:
        return ops.ones((1,), dtype=dtype)
    period = length + (periodic and length % 2 == 0) - 1
    return ops.asarray(a - (1 - a) * np.cos(2 * np.pi * np.arange(length) / period), dtype=dtype)


def hann_window(window_length: Any, periodic: bool = True, dtype: Any = "float32", name: str | None = None) -> Any:
    """Half a cosine's hill; of an odd length never a periodic one, as in TensorFlow."""
    return _window(0.5, window_length, periodic, dtype)


def hamming_window(window_length: Any, periodic: bool = True, dtype: Any = "float32", name: str | None = None) -> Any:
    """A cosine's hill on a step."""
    return _window(0.54, window_length, periodic, dtype)


def frame(
    signal: Any, frame_length: Any, frame_step: Any, pad_end: bool = False, pad_value: float = 0, axis: int = -1, name: str | None = None
) -> Any:  # fmt: skip
    """Pieces of the last axis: [..., frames, frame_length]; with `pad_end` also those that begin, but do not end, in it."""
    signal, length, step = ops.asarray(signal), int(frame_length), int(frame_step)
    count = signal.shape[-1]
    if pad_end:
        wanted = (math.ceil(count / step) - 1) * step + length
        around = [(0, 0)] * (signal.ndim - 1) + [(0, max(0, wanted - count))]
        signal = ops.pad(signal, around, "constant", pad_value)
    frames = max(0, 1 + (signal.shape[-1] - length) // step)
    places = np.arange(frames)[:, None] * step + np.arange(length)
    return ops.take(signal, places, axis=-1)


def _parts(x: Any) -> tuple[Any, Any]:
    x = ops.asarray(x)
    return ops.real(x), ops.imag(x)


def fft(input: Any, name: str | None = None) -> Any:  # noqa: A002
    """The Fourier transform of complex numbers along the last axis."""
    return _complex(*ops.fft(_parts(input)))


def ifft(input: Any, name: str | None = None) -> Any:  # noqa: A002
    """Its inverse."""
    real, imag = _parts(input)
    found, other = ops.fft((real, ops.negative(imag)))
    return _complex(found / real.shape[-1], -other / real.shape[-1])


def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The Fourier transform of real numbers along the last axis: the first half of it, complex."""
    length = None if fft_length is None else int(np.asarray(fft_length).reshape(-1)[0])
    return _complex(*ops.rfft(ops.asarray(input_tensor), fft_length=length))


def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """Its inverse."""
    length = None if fft_length is None else int(np.asarray(fft_length).reshape(-1)[0])
    return ops.irfft(_parts(input_tensor), fft_length=length)


def _complex(real: Any, imag: Any) -> Any:
    return ops.cast(real, "complex64") + 1j * ops.cast(imag, "complex64")


def stft(
    signals: Any, frame_length: Any, frame_step: Any, fft_length: Any = None,
    window_fn: Callable[..., Any] | None = hann_window, pad_end: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """The Fourier transforms of frames: [..., frames, frequencies], complex.

    Args:
        signals: [..., samples].
        frame_length, frame_step: in samples.
        fft_length: that frames are filled up to; default: the next power of two.
        window_fn: of the frames' length, by which they are multiplied; None: nothing.
        pad_end: whether frames go over the end, where zeros are.
    """
    frames = frame(signals, frame_length, frame_step, pad_end)
    length = 2 ** math.ceil(math.log2(int(frame_length))) if fft_length is None else int(fft_length)
    if window_fn is not None:
        frames = frames * window_fn(int(frame_length), dtype=frames.dtype)
    return rfft(frames, length)


def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20, num_spectrogram_bins: int = 129, sample_rate: Any = 8000, lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0, dtype: Any = "float32", name: str | None = None,
) -> Any:  # fmt: skip
    """By what a spectrogram is multiplied to have bands of the mel scale: [num_spectrogram_bins, num_mel_bins].

    The scale is 1127 log(1 + f / 700); bands are triangles that overlap by half.
    """

    def mel(hertz: Any) -> Any:
        return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)

    bins = mel(np.linspace(0.0, float(sample_rate) / 2, num_spectrogram_bins)[1:])[:, None]
    edges = np.linspace(mel(lower_edge_hertz), mel(upper_edge_hertz), num_mel_bins + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    found = np.maximum(0.0, np.minimum(rising, falling))
    return ops.asarray(np.pad(found, ((1, 0), (0, 0))), dtype=dtype)  # the mean is in no band


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Any:
    """The cosine transform of logarithms of mel spectrograms along the last axis (HTK's scale)."""
    spectrograms = ops.asarray(log_mel_spectrograms)
    count = spectrograms.shape[-1]
    angles = np.pi / count * (np.arange(count)[:, None] + 0.5) * np.arange(count)
    return ops.matmul(spectrograms, ops.asarray(np.cos(angles) * math.sqrt(2.0 / count), dtype=spectrograms.dtype))

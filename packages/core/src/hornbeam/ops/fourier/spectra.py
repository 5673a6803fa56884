"""Fourier transforms of pairs of real and imaginary parts, and of windows that move along a signal, as Keras has them."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.errors import DTypeError, InvalidArgumentError, ShapeError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange, ones
from hornbeam.ops.elementwise.arithmetic import divide
from hornbeam.ops.elementwise.comparison import greater, where
from hornbeam.ops.elementwise.complex import complex as make_complex
from hornbeam.ops.elementwise.complex import imag, real
from hornbeam.ops.elementwise.trigonometric import cos
from hornbeam.ops.fourier import standard
from hornbeam.ops.frames import fitted, frames, overlapped
from hornbeam.ops.joining import pad
from hornbeam.ops.movement import broadcast_to
from hornbeam.tensor import Tensor

__all__ = ["fft2", "fft_pair", "ifft2", "irfft", "istft", "rfft", "stft"]

Pair = tuple[Tensor, Tensor]


def _joined(x: Any, name: str) -> Tensor:
    """The complex tensor of a pair.

    Raises:
        InvalidArgumentError: it is not a pair of tensors of one shape.
        DTypeError: they hold no floats.
    """
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise InvalidArgumentError(
            f"{name} takes a pair of tensors, the real and the imaginary parts; got {type(x).__name__}"
        )
    first, second = map(as_tensor, x)
    if first.shape != second.shape:
        raise ShapeError(f"{name}: real and imaginary parts must have one shape; got {first.shape} and {second.shape}")
    if not (first.dtype.is_floating and second.dtype.is_floating):
        raise DTypeError(f"{name}: real and imaginary parts must be floats; got {first.dtype} and {second.dtype}")
    return make_complex(first, second)


def _parts(x: Tensor) -> Pair:
    return real(x), imag(x)


def fft_pair(x: Any) -> Pair:
    """The discrete Fourier transform along the last axis, of a pair of real and imaginary parts, as such a pair."""
    return _parts(standard.fft(_joined(x, "fft")))


def fft2(x: Any) -> Pair:
    """The discrete Fourier transform along the last two axes.

    Args:
        x: a pair of tensors (..., m, n), the real and the imaginary parts.

    Returns:
        Such a pair.

    Example:
        >>> import hornbeam as hb
        >>> re, im = hb.ops.fft2((hb.ops.asarray([[1.0, 2.0], [3.0, 4.0]]), hb.ops.zeros((2, 2))))
        >>> re.numpy().tolist()
        [[10.0, -2.0], [-4.0, 0.0]]
    """
    return _parts(standard.fftn(_joined(x, "fft2"), axes=(-2, -1)))


def ifft2(x: Any) -> Pair:
    """The inverse of `fft2`.

    Example:
        >>> import hornbeam as hb
        >>> re, im = hb.ops.ifft2((hb.ops.asarray([[10.0, -2.0], [-4.0, 0.0]]), hb.ops.zeros((2, 2))))
        >>> re.numpy().tolist()
        [[1.0, 2.0], [3.0, 4.0]]
    """
    return _parts(standard.ifftn(_joined(x, "ifft2"), axes=(-2, -1)))


def rfft(x: Any, fft_length: int | None = None) -> Pair:
    """The first half of the discrete Fourier transform of real numbers along the last axis.

    Args:
        x: (..., n), real.
        fft_length: how many elements to take; missing ones are 0. Default: n.

    Returns:
        Real and imaginary parts, (..., fft_length // 2 + 1).

    Example:
        >>> import hornbeam as hb
        >>> re, im = hb.ops.rfft([1.0, 2.0, 3.0, 2.0])
        >>> re.numpy().tolist()
        [8.0, -2.0, 0.0]
    """
    return _parts(standard.rfft(x, n=fft_length))


def irfft(x: Any, fft_length: int | None = None) -> Tensor:
    """The inverse of `rfft`.

    Args:
        x: a pair of tensors (..., m), the real and the imaginary parts.
        fft_length: how many elements the result has; default: 2 (m - 1).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.irfft(hb.ops.rfft([1.0, 2.0, 3.0, 2.0])).numpy().tolist()
        [1.0, 2.0, 3.0, 2.0]
    """
    return standard.irfft(_joined(x, "irfft"), n=fft_length)


# ---- windows that move along a signal


def _window(window: Any, length: int, fft_length: int, dtype: Any) -> Tensor:
    """The window (fft_length,), in the middle; None: ones everywhere."""
    if window is None:
        return ones(fft_length, dtype)
    if isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise InvalidArgumentError(f"the window must be 'hann', 'hamming', a tensor or None; got {window!r}")
        high = 0.5 if window == "hann" else 0.54
        angle = arange(length, dtype=dtype) * (2 * math.pi / length)
        shape = high - (1 - high) * cos(angle) if length > 1 else ones(1, dtype)
    else:
        shape = as_tensor(window, dtype)
    if shape.shape != (length,):
        raise ShapeError(f"the window must have shape {(length,)}, that of a sequence; got {shape.shape}")
    before = (fft_length - length) // 2
    return pad(shape, [(before, fft_length - length - before)])


def _check(name: str, length: int, stride: int, fft_length: int) -> None:
    if not 0 < length <= fft_length or stride < 1:
        raise InvalidArgumentError(
            f"{name}: sequence_length must be from 1 to fft_length, and sequence_stride at least 1; got sequence_length="
            f"{length}, sequence_stride={stride}, fft_length={fft_length}"
        )


def stft(
    x: Any, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann", center: bool = True
) -> Pair:
    """The Fourier transforms of what a window sees as it moves along the last axis.

    Args:
        x: (..., t), float32 or float64.
        sequence_length: of the window.
        sequence_stride: how far it moves on.
        fft_length: how many elements are transformed; at least `sequence_length`: the window stands in the middle of zeros.
        window: "hann", "hamming", a tensor (sequence_length,), or None.
        center: reflect the signal at both ends, so that window i is centred at element i * sequence_stride.

    Returns:
        Real and imaginary parts, (..., number of windows, fft_length // 2 + 1).

    Raises:
        InvalidArgumentError, ShapeError: lengths, stride or window do not fit, or the signal is shorter than `fft_length`.

    Example:
        >>> import hornbeam as hb
        >>> re, im = hb.ops.stft(hb.ops.ones(16), 4, 2, 4)
        >>> re.shape
        (9, 3)
    """
    t = as_tensor(x)
    if t.dtype not in ("float32", "float64"):
        raise DTypeError(f"stft takes float32 and float64; got {t.dtype}")
    _check("stft", sequence_length, sequence_stride, fft_length)
    shape = _window(window, sequence_length, fft_length, t.dtype)
    if center:
        t = pad(t, [(0, 0)] * (t.ndim - 1) + [(fft_length // 2,) * 2], mode="reflect")
    if t.shape[-1] < fft_length:
        raise ShapeError(f"stft: a signal of {t.shape[-1]} elements is shorter than fft_length={fft_length}")
    return _parts(standard.rfft(frames(t, fft_length, sequence_stride) * shape))


def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Tensor:
    """The signal whose `stft` is given, as far as the windows cover it.

    Args:
        x: a pair of tensors (..., number of windows, fft_length // 2 + 1), the real and the imaginary parts.
        sequence_length, sequence_stride, fft_length, window, center: as given to `stft`. Without a window the overlapping
            parts are added up, as Keras does, not averaged.
        length: how many elements to give; missing ones are 0. Default: all that are covered.

    Returns:
        (..., t).

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.arange(8.0)
        >>> hb.ops.istft(hb.ops.stft(x, 4, 2, 4), 4, 2, 4).numpy().round(3).tolist()
        [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    """
    spectra = _joined(x, "istft")
    _check("istft", sequence_length, sequence_stride, fft_length)
    if spectra.ndim < 2:
        raise ShapeError(f"istft needs tensors of at least two axes; got shape {spectra.shape}")
    signals = standard.irfft(spectra, n=fft_length)
    shape = _window(window, sequence_length, fft_length, signals.dtype)
    weight = overlapped(broadcast_to(shape * shape, signals.shape[-2:]), sequence_stride)
    out = divide(overlapped(signals * shape, sequence_stride), where(greater(weight, 1e-10), weight, 1))
    if window is None:
        out = out * (fft_length / sequence_stride)
    edge = fft_length // 2 if center else 0
    kept = max(0, out.shape[-1] - 2 * edge) if length is None else length
    return fitted(out[..., edge:], kept)

"""Initializers that give the same values at each call."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import hornbeam as hb
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.initializers.base import Initializer

__all__ = ["STFT", "Constant", "Identity", "Ones", "Zeros"]


class Zeros(Initializer):
    """Zeros."""

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Zeros of that shape and dtype."""
        return ops.zeros(shape, dtype)


class Ones(Initializer):
    """Ones."""

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Ones of that shape and dtype."""
        return ops.ones(shape, dtype)


class Constant(Initializer):
    """One value everywhere."""

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """The value in that shape and dtype."""
        return ops.full(shape, self.value, dtype=dtype or hb.floatx())


class Identity(Initializer):
    """The identity matrix times `gain`."""

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """The matrix; `shape` must have two axes."""
        if len(shape) != 2:
            raise ShapeError(f"the Identity initializer makes matrices; got shape {tuple(shape)}")
        return ops.multiply(ops.eye(shape[0], shape[1], dtype=dtype), self.gain)


WINDOWS: dict[str, Callable[[int], Tensor]] = {
    "hann": ops.hanning, "hamming": ops.hamming, "blackman": ops.blackman, "bartlett": ops.bartlett,
    "boxcar": lambda n: ops.ones(n, dtype="float64"),
}  # fmt: skip


class STFT(Initializer):
    """The waves of a Fourier transform, under a window: a convolution with them gives a spectrogram.

    Args:
        side: "real" for cosines, "imag" for sines.
        window: "hann", "hamming", "blackman", "bartlett", "boxcar", an array (steps,), or None.
        scaling: "density" divides by the length of the window as a vector, "spectrum" by its sum, None by nothing.
        periodic: whether a window that is named is periodic, rather than symmetric.

    Shapes: (steps, 1, frequencies), where frequencies is half the length of the transform, and one.

    Raises:
        InvalidArgumentError: an argument is not as said above.
        ShapeError: the shape is another one, or the window has not as many steps.

    Example:
        >>> STFT(window=None)((2, 1, 2)).numpy().ravel().round(4).tolist()
        [1.0, 1.0, 1.0, -1.0]
    """

    def __init__(
        self, side: str = "real", window: Any = "hann", scaling: str | None = "density", periodic: bool = False
    ) -> None:
        if side not in ("real", "imag"):
            raise InvalidArgumentError(f"STFT: side must be 'real' or 'imag'; got {side!r}")
        if isinstance(window, str) and window not in WINDOWS:
            raise InvalidArgumentError(
                f"STFT: window must be one of {tuple(WINDOWS)}, an array, or None; got {window!r}"
            )
        if scaling not in (None, "density", "spectrum"):
            raise InvalidArgumentError(f"STFT: scaling must be 'density', 'spectrum' or None; got {scaling!r}")
        self.side, self.window, self.scaling, self.periodic = side, window, scaling, periodic

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """The waves, (steps, 1, frequencies)."""
        if len(shape) != 3 or shape[1] != 1:
            raise ShapeError(f"the STFT initializer makes (steps, 1, frequencies); got shape {tuple(shape)}")
        steps, _, frequencies = shape
        times, rates = ops.arange(steps, dtype="float64"), ops.arange(frequencies, dtype="float64")
        angles = ops.reshape(times, (steps, 1, 1)) * rates * (-2 * math.pi / max(1, 2 * (frequencies - 1)))
        waves = ops.cos(angles) if self.side == "real" else ops.sin(angles)
        if self.window is not None:
            waves = waves * ops.reshape(self._scaled_window(steps), (steps, 1, 1))
        return ops.cast(waves, dtype or hb.floatx())

    def _scaled_window(self, steps: int) -> Tensor:
        if isinstance(self.window, str):
            window = ops.cast(WINDOWS[self.window](steps + self.periodic), "float64")[:steps]
        else:
            window = ops.asarray(self.window, dtype="float64")
        if window.shape != (steps,):
            raise ShapeError(f"the STFT initializer: expected a window of {steps} steps; got shape {window.shape}")
        if self.scaling == "density":
            return window / ops.sqrt(ops.sum(ops.square(window)))
        return window / ops.sum(ops.abs(window)) if self.scaling == "spectrum" else window

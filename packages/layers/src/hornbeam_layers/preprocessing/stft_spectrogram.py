"""Sound as the strength of its frequencies over time, by a convolution whose kernel may be trained."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import DTypeError, ShapeError

from hornbeam_layers.initializers.constant import STFT, WINDOWS
from hornbeam_layers.preprocessing.arguments import check_choice, check_size, wrong

__all__ = ["STFTSpectrogram"]

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFTSpectrogram(Layer):
    """Waves as spectrograms, by the short-time Fourier transform as a convolution.

    Args:
        mode: "log" (of the magnitude), "magnitude", "psd" (power on one side), "real", "imag", "angle" or "stft" (real and
            imaginary parts one after the other).
        frame_length: samples of a window.
        frame_step: samples from one window to the next; default: half a window.
        fft_length: how many samples are transformed; default: the next power of two.
        window: "hann", "hamming", "blackman", "bartlett", "boxcar", an array (frame_length,), or None.
        periodic: whether a window that is named is periodic, rather than symmetric.
        scaling: "density", "spectrum" or None: by what the window is divided.
        padding: "valid" or "same".
        expand_dims: keep channels and frequencies apart.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `name`, `trainable`, ...

    Weights: real_kernel, imag_kernel, each (frame_length, 1, fft_length // 2 + 1), of which "real" and "imag" have one.

    Shapes: (batch, time, channels) -> (batch, windows, channels * frequencies).

    Example:
        >>> import hornbeam as hb
        >>> hb.layers.STFTSpectrogram(frame_length=16)(hb.ops.ones((2, 64, 1))).shape
        (2, 7, 9)
    """

    own = (
        "mode",
        "frame_length",
        "frame_step",
        "fft_length",
        "window",
        "periodic",
        "scaling",
        "padding",
        "data_format",
        "expand_dims",
    )

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.mode = check_choice(self, "mode", mode, MODES)
        self.frame_length = check_size(self, "frame_length", frame_length)
        if frame_step is not None and not 1 <= frame_step <= frame_length:
            raise wrong(self, "frame_step", f"None, or from 1 to frame_length, {frame_length}", frame_step)
        if fft_length is not None and fft_length < frame_length:
            raise wrong(self, "fft_length", f"None, or at least frame_length, {frame_length}", fft_length)
        self.frame_step, self.fft_length = frame_step, fft_length
        self.step = frame_step or max(frame_length // 2, 1)
        self.length = fft_length or 2 ** math.ceil(math.log2(frame_length))
        if isinstance(window, str):
            check_choice(self, "window", window, tuple(WINDOWS))
        self.window = window.tolist() if hasattr(window, "tolist") else window
        if isinstance(self.window, list) and len(self.window) != frame_length:
            raise wrong(self, "window", f"a name, or {frame_length} numbers", f"{len(self.window)} numbers")
        self.periodic = bool(periodic)
        self.scaling = check_choice(self, "scaling", scaling, (None, "density", "spectrum"))
        self.padding = check_choice(self, "padding", padding, ("valid", "same"))
        self.expand_dims = expand_dims
        check_choice(self, "data_format", data_format, (None, "channels_last", "channels_first"))
        self.data_format = data_format or "channels_last"

    def build(self, input_shape: Any) -> None:
        """Make the kernels."""
        if len(input_shape) != 3:
            raise ShapeError(
                f"STFTSpectrogram {self.name!r} takes inputs of rank 3, (batch, time, channels); got shape {tuple(input_shape)}"
            )
        shape = (self.frame_length, 1, self.length // 2 + 1)
        if self.mode != "imag":
            self.real_kernel = self.add_weight(shape, self._kernel("real"), name="real_kernel")
        if self.mode != "real":
            self.imag_kernel = self.add_weight(shape, self._kernel("imag"), name="imag_kernel")

    def _kernel(self, side: str) -> STFT:
        return STFT(side, self.window, self.scaling, self.periodic)

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, time, channels) -> (batch, windows, channels * frequencies); see `data_format` and `expand_dims`."""
        if not inputs.dtype.is_floating:
            raise DTypeError(f"STFTSpectrogram {self.name!r} takes floats; got {inputs.dtype}")
        x = inputs if self.data_format == "channels_first" else ops.swapaxes(inputs, 1, 2)
        n, channels, time = x.shape
        waves = ops.reshape(x, (n * channels, time, 1))

        def part(kernel: Any) -> Tensor:  # (n, channels, windows, frequencies)
            out = ops.conv(waves, ops.cast(kernel, x.dtype), self.step, self.padding)
            return ops.reshape(out, (n, channels, *out.shape[1:]))

        real = part(self.real_kernel) if self.mode != "imag" else None
        imag = part(self.imag_kernel) if self.mode != "real" else None
        return self._arranged(self._values(real, imag))

    def _values(self, real: Any, imag: Any) -> Any:
        if self.mode == "real":
            return real
        if self.mode == "imag":
            return imag
        if self.mode == "angle":
            return ops.arctan2(imag, real)
        if self.mode == "stft":
            return ops.concatenate([real, imag], axis=-1)
        power = real * real + imag * imag
        if self.mode == "psd":
            return power + ops.pad(power[..., 1:-1], ((0, 0), (0, 0), (0, 0), (1, 1)))
        magnitude = ops.sqrt(ops.maximum(power, 1e-7))
        return magnitude if self.mode == "magnitude" else ops.log(ops.maximum(magnitude, 1e-7))

    def _arranged(self, x: Tensor) -> Tensor:
        """(n, channels, windows, frequencies) as the arguments say."""
        n, channels, windows, frequencies = x.shape
        first = self.data_format == "channels_first"
        if self.expand_dims:
            return x if first else ops.transpose(x, (0, 2, 3, 1))
        if first:
            return ops.reshape(ops.swapaxes(x, 2, 3), (n, channels * frequencies, windows))
        return ops.reshape(ops.swapaxes(x, 1, 2), (n, windows, channels * frequencies))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), **{n: getattr(self, n) for n in self.own}}

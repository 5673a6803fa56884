"""Sound as the strength of its mel frequencies over time."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.interpret import running
from hornbeam.interpreters.evaluate import Evaluate

from hornbeam_layers.preprocessing.arguments import check_size, wrong

__all__ = ["MelSpectrogram"]


class MelSpectrogram(Layer):
    """Waves as spectrograms on the mel scale, in decibels.

    Args:
        fft_length: how many samples are transformed at once.
        sequence_stride: samples from one window to the next.
        sequence_length: of a window; default: `fft_length`.
        window: "hann", "hamming", or a tensor (sequence_length,), or None.
        sampling_rate: samples a second.
        num_mel_bins: how many bands there are.
        min_freq, max_freq: of the bands, in hertz; max_freq: default half the sampling rate.
        power_to_db: whether the result is in decibels.
        top_db: how far below the strongest value of the batch a value may be.
        mag_exp: power of the magnitude: 2 for power, 1 for magnitude.
        min_power: what is smaller counts as this.
        ref_power: what 0 decibels are.
        **kwargs: `name`, `dtype`, ...

    Shapes: (time,) -> (num_mel_bins, windows), (batch, time) -> (batch, num_mel_bins, windows).

    Example:
        >>> import hornbeam as hb
        >>> layer = hb.layers.MelSpectrogram(num_mel_bins=32, sampling_rate=8000, sequence_stride=256, fft_length=512)
        >>> layer(hb.ops.zeros((2, 4000))).shape
        (2, 32, 16)
    """

    own = (
        *("fft_length", "sequence_stride", "sequence_length", "window", "sampling_rate", "num_mel_bins", "min_freq"),
        *("max_freq", "power_to_db", "top_db", "mag_exp", "min_power", "ref_power"),
    )

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fft_length, self.sequence_stride = (
            check_size(self, name, n) for name, n in (("fft_length", fft_length), ("sequence_stride", sequence_stride))
        )
        self.sequence_length = check_size(self, "sequence_length", sequence_length or fft_length)
        if self.fft_length < self.sequence_length:
            raise wrong(self, "sequence_length", f"at most fft_length, {fft_length}", sequence_length)
        self.window, self.sampling_rate = window, sampling_rate
        self.num_mel_bins = check_size(self, "num_mel_bins", num_mel_bins)
        self.min_freq, self.max_freq = min_freq, max_freq or int(sampling_rate / 2)
        if not 0 <= self.min_freq < self.max_freq:
            raise wrong(self, "min_freq", f"not negative, and below max_freq, {self.max_freq}", min_freq)
        self.power_to_db, self.top_db, self.mag_exp = power_to_db, top_db, mag_exp
        self.min_power, self.ref_power = min_power, ref_power
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """(..., time) -> (..., num_mel_bins, windows)."""
        dtype = self.compute_dtype if self.compute_dtype in ("float32", "float64") else "float32"
        x = ops.cast(inputs, dtype)
        real, imag = ops.stft(x, self.sequence_length, self.sequence_stride, self.fft_length, self.window)
        strength = ops.power(real * real + imag * imag, self.mag_exp / 2.0)
        with running(Evaluate()):  # depends on the arguments alone: a constant of whatever is being captured
            bands = ops.cast(self._bands(strength.shape[-1]), dtype)
        out = ops.matmul(strength, bands)
        if self.power_to_db:
            out = _decibels(ops.maximum(out, self.min_power)) - 10.0 * math.log10(
                max(abs(self.ref_power), self.min_power)
            )
            out = ops.maximum(out, ops.max(out) - self.top_db)
        return ops.cast(ops.swapaxes(out, -1, -2), self.compute_dtype)

    def _bands(self, bins: int) -> Tensor:
        """(bins, num_mel_bins): triangles on the mel scale; the first bin, of constant signals, is in none."""
        places = ops.linspace(0.0, self.sampling_rate / 2.0, bins, dtype="float64")[1:]
        mel = ops.expand_dims(1127.0 * ops.log(1.0 + places / 700.0), 1)
        low, high = (1127.0 * math.log(1.0 + f / 700.0) for f in (self.min_freq, self.max_freq))
        edges = ops.linspace(low, high, self.num_mel_bins + 2, dtype="float64")
        before, middle, behind = edges[:-2], edges[1:-1], edges[2:]
        rising, falling = (mel - before) / (middle - before), (behind - mel) / (behind - middle)
        return ops.pad(ops.maximum(ops.minimum(rising, falling), 0.0), ((1, 0), (0, 0)))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), **{n: getattr(self, n) for n in self.own}}


def _decibels(power: Tensor) -> Tensor:
    return 10.0 * ops.log10(power)

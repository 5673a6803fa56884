"""Fourier transforms: `hb.ops.fft` is Keras's function and the array API's namespace in one."""

from __future__ import annotations

from typing import Any

from hornbeam.ops.fourier import spectra, standard
from hornbeam.ops.fourier.spectra import fft2, ifft2, irfft, istft, rfft, stft
from hornbeam.tensor import Tensor

__all__ = ["fft", "fft2", "ifft2", "irfft", "istft", "rfft", "stft"]


class FourierTransforms:
    """The array API's fft extension as attributes; called, Keras's `ops.fft`."""

    fft = staticmethod(standard.fft)
    ifft = staticmethod(standard.ifft)
    fftn = staticmethod(standard.fftn)
    ifftn = staticmethod(standard.ifftn)
    rfft = staticmethod(standard.rfft)
    irfft = staticmethod(standard.irfft)
    rfftn = staticmethod(standard.rfftn)
    irfftn = staticmethod(standard.irfftn)
    hfft = staticmethod(standard.hfft)
    ihfft = staticmethod(standard.ihfft)
    fftfreq = staticmethod(standard.fftfreq)
    rfftfreq = staticmethod(standard.rfftfreq)
    fftshift = staticmethod(standard.fftshift)
    ifftshift = staticmethod(standard.ifftshift)

    _pair = staticmethod(spectra.fft_pair)

    def __call__(self, x: Any) -> tuple[Tensor, Tensor]:
        """The discrete Fourier transform along the last axis, of real and imaginary parts.

        Args:
            x: a pair of tensors of one shape, the real and the imaginary parts.

        Returns:
            Such a pair.

        Example:
            >>> import hornbeam as hb
            >>> re, im = hb.ops.fft((hb.ops.asarray([1.0, 2.0]), hb.ops.zeros(2)))
            >>> re.numpy().tolist(), im.numpy().tolist()
            ([3.0, -1.0], [0.0, 0.0])
        """
        return self._pair(x)

    def __repr__(self) -> str:
        """The name."""
        return "<hornbeam.ops.fft>"


fft = FourierTransforms()

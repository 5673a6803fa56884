"""A convolution and its two gradients, as cuDNN computes them."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Convolution"]


@dataclass(frozen=True)
class Convolution:
    """A convolution of 1 to 3 spatial axes, or one of its gradients; all arrays are in C order, channels last.

    x: (batch, *space, channels); kernel: (filters, *window, channels / groups); y: (batch, *places, filters).

    Addresses: "forward": x, kernel, y. "input": kernel, y (its gradient), x (written). "kernel": x, y (its gradient), kernel
    (written).

    Attributes:
        direction: "forward", "input" or "kernel".
        dtype: of all arrays; sums are in float32 (float64 for float64).
        x, kernel, y: their shapes.
        strides, low, high, dilation: one number for each spatial axis; low and high are padding, never negative.
        groups: of channels.
        precision: "highest", or "tf32".
    """

    direction: str
    dtype: str
    x: tuple[int, ...]
    kernel: tuple[int, ...]
    y: tuple[int, ...]
    strides: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int = 1
    precision: str = "highest"

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * math.prod(self.y) * math.prod(self.kernel[1:])

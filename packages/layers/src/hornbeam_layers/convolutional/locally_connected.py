"""Locally connected layers, of Keras 2: convolutions whose kernel is another one at every position."""

from __future__ import annotations

import itertools
import math
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import ShapeError

from hornbeam_layers.arguments import check_positive, who
from hornbeam_layers.convolutional.base import Convolving

__all__ = ["LocallyConnected1D", "LocallyConnected2D"]

ARGUMENTS = """

    Args:
        filters: number of output channels, positive.
        kernel_size: the window, one integer or one per axis.
        strides: step of the window.
        padding: "valid" only.
        data_format: "channels_last" (default) or "channels_first".
        activation: name or function; default: none.
        use_bias, and initializers, regularizers and constraints: as for Dense.

    Weights: kernel (positions, elements of the window * channels, filters), bias (*positions, filters). With
    "channels_first" the elements of one channel follow one another in the kernel.

    Raises:
        InvalidArgumentError: an argument is not as said above.
        ShapeError: the input has another rank, an unknown size, or is smaller than the window.
"""


class BaseLocallyConnected(Convolving):
    """activation(a product of its own for every position + bias); subclasses fix the rank."""

    paddings = ("valid",)

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
        activation: Any = None, use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
        activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        weights = {
            "kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
            "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint,
        }  # fmt: skip
        super().__init__(
            kernel_size, strides, padding, data_format, 1, activation, use_bias, weights, activity_regularizer, **kwargs
        )
        check_positive(self, filters=filters)
        self.filters = filters

    def _positions(self, sizes: Any) -> tuple[int, ...]:
        if any(s is None or s < w for s, w in zip(sizes, self.kernel_size, strict=True)):
            raise ShapeError(
                f"{who(self)}: every size must be known and at least kernel_size={self.kernel_size}; got {tuple(sizes)}"
            )
        return tuple((s - w) // step + 1 for s, w, step in zip(sizes, self.kernel_size, self.strides, strict=True))

    def build(self, input_shape: Any) -> None:
        """Make a kernel and a bias for every position."""
        channels = self.channels_of(input_shape)
        first = self.data_format == "channels_first"
        positions = self._positions(input_shape[2:] if first else input_shape[1:-1])
        taps = math.prod(self.kernel_size) * channels
        self.kernel = self.options.make("kernel", (math.prod(positions), taps, self.filters))
        if self.use_bias:
            self.bias = self.options.make("bias", (*positions, self.filters))

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, *positions, filters)."""
        first = self.data_format == "channels_first"
        x = ops.moveaxis(inputs, 1, -1) if first else inputs
        positions = self._positions(x.shape[1:-1])
        windows = []
        for at in itertools.product(*map(range, self.kernel_size)):
            spans = zip(at, positions, self.strides, strict=True)
            windows.append(x[(slice(None), *(slice(o, o + (n - 1) * s + 1, s) for o, n, s in spans))])
        # (batch, *positions, window's elements, channels), or channels before elements
        taken = ops.stack(windows, axis=-1 if first else -2)
        rows = ops.reshape(taken, (x.shape[0], *self.kernel.shape[:2]))
        out = ops.reshape(ops.einsum("bpk,pkf->bpf", rows, self.kernel), (x.shape[0], *positions, self.filters))
        if self.use_bias:
            out = out + self.bias
        return self.activation(ops.moveaxis(out, -1, 1) if first else out)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = {**super().get_config(), "filters": self.filters}
        del config["dilation_rate"]
        return config


class LocallyConnected1D(BaseLocallyConnected):
    __doc__ = "Locally connected: (batch, steps, channels) -> (batch, positions, filters)." + ARGUMENTS
    rank = 1


class LocallyConnected2D(BaseLocallyConnected):
    __doc__ = "Locally connected: (batch, height, width, channels) -> (batch, height', width', filters)." + ARGUMENTS
    rank = 2

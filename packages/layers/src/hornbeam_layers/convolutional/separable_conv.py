"""Separable convolution: every channel on its own, then a mixture of the channels."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.arguments import check_positive
from hornbeam_layers.convolutional.base import Convolving

__all__ = ["SeparableConv1D", "SeparableConv2D"]

ARGUMENTS = """

    Args:
        filters: number of output channels, positive.
        kernel_size: the window, one integer or one per axis.
        strides: step of the window.
        padding: "valid" or "same".
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: distance between the window's elements; not together with strides above 1.
        depth_multiplier: how many channels each input channel gives before they are mixed, positive.
        activation: name or function; default: none.
        use_bias, and initializers, regularizers and constraints: as for Dense.

    Weights: depthwise_kernel (*kernel_size, channels, depth_multiplier), pointwise_kernel (1, ..., channels *
    depth_multiplier, filters), bias (filters,).

    Raises:
        InvalidArgumentError: an argument is not as said above.
        ShapeError: the input has another rank.
"""


class BaseSeparableConv(Convolving):
    """activation(channels convolved one by one, then mixed, + bias) over `rank` spatial axes; subclasses fix the rank."""

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
        dilation_rate: Any = 1, depth_multiplier: int = 1, activation: Any = None, use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform", pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros", depthwise_regularizer: Any = None, pointwise_regularizer: Any = None,
        bias_regularizer: Any = None, activity_regularizer: Any = None, depthwise_constraint: Any = None,
        pointwise_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        weights = {
            "depthwise_initializer": depthwise_initializer, "pointwise_initializer": pointwise_initializer,
            "bias_initializer": bias_initializer, "depthwise_regularizer": depthwise_regularizer,
            "pointwise_regularizer": pointwise_regularizer, "bias_regularizer": bias_regularizer,
            "depthwise_constraint": depthwise_constraint, "pointwise_constraint": pointwise_constraint,
            "bias_constraint": bias_constraint,
        }  # fmt: skip
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, weights, activity_regularizer,
            **kwargs,
        )  # fmt: skip
        check_positive(self, filters=filters, depth_multiplier=depth_multiplier)
        self.filters, self.depth_multiplier = filters, depth_multiplier

    def build(self, input_shape: Any) -> None:
        """Make the two kernels and the bias."""
        channels = self.channels_of(input_shape)
        deep, mixed = (channels, self.depth_multiplier), (channels * self.depth_multiplier, self.filters)
        self.depthwise_kernel = self.options.make("depthwise_kernel", (*self.kernel_size, *deep), prefix="depthwise")
        self.pointwise_kernel = self.options.make("pointwise_kernel", ((1,) * self.rank + mixed), prefix="pointwise")
        self.make_bias(self.filters)

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, *positions, filters)."""
        return self.finish(ops.separable_conv(inputs, self.depthwise_kernel, self.pointwise_kernel, **self.window))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "filters": self.filters, "depth_multiplier": self.depth_multiplier}


class SeparableConv1D(BaseSeparableConv):
    __doc__ = "Separable convolution: (batch, steps, channels) -> (batch, positions, filters)." + ARGUMENTS
    rank = 1


class SeparableConv2D(BaseSeparableConv):
    __doc__ = (
        "Separable convolution: (batch, height, width, channels) -> (batch, height', width', filters)." + ARGUMENTS
    )
    rank = 2

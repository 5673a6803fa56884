"""Depth-wise convolution: every channel on its own."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.arguments import check_positive
from hornbeam_layers.convolutional.base import Convolving

__all__ = ["DepthwiseConv1D", "DepthwiseConv2D"]

ARGUMENTS = """

    Args:
        kernel_size: the window, one integer or one per axis.
        strides: step of the window.
        padding: "valid" or "same".
        depth_multiplier: how many output channels each input channel gives, positive.
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: distance between the window's elements; not together with strides above 1.
        activation: name or function; default: none.
        use_bias, and initializers, regularizers and constraints: as for Dense.

    Weights: kernel (*kernel_size, channels, depth_multiplier), bias (channels * depth_multiplier,).

    Raises:
        InvalidArgumentError: an argument is not as said above.
        ShapeError: the input has another rank.
"""


class BaseDepthwiseConv(Convolving):
    """activation(each channel convolved on its own + bias) over `rank` spatial axes; subclasses fix the rank."""

    def __init__(
        self, kernel_size: Any, strides: Any = 1, padding: str = "valid", depth_multiplier: int = 1,
        data_format: str | None = None, dilation_rate: Any = 1, activation: Any = None, use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros", depthwise_regularizer: Any = None,
        bias_regularizer: Any = None, activity_regularizer: Any = None, depthwise_constraint: Any = None,
        bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        weights = {
            "depthwise_initializer": depthwise_initializer, "bias_initializer": bias_initializer,
            "depthwise_regularizer": depthwise_regularizer, "bias_regularizer": bias_regularizer,
            "depthwise_constraint": depthwise_constraint, "bias_constraint": bias_constraint,
        }  # fmt: skip
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, weights, activity_regularizer,
            **kwargs,
        )  # fmt: skip
        check_positive(self, depth_multiplier=depth_multiplier)
        self.depth_multiplier = depth_multiplier

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        channels = self.channels_of(input_shape)
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = self.options.make("kernel", shape, prefix="depthwise")
        self.make_bias(channels * self.depth_multiplier)

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, *positions, channels * depth_multiplier)."""
        return self.finish(ops.depthwise_conv(inputs, self.kernel, **self.window))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "depth_multiplier": self.depth_multiplier}


class DepthwiseConv1D(BaseDepthwiseConv):
    __doc__ = (
        "Depth-wise convolution: (batch, steps, channels) -> (batch, positions, channels * multiplier)." + ARGUMENTS
    )
    rank = 1


class DepthwiseConv2D(BaseDepthwiseConv):
    __doc__ = "Depth-wise convolution: (batch, height, width, channels) -> (batch, height', width', ...)." + ARGUMENTS
    rank = 2

"""Convolution over 1, 2 and 3 spatial axes."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.arguments import check_positive, is_size, who
from hornbeam_layers.convolutional.base import Convolving
from hornbeam_layers.core.adaptation import Adaptable, main_weight

__all__ = ["Conv1D", "Conv2D", "Conv3D"]

ARGUMENTS = """

    Args:
        filters: number of output channels, positive.
        kernel_size: the window, one integer or one per axis.
        strides: step of the window.
        padding: "valid" or "same" (Conv1D: or "causal", which looks back only).
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: distance between the window's elements; not together with strides above 1.
        groups: the channels are split into so many groups, each convolved on its own.
        activation: name or function; default: none.
        use_bias, and initializers, regularizers and constraints: as for Dense.
        lora_rank, lora_alpha: by keyword; see `enable_lora`, which is called when the layer is built.

    Weights: kernel (*kernel_size, channels / groups, filters), bias (filters,).

    Raises:
        InvalidArgumentError: an argument is not as said above.
        ShapeError: the input has another rank, or its channels do not divide by the groups.

    Example:
        >>> import hornbeam as hb
        >>> layer = hb.layers.Conv2D(8, 3, padding="same", activation="relu")
        >>> layer(hb.ops.ones((2, 28, 28, 3))).shape, layer.kernel.shape
        ((2, 28, 28, 8), (3, 3, 3, 8))
"""


class BaseConv(Convolving, Adaptable):
    """activation(convolution(inputs, kernel) + bias) over `rank` spatial axes; subclasses fix the rank."""

    kernel: Any = main_weight

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
        dilation_rate: Any = 1, groups: int = 1, activation: Any = None, use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
        bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
        bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        weights = {
            "kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
            "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint,
        }  # fmt: skip
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, weights, activity_regularizer,
            **kwargs,
        )  # fmt: skip
        check_positive(self, filters=filters)
        if not is_size(groups) or filters % groups:
            raise InvalidArgumentError(f"{who(self)}: groups must divide filters={filters}; got groups={groups!r}")
        self.filters, self.groups = filters, groups

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias; the channels are the last axis, or the second."""
        channels = self.channels_of(input_shape)
        if channels % self.groups:
            raise ShapeError(f"{who(self)}: {channels} channels do not divide by groups={self.groups}")
        self.make_main((*self.kernel_size, channels // self.groups, self.filters))
        self.make_bias(self.filters)
        self.make_additions()

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, *positions, filters)."""
        return self.finish(ops.conv(inputs, self.kernel, **self.window))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "filters": self.filters, "groups": self.groups}


class Conv1D(BaseConv):
    __doc__ = "Convolution: (batch, steps, channels) -> (batch, positions, filters)." + ARGUMENTS
    rank, paddings = 1, ("valid", "same", "causal")


class Conv2D(BaseConv):
    __doc__ = "Convolution: (batch, height, width, channels) -> (batch, height', width', filters)." + ARGUMENTS
    rank = 2


class Conv3D(BaseConv):
    __doc__ = "Convolution: (batch, depth, height, width, channels) -> (batch, ..., filters)." + ARGUMENTS
    rank = 3

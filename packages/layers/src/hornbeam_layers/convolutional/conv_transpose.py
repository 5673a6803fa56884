"""Transposed convolution over 1, 2 and 3 spatial axes: what makes small pictures large."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.arguments import check_positive, sizes_of, who
from hornbeam_layers.convolutional.base import Convolving

__all__ = ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"]

ARGUMENTS = """

    It turns shapes around: to what a convolution with these arguments would make of (batch, ..., filters), it gives that
    shape back, and each input value is spread over a window of the output.

    Args:
        filters: number of output channels, positive.
        kernel_size: the window, one integer or one per axis.
        strides: how much larger the output is.
        padding: "valid" or "same".
        output_padding: rows added at the end of each axis, fewer than strides; default: as many as "same" needs.
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: distance between the window's elements; not together with strides above 1.
        activation: name or function; default: none.
        use_bias, and initializers, regularizers and constraints: as for Dense.

    Weights: kernel (*kernel_size, filters, channels), bias (filters,).

    Raises:
        InvalidArgumentError: an argument is not as said above.
        ShapeError: the input has another rank.
"""


class BaseConvTranspose(Convolving):
    """activation(the data gradient of a convolution + bias) over `rank` spatial axes; subclasses fix the rank."""

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", output_padding: Any = None,
        data_format: str | None = None, dilation_rate: Any = 1, activation: Any = None, use_bias: bool = True,
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
        self.filters = filters
        self.output_padding = output_padding
        if output_padding is not None:
            self.output_padding = sizes_of(output_padding, self.rank, who(self), "output_padding", least=0)
            if any(extra >= step for extra, step in zip(self.output_padding, self.strides, strict=True)):
                raise InvalidArgumentError(
                    f"{who(self)}: output_padding must be less than strides={self.strides}; got {output_padding!r}"
                )

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        self.kernel = self.options.make("kernel", (*self.kernel_size, self.filters, self.channels_of(input_shape)))
        self.make_bias(self.filters)

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, *larger, filters)."""
        return self.finish(ops.conv_transpose(inputs, self.kernel, output_padding=self.output_padding, **self.window))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "filters": self.filters, "output_padding": self.output_padding}


class Conv1DTranspose(BaseConvTranspose):
    __doc__ = "Transposed convolution: (batch, steps, channels) -> (batch, more steps, filters)." + ARGUMENTS
    rank = 1


class Conv2DTranspose(BaseConvTranspose):
    __doc__ = (
        "Transposed convolution: (batch, height, width, channels) -> (batch, height', width', filters)." + ARGUMENTS
    )
    rank = 2


class Conv3DTranspose(BaseConvTranspose):
    __doc__ = "Transposed convolution: (batch, depth, height, width, channels) -> (batch, ..., filters)." + ARGUMENTS
    rank = 3

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
        output_padding: Any = None, dilation_rate: Any = 1, activation: Any = None, use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
        bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
        bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip  # Keras's order of data_format and output_padding
        super().__init__(
            filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint, **kwargs,
        )  # fmt: skip

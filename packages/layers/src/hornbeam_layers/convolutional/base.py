"""What the convolutional layers share: windows, bias, activation."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers import activations, regularizers
from hornbeam_layers.arguments import WeightOptions, check_rank, choice_of, format_of, sizes_of, who
from hornbeam_layers.serialization import serialize

__all__ = ["Convolving"]


class Convolving(Layer):
    """A layer that slides a window over `rank` spatial axes; subclasses make kernels and say what happens in a window.

    Args:
        kernel_size, strides, padding, data_format, dilation_rate: of the window.
        activation, use_bias: after it.
        weights: initializers, regularizers and constraints of the weights, by argument name.
        activity_regularizer: function of the output whose value is added to the loss.
    """

    rank: int
    paddings: tuple[str, ...] = ("valid", "same")

    def __init__(
        self, kernel_size: Any, strides: Any, padding: str, data_format: str | None, dilation_rate: Any, activation: Any,
        use_bias: bool, weights: dict[str, Any], activity_regularizer: Any, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        name = who(self)
        self.kernel_size = sizes_of(kernel_size, self.rank, name, "kernel_size")
        self.strides = sizes_of(strides, self.rank, name, "strides")
        self.padding = choice_of(self, "padding", padding, self.paddings)
        self.data_format = format_of(self, data_format)
        self.dilation_rate = sizes_of(dilation_rate, self.rank, name, "dilation_rate")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise InvalidArgumentError(
                f"{name}: strides and dilation_rate cannot both be above 1; got strides={self.strides}, "
                f"dilation_rate={self.dilation_rate}"
            )
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.options = WeightOptions(self, weights)
        self.bias: Any = None

    def channels_of(self, input_shape: Any) -> int:
        """The number of input channels; refuses inputs of another rank, or of unknown channels."""
        check_rank(self, input_shape, self.rank + 2)
        channels = input_shape[-1 if self.data_format == "channels_last" else 1]
        if channels is None:
            raise ShapeError(f"{who(self)}: the number of channels must be known; got shape {tuple(input_shape)}")
        return int(channels)

    def make_bias(self, filters: int) -> None:
        """Make the bias, where there is one."""
        if self.use_bias:
            self.bias = self.options.make("bias", (filters,))

    def finish(self, out: Tensor) -> Tensor:
        """Bias and activation."""
        if self.use_bias:
            bias: Any = self.bias
            if self.data_format == "channels_first":
                bias = ops.reshape(bias, (*bias.shape, *(1,) * self.rank))
            out = out + bias
        return self.activation(out)

    @property
    def window(self) -> dict[str, Any]:
        """How the window moves, as the operations take it."""
        names = ("strides", "padding", "data_format", "dilation_rate")
        return {name: getattr(self, name) for name in names}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            **self.window,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "activity_regularizer": serialize(self.activity_regularizer),
            **self.options.config(),
        }

"""What Conv1D, Conv2D and Conv3D share."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers import activations, constraints, initializers, regularizers
from hornbeam_layers.serialization import serialize

__all__ = ["BaseConv", "sizes_of"]


def sizes_of(value: Any, rank: int, layer: str, argument: str) -> tuple[int, ...]:
    """One positive integer per spatial axis.

    Raises:
        InvalidArgumentError: it is something else.
    """
    sizes = tuple(value) if isinstance(value, (list, tuple)) else (value,) * rank
    if len(sizes) != rank or any(not isinstance(s, int) or isinstance(s, bool) or s <= 0 for s in sizes):
        raise InvalidArgumentError(f"{layer}: {argument} must be a positive integer or {rank} of them; got {value!r}")
    return sizes


class BaseConv(Layer):
    """activation(convolution(inputs, kernel) + bias) over `rank` spatial axes; subclasses fix the rank."""

    rank: int

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        who = f"{type(self).__name__} {self.name!r}"
        if not isinstance(filters, int) or isinstance(filters, bool) or filters <= 0:
            raise InvalidArgumentError(f"{who}: filters must be a positive integer; got filters={filters!r}")
        if not isinstance(groups, int) or groups <= 0 or filters % groups:
            raise InvalidArgumentError(f"{who}: groups must divide filters={filters}; got groups={groups!r}")
        known = ("valid", "same", "causal") if self.rank == 1 else ("valid", "same")
        if not isinstance(padding, str) or padding.lower() not in known:
            raise InvalidArgumentError(f"{who}: padding must be one of {known}; got {padding!r}")
        if data_format not in (None, "channels_last", "channels_first"):
            raise InvalidArgumentError(
                f"{who}: data_format must be 'channels_last' or 'channels_first'; got {data_format!r}"
            )
        self.filters = filters
        self.kernel_size = sizes_of(kernel_size, self.rank, who, "kernel_size")
        self.strides = sizes_of(strides, self.rank, who, "strides")
        self.padding = padding.lower()
        self.data_format = data_format or "channels_last"
        self.dilation_rate = sizes_of(dilation_rate, self.rank, who, "dilation_rate")
        self.groups = groups
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias; the channels are the last axis, or the second."""
        who = f"{type(self).__name__} {self.name!r}"
        if len(input_shape) != self.rank + 2:
            raise ShapeError(
                f"{who}: expected inputs of {self.rank + 2} axes (batch, *spatial, channels); got shape {input_shape}"
            )
        channels = input_shape[-1 if self.data_format == "channels_last" else 1]
        if channels is None or channels % self.groups:
            raise ShapeError(
                f"{who}: the channels must be known and divide by groups={self.groups}; got shape {input_shape}"
            )
        self.kernel = self.add_weight(
            (*self.kernel_size, channels // self.groups, self.filters), self.kernel_initializer, name="kernel",
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
        )  # fmt: skip
        if self.use_bias:
            self.bias = self.add_weight(
                (self.filters,), self.bias_initializer, name="bias",
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, *positions, filters)."""
        out = ops.conv(inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate)
        if self.use_bias:
            bias: Any = self.bias
            if self.data_format == "channels_first":
                bias = ops.reshape(bias, (self.filters, *(1,) * self.rank))
            out = out + bias
        return self.activation(out)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": serialize(self.kernel_initializer),
            "bias_initializer": serialize(self.bias_initializer),
            "kernel_regularizer": serialize(self.kernel_regularizer),
            "bias_regularizer": serialize(self.bias_regularizer),
            "activity_regularizer": serialize(self.activity_regularizer),
            "kernel_constraint": serialize(self.kernel_constraint),
            "bias_constraint": serialize(self.bias_constraint),
        }

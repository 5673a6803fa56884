"""Dense: every output is a weighted sum of every input."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import ShapeError

from hornbeam_layers import activations, regularizers
from hornbeam_layers.arguments import WeightOptions, check_positive
from hornbeam_layers.core.adaptation import Adaptable, main_weight
from hornbeam_layers.serialization import serialize

__all__ = ["Dense"]


class Dense(Adaptable):
    """activation(inputs @ kernel + bias), over the last axis.

    Args:
        units: number of outputs, positive.
        activation: name or function; default: none.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: first values of the weights.
        kernel_regularizer, bias_regularizer: additions to the loss.
        activity_regularizer: function of the output whose value is added to the loss.
        kernel_constraint, bias_constraint: applied after each update.
        lora_rank, lora_alpha: see `enable_lora`, which is called when the layer is built.
        **kwargs: `name`, `dtype`, `trainable` (see `hornbeam.Layer`).

    Shapes: (batch, ..., inputs) -> (batch, ..., units). Weights: kernel (inputs, units), bias (units,).

    Raises:
        InvalidArgumentError: units is not a positive integer.
        ShapeError: the input's last axis does not fit the kernel.

    Example:
        >>> import hornbeam as hb
        >>> Dense(3)(hb.ops.ones((2, 4))).shape
        (2, 3)
    """

    kernel: Any = main_weight

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs |= {"lora_rank": lora_rank, "lora_alpha": lora_alpha}
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        check_positive(self, units=units)
        self.units = units
        self.supports_masking = True
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        weights = {
            "kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
            "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint,
        }  # fmt: skip
        self.options = WeightOptions(self, weights)

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias for inputs (..., input_shape[-1])."""
        if not input_shape:
            raise ShapeError(f"Dense {self.name!r}: the input needs at least one axis; got shape {input_shape}")
        self.make_main((input_shape[-1], self.units))
        if self.use_bias:
            self.bias = self.options.make("bias", (self.units,))
        self.make_additions()

    def call(self, inputs: Tensor) -> Tensor:
        """(..., inputs) -> (..., units)."""
        size = self._main.shape[0]
        if inputs.shape[-1] != size:
            raise ShapeError(
                f"Dense {self.name!r}: expected inputs of shape (..., {size}), for which it was built; got {inputs.shape}."
            )
        out = self.multiplied(inputs)
        if self.use_bias:
            out = out + self.bias
        return self.activation(out)

    def _product(self, inputs: Tensor, weight: Any) -> Tensor:
        return ops.matmul(inputs, weight)

    def _summed(self) -> tuple[int, ...]:
        return (0,)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "activity_regularizer": serialize(self.activity_regularizer),
            **self.options.config(),
        }

"""Activation functions as layers: Activation and Softmax."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

from hornbeam_layers import activations

__all__ = ["Activation", "Softmax"]


class Activation(Layer):
    """An activation function as a layer.

    Args:
        activation: name or function.

    Example:
        >>> import hornbeam as hb
        >>> Activation("relu")(hb.ops.asarray([-1.0, 2.0])).numpy().tolist()
        [0.0, 2.0]
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The function, element by element."""
        return self.activation(inputs)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


class Softmax(Layer):
    """exp(x) normalised to sum 1, over an axis or several together.

    Args:
        axis: an axis, or several.

    Shapes: `call` takes a `mask` besides, of the inputs' shape or one that broadcasts to it; where it is False, the result
        is 0.

    Example:
        >>> import hornbeam as hb
        >>> Softmax()(hb.ops.asarray([0.0, 0.0]), mask=[True, False]).numpy().tolist()
        [1.0, 0.0]
    """

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        """The normalised exponentials."""
        if mask is None:
            return ops.softmax(inputs, axis=self.axis)
        mask = ops.asarray(mask)
        mask = mask if mask.dtype == "bool" else ops.greater(mask, 0.5)
        lowest = -3e4 if inputs.dtype.itemsize < 4 else -1e9
        out = ops.softmax(ops.where(mask, inputs, lowest), axis=self.axis)
        return ops.where(mask, out, ops.zeros_like(out))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "axis": self.axis}

"""Activation, ReLU and Softmax as layers."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

from hornbeam_layers import activations

__all__ = ["Activation", "ReLU", "Softmax"]


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


class ReLU(Layer):
    """The rectifier; arguments as for `activations.relu`."""

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The function, element by element."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"max_value": self.max_value, "negative_slope": self.negative_slope, "threshold": self.threshold}
        return {**super().get_config(), **how}


class Softmax(Layer):
    """Softmax over `axis`; positions where `mask` is False get 0."""

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        """The normalised exponentials."""
        if mask is not None:
            inputs = ops.where(mask, inputs, -3e4)
        return ops.softmax(inputs, axis=self.axis)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "axis": self.axis}

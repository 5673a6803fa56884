"""Projection: a Dense layer whose inputs and outputs may be several axes (Keras's EinsumDense, as its attention uses it)."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import ShapeError

__all__ = ["Projection"]


class Projection(Layer):
    """inputs @ kernel + bias, over the last `inner` axes of the inputs.

    Args:
        inner: how many of the inputs' last axes are summed over.
        outer: sizes of the axes that take their place.
        use_bias: whether to add a bias.
        weights: initializers, regularizers and constraints of kernel and bias, by argument name.

    Weights: kernel (*inputs' last axes, *outer), bias (*outer,).
    """

    def __init__(
        self, inner: int, outer: tuple[int, ...], use_bias: bool, weights: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.inner, self.outer, self.use_bias, self.how = inner, outer, use_bias, weights

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        self.kernel = self._weight("kernel", (*input_shape[len(input_shape) - self.inner :], *self.outer))
        if self.use_bias:
            self.bias = self._weight("bias", self.outer)

    def _weight(self, name: str, shape: tuple[int, ...]) -> Any:
        return self.add_weight(
            shape, self.how[f"{name}_initializer"], name=name,
            regularizer=self.how[f"{name}_regularizer"], constraint=self.how[f"{name}_constraint"],
        )  # fmt: skip

    def call(self, inputs: Tensor) -> Tensor:
        """(..., *summed axes) -> (..., *outer)."""
        expected = self.kernel.shape[: self.inner]
        if inputs.shape[inputs.ndim - self.inner :] != expected:
            raise ShapeError(
                f"{self.name!r}: expected inputs whose last axes are {expected}, for which it was built; got {inputs.shape}"
            )
        out = ops.tensordot(inputs, self.kernel, axes=self.inner)
        return out + self.bias if self.use_bias else out

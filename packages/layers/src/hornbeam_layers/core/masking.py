"""Masking: steps that hold one value only are padding."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

__all__ = ["Masking"]


class Masking(Layer):
    """Marks the steps all of whose features are `mask_value`, for layers behind this one to leave out; sets them to 0.

    Args:
        mask_value: the value.

    Shapes: (batch, time, features) -> the same.

    Example:
        >>> import hornbeam as hb
        >>> Masking()(hb.ops.asarray([[[1.0], [0.0]]])).mask.numpy().tolist()
        [[True, False]]
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The same shape."""
        return ops.where(self._counts(inputs, True), inputs, ops.zeros_like(inputs))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """False where every feature is `mask_value`."""
        return self._counts(inputs, False)

    def _counts(self, inputs: Tensor, keepdims: bool) -> Tensor:
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=keepdims)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "mask_value": self.mask_value}

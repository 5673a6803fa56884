"""ActivityRegularization: what the size of a layer's outputs adds to the loss."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor

from hornbeam_layers.regularizers import L1L2

__all__ = ["ActivityRegularization"]


class ActivityRegularization(Layer):
    """What goes in comes out; l1 * sum(|x|) + l2 * sum(x**2) is added to the loss.

    Args:
        l1, l2: factors.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=L1L2(l1, l2), **kwargs)
        self.l1, self.l2 = l1, l2
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs themselves."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "l1": self.l1, "l2": self.l2}

"""Regularizers: what a weight's size adds to the loss."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.serialization import resolve

__all__ = ["L1", "L1L2", "L2", "Regularizer", "get"]


class Regularizer:
    """Base class: called with a weight, gives a number."""

    def __call__(self, x: Any) -> Tensor:
        """The number that is added to the loss."""
        return ops.zeros(())

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Regularizer:
        """A regularizer of `get_config`'s result."""
        return cls(**config)


class L1L2(Regularizer):
    """l1 * sum(|w|) + l2 * sum(w**2)."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1, self.l2 = float(l1 or 0.0), float(l2 or 0.0)

    def __call__(self, x: Any) -> Tensor:
        """The number that is added to the loss."""
        return self.l1 * ops.sum(ops.abs(x)) + self.l2 * ops.sum(ops.square(x))


class L1(Regularizer):
    """l1 * sum(|w|)."""

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = float(l1)

    def __call__(self, x: Any) -> Tensor:
        """The number that is added to the loss."""
        return self.l1 * ops.sum(ops.abs(x))


class L2(Regularizer):
    """l2 * sum(w**2)."""

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = float(l2)

    def __call__(self, x: Any) -> Tensor:
        """The number that is added to the loss."""
        return self.l2 * ops.sum(ops.square(x))


def get(identifier: Any) -> Any:
    """The regularizer that a name, a class, a saved form or an object stands for."""
    return resolve("regularizers", identifier, {"L1": L1, "L2": L2, "L1L2": L1L2, "l1_l2": L1L2})

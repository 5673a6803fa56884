"""Constraints: what a weight is brought back to after each update."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.serialization import resolve

__all__ = ["Constraint", "MaxNorm", "NonNeg", "UnitNorm", "get"]

EPSILON = 1e-7  # Keras's epsilon


class Constraint:
    """Base class: called with a weight, gives the permitted values."""

    def __call__(self, w: Any) -> Tensor:
        """The permitted values nearest to the weight's."""
        return ops.asarray(w)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constraint:
        """A constraint of `get_config`'s result."""
        return cls(**config)


class NonNeg(Constraint):
    """No negative values."""

    def __call__(self, w: Any) -> Tensor:
        """The weight, with 0 where it is negative."""
        return ops.maximum(w, 0.0)


class MaxNorm(Constraint):
    """The norm along `axis` is at most `max_value`."""

    def __init__(self, max_value: float = 2, axis: int | tuple[int, ...] = 0) -> None:
        self.max_value, self.axis = max_value, axis

    def __call__(self, w: Any) -> Tensor:
        """The weight, shortened where it is too long."""
        norms = ops.sqrt(ops.sum(ops.square(w), axis=self.axis, keepdims=True))
        return w * (ops.clip(norms, 0, self.max_value) / (EPSILON + norms))


class UnitNorm(Constraint):
    """The norm along `axis` is 1."""

    def __init__(self, axis: int | tuple[int, ...] = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        """The weight, divided by its norm."""
        return w / (EPSILON + ops.sqrt(ops.sum(ops.square(w), axis=self.axis, keepdims=True)))


def get(identifier: Any) -> Any:
    """The constraint that a name, a class, a saved form or an object stands for."""
    return resolve("constraints", identifier, {"MaxNorm": MaxNorm, "NonNeg": NonNeg, "UnitNorm": UnitNorm})

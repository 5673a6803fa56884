"""Constraints: what a weight is brought back to after each update."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.serialization import resolve
from hornbeam_layers.serialization import serialize as saved_form

__all__ = [
    "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "deserialize", "get", "max_norm", "min_max_norm", "non_neg",
    "serialize", "unit_norm",
]  # fmt: skip

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
    """The norm along `axis` is at most `max_value`.

    Example:
        >>> import hornbeam as hb
        >>> [round(v, 2) for v in MaxNorm(1.0)(hb.ops.asarray([[3.0], [4.0]]))[:, 0].tolist()]
        [0.6, 0.8]
    """

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


class MinMaxNorm(Constraint):
    """The norm along `axis` moves into a range.

    Args:
        min_value, max_value: the range.
        rate: in [0, 1]: how far it moves at each update; 1: all the way.
        axis: an axis, or several together.
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int | tuple[int, ...] = 0
    ) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: Any) -> Tensor:
        """The weight, made longer or shorter where its norm is out of the range."""
        norms = ops.sqrt(ops.sum(ops.square(w), axis=self.axis, keepdims=True))
        wanted = self.rate * ops.clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return w * (wanted / (EPSILON + norms))


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm
KNOWN = {"MaxNorm": MaxNorm, "MinMaxNorm": MinMaxNorm, "NonNeg": NonNeg, "UnitNorm": UnitNorm}


def get(identifier: Any) -> Any:
    """The constraint that a name, a class, a saved form or an object stands for."""
    return resolve("constraints", identifier, KNOWN)


def serialize(constraint: Any) -> Any:
    """The saved form of a constraint."""
    return saved_form(constraint)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The constraint of what `serialize` returned.

    Args:
        config: a saved form, or a name.
        custom_objects: classes and functions of your own, by name.
    """
    return resolve("constraints", config, KNOWN, custom_objects)

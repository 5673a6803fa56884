"""Regularizers: what a weight's size adds to the loss."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.serialization import resolve
from hornbeam_layers.serialization import serialize as saved_form

__all__ = [
    "L1", "L1L2", "L2", "OrthogonalRegularizer", "Regularizer", "deserialize", "get", "l1", "l1_l2", "l2",
    "orthogonal_regularizer", "serialize",
]  # fmt: skip


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


def check_factor(kind: Regularizer, **factors: Any) -> list[float]:
    """Refuse factors that are no finite numbers of at least 0."""
    for name, value in factors.items():
        if not isinstance(value, (int, float)) or not 0 <= value < math.inf:
            raise InvalidArgumentError(
                f"{type(kind).__name__}: {name} must be a number of at least 0; got {name}={value!r}"
            )
    return [float(value) for value in factors.values()]


class L1L2(Regularizer):
    """l1 * sum(|w|) + l2 * sum(w**2).

    Args:
        l1, l2: numbers of at least 0; None: 0.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1, self.l2 = check_factor(self, l1=0.0 if l1 is None else l1, l2=0.0 if l2 is None else l2)

    def __call__(self, x: Any) -> Tensor:
        """The number that is added to the loss."""
        return self.l1 * ops.sum(ops.abs(x)) + self.l2 * ops.sum(ops.square(x))


class L1(Regularizer):
    """l1 * sum(|w|).

    Args:
        l1: a number of at least 0.
    """

    def __init__(self, l1: float = 0.01) -> None:
        (self.l1,) = check_factor(self, l1=l1)

    def __call__(self, x: Any) -> Tensor:
        """The number that is added to the loss."""
        return self.l1 * ops.sum(ops.abs(x))


class L2(Regularizer):
    """l2 * sum(w**2).

    Args:
        l2: a number of at least 0.

    Example:
        >>> import hornbeam as hb
        >>> float(L2(0.1)(hb.ops.asarray([1.0, 2.0])))
        0.5
    """

    def __init__(self, l2: float = 0.01) -> None:
        (self.l2,) = check_factor(self, l2=l2)

    def __call__(self, x: Any) -> Tensor:
        """The number that is added to the loss."""
        return self.l2 * ops.sum(ops.square(x))


class OrthogonalRegularizer(Regularizer):
    """factor times the mean of |cos| over the angles between any two rows, or columns, of a matrix.

    Args:
        factor: a number of at least 0.
        mode: "rows" or "columns".

    Raises:
        InvalidArgumentError: an argument is not as said above.
        ShapeError: the weight is no matrix.

    Example:
        >>> import hornbeam as hb
        >>> round(float(OrthogonalRegularizer(1.0)(hb.ops.asarray([[1.0, 0.0], [3.0, 4.0]]))), 4)
        0.6
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        (self.factor,) = check_factor(self, factor=factor)
        if mode not in ("rows", "columns"):
            raise InvalidArgumentError(f"OrthogonalRegularizer: mode must be 'rows' or 'columns'; got mode={mode!r}")
        self.mode = mode

    def __call__(self, x: Any) -> Tensor:
        """The number that is added to the loss."""
        if len(x.shape) != 2:
            raise ShapeError(f"OrthogonalRegularizer is for matrices; got shape {x.shape}")
        rows = ops.normalize(x, axis=1) if self.mode == "rows" else ops.transpose(ops.normalize(x, axis=0))
        size = rows.shape[0]
        products = ops.matmul(rows, ops.transpose(rows)) * (1.0 - ops.eye(size, dtype=rows.dtype))
        return ops.sum(ops.abs(products)) * (self.factor / max(1, size * (size - 1)))


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer
KNOWN = {"L1": L1, "L2": L2, "L1L2": L1L2, "l1_l2": L1L2, "OrthogonalRegularizer": OrthogonalRegularizer}


def get(identifier: Any) -> Any:
    """The regularizer that a name, a class, a saved form or an object stands for."""
    return resolve("regularizers", identifier, KNOWN)


def serialize(regularizer: Any) -> Any:
    """The saved form of a regularizer."""
    return saved_form(regularizer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The regularizer of what `serialize` returned.

    Args:
        config: a saved form, or a name.
        custom_objects: classes and functions of your own, by name.
    """
    return resolve("regularizers", config, KNOWN, custom_objects)

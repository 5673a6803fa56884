"""Losses as objects: a function, how its values are reduced, and sample weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, refuse_unknown_arguments
from hornbeam.naming import to_snake_case
from hornbeam.tensor import widened

from hornbeam_optimizers.losses import functions
from hornbeam_optimizers.weights import fitted, with_mask

__all__ = [
    "BinaryCrossentropy", "CategoricalCrossentropy", "Loss", "MeanAbsoluteError", "MeanSquaredError",
    "SparseCategoricalCrossentropy",
]  # fmt: skip

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)


class Loss:
    """Base class. Subclass it with `call(y_true, y_pred)`, which gives one value per sample.

    Args:
        name: default: the class name in snake case.
        reduction: "sum_over_batch_size" (the mean), "sum", "mean_with_sample_weight" (weighted mean) or None.
        dtype: kept for Keras's signature.

    Raises:
        InvalidArgumentError: the reduction is unknown.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Refuse what `__init__` does not take."""
        refuse_unknown_arguments(cls, kwargs)
        return super().__new__(cls)

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        if reduction not in REDUCTIONS:
            raise InvalidArgumentError(f"reduction must be one of {REDUCTIONS}; got {reduction!r}")
        self.name = name or to_snake_case(type(self).__name__)
        self.reduction = reduction

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """One value per sample."""
        raise InvalidArgumentError(f"{type(self).__name__} has no call(y_true, y_pred): override it.")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The reduced loss, in float32 at least; steps that the prediction's mask leaves out do not count."""
        y_pred = widened(y_pred)
        values = self.call(y_true, y_pred)
        mean = self.reduction in ("mean", "sum_over_batch_size")
        weights = with_mask(fitted(sample_weight, values), y_pred, values, mean)
        if weights is not None:
            values = values * weights
        if self.reduction in (None, "none"):
            return values
        if self.reduction == "sum":
            return ops.sum(values)
        if self.reduction == "mean_with_sample_weight" and weights is not None:
            return ops.sum(values) / ops.sum(weights)
        return ops.mean(values)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A loss of `get_config`'s result."""
        return cls(**config)


class _Wrapped(Loss):
    function: Callable[..., Tensor]

    def __init__(self, how: dict[str, Any], reduction: Any, name: str | None) -> None:
        super().__init__(name, reduction)
        self.how = how

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The function's values."""
        return type(self).function(y_true, y_pred, **self.how)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), **self.how}


class MeanSquaredError(_Wrapped):
    """mean((y_true - y_pred)**2)."""

    function = staticmethod(functions.mean_squared_error)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__({}, reduction, name)


class MeanAbsoluteError(_Wrapped):
    """mean(|y_true - y_pred|)."""

    function = staticmethod(functions.mean_absolute_error)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__({}, reduction, name)


class BinaryCrossentropy(_Wrapped):
    """-mean(t log p + (1 - t) log(1 - p)), for probabilities or, with `from_logits`, for logits."""

    function = staticmethod(functions.binary_crossentropy)

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1,
        reduction: str | None = "sum_over_batch_size", name: str = "binary_crossentropy", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}, reduction, name
        )


class CategoricalCrossentropy(_Wrapped):
    """-sum(t log p) for one-hot labels."""

    function = staticmethod(functions.categorical_crossentropy)

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1,
        reduction: str | None = "sum_over_batch_size", name: str = "categorical_crossentropy", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}, reduction, name
        )


class SparseCategoricalCrossentropy(_Wrapped):
    """-log p of the class that each integer label names.

    Example:
        >>> import hornbeam as hb
        >>> loss = SparseCategoricalCrossentropy(from_logits=True)
        >>> round(float(loss([0], hb.ops.zeros((1, 2)))), 4)
        0.6931
    """

    function = staticmethod(functions.sparse_categorical_crossentropy)

    def __init__(
        self, from_logits: bool = False, ignore_class: int | None = None, reduction: str | None = "sum_over_batch_size",
        axis: int = -1, name: str = "sparse_categorical_crossentropy", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__({"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}, reduction, name)

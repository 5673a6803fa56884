"""Losses as objects: a function, how its values are reduced, and sample weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.naming import to_snake_case

from hornbeam_optimizers.losses import functions

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
        """The reduced loss; steps that the prediction's mask leaves out do not count."""
        values = self.call(y_true, y_pred)
        weights = None
        if sample_weight is not None:
            weights = ops.cast(sample_weight, values.dtype)
            if weights.ndim == values.ndim + 1 and weights.shape[-1] == 1:
                weights = ops.squeeze(weights, -1)
            while weights.ndim < values.ndim:
                weights = ops.expand_dims(weights, -1)
            if weights.ndim != values.ndim or any(
                w not in (1, v) for w, v in zip(weights.shape, values.shape, strict=True)
            ):
                raise ShapeError(f"sample_weight of shape {weights.shape} does not fit losses of shape {values.shape}")
            weights = ops.broadcast_to(weights, values.shape)
        mask = getattr(y_pred, "mask", None)
        if mask is not None and mask.shape == values.shape:
            counts = ops.cast(mask, values.dtype)
            if self.reduction in ("mean", "sum_over_batch_size"):  # a mean over what counts
                counts = counts * (values.size / ops.maximum(ops.sum(counts), 1.0))
            weights = counts if weights is None else weights * counts
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

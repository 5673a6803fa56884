"""The accuracies, and means of losses as metrics."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import ShapeError

from hornbeam_optimizers.losses import functions
from hornbeam_optimizers.metrics.base import MeanMetricWrapper

__all__ = [
    "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "MeanAbsoluteError", "MeanSquaredError",
    "SparseCategoricalAccuracy", "accuracy", "binary_accuracy", "categorical_accuracy",
    "sparse_categorical_accuracy",
]  # fmt: skip


def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where both are equal."""
    true, pred = ops.asarray(y_true), ops.asarray(y_pred)
    if true.shape != pred.shape:
        raise ShapeError(f"accuracy: y_true has shape {true.shape} and y_pred {pred.shape}; they must be equal")
    return ops.cast(ops.equal(true, pred), "float32")


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """The share of labels that are on the prediction's side of the threshold, over the last axis."""
    pred = ops.asarray(y_pred)
    true = ops.asarray(y_true)
    if true.ndim == pred.ndim - 1 and pred.shape[-1] == 1:
        true = ops.expand_dims(true, -1)
    said = ops.cast(ops.greater(pred, threshold), "float32")
    return ops.mean(ops.cast(ops.equal(ops.cast(true, "float32"), said), "float32"), axis=-1)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the largest element of both is at the same position of the last axis."""
    return ops.cast(ops.equal(ops.argmax(y_true, axis=-1), ops.argmax(y_pred, axis=-1)), "float32")


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the integer label is the position of the largest prediction."""
    pred, true = ops.asarray(y_pred), ops.asarray(y_true)
    if true.ndim == pred.ndim and true.shape[-1] == 1:
        true = ops.squeeze(true, -1)
    best = ops.argmax(pred, axis=-1)
    if true.shape != best.shape:
        raise ShapeError(
            f"sparse_categorical_accuracy: labels of shape {true.shape} for predictions of shape {pred.shape}"
        )
    return ops.cast(ops.equal(ops.cast(true, "int32"), best), "float32")


class Accuracy(MeanMetricWrapper):
    """How often predictions equal labels."""

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name)


class BinaryAccuracy(MeanMetricWrapper):
    """How often binary labels are on the prediction's side of the threshold."""

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, threshold=threshold)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), **self.how}


class CategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is at the one-hot label's position."""

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is at the position that the integer label names."""

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name)


class MeanSquaredError(MeanMetricWrapper):
    """The mean squared error."""

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(functions.mean_squared_error, name)


class MeanAbsoluteError(MeanMetricWrapper):
    """The mean absolute error."""

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(functions.mean_absolute_error, name)

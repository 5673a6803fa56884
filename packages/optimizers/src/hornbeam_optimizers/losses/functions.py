"""Losses as functions: one value per sample, over the last axis."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, dtypes, ops
from hornbeam.composites.losses import binary_cross_entropy, categorical_cross_entropy, sparse_cross_entropy
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import activation_input

__all__ = [
    "binary_crossentropy", "categorical_crossentropy", "mean_absolute_error", "mean_squared_error",
    "sparse_categorical_crossentropy",
]  # fmt: skip

EPSILON = 1e-7  # Keras's epsilon


def _pair(y_true: Any, y_pred: Any, name: str) -> tuple[Any, Any]:
    """Both in the prediction's dtype, and of one shape (an axis of size 1 at the end is added or taken off)."""
    pred = ops.asarray(y_pred)
    pred = pred if pred.dtype.is_floating else ops.cast(pred, dtypes.floatx())
    true = ops.cast(y_true, pred.dtype)
    if true.ndim == pred.ndim - 1 and pred.shape[-1] == 1:
        true = ops.expand_dims(true, -1)
    elif true.ndim == pred.ndim + 1 and true.shape[-1] == 1:
        true = ops.squeeze(true, -1)
    if true.shape != pred.shape:
        raise ShapeError(f"{name}: y_true has shape {true.shape} and y_pred {pred.shape}; they must be equal")
    return true, pred


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean((y_true - y_pred)**2) over the last axis."""
    true, pred = _pair(y_true, y_pred, "mean_squared_error")
    return ops.mean(ops.square(true - pred), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean(|y_true - y_pred|) over the last axis."""
    true, pred = _pair(y_true, y_pred, "mean_absolute_error")
    return ops.mean(ops.abs(true - pred), axis=-1)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """-mean(t log p + (1 - t) log(1 - p)) over an axis, for probabilities p, or for logits without loss of accuracy."""
    true, pred = _pair(y_true, y_pred, "binary_crossentropy")
    if label_smoothing:
        true = true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    logits = _logits(pred, "sigmoid", from_logits)
    if logits is not None:
        each = binary_cross_entropy(logits, true)
    else:
        p = ops.clip(pred, EPSILON, 1.0 - EPSILON)
        each = -(true * ops.log(p) + (1.0 - true) * ops.log(1.0 - p))
    return ops.mean(each, axis=axis)


def _logits(pred: Tensor, activation: str, from_logits: bool) -> Tensor | None:
    """The logits: the prediction itself, or what an activation of that name made it from; None for bare probabilities."""
    return pred if from_logits else activation_input(pred, activation)


def _log_probabilities(pred: Tensor, axis: int) -> Tensor:
    return ops.log(ops.clip(pred / ops.sum(pred, axis=axis, keepdims=True), EPSILON, 1.0 - EPSILON))


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """-sum(t log p) over the classes, for one-hot or soft labels of the prediction's shape."""
    true, pred = _pair(y_true, y_pred, "categorical_crossentropy")
    if label_smoothing:
        true = true * (1.0 - label_smoothing) + label_smoothing / true.shape[axis]
    logits = _logits(pred, "softmax", from_logits)
    if logits is not None:
        return categorical_cross_entropy(ops.moveaxis(logits, axis, -1), ops.moveaxis(true, axis, -1))
    return -ops.sum(true * _log_probabilities(pred, axis), axis=axis)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Tensor:
    """-log p of the class that each integer label names; 0 where it is `ignore_class`.

    Raises:
        ShapeError: the labels' shape is not the prediction's without the classes.
    """
    pred = ops.asarray(y_pred)
    true = ops.asarray(y_true)
    if true.ndim == pred.ndim and true.shape[-1] == 1:
        true = ops.squeeze(true, -1)
    expected = tuple(s for a, s in enumerate(pred.shape) if a != axis % pred.ndim)
    if true.shape != expected:
        raise ShapeError(
            f"sparse_categorical_crossentropy: labels of shape {true.shape} for predictions of shape {pred.shape}; expected one "
            f"integer per sample, shape {expected}. One-hot labels go with categorical_crossentropy."
        )
    if ignore_class is not None and not isinstance(ignore_class, int):
        raise InvalidArgumentError(f"ignore_class must be an integer; got {ignore_class!r}")
    logits, labels = _logits(pred, "softmax", from_logits), ops.cast(true, "int32")
    if logits is not None:
        loss = sparse_cross_entropy(ops.moveaxis(logits, axis, -1), labels)
    else:
        hot = ops.one_hot(labels, pred.shape[axis], axis=axis, dtype=pred.dtype)
        loss = -ops.sum(hot * _log_probabilities(pred, axis), axis=axis)
    return loss if ignore_class is None else ops.where(ops.equal(true, ignore_class), 0.0, loss)

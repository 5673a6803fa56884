"""Losses as functions: one value per sample, over the last axis."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Tensor, dtypes, ops
from hornbeam.composites.losses import binary_cross_entropy, categorical_cross_entropy, sparse_cross_entropy
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import activation_input

__all__ = [
    "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy", "categorical_focal_crossentropy",
    "categorical_hinge", "hinge", "huber", "kl_divergence", "log_cosh", "mean_absolute_error",
    "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error", "poisson",
    "sparse_categorical_crossentropy", "squared_hinge",
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


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """100 * mean(|y_true - y_pred| / max(|y_true|, 1e-7)) over the last axis."""
    true, pred = _pair(y_true, y_pred, "mean_absolute_percentage_error")
    return 100.0 * ops.mean(ops.abs((true - pred) / ops.maximum(ops.abs(true), EPSILON)), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean((log(y_true + 1) - log(y_pred + 1))**2) over the last axis; negative values count as 0."""
    true, pred = _pair(y_true, y_pred, "mean_squared_logarithmic_error")
    logs = [ops.log(ops.maximum(x, EPSILON) + 1.0) for x in (true, pred)]
    return ops.mean(ops.square(logs[1] - logs[0]), axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """mean(log(cosh(y_pred - y_true))) over the last axis."""
    true, pred = _pair(y_true, y_pred, "log_cosh")
    error = pred - true
    return ops.mean(error + ops.softplus(-2.0 * error) - math.log(2.0), axis=-1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """mean of error**2 / 2 up to |error| = delta, and of delta * |error| - delta**2 / 2 beyond, over the last axis."""
    true, pred = _pair(y_true, y_pred, "huber")
    size = ops.abs(pred - true)
    return ops.mean(ops.where(size <= delta, 0.5 * ops.square(size), delta * size - 0.5 * delta * delta), axis=-1)


def _signs(true: Tensor) -> Tensor:
    """Labels 0 and 1 as -1 and 1; others stay."""
    binary = ops.all(ops.logical_or(ops.equal(true, 0.0), ops.equal(true, 1.0)))
    return ops.where(binary, 2.0 * true - 1.0, true)


def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """mean(max(1 - y_true * y_pred, 0)) over the last axis, for labels -1 and 1, or 0 and 1."""
    true, pred = _pair(y_true, y_pred, "hinge")
    return ops.mean(ops.maximum(1.0 - _signs(true) * pred, 0.0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """mean(max(1 - y_true * y_pred, 0)**2) over the last axis, for labels -1 and 1, or 0 and 1."""
    true, pred = _pair(y_true, y_pred, "squared_hinge")
    return ops.mean(ops.square(ops.maximum(1.0 - _signs(true) * pred, 0.0)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """max(1 + max((1 - y_true) * y_pred) - sum(y_true * y_pred), 0) over the last axis, for one-hot labels."""
    true, pred = _pair(y_true, y_pred, "categorical_hinge")
    right, wrong = ops.sum(true * pred, axis=-1), ops.max((1.0 - true) * pred, axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """sum(y_true * log(y_true / y_pred)) over the last axis, of distributions."""
    true, pred = (ops.clip(x, EPSILON, 1.0) for x in _pair(y_true, y_pred, "kl_divergence"))
    return ops.sum(true * ops.log(true / pred), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """mean(y_pred - y_true * log(y_pred + 1e-7)) over the last axis."""
    true, pred = _pair(y_true, y_pred, "poisson")
    return ops.mean(pred - true * ops.log(pred + EPSILON), axis=-1)


def binary_focal_crossentropy(
    y_true: Any, y_pred: Any, apply_class_balancing: bool = False, alpha: float = 0.25, gamma: float = 2.0,
    from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1,
) -> Tensor:  # fmt: skip
    """The binary cross-entropy, with each value times (1 - p of the label)**gamma, and alpha (1 - alpha for 0) if balanced."""
    true, pred = _pair(y_true, y_pred, "binary_focal_crossentropy")
    if label_smoothing:
        true = true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    p = ops.sigmoid(pred) if from_logits else pred
    inside = ops.clip(p, EPSILON, 1.0 - EPSILON)
    each = -(true * ops.log(inside) + (1.0 - true) * ops.log(1.0 - inside))
    each = each * ops.power(1.0 - (true * p + (1.0 - true) * (1.0 - p)), gamma)
    if apply_class_balancing:
        each = each * (true * alpha + (1.0 - true) * (1.0 - alpha))
    return ops.mean(each, axis=axis)


def categorical_focal_crossentropy(
    y_true: Any, y_pred: Any, alpha: float = 0.25, gamma: float = 2.0, from_logits: bool = False,
    label_smoothing: float = 0.0, axis: int = -1,
) -> Tensor:  # fmt: skip
    """The categorical cross-entropy, with each value times alpha * (1 - p of the class)**gamma."""
    true, pred = _pair(y_true, y_pred, "categorical_focal_crossentropy")
    if label_smoothing:
        true = true * (1.0 - label_smoothing) + label_smoothing / true.shape[-1]
    p = ops.softmax(pred, axis=axis) if from_logits else pred
    logs = _log_probabilities(p, axis)
    return ops.sum(-true * logs * alpha * ops.power(1.0 - ops.exp(logs), gamma), axis=axis)

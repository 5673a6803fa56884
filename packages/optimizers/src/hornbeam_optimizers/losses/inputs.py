"""Labels and predictions brought to one dtype and one shape."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, dtypes, ops
from hornbeam.errors import ShapeError
from hornbeam.tensor import activation_input

__all__ = ["EPSILON", "class_indices", "floating", "log_probabilities", "logits_of", "pair", "same_rank"]

EPSILON = 1e-7  # Keras's epsilon


def floating(values: Any) -> Tensor:
    """A tensor of floating-point dtype."""
    tensor = ops.asarray(values)
    return tensor if tensor.dtype.is_floating else ops.cast(tensor, dtypes.floatx())


def pair(y_true: Any, y_pred: Any, name: str) -> tuple[Tensor, Tensor]:
    """Both in the prediction's dtype, and of one shape (an axis of size 1 at the end is added or taken off).

    Raises:
        ShapeError: the shapes differ otherwise.
    """
    pred = floating(y_pred)
    true, pred = same_rank(ops.cast(y_true, pred.dtype), pred)
    if true.shape != pred.shape:
        raise ShapeError(f"{name}: y_true has shape {true.shape} and y_pred {pred.shape}; they must be equal")
    return true, pred


def same_rank(true: Any, pred: Any) -> tuple[Any, Any]:
    """Labels and predictions of one rank, where an axis of size 1 at the end makes the difference.

    Samples of one number each become rows, so that the last axis is not that of the samples.
    """
    if not isinstance(true, Tensor) or not isinstance(pred, Tensor):
        return true, pred
    if true.ndim == pred.ndim - 1 and pred.shape[-1] == 1:
        return ops.expand_dims(true, -1), pred
    if true.ndim == pred.ndim + 1 and true.shape[-1] == 1:
        return (true, ops.expand_dims(pred, -1)) if pred.ndim == 1 else (ops.squeeze(true, -1), pred)
    return true, pred


def class_indices(y_true: Any, pred: Tensor, name: str, axis: int = -1) -> Tensor:
    """Integer labels in the prediction's shape without its classes.

    Raises:
        ShapeError: they have another shape.
    """
    true = ops.asarray(y_true)
    if true.ndim == pred.ndim and true.shape[axis] == 1:
        true = ops.squeeze(true, axis)
    expected = tuple(s for a, s in enumerate(pred.shape) if a != axis % pred.ndim)
    if true.shape != expected:
        raise ShapeError(
            f"{name}: labels of shape {true.shape} for predictions of shape {pred.shape}; expected one "
            f"integer per sample, shape {expected}. One-hot labels go with categorical_crossentropy."
        )
    return ops.cast(true, "int32")


def logits_of(pred: Tensor, activation: str, from_logits: bool) -> Tensor | None:
    """The logits: the prediction itself, or what an activation of that name made it from; None for bare probabilities."""
    return pred if from_logits else activation_input(pred, activation)


def log_probabilities(pred: Tensor, axis: int) -> Tensor:
    """The logarithms of probabilities that are first made to add up to 1."""
    return ops.log(ops.clip(pred / ops.sum(pred, axis=axis, keepdims=True), EPSILON, 1.0 - EPSILON))

"""Sample weights and masks, brought to the shape of the values that they weigh."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import ShapeError

__all__ = ["fitted", "with_mask"]


def fitted(sample_weight: Any, values: Tensor) -> Tensor | None:
    """Sample weights in the shape and dtype of the values; None where there are none.

    Raises:
        ShapeError: they do not broadcast to it.
    """
    if sample_weight is None:
        return None
    weights = ops.cast(sample_weight, values.dtype)
    if weights.ndim == values.ndim + 1 and weights.shape[-1] == 1:
        weights = ops.squeeze(weights, -1)
    while weights.ndim < values.ndim:
        weights = ops.expand_dims(weights, -1)
    if weights.ndim != values.ndim or any(w not in (1, v) for w, v in zip(weights.shape, values.shape, strict=True)):
        raise ShapeError(f"sample_weight of shape {weights.shape} does not fit values of shape {values.shape}")
    return ops.broadcast_to(weights, values.shape)


def with_mask(weights: Tensor | None, y_pred: Any, values: Tensor, mean: bool = False) -> Tensor | None:
    """Weights that are 0 for steps that the prediction's mask leaves out.

    Args:
        weights: what `fitted` gave.
        y_pred: the prediction, which may have a mask.
        values: one value for each step.
        mean: whether the mean over all steps is to be the mean over those that count.
    """
    mask = getattr(y_pred, "mask", None)
    if mask is None or mask.shape != values.shape:
        return weights
    counts = ops.cast(mask, values.dtype)
    if mean:
        counts = counts * (values.size / ops.maximum(ops.sum(counts), 1.0))
    return counts if weights is None else weights * counts

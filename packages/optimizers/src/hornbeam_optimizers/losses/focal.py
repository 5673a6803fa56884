"""Focal cross-entropies: examples that are right already count less. Source: Lin et al. 2017, equations 4 and 5."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.composites.losses import binary_cross_entropy

from hornbeam_optimizers.losses.base import LossFunctionWrapper
from hornbeam_optimizers.losses.inputs import EPSILON, log_probabilities, logits_of, pair

__all__ = [
    "BinaryFocalCrossentropy", "CategoricalFocalCrossentropy", "binary_focal_crossentropy", "categorical_focal_crossentropy",
]  # fmt: skip


def binary_focal_crossentropy(
    y_true: Any, y_pred: Any, apply_class_balancing: bool = False, alpha: float = 0.25, gamma: float = 2.0,
    from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1,
) -> Tensor:  # fmt: skip
    """The binary cross-entropy, with each value times (1 - p of the label)**gamma, and alpha (1 - alpha for 0) if balanced."""
    true, pred = pair(y_true, y_pred, "binary_focal_crossentropy")
    if label_smoothing:
        true = true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    logits = logits_of(pred, "sigmoid", from_logits)
    if logits is not None:
        p, each = ops.sigmoid(logits), binary_cross_entropy(logits, true)
    else:
        p, inside = pred, ops.clip(pred, EPSILON, 1.0 - EPSILON)
        each = -(true * ops.log(inside) + (1.0 - true) * ops.log(1.0 - inside))
    miss = true * (1.0 - p) + (1.0 - true) * p
    each = each * ops.power(ops.maximum(miss, 0.0), gamma)
    if apply_class_balancing:
        each = each * (true * alpha + (1.0 - true) * (1.0 - alpha))
    return ops.mean(each, axis=axis)


def categorical_focal_crossentropy(
    y_true: Any, y_pred: Any, alpha: Any = 0.25, gamma: float = 2.0, from_logits: bool = False,
    label_smoothing: float = 0.0, axis: int = -1,
) -> Tensor:  # fmt: skip
    """The categorical cross-entropy, with each value times alpha * (1 - p of the class)**gamma.

    `alpha` is a number, or a number for each class.
    """
    true, pred = pair(y_true, y_pred, "categorical_focal_crossentropy")
    if label_smoothing:
        true = true * (1.0 - label_smoothing) + label_smoothing / true.shape[axis]
    logits = logits_of(pred, "softmax", from_logits)
    logs = log_probabilities(pred, axis) if logits is None else ops.log_softmax(logits, axis=axis)
    factor = ops.power(-ops.expm1(logs), gamma) * ops.cast(ops.asarray(alpha), pred.dtype)
    return -ops.sum(true * logs * factor, axis=axis)


class BinaryFocalCrossentropy(LossFunctionWrapper):
    """The binary cross-entropy, in which labels that are hit already count less.

    Args:
        apply_class_balancing: whether labels of 1 count `alpha`, and those of 0 1 - alpha.
        alpha: see there.
        gamma: how much less; 0 is the cross-entropy.
        from_logits, label_smoothing, axis: as for `BinaryCrossentropy`.
        reduction, name, dtype: as for every loss.
    """

    labels = "unit"

    def __init__(
        self, apply_class_balancing: bool = False, alpha: float = 0.25, gamma: float = 2.0, from_logits: bool = False,
        label_smoothing: float = 0.0, axis: int = -1, reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            binary_focal_crossentropy, reduction, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing,
            axis=axis, apply_class_balancing=apply_class_balancing, alpha=alpha, gamma=gamma,
        )  # fmt: skip


class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """The categorical cross-entropy, in which labels that are hit already count less.

    Args:
        alpha: a factor, or one for each class.
        gamma: how much less; 0 is alpha times the cross-entropy.
        from_logits, label_smoothing, axis: as for `CategoricalCrossentropy`.
        reduction, name, dtype: as for every loss.
    """

    labels = "unit"

    def __init__(
        self, alpha: Any = 0.25, gamma: float = 2.0, from_logits: bool = False, label_smoothing: float = 0.0,
        axis: int = -1, reduction: str | None = "sum_over_batch_size", name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            categorical_focal_crossentropy, reduction, name, dtype, from_logits=from_logits,
            label_smoothing=label_smoothing, axis=axis, alpha=alpha, gamma=gamma,
        )  # fmt: skip

"""Losses of how little two regions overlap, for segmentation."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_optimizers.losses.base import LossFunctionWrapper
from hornbeam_optimizers.losses.inputs import EPSILON, pair

__all__ = ["Dice", "Tversky", "dice", "tversky"]


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Tensor:
    """1 - 2 sum(t p) / (sum(t) + sum(p)), over all axes or over some. Source: Milletari et al. 2016."""
    true, pred = pair(y_true, y_pred, "dice")
    common = ops.sum(true * pred, axis=axis)
    return 1.0 - 2.0 * common / (ops.sum(true, axis=axis) + ops.sum(pred, axis=axis) + EPSILON)


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Tensor:
    """1 - sum(t p) / (sum(t p) + alpha sum(t (1 - p)) + beta sum((1 - t) p)), over all axes or over some.

    As in Keras, alpha weighs what was missed and beta what was claimed wrongly. Source: Salehi et al. 2017.
    """
    true, pred = pair(y_true, y_pred, "tversky")
    common = ops.sum(true * pred, axis=axis)
    missed, claimed = ops.sum((1.0 - pred) * true, axis=axis), ops.sum(pred * (1.0 - true), axis=axis)
    return 1.0 - common / (common + missed * alpha + claimed * beta + EPSILON)


class Dice(LossFunctionWrapper):
    """1 minus the Dice coefficient of labels and predictions.

    Args:
        reduction, name, dtype: as for every loss.
        axis: over which the overlap is counted; None: over the whole batch, which makes one value.
    """

    labels = "unit"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "dice", axis: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(dice, reduction, name, dtype, axis=axis)


class Tversky(LossFunctionWrapper):
    """1 minus the Tversky index of labels and predictions.

    Args:
        alpha: weight of what was missed.
        beta: weight of what was claimed wrongly.
        reduction, name, dtype: as for every loss.
        axis: over which the overlap is counted; None: over the whole batch, which makes one value.
    """

    labels = "unit"

    def __init__(
        self, alpha: float = 0.5, beta: float = 0.5, reduction: str | None = "sum_over_batch_size",
        name: str = "tversky", axis: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)

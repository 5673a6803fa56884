"""Hinge losses, of margins between classes."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_optimizers.losses.base import LossFunctionWrapper
from hornbeam_optimizers.losses.inputs import pair

__all__ = ["CategoricalHinge", "Hinge", "SquaredHinge", "categorical_hinge", "hinge", "squared_hinge"]


def _signs(true: Tensor) -> Tensor:
    """Labels as -1 and 1, where all of them are 0 or 1; else as they are."""
    binary = ops.all(ops.logical_or(ops.equal(true, 0.0), ops.equal(true, 1.0)))
    return ops.where(binary, 2.0 * true - 1.0, true)


def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """mean(max(1 - y_true * y_pred, 0)) over the last axis, for labels -1 and 1, or 0 and 1."""
    true, pred = pair(y_true, y_pred, "hinge")
    return ops.mean(ops.maximum(1.0 - _signs(true) * pred, 0.0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """mean(max(1 - y_true * y_pred, 0)**2) over the last axis, for labels -1 and 1, or 0 and 1."""
    true, pred = pair(y_true, y_pred, "squared_hinge")
    return ops.mean(ops.square(ops.maximum(1.0 - _signs(true) * pred, 0.0)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """max(1 + max((1 - y_true) * y_pred) - sum(y_true * y_pred), 0) over the last axis, for one-hot labels."""
    true, pred = pair(y_true, y_pred, "categorical_hinge")
    right, wrong = ops.sum(true * pred, axis=-1), ops.max((1.0 - true) * pred, axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


class Hinge(LossFunctionWrapper):
    """mean(max(1 - y_true * y_pred, 0)), for labels -1 and 1, or 0 and 1."""

    labels = "signs"

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, reduction, name, dtype)


class SquaredHinge(LossFunctionWrapper):
    """mean(max(1 - y_true * y_pred, 0)**2), for labels -1 and 1, or 0 and 1."""

    labels = "signs"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "squared_hinge", dtype: Any = None
    ) -> None:
        super().__init__(squared_hinge, reduction, name, dtype)


class CategoricalHinge(LossFunctionWrapper):
    """How far the best wrong class comes within 1 of the right one, for one-hot labels."""

    labels = "unit"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "categorical_hinge", dtype: Any = None
    ) -> None:
        super().__init__(categorical_hinge, reduction, name, dtype)

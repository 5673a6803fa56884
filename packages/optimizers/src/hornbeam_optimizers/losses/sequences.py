"""CTC: the loss of a sequence of labels that says nothing about where in the input they stand."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import ShapeError

from hornbeam_optimizers.losses.base import LossFunctionWrapper
from hornbeam_optimizers.losses.inputs import floating

__all__ = ["CTC", "ctc"]


def ctc(y_true: Any, y_pred: Any) -> Tensor:
    """-log of the probability of the labels, summed over everywhere they may stand: one value for each sequence.

    Args:
        y_true: labels, (batch, labels) integers; 0 is the blank, and fills up shorter rows.
        y_pred: logits, (batch, steps, classes). All steps count.

    Raises:
        ShapeError: the shapes are others.

    Source: Graves et al. 2006.
    """
    logits, labels = floating(y_pred), ops.cast(ops.asarray(y_true), "int32")
    if labels.ndim != 2 or logits.ndim != 3 or labels.shape[:1] != logits.shape[:1]:
        raise ShapeError(
            f"ctc: labels of shape {labels.shape} for logits of shape {logits.shape}; expected (batch, labels) and "
            "(batch, steps, classes)"
        )
    lengths = ops.sum(ops.cast(ops.not_equal(labels, 0), "int32"), axis=-1)
    return ops.ctc_loss(labels, logits, lengths, ops.full(logits.shape[:1], logits.shape[1], "int32"), mask_index=0)


class CTC(LossFunctionWrapper):
    """Connectionist temporal classification, for logits (batch, steps, classes) and labels (batch, labels) filled up with 0.

    Example:
        >>> import hornbeam as hb
        >>> round(float(CTC()([[1]], hb.ops.zeros((1, 2, 3)))), 4)  # 3 of 9 pairs of classes read [1]
        1.0986
    """

    labels = "classes"

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "ctc", dtype: Any = None) -> None:
        super().__init__(ctc, reduction, name, dtype)

"""Softmax losses with a margin on the angle or on its cosine, for recognising faces and other classes of few samples."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.composites.losses import sparse_cross_entropy

from hornbeam_optimizers.losses.base import LossFunctionWrapper
from hornbeam_optimizers.losses.inputs import class_indices, floating

__all__ = ["ArcFace", "CosFace", "arcface", "cosface"]

FLAT = 1e-12  # smallest square of a sine whose root is taken, so that its gradient has a bound


def arcface(y_true: Any, y_pred: Any, margin: float = 0.5, scale: float = 64.0) -> Tensor:
    """The cross-entropy of scale * cosine, after `margin` (in radians) is added to the angle of the label's class.

    Args:
        y_true: class indices, (...).
        y_pred: cosines of the angles between the embedding and each class, (..., classes).
        margin: in radians. Beyond pi - margin the cosine is lowered by margin * sin(margin), so that it goes on falling.
        scale: what the cosines are multiplied with.

    Source: Deng et al. 2019, equation 3.
    """
    cosines, labels, hot = _prepared(y_true, y_pred, "arcface")
    sines = ops.sqrt(ops.maximum(1.0 - ops.square(cosines), FLAT))
    turned = cosines * math.cos(margin) - sines * math.sin(margin)
    turned = ops.where(cosines > math.cos(math.pi - margin), turned, cosines - margin * math.sin(margin))
    return sparse_cross_entropy(scale * ops.where(hot, turned, cosines), labels)


def cosface(y_true: Any, y_pred: Any, margin: float = 0.35, scale: float = 64.0) -> Tensor:
    """The cross-entropy of scale * cosine, after `margin` is taken off the cosine of the label's class.

    Args:
        y_true: class indices, (...).
        y_pred: cosines of the angles between the embedding and each class, (..., classes).
        margin: 0 and above.
        scale: what the cosines are multiplied with.

    Source: Wang et al. 2018, equation 4.
    """
    cosines, labels, hot = _prepared(y_true, y_pred, "cosface")
    return sparse_cross_entropy(scale * ops.where(hot, cosines - margin, cosines), labels)


def _prepared(y_true: Any, y_pred: Any, name: str) -> tuple[Tensor, Tensor, Tensor]:
    """Cosines, class indices, and where a cosine is the label's (bool)."""
    cosines = floating(y_pred)
    labels = class_indices(y_true, cosines, name)
    return cosines, labels, ops.equal(ops.expand_dims(labels, -1), ops.arange(cosines.shape[-1], dtype="int32"))


class ArcFace(LossFunctionWrapper):
    """The softmax loss with a margin on the angle, for cosines as predictions.

    Args:
        margin: in radians.
        scale: what the cosines are multiplied with.
        reduction, name, dtype: as for every loss.

    Example:
        >>> loss = ArcFace(margin=0.0, scale=1.0)
        >>> round(float(loss([0], [[0.0, 0.0]])), 4)
        0.6931
    """

    labels = "classes"

    def __init__(
        self, margin: float = 0.5, scale: float = 64.0, reduction: str | None = "sum_over_batch_size",
        name: str = "arcface", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(arcface, reduction, name, dtype, margin=margin, scale=scale)


class CosFace(LossFunctionWrapper):
    """The softmax loss with a margin on the cosine, for cosines as predictions.

    Args:
        margin: taken off the cosine of the label's class.
        scale: what the cosines are multiplied with.
        reduction, name, dtype: as for every loss.
    """

    labels = "classes"

    def __init__(
        self, margin: float = 0.35, scale: float = 64.0, reduction: str | None = "sum_over_batch_size",
        name: str = "cosface", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(cosface, reduction, name, dtype, margin=margin, scale=scale)

"""Losses that learn embeddings: what is alike comes to lie together. Labels say which samples are of one class."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_optimizers.losses.base import LossFunctionWrapper
from hornbeam_optimizers.losses.inputs import floating, pair

__all__ = ["Circle", "Contrastive", "Triplet", "circle", "contrastive", "triplet", "triplet_margin"]

NOWHERE = -1e30  # as good as minus infinity in a logsumexp, but without NaN in its gradient
MINING = ("all", "hard", "semi-hard")


def _embeddings(y_true: Any, y_pred: Any, name: str) -> tuple[Tensor, Tensor]:
    pred, labels = floating(y_pred), ops.asarray(y_true)
    if labels.ndim == 2 and labels.shape[-1] == 1:
        labels = ops.squeeze(labels, -1)
    if pred.ndim != 2 or labels.shape != pred.shape[:1]:
        raise ShapeError(
            f"{name}: embeddings of shape {pred.shape} and labels of shape {labels.shape}; expected (batch, size) and (batch,)"
        )
    return labels, pred


def _same_and_other(one: Tensor, other: Tensor, without_itself: bool) -> tuple[Tensor, Tensor]:
    """Which pairs are of one class, without those of a sample and itself, and which are not: bool, [len(one), len(other)]."""
    equal = ops.equal(ops.expand_dims(one, 1), ops.expand_dims(other, 0))
    same = equal
    if without_itself:
        same = ops.logical_and(equal, ops.logical_not(ops.eye(equal.shape[0], equal.shape[1], dtype="bool")))
    return same, ops.logical_not(equal)


def circle(
    y_true: Any, y_pred: Any, ref_labels: Any = None, ref_embeddings: Any = None, remove_diagonal: bool = True,
    gamma: float = 80.0, margin: float = 0.4,
) -> Tensor:  # fmt: skip
    """softplus(logsumexp of the pairs of one class + logsumexp of the others), for each sample; 0 counts as masked.

    Args:
        y_true: class of each sample, (batch,).
        y_pred: embeddings of length 1, (batch, size).
        ref_labels, ref_embeddings: what to compare with; default: the batch itself.
        remove_diagonal: whether a sample is not compared with itself.
        gamma: scale.
        margin: how much nearer than others those of one class have to be.

    Source: Sun et al. 2020, in Keras's form, with 1 - cosine as distance.
    """
    labels, pred = _embeddings(y_true, y_pred, "circle")
    others = pred if ref_embeddings is None else ops.cast(ref_embeddings, pred.dtype)
    reference = labels if ref_labels is None else ops.asarray(ref_labels)
    far = ops.maximum(1.0 - ops.matmul(pred, ops.transpose(others)), 0.0)
    same, other = _same_and_other(labels, ops.reshape(reference, (-1,)), remove_diagonal)
    of_same = gamma * ops.maximum(margin + far, 0.0) * (far - margin)
    of_other = gamma * ops.maximum(1.0 + margin - far, 0.0) * (1.0 - margin - far)
    loss = ops.softplus(
        ops.logsumexp(ops.where(same, of_same, NOWHERE), axis=1)
        + ops.logsumexp(ops.where(other, of_other, NOWHERE), axis=1)
    )
    loss.mask = ops.greater(loss, 0.0)
    return loss


def contrastive(y_true: Any, y_pred: Any, margin: float = 1.0) -> Tensor:
    """mean(y d**2 + (1 - y) max(margin - d, 0)**2) over the last axis, of distances d between pairs; y is 1 for pairs alike.

    Source: Hadsell et al. 2006, equation 4.
    """
    true, far = pair(y_true, y_pred, "contrastive")
    return ops.mean(true * ops.square(far) + (1.0 - true) * ops.square(ops.maximum(margin - far, 0.0)), axis=-1)


def _root(squared: Tensor) -> Tensor:
    """The square root, whose gradient is 0 where it is 0."""
    there = ops.greater(squared, 0.0)
    return ops.where(there, ops.sqrt(ops.where(there, squared, 1.0)), 0.0)


def triplet_margin(anchor: Any, positive: Any, negative: Any, margin: float = 1.0) -> Tensor:
    """max(|anchor - positive| - |anchor - negative| + margin, 0) along the last axis, for triplets that are chosen already."""
    a, p, n = floating(anchor), floating(positive), floating(negative)
    near, far = (_root(ops.sum(ops.square(a - x), axis=-1)) for x in (p, n))
    return ops.maximum(near - far + margin, 0.0)


def triplet(y_true: Any, y_pred: Any, margin: float = 1.0, mining: str = "semi-hard") -> Tensor:
    """max(distance to one of the class - distance to another + margin, 0), of triplets chosen from the batch.

    One value for each sample, the mean over its triplets; samples without a triplet are masked.

    Args:
        y_true: class of each sample, (batch,).
        y_pred: embeddings, (batch, size).
        margin: how much nearer those of the class have to be.
        mining: which triplets. "all"; "hard": the farthest of the class with the nearest other (Hermans et al. 2017,
            equation 5); "semi-hard": each of the class with the nearest other that is farther, else the farthest other
            (Schroff et al. 2015, section 3.2).

    Raises:
        InvalidArgumentError: `mining` is something else.

    Example:
        >>> import hornbeam as hb
        >>> triplet([0, 0, 1], [[0.0], [1.0], [3.0]], mining="hard").shape
        (3,)
    """
    if mining not in MINING:
        raise InvalidArgumentError(f"triplet: mining must be one of {MINING}; got {mining!r}")
    labels, pred = _embeddings(y_true, y_pred, "triplet")
    same, other = _same_and_other(labels, labels, True)
    # [anchor, 1, size] - [1, sample, size] -> [anchor, sample]: differences, not a product, so that small ones are exact
    far = _root(ops.sum(ops.square(ops.expand_dims(pred, 1) - ops.expand_dims(pred, 0)), axis=-1))
    counts = ops.logical_and(ops.any(same, axis=1), ops.any(other, axis=1))
    if mining == "hard":
        farthest = ops.max(ops.where(same, far, 0.0), axis=1)
        loss = ops.maximum(farthest - ops.min(ops.where(other, far, -NOWHERE), axis=1) + margin, 0.0)
    else:
        # [anchor, of the class, other]
        positive, negative = ops.expand_dims(far, 2), ops.expand_dims(far, 1)
        if mining == "all":
            each = ops.maximum(positive - negative + margin, 0.0)
            chosen = ops.logical_and(ops.expand_dims(same, 2), ops.expand_dims(other, 1))
            total = ops.sum(ops.where(chosen, each, 0.0), axis=(1, 2))
            number = ops.sum(ops.cast(chosen, pred.dtype), axis=(1, 2))
        else:
            outside = ops.logical_and(ops.expand_dims(other, 1), ops.greater(negative, positive))
            nearest = ops.min(ops.where(outside, negative, -NOWHERE), axis=2)
            fallback = ops.max(ops.where(other, far, 0.0), axis=1, keepdims=True)
            nearest = ops.where(ops.any(outside, axis=2), nearest, fallback)
            total = ops.sum(ops.where(same, ops.maximum(far - nearest + margin, 0.0), 0.0), axis=1)
            number = ops.sum(ops.cast(same, pred.dtype), axis=1)
        loss = total / ops.maximum(number, 1.0)
    loss = ops.where(counts, loss, 0.0)
    loss.mask = counts
    return loss


class Circle(LossFunctionWrapper):
    """Pairs of one class get near, others far, the more the farther they are from it; for embeddings of length 1.

    Args:
        gamma: scale.
        margin: how much nearer those of one class have to be.
        remove_diagonal: whether a sample is not compared with itself.
        reduction, name, dtype: as for every loss.
    """

    def __init__(
        self, gamma: float = 80.0, margin: float = 0.4, remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size", name: str = "circle", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(circle, reduction, name, dtype, gamma=gamma, margin=margin, remove_diagonal=remove_diagonal)


class Contrastive(LossFunctionWrapper):
    """Of distances between pairs: those alike (1) get near, others (0) at least `margin` apart."""

    labels = "unit"

    def __init__(
        self, margin: float = 1.0, reduction: str | None = "sum_over_batch_size", name: str = "contrastive",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(contrastive, reduction, name, dtype, margin=margin)


class Triplet(LossFunctionWrapper):
    """Those of a sample's class get nearer to it than others, by a margin.

    Args:
        margin: how much nearer.
        mining: which triplets of the batch count: "all", "hard" or "semi-hard"; see the function `triplet`.
        reduction, name, dtype: as for every loss.

    Example:
        >>> loss = Triplet(margin=1.0, mining="hard")
        >>> float(loss([0, 0, 1], [[0.0], [1.0], [3.0]]))  # the two of class 0: max(1 - 3 + 1, 0) and max(1 - 2 + 1, 0)
        0.0
    """

    def __init__(
        self, margin: float = 1.0, mining: str = "semi-hard", reduction: str | None = "sum_over_batch_size",
        name: str = "triplet", dtype: Any = None,
    ) -> None:  # fmt: skip
        if mining not in MINING:
            raise InvalidArgumentError(f"Triplet: mining must be one of {MINING}; got {mining!r}")
        super().__init__(triplet, reduction, name, dtype, margin=margin, mining=mining)

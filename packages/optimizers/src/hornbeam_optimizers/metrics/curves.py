"""Exact curves over every score that occurs, on the host: ROC and precision-recall."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.metrics.host import Array, on_host

__all__ = ["precision_recall_curve", "roc_curve"]


def _counts(y_true: Any, scores: Any, weights: Any) -> tuple[Array, Array, Array]:
    """Weight of positive and of negative labels at or above each score that occurs, from the highest; and those scores."""
    true, scores = on_host(y_true).reshape(-1), on_host(scores).reshape(-1).astype(np.float64)
    if true.shape != scores.shape:
        raise InvalidArgumentError(f"{true.size} labels for {scores.size} scores")
    if np.isnan(scores).any():
        raise InvalidArgumentError(f"scores must be numbers; sample {int(np.argmax(np.isnan(scores)))} has NaN")
    shares = np.ones(len(true)) if weights is None else on_host(weights).reshape(-1).astype(np.float64)
    counted = shares != 0
    true, scores, shares = true[counted].astype(bool), scores[counted], shares[counted]
    order = np.argsort(-scores, kind="stable")
    scores = scores[order]
    last = np.flatnonzero(np.append(np.diff(scores) != 0, True)) if scores.size else np.zeros(0, np.intp)
    positive, negative = (np.cumsum(shares[order] * side)[last] for side in (true[order], ~true[order]))
    return positive, negative, scores[last]


def roc_curve(y_true: Any, y_score: Any, sample_weight: Any = None) -> tuple[Array, Array, Array]:
    """The ROC curve: false and true positive rates at each threshold, from the highest.

    Args:
        y_true: labels 0 and 1, (n,).
        y_score: the higher, the more likely 1; (n,).
        sample_weight: (n,).

    Returns:
        fpr, tpr and thresholds (m + 1,) of m scores that occur: samples of at least the threshold are positive. The first
        threshold is infinite. A rate is NaN where there is no label of that kind.

    Example:
        >>> fpr, tpr, thresholds = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
        >>> fpr.tolist(), tpr.tolist()
        ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0])
    """
    tp, fp, scores = (
        np.concatenate([[start], c])
        for start, c in zip((0, 0, np.inf), _counts(y_true, y_score, sample_weight), strict=True)
    )
    with np.errstate(invalid="ignore"):
        return fp / fp[-1], tp / tp[-1], scores


def precision_recall_curve(y_true: Any, y_score: Any, sample_weight: Any = None) -> tuple[Array, Array, Array]:
    """Precision and recall at each threshold, from the lowest; at the end 1 and 0, as if nothing were positive.

    Args:
        y_true: labels 0 and 1, (n,).
        y_score: the higher, the more likely 1; (n,).
        sample_weight: (n,).

    Returns:
        precision (m + 1,), recall (m + 1,) and thresholds (m,) of m scores that occur. Recall is 1 where there is no label 1.

    Example:
        >>> precision, recall, thresholds = precision_recall_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
        >>> recall.tolist()
        [1.0, 1.0, 0.5, 0.5, 0.0]
    """
    tp, fp, scores = _counts(y_true, y_score, sample_weight)
    precision = tp / np.maximum(tp + fp, 1e-300)
    recall = tp / tp[-1] if tp.size and tp[-1] > 0 else np.ones_like(tp)
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), scores[::-1]


def area(kind: str, true: Array, scores: Array, weights: Array) -> float:
    """The exact area under one curve: "ROC" and "PR" by trapezia, "AP" by steps. NaN where a kind of label is missing."""
    tp, fp, _ = (np.concatenate([[0.0], c]) for c in _counts(true, scores, weights))
    if tp[-1] <= 0 or (kind == "ROC" and fp[-1] <= 0):
        return float("nan")
    if kind == "ROC":
        return float(np.sum(np.diff(fp) * (tp[1:] + tp[:-1]) / 2) / (tp[-1] * fp[-1]))
    recall, precision = tp[1:] / tp[-1], tp[1:] / (tp[1:] + fp[1:])
    steps = np.diff(recall, prepend=0.0)
    if kind == "AP":
        return float(np.sum(steps * precision))
    return float(np.sum(steps * (precision + np.concatenate([[1.0], precision[:-1]])) / 2))

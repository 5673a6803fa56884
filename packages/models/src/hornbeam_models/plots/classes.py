"""How a classifier does: the table of what was taken for what, and the curve of hits over false alarms."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError, ShapeError

__all__ = ["area", "confusion", "roc_points"]


def confusion(y_true: Any, y_pred: Any, classes: int | None = None) -> Any:
    """How many samples of each class (rows) were taken for each (columns).

    Args:
        y_true: class indices, or one-hot rows.
        y_pred: class indices, or rows of scores, of which the largest counts.
        classes: how many; default: as many as appear.

    Raises:
        ShapeError: there are not as many of one as of the other.
    """
    true, pred = (np.asarray(y) for y in (y_true, y_pred))
    width = max((y.shape[1] for y in (true, pred) if y.ndim == 2), default=0)
    true, pred = (y.argmax(1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1).astype(int) for y in (true, pred))
    if true.shape != pred.shape:
        raise ShapeError(f"{true.size} labels and {pred.size} predictions: there have to be as many")
    count = classes or max(width, int(max(true.max(initial=0), pred.max(initial=0))) + 1)
    table = np.zeros((count, count), np.int64)
    np.add.at(table, (true, pred), 1)
    return table


def roc_points(y_true: Any, y_score: Any) -> tuple[Any, Any, Any]:
    """Share of false alarms, share of hits and threshold, from the strictest threshold to the loosest.

    Args:
        y_true: 0 or 1 for each sample.
        y_score: the larger, the surer of 1.

    Raises:
        InvalidArgumentError: there are samples of one class only, or other labels.
    """
    true, score = np.asarray(y_true).reshape(-1), np.asarray(y_score, np.float64).reshape(-1)
    if true.shape != score.shape:
        raise ShapeError(f"{true.size} labels and {score.size} scores: there have to be as many")
    if set(np.unique(true)) != {0, 1}:
        raise InvalidArgumentError(f"a ROC curve needs labels 0 and 1, both; got {np.unique(true)[:5]}")
    order = np.argsort(-score, kind="stable")
    true, score = true[order].astype(np.float64), score[order]
    last = np.append(np.flatnonzero(np.diff(score)), true.size - 1)  # of samples of equal scores
    hits, all_so_far = np.cumsum(true)[last], last + 1
    alarms = all_so_far - hits
    start = np.zeros(1)
    return (
        np.concatenate([start, alarms / alarms[-1]]),
        np.concatenate([start, hits / hits[-1]]),
        np.concatenate([[np.inf], score[last]]),
    )


def area(alarms: Any, hits: Any) -> float:
    """The area below a curve, by trapezoids."""
    return float(np.sum(np.diff(alarms) * (hits[1:] + hits[:-1]) / 2))

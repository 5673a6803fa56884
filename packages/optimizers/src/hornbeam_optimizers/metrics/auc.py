"""AUC: the area under a curve of rates over thresholds, streaming, from counts in slots."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import widened

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.base import Metric
from hornbeam_optimizers.metrics.inputs import weights_of
from hornbeam_optimizers.metrics.thresholds import Thresholded

__all__ = ["AUC"]

EPSILON = 1e-7  # by which the outermost thresholds lie outside of [0, 1]
CURVES = ("ROC", "PR", "PRGAIN")
SUMMATIONS = ("interpolation", "majoring", "minoring")


class AUC(Thresholded):
    """The area under the ROC or the precision-recall curve, approximated by a sum over thresholds.

    The counts are exact whatever the batches; the curve between two thresholds is not known. `ExactAUC` keeps every
    prediction instead.

    Args:
        num_thresholds: how many thresholds, evenly spread, from 2.
        curve: "ROC", "PR", or "PRGAIN" (precision-recall gain).
        summation_method: "interpolation" (trapezia; for PR the interpolation of Davis and Goadrich), "majoring" or
            "minoring" (the higher or the lower end of each step).
        name: name of the figure.
        dtype: of the figure.
        thresholds: instead of `num_thresholds`: thresholds between 0 and 1; 0 and 1 are added.
        multi_label: one curve for each column of the predictions, of which the areas are averaged.
        num_labels: how many columns; default: as the first batch has.
        label_weights: of each column: in the average, or without `multi_label` in the counts.
        from_logits: whether predictions are logits.

    Raises:
        InvalidArgumentError: an argument is not as said above, or predictions are no probabilities.

    Example:
        >>> metric = AUC(num_thresholds=3)
        >>> metric.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]); float(metric.result())
        0.75

    Sources:
        Fawcett 2006 (ROC); Davis and Goadrich 2006 (PR); Flach and Kull 2015 (PRGAIN).
    """

    _direction = "up"

    def __init__(
        self, num_thresholds: int = 200, curve: str = "ROC", summation_method: str = "interpolation",
        name: str | None = None, dtype: Any = None, thresholds: Any = None, multi_label: bool = False,
        num_labels: int | None = None, label_weights: Any = None, from_logits: bool = False,
    ) -> None:  # fmt: skip
        Metric.__init__(self, name=name, dtype=dtype)
        self.top_k = self.class_id = None
        self._given = None if thresholds is None else sorted(float(t) for t in thresholds)
        if self._given is None:
            if not isinstance(num_thresholds, (int, np.integer)) or num_thresholds <= 1:
                raise InvalidArgumentError(
                    f"AUC: num_thresholds must be a whole number greater than 1; got {num_thresholds!r}"
                )
            inner = [(i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        else:
            inner = self._given
            if any(not 0 <= t <= 1 for t in inner):
                raise InvalidArgumentError(f"AUC: thresholds must be in [0, 1]; got {thresholds!r}")
        self.thresholds = [0.0 - EPSILON, *inner, 1.0 + EPSILON]
        self.num_thresholds = len(self.thresholds)
        self.curve = _one_of(curve, CURVES, "curve", str.upper)
        self.summation_method = _one_of(summation_method, SUMMATIONS, "summation_method", str.lower)
        self.multi_label, self.num_labels, self.from_logits = multi_label, num_labels, from_logits
        self.label_weights = None if label_weights is None else np.asarray(label_weights, np.float32)
        if num_labels and not multi_label:
            raise InvalidArgumentError("AUC: num_labels goes with multi_label=True only")
        if not multi_label:
            self._count_at(self.thresholds, margin=True)
        elif num_labels:
            self._count_at(self.thresholds, margin=True, labels=num_labels)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch: labels of 0 and 1, probabilities (or logits), and weights of samples or of values."""
        y_pred = ops.asarray(widened(y_pred))
        weights = weights_of(sample_weight, y_pred)
        if self.from_logits:
            y_pred = ops.sigmoid(y_pred)
        checks.finite(y_pred, "prediction", "AUC")
        checks.probabilities(y_pred, "AUC", "from_logits=True takes logits")
        if self.multi_label and not hasattr(self, "counts"):
            if y_pred.ndim != 2:
                raise ShapeError(f"AUC: multi_label=True needs predictions (batch, labels); got shape {y_pred.shape}")
            self._count_at(self.thresholds, margin=True, labels=y_pred.shape[1])
        factors = None if self.multi_label or self.label_weights is None else ops.asarray(self.label_weights)
        self._take_in(y_true, y_pred, weights, factors)

    def result(self) -> Tensor:
        """The area; 0 of nothing."""
        if not hasattr(self, "counts"):
            return self._figure(0.0)
        areas = ops.sum(self._steps(), axis=0)
        if self.multi_label:
            if self.label_weights is None:
                areas = ops.mean(areas)
            else:
                shares = ops.cast(self.label_weights, areas.dtype)
                areas = ops.divide_no_nan(ops.sum(areas * shares), ops.sum(shares))
        return self._figure(areas)

    def _steps(self) -> Tensor:
        """The area between each threshold and the next."""
        tp, fp, tn, fn = self.true_positives, self.false_positives, self.true_negatives, self.false_negatives
        if self.curve == "PR" and self.summation_method == "interpolation":
            return _interpolated_precision(tp, fp, fn)
        recall = ops.divide_no_nan(tp, tp + fn)
        if self.curve == "ROC":
            x, y = ops.divide_no_nan(fp, fp + tn), recall
        elif self.curve == "PR":
            x, y = recall, ops.divide_no_nan(tp, tp + fp)
        else:
            odds = ops.divide_no_nan(tp + fn, tn + fp)
            none = ops.equal(tp, 0.0)
            x = ops.maximum(ops.where(none, 0.0, 1.0 - odds * ops.divide_no_nan(fn, tp)), 0.0)
            y = ops.where(none, 1.0, 1.0 - odds * ops.divide_no_nan(fp, tp))
        ends = y[:-1], y[1:]
        if self.summation_method == "interpolation":
            heights = (ends[0] + ends[1]) / 2.0
        else:
            heights = ops.minimum(*ends) if self.summation_method == "minoring" else ops.maximum(*ends)
        return (x[:-1] - x[1:]) * heights

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = {
            **super().get_config(), "num_thresholds": self.num_thresholds, "curve": self.curve,
            "summation_method": self.summation_method, "multi_label": self.multi_label, "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self.from_logits,
        }  # fmt: skip
        return config if self._given is None else {**config, "thresholds": self._given}


def _one_of(value: Any, known: tuple[str, ...], what: str, spelt: Any) -> str:
    """The value, in whichever case it was written."""
    text = str(getattr(value, "value", value))
    if spelt(text) not in known:
        raise InvalidArgumentError(f"AUC: {what} must be one of {known}; got {value!r}")
    return spelt(text)


def _interpolated_precision(tp: Tensor, fp: Tensor, fn: Tensor) -> Tensor:
    """The area under precision over recall where, between two thresholds, true and false positives grow in proportion."""
    p = tp + fp
    gained = tp[:-1] - tp[1:]
    slope = ops.divide_no_nan(gained, ops.maximum(p[:-1] - p[1:], 0.0))
    intercept = tp[1:] - slope * p[1:]
    both = ops.logical_and(ops.greater(p[:-1], 0.0), ops.greater(p[1:], 0.0))
    ratio = ops.where(both, ops.divide_no_nan(p[:-1], ops.maximum(p[1:], 0.0)), 1.0)
    return ops.divide_no_nan(slope * (gained + intercept * ops.log(ratio)), ops.maximum(tp[1:] + fn[1:], 0.0))

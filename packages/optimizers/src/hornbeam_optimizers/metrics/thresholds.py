"""Counting labels above and below thresholds, with one pass over the predictions whatever their number.

Every prediction falls into a slot: the number of thresholds that it exceeds, as the thresholds are sorted. The state is how
much weight of negative and of positive labels fell into each slot; true and false positives and negatives at every threshold
are running sums of it, taken when a result is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam import Tensor, Variable, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import widened

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.base import STATE, Metric
from hornbeam_optimizers.metrics.inputs import one_hot_pair, spread, summed, weights_of

__all__ = ["NEVER", "Thresholded", "evenly_spread"]

NEVER = -1e10  # what predictions outside of the top k become: below every threshold
FEW = 32  # thresholds up to which comparing with each is cheaper than a search


def evenly_spread(thresholds: Sequence[float]) -> bool:
    """Whether thresholds are 0, 1/(n-1), ..., 1, so that a slot is found by a multiplication."""
    n = len(thresholds)
    return n >= 3 and bool(np.allclose(thresholds, np.arange(n, dtype=np.float32) / (n - 1), atol=1e-7))


class Thresholded(Metric):
    """A metric of counts at thresholds; `counts` is what they are made from.

    Args:
        thresholds: each from 0 to 1, or a number, or None for 0.5 (with `top_k`: any prediction).
        top_k: count only the k largest predictions of each sample as positive.
        class_id: look at this class alone.
        name: name of the figure.
        dtype: of the figure.
    """

    def __init__(self, thresholds: Any, top_k: Any, class_id: Any, name: Any, dtype: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        who = type(self).__name__
        self.init_thresholds, self.top_k, self.class_id = thresholds, top_k, class_id
        given = [0.5 if top_k is None else NEVER] if thresholds is None else _listed(thresholds)
        wrong = [] if thresholds is None else [t for t in given if t is None or not 0 <= t <= 1]
        if wrong or not given:
            raise InvalidArgumentError(f"{who}: thresholds must be in [0, 1]; got {wrong or thresholds!r}")
        for what, value, lowest in (("top_k", top_k, 1), ("class_id", class_id, 0)):
            if value is not None and (not isinstance(value, (int, np.integer)) or value < lowest):
                raise InvalidArgumentError(f"{who}: {what} must be None or a whole number from {lowest}; got {value!r}")
        self.thresholds = given
        self._count_at(given)

    def _count_at(self, thresholds: Sequence[float], margin: bool = False, labels: int | None = None) -> None:
        """Prepare the state for such thresholds; `margin`: the first and last are meant to lie just outside of [0, 1]."""
        self._evenly, self._margin = evenly_spread(thresholds), margin
        self._order = np.argsort(np.asarray(thresholds, np.float64), kind="stable")
        self._sorted = np.asarray(thresholds, np.float32)[self._order]
        shape = (2, len(thresholds) + 1) if labels is None else (2, labels, len(thresholds) + 1)
        self.counts: Variable = self.add_variable(shape, name="counts")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch: labels of 0 and 1, probabilities, and weights of samples or of values."""
        y_pred = widened(y_pred)
        self._take_in(y_true, y_pred, weights_of(sample_weight, y_pred))

    def _take_in(self, y_true: Any, y_pred: Any, weights: Tensor | None, factors: Tensor | None = None) -> None:
        name = type(self).__name__
        true, pred = one_hot_pair(y_true, y_pred, name)
        pred = ops.cast(pred, "float32")  # as the thresholds, so that equal numbers are equal
        checks.finite(pred, "prediction", name)
        weights = spread(weights, pred.shape, name)
        checks.binary(true, name, weights)
        if self.top_k is not None:
            pred = _only_first(pred, self.top_k, name)
        if self.class_id is not None:
            if pred.ndim < 2 or self.class_id >= pred.shape[-1]:
                raise ShapeError(f"{name}: class_id {self.class_id} needs predictions (batch, classes) with that class; "
                                 f"got shape {pred.shape}")  # fmt: skip
            only = slice(self.class_id, self.class_id + 1)
            true, pred = true[..., only], pred[..., only]
            weights = weights if weights is None else weights[..., only]
        if factors is not None:
            weights = ops.broadcast_to(factors, pred.shape) if weights is None else weights * factors
        row = ops.cast(ops.cast(true, "bool"), "int32")  # of the state: 0 negative, 1 positive
        if self.counts.ndim == 3:
            labels = self.counts.shape[1]
            if pred.ndim != 2 or pred.shape[1] != labels:
                raise ShapeError(f"{name}: predictions of shape {pred.shape}; expected (batch, {labels})")
            row = row * labels + ops.arange(labels, dtype="int32")
        found = summed(weights, row * self.counts.shape[-1] + self._slots(pred), self.counts.size)
        self.counts.assign(self.counts + ops.reshape(ops.cast(found, STATE), self.counts.shape))

    def _slots(self, pred: Tensor) -> Tensor:
        """How many thresholds each prediction exceeds."""
        n = len(self._sorted)
        if self._evenly:
            place = ops.ceil(ops.clip(pred, 0.0, 1.0) * float(n - 1))
            return ops.cast(ops.maximum(place, 1.0) if self._margin else place, "int32")
        if n == 1:
            return ops.cast(ops.greater(pred, float(self._sorted[0])), "int32")
        if n <= FEW:
            above = ops.greater(ops.expand_dims(pred, -1), ops.asarray(self._sorted))
            return ops.sum(ops.cast(above, "int32"), axis=-1)
        return ops.cast(ops.searchsorted(ops.asarray(self._sorted), pred, side="left"), "int32")

    def _at(self, positive: bool, above: bool) -> Tensor:
        """Weight of one kind of labels whose predictions exceed each threshold, or do not, in the thresholds' order."""
        slots = self.counts.value[1 if positive else 0]
        running = ops.cumsum(slots, axis=-1)[..., :-1]  # in slots 0..i: not above threshold i
        found = ops.sum(slots, axis=-1, keepdims=True) - running if above else running
        if list(self._order) != list(range(len(self._order))):
            found = ops.take(found, np.argsort(self._order), axis=-1)
        return ops.transpose(found) if found.ndim == 2 else found

    @property
    def true_positives(self) -> Tensor:
        """Weight of positive labels predicted above each threshold."""
        return self._at(True, True)

    @property
    def false_positives(self) -> Tensor:
        """Weight of negative labels predicted above each threshold."""
        return self._at(False, True)

    @property
    def true_negatives(self) -> Tensor:
        """Weight of negative labels predicted at most at each threshold."""
        return self._at(False, False)

    @property
    def false_negatives(self) -> Tensor:
        """Weight of positive labels predicted at most at each threshold."""
        return self._at(True, False)

    def _one_or_all(self, figures: Tensor) -> Tensor:
        return self._figure(figures[0] if len(self.thresholds) == 1 else figures)


def _listed(thresholds: Any) -> list[Any]:
    return list(thresholds) if hasattr(thresholds, "__iter__") else [thresholds]


def _only_first(pred: Tensor, k: int, name: str) -> Tensor:
    """The k largest predictions of each sample; others below every threshold. Of equal ones the first count."""
    if pred.ndim < 1 or k > pred.shape[-1]:
        raise ShapeError(f"{name}: top_k={k} of predictions of shape {pred.shape}: there are fewer classes")
    _, best = ops.top_k(pred, k)
    chosen = ops.any(ops.equal(ops.expand_dims(best, -1), ops.arange(pred.shape[-1], dtype=best.dtype)), axis=-2)
    return ops.where(chosen, pred, NEVER)

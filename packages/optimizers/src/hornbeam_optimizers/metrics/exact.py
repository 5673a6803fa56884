"""Areas and operating points from every score, instead of from thresholds; Spearman's correlation. They keep all values."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam import ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.tensor import widened

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.curves import area, precision_recall_curve, roc_curve
from hornbeam_optimizers.metrics.host import Array, Kept, sample_weights
from hornbeam_optimizers.metrics.inputs import one_hot_pair, pair, spread, weights_of

__all__ = ["AveragePrecision", "ExactAUC", "ExactOperatingPoint", "SpearmanCorrelation"]


class _Scored(Kept):
    """Keeps labels of 0 and 1 and scores, (n, columns), and weights of the same shape."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch: labels of 0 and 1 (or class indices beside several columns), and scores of any range."""
        y_pred, name = widened(y_pred), type(self).__name__
        weights = weights_of(sample_weight, y_pred)
        true, pred = one_hot_pair(y_true, y_pred, name)
        shares = spread(weights, pred.shape, name)
        checks.binary(true, name, shares)
        checks.finite(pred, "prediction", name)
        columns = pred.shape[-1] if pred.ndim > 1 else 1
        labels, scores = (ops.reshape(x, (x.size // columns, columns)).numpy() for x in (true, pred))
        kept = np.ones(scores.shape, np.float32) if shares is None else shares.numpy().reshape(scores.shape)
        self._keep(labels, scores, kept)


class ExactAUC(_Scored):
    """The exact area under the ROC or precision-recall curve. Keeps every score, on the host.

    Several columns of scores are several labels, or the classes of class indices (one against the rest).

    Args:
        curve: "ROC" or "PR".
        average: over columns: "macro", "weighted" (by how often each is 1), "micro" (all together) or None (one figure each).
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = ExactAUC()
        >>> metric.update_state([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); float(metric.result())
        0.75
    """

    _direction = "up"
    _kind = ""

    def __init__(
        self, curve: str = "ROC", average: str | None = "macro", name: str | None = "exact_auc", dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if not isinstance(curve, str) or curve.upper() not in ("ROC", "PR"):
            raise InvalidArgumentError(f"{type(self).__name__}: curve must be 'ROC' or 'PR'; got {curve!r}")
        self.curve, self.average = curve.upper(), checks.averages(average, type(self).__name__)

    def figure(self) -> Any:
        """The area; 0 before anything was seen, NaN where labels of one kind are missing."""
        if not self._batches:
            return 0.0
        true, scores, weights = self._all()
        kind = self._kind or self.curve
        if self.average == "micro":
            return area(kind, true, scores, weights)
        each = np.array([area(kind, true[:, c], scores[:, c], weights[:, c]) for c in range(true.shape[1])])
        if self.average is None:
            return each if len(each) > 1 else each[0]
        return np.mean(each) if self.average == "macro" else np.average(each, weights=np.sum(true * weights, axis=0))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "curve": self.curve, "average": self.average}


class AveragePrecision(ExactAUC):
    """The mean precision over the positive labels, each at its score: the area under the steps of the precision-recall curve.

    Keeps every score, on the host.

    Args:
        average: over columns: "macro", "weighted", "micro" or None; see `ExactAUC`.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: the average is not known.

    Example:
        >>> metric = AveragePrecision()
        >>> metric.update_state([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); round(float(metric.result()), 4)
        0.8333
    """

    _kind = "AP"

    def __init__(
        self, average: str | None = "macro", name: str | None = "average_precision", dtype: Any = None
    ) -> None:
        super().__init__("PR", average, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {k: v for k, v in super().get_config().items() if k != "curve"}


RATES = ("sensitivity", "recall", "specificity", "precision")


class ExactOperatingPoint(_Scored):
    """The best of one rate where another is at least a value, over every score that occurs. Keeps every score, on the host.

    Args:
        wanted: the rate to be large: "sensitivity" (= "recall"), "specificity" or "precision".
        bound: the rate that is at least `value`.
        value: from 0 to 1.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = ExactOperatingPoint("sensitivity", "specificity", 0.5)
        >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]); float(metric.result())
        0.5
    """

    _direction = "up"

    def __init__(
        self, wanted: str, bound: str, value: float, name: str | None = "exact_operating_point", dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        for what, rate in (("wanted", wanted), ("bound", bound)):
            if rate not in RATES:
                raise InvalidArgumentError(f"ExactOperatingPoint: {what} must be one of {RATES}; got {rate!r}")
        self.wanted, self.bound, self.value = wanted, bound, checks.share(value, "value", "ExactOperatingPoint")

    def figure(self) -> float:
        """The largest rate that the bound allows; 0 where it allows none."""
        if not self._batches:
            return 0.0
        data = [x.reshape(-1) for x in self._all()]
        with np.errstate(invalid="ignore"):
            fpr, tpr, _ = (np.nan_to_num(x) for x in roc_curve(*data))
        precision, _, _ = precision_recall_curve(*data)
        rates = dict(zip(RATES, (tpr, tpr, 1 - fpr, np.append(0.0, precision[:-1][::-1])), strict=True))
        allowed = rates[self.bound] >= self.value
        return float(np.max(np.where(allowed, rates[self.wanted], 0.0), initial=0.0))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "wanted": self.wanted, "bound": self.bound, "value": self.value}


def centred_ranks(x: Array, weights: Array) -> Array:
    """Ranks less their mean; a weight of 2 is a value that occurs twice, and equal values share the mean of their ranks."""
    _, place = np.unique(x, return_inverse=True)
    counts = np.bincount(place.reshape(-1), weights)
    ranks = (np.cumsum(counts) - counts / 2)[place.reshape(-1)]
    return ranks - np.sum(weights) / 2


class SpearmanCorrelation(Kept):
    """Pearson's correlation of the ranks of labels and predictions, over all samples. Keeps every value, on the host.

    Args:
        class_aggregation: of several outputs: "uniform_average", or None for one figure each.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: the aggregation is not known.

    Example:
        >>> metric = SpearmanCorrelation()
        >>> metric.update_state([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]); round(float(metric.result()), 4)
        0.8208
    """

    _direction = "up"

    def __init__(
        self, class_aggregation: str | None = "uniform_average", name: str | None = "spearman_correlation", dtype: Any = None
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype)
        if class_aggregation not in (None, "uniform_average"):
            raise InvalidArgumentError(
                f"SpearmanCorrelation: class_aggregation must be None or 'uniform_average'; got {class_aggregation!r}"
            )
        self.class_aggregation = class_aggregation

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch: (batch,) or (batch, outputs).

        A weight of 2 counts as the sample twice.

        Raises:
            ShapeError: the shapes differ, or there is not one weight a sample.
        """
        true, pred = pair(y_true, widened(y_pred), "SpearmanCorrelation")
        checks.finite(true, "label", "SpearmanCorrelation")
        checks.finite(pred, "prediction", "SpearmanCorrelation")
        rows = true.shape[0]
        self._keep(
            true.numpy().reshape(rows, -1),
            pred.numpy().reshape(rows, -1),
            sample_weights(sample_weight, rows, "SpearmanCorrelation"),
        )

    def figure(self) -> Any:
        """The correlation; 0 before anything was seen, NaN of constant values."""
        if not self._batches:
            return 0.0
        true, pred, weights = self._all()
        each = []
        for c in range(true.shape[1]):
            a, b = (centred_ranks(x[:, c], weights) for x in (true, pred))
            with np.errstate(invalid="ignore"):
                each.append(np.sum(weights * a * b) / np.sqrt(np.sum(weights * a * a) * np.sum(weights * b * b)))
        if self.class_aggregation is None:
            return np.array(each) if len(each) > 1 else each[0]
        return np.mean(each)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "class_aggregation": self.class_aggregation}

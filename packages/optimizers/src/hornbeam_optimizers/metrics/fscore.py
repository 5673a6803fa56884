"""F-beta, F1, Jaccard, precision and recall, for each class or averaged over classes."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import widened

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.base import STATE, Metric
from hornbeam_optimizers.metrics.inputs import one_hot_pair, spread, weights_of

__all__ = ["F1Score", "FBetaScore", "JaccardScore", "PrecisionScore", "RecallScore"]

EPSILON = 1e-7  # Keras's: added to each divisor


class ClassCounts(Metric):
    """Counts of true and false positives and false negatives by class, and how they are averaged.

    Args:
        average: None, "micro", "macro" or "weighted".
        threshold: predictions above it are positive, from above 0 to 1; None: the largest of each row is.
        name: name of the figure.
        dtype: of the figure.
    """

    _direction = "up"

    def __init__(self, average: str | None, threshold: float | None, name: str | None, dtype: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        who = type(self).__name__
        self.average = checks.averages(average, who)
        if threshold is not None and (not isinstance(threshold, float) or not 0 < threshold <= 1):
            raise InvalidArgumentError(
                f"{who}: threshold must be None or a float above 0 and at most 1; got {threshold!r}"
            )
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch.

        Raises:
            ShapeError: predictions are not (batch, classes), or labels do not fit.
        """
        name, y_pred = type(self).__name__, widened(y_pred)
        weights = weights_of(sample_weight, y_pred)
        true, pred = one_hot_pair(y_true, y_pred, name)
        if pred.ndim != 2:
            raise ShapeError(f"{name}: predictions must be (batch, classes); got shape {pred.shape}")
        weights = spread(weights, pred.shape, name)
        checks.binary(true, name, weights)
        checks.finite(pred, "prediction", name)
        if not self._variables:
            shape = (4,) if self.average == "micro" else (4, pred.shape[1])
            self.counts = self.add_variable(shape, name="counts")
        if self.threshold is None:
            largest = ops.max(pred, axis=-1, keepdims=True)
            said = ops.logical_and(ops.greater_equal(pred, largest), ops.greater(ops.abs(pred), 1e-9))
        else:
            said = ops.greater(pred, self.threshold)
        said = ops.cast(said, pred.dtype)
        cells = ops.stack([said * true, said * (1.0 - true), (1.0 - said) * true, true])  # (4, batch, classes)
        cells = cells if weights is None else cells * weights
        found = ops.sum(cells, axis=(1, 2) if self.average == "micro" else 1)
        self.counts.assign(self.counts + ops.cast(found, STATE))

    def score(self, tp: Tensor, fp: Tensor, fn: Tensor) -> Tensor:
        """The figure of each class, of its counts."""
        raise AttributeError("score")

    def result(self) -> Tensor:
        """The figure, or one for each class; 0 before anything was seen."""
        if not self._variables:
            return self._figure(0.0)
        tp, fp, fn, seen = (self.counts.value[i] for i in range(4))
        score = self.score(tp, fp, fn)
        if self.average == "weighted":
            score = ops.sum(score * (seen / (ops.sum(seen) + EPSILON)))
        elif self.average is not None:
            score = ops.mean(score)
        return self._figure(score)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "average": self.average, "threshold": self.threshold}


class FBetaScore(ClassCounts):
    """(1 + beta**2) * precision * recall / (beta**2 * precision + recall).

    Labels are one-hot or multi-hot rows (batch, classes); class indices (batch,) are taken too.

    Args:
        average: None (one figure a class), "micro" (of all decisions together), "macro" (the mean over classes) or "weighted"
            (by how often each class occurs).
        beta: how much more recall counts than precision; a float above 0.
        threshold: predictions above it are positive, from above 0 to 1; None: the largest of each row is.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = FBetaScore(beta=2.0, threshold=0.5)
        >>> metric.update_state([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0]])
        >>> [round(x, 4) for x in metric.result().numpy().tolist()]
        [0.3846, 0.9091, 0.8333]

    Sources:
        van Rijsbergen, Information Retrieval, 1979.
    """

    def __init__(
        self, average: str | None = None, beta: float = 1.0, threshold: float | None = None,
        name: str | None = "fbeta_score", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(average, threshold, name, dtype)
        if not isinstance(beta, float) or not beta > 0:
            raise InvalidArgumentError(f"{type(self).__name__}: beta must be a float above 0; got {beta!r}")
        self.beta = beta

    def score(self, tp: Tensor, fp: Tensor, fn: Tensor) -> Tensor:
        """The figure of each class, of its counts."""
        precision, recall = tp / (tp + fp + EPSILON), tp / (tp + fn + EPSILON)
        square = self.beta**2
        return precision * recall / (square * precision + recall + EPSILON) * (1.0 + square)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "beta": self.beta}


class F1Score(FBetaScore):
    """2 * precision * recall / (precision + recall).

    Args:
        average: None (one figure a class), "micro", "macro" or "weighted"; see `FBetaScore`.
        threshold: predictions above it are positive, from above 0 to 1; None: the largest of each row is.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = F1Score(average="macro")
        >>> metric.update_state([0, 1], [[0.8, 0.2], [0.6, 0.4]]); round(float(metric.result()), 4)
        0.3333
    """

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {k: v for k, v in super().get_config().items() if k != "beta"}


class JaccardScore(ClassCounts):
    """The intersection of labels and predictions over their union: tp / (tp + fp + fn), 0 of none.

    Args:
        average: None (one figure a class), "micro", "macro" or "weighted"; see `FBetaScore`.
        threshold: predictions above it are positive, from above 0 to 1; None: the largest of each row is.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = JaccardScore(average="micro", threshold=0.5)
        >>> metric.update_state([[0, 1, 1], [1, 1, 0]], [[0.9, 0.8, 0.7], [0.9, 0.1, 0.2]]); round(float(metric.result()), 4)
        0.6
    """

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str | None = "jaccard_score",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(average, threshold, name, dtype)

    def score(self, tp: Tensor, fp: Tensor, fn: Tensor) -> Tensor:
        """The figure of each class, of its counts."""
        return ops.divide_no_nan(tp, tp + fp + fn)


class PrecisionScore(ClassCounts):
    """Precision by class, or averaged over classes: tp / (tp + fp), 0 of none. Arguments as for `JaccardScore`.

    `Precision` counts the decisions of all classes together, at one threshold or several.

    Example:
        >>> metric = PrecisionScore(average="macro")
        >>> metric.update_state([0, 1, 1], [[0.8, 0.2], [0.6, 0.4], [0.3, 0.7]]); float(metric.result())
        0.75
    """

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str | None = "precision_score",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(average, threshold, name, dtype)

    def score(self, tp: Tensor, fp: Tensor, fn: Tensor) -> Tensor:
        """The figure of each class, of its counts."""
        return ops.divide_no_nan(tp, tp + fp)


class RecallScore(ClassCounts):
    """Recall by class, or averaged over classes: tp / (tp + fn), 0 of none. Arguments as for `JaccardScore`.

    Example:
        >>> metric = RecallScore(average="macro")
        >>> metric.update_state([0, 1, 1], [[0.8, 0.2], [0.6, 0.4], [0.3, 0.7]]); float(metric.result())
        0.75
    """

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str | None = "recall_score",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(average, threshold, name, dtype)

    def score(self, tp: Tensor, fp: Tensor, fn: Tensor) -> Tensor:
        """The figure of each class, of its counts."""
        return ops.divide_no_nan(tp, tp + fn)

"""Figures made from sums over all samples: R2, explained variance, Pearson's r, root mean squared error."""

from __future__ import annotations

import warnings
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import widened

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.base import STATE, Metric
from hornbeam_optimizers.metrics.inputs import pair, spread, weights_of
from hornbeam_optimizers.metrics.reductions import Mean

__all__ = ["ExplainedVariance", "PearsonR", "R2Score", "RootMeanSquaredError"]

AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


class RootMeanSquaredError(Mean):
    """sqrt(mean((y_true - y_pred)**2)) over everything seen.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = RootMeanSquaredError()
        >>> metric.update_state([[0, 1], [0, 0]], [[1, 1], [0, 0]]); float(metric.result())
        0.5
    """

    _direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in one batch."""
        y_pred = widened(y_pred)
        true, pred = pair(y_true, y_pred, "RootMeanSquaredError")
        checks.finite(true, "label", "RootMeanSquaredError")
        super().update_state(ops.square(pred - true), weights_of(sample_weight, y_pred))

    def result(self) -> Tensor:
        """The root."""
        return ops.sqrt(super().result())


class _Moments(Metric):
    """Sums, for each output, of weights and of weighted functions of labels and predictions (`_terms`)."""

    _direction = "up"
    _count = 2  # how many sums, with that of the weights

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch: (batch, outputs), or (batch,) of one output.

        Raises:
            ShapeError: the shapes differ, or have more axes.
        """
        name, y_pred = type(self).__name__, widened(y_pred)
        weights = weights_of(sample_weight, y_pred)
        true, pred = pair(y_true, y_pred, name)
        if true.ndim == 1:
            true, pred = ops.expand_dims(true, -1), ops.expand_dims(pred, -1)
        if true.ndim != 2:
            raise ShapeError(f"{name}: labels and predictions must be (batch, outputs); got shape {true.shape}")
        checks.finite(true, "label", name)
        if not hasattr(self, "sums"):
            self.sums = self.add_variable((self._count, true.shape[1]), name="sums")
        self._note(true)
        weights = spread(weights, true.shape, name)
        shares = ops.ones(true.shape, STATE) if weights is None else ops.cast(weights, STATE)
        terms = self._terms(ops.cast(true, STATE), ops.cast(pred, STATE))
        self.sums.assign(
            self.sums + ops.stack([ops.sum(shares, axis=0), *(ops.sum(t * shares, axis=0) for t in terms)])
        )

    def _terms(self, true: Tensor, pred: Tensor) -> tuple[Tensor, ...]:
        """What is summed besides the weights, in float64."""
        raise AttributeError("_terms")

    def _note(self, true: Tensor) -> None:
        """Take note of a batch's size."""

    def _aggregated(self, scores: Tensor, variances: Tensor, how: str | None) -> Tensor:
        if how == "uniform_average":
            return ops.mean(scores)
        if how == "variance_weighted_average":
            return ops.sum(variances * scores) / ops.sum(variances)
        return scores


def _aggregation(value: Any, name: str) -> str | None:
    if value not in AGGREGATIONS:
        raise InvalidArgumentError(f"{name}: class_aggregation must be one of {AGGREGATIONS}; got {value!r}")
    return value


class R2Score(_Moments):
    """The coefficient of determination: 1 - sum((t - p)**2) / sum((t - mean(t))**2).

    Args:
        class_aggregation: of several outputs: "uniform_average", "variance_weighted_average", or None for one figure each.
        num_regressors: independent variables of the model; above 0 the adjusted score is given.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = R2Score()
        >>> metric.update_state([[1], [4], [3]], [[2], [4], [4]]); round(float(metric.result()), 4)
        0.5714
    """

    _count = 4

    def __init__(
        self, class_aggregation: str | None = "uniform_average", num_regressors: int = 0,
        name: str | None = "r2_score", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype)
        self.class_aggregation = _aggregation(class_aggregation, "R2Score")
        if not isinstance(num_regressors, int) or num_regressors < 0:
            raise InvalidArgumentError(f"R2Score: num_regressors must be a whole number from 0; got {num_regressors!r}")
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), name="num_samples")

    def _terms(self, true: Tensor, pred: Tensor) -> tuple[Tensor, ...]:
        return true, ops.square(true), ops.square(true - pred)

    def _note(self, true: Tensor) -> None:
        self.num_samples.assign(self.num_samples + float(true.size))

    def result(self) -> Tensor:
        """The score, or one for each output; 0 before anything was seen, NaN of constant labels that were met exactly."""
        if not hasattr(self, "sums"):
            return self._figure(0.0)
        count, total, squares, residual = (self.sums.value[i] for i in range(4))
        variance = squares - total * (total / count)
        scores = 1.0 - residual / variance
        scores = ops.where(ops.isinf(scores), 0.0, scores)
        score = self._aggregated(scores, variance, self.class_aggregation)
        if self.num_regressors:
            n = float(self.num_samples)
            if self.num_regressors >= n - 1:
                warnings.warn(
                    f"R2Score: {self.num_regressors} regressors for {int(n)} values leave nothing to adjust by; the score is "
                    "the plain one",
                    stacklevel=2,
                )
            else:
                score = 1.0 - (1.0 - score) * (n - 1.0) / (n - self.num_regressors - 1.0)
        return self._figure(score)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **how}


class ExplainedVariance(_Moments):
    """1 - var(t - p) / var(t): as R2, but blind to a constant error; 1 of constant labels met exactly, else 0 of constant ones.

    Args:
        class_aggregation: of several outputs: "uniform_average", "variance_weighted_average", or None for one figure each.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: the aggregation is not known.

    Example:
        >>> metric = ExplainedVariance()
        >>> metric.update_state([3, -0.5, 2, 7], [2.5, 0.0, 2, 8]); round(float(metric.result()), 4)
        0.9572
    """

    _count = 5

    def __init__(
        self, class_aggregation: str | None = "uniform_average", name: str | None = "explained_variance", dtype: Any = None
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype)
        self.class_aggregation = _aggregation(class_aggregation, "ExplainedVariance")

    def _terms(self, true: Tensor, pred: Tensor) -> tuple[Tensor, ...]:
        return true, ops.square(true), true - pred, ops.square(true - pred)

    def result(self) -> Tensor:
        """The share, or one for each output; 0 before anything was seen."""
        if not hasattr(self, "sums"):
            return self._figure(0.0)
        sums = self.sums.value
        mean, squares, error, errors = (sums[i] / sums[0] for i in range(1, 5))
        variance, left = (ops.maximum(b - a * a, 0.0) for a, b in ((mean, squares), (error, errors)))
        constant, met = variance <= 1e-14 * squares, left <= 1e-14 * (squares + errors)
        scores = ops.where(constant, ops.where(met, 1.0, 0.0), 1.0 - left / ops.where(constant, 1.0, variance))
        return self._figure(self._aggregated(scores, variance, self.class_aggregation))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "class_aggregation": self.class_aggregation}


class PearsonR(_Moments):
    """Pearson's r over all samples, for each output, or their mean: cov(t, p) / (std(t) std(p)).

    Args:
        class_aggregation: "uniform_average", or None for one figure an output.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: the aggregation is not known.

    Example:
        >>> metric = PearsonR()
        >>> metric.update_state([1, 2, 3, 4], [1, 3, 2, 4]); round(float(metric.result()), 4)
        0.8
    """

    _count = 6

    def __init__(
        self, class_aggregation: str | None = "uniform_average", name: str | None = "pearson_r", dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if class_aggregation not in AGGREGATIONS[:2]:
            raise InvalidArgumentError(
                f"PearsonR: class_aggregation must be one of {AGGREGATIONS[:2]}; got {class_aggregation!r}"
            )
        self.class_aggregation = class_aggregation

    def _terms(self, true: Tensor, pred: Tensor) -> tuple[Tensor, ...]:
        return true, pred, ops.square(true), ops.square(pred), true * pred

    def result(self) -> Tensor:
        """The correlation; 0 before anything was seen, NaN where labels or predictions are constant."""
        if not hasattr(self, "sums"):
            return self._figure(0.0)
        sums = self.sums.value
        t, p, tt, pp, tp = (sums[i] / sums[0] for i in range(1, 6))
        r = (tp - t * p) / ops.sqrt((tt - t * t) * (pp - p * p))
        return self._figure(self._aggregated(ops.clip(r, -1.0, 1.0), r, self.class_aggregation))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "class_aggregation": self.class_aggregation}

"""Correlations along an axis of each sample, averaged over samples."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_optimizers.metrics.inputs import pair
from hornbeam_optimizers.metrics.reductions import MeanMetricWrapper

__all__ = [
    "ConcordanceCorrelation", "CosineSimilarity", "PearsonCorrelation", "concordance_correlation", "cosine_similarity",
    "pearson_correlation",
]  # fmt: skip

EPSILON = 1e-7


def pearson_correlation(y_true: Any, y_pred: Any, axis: int | tuple[int, ...] = -1) -> Tensor:
    """cov(t, p) / (std(t) std(p)) along an axis; NaN where one is constant.

    Raises:
        ShapeError: the shapes differ.
    """
    true, pred = pair(y_true, y_pred, "pearson_correlation")
    true, pred = (x - ops.mean(x, axis=axis, keepdims=True) for x in (true, pred))
    true, pred = (x / ops.std(x, axis=axis, keepdims=True) for x in (true, pred))
    return ops.mean(true * pred, axis=axis)


def concordance_correlation(y_true: Any, y_pred: Any, axis: int | tuple[int, ...] = -1) -> Tensor:
    """2 cov(t, p) / (var(t) + var(p) + (mean(t) - mean(p))**2) along an axis.

    Raises:
        ShapeError: the shapes differ.

    Sources:
        Lin 1989, Biometrics 45. The 1e-7 beside the divisor, and the mean of p taken off t, are Keras's; the latter changes nothing.
    """
    true, pred = pair(y_true, y_pred, "concordance_correlation")
    means = [ops.mean(x, axis=axis, keepdims=True) for x in (true, pred)]
    spread = [ops.mean(ops.square(x - m), axis=axis, keepdims=True) for x, m in zip((true, pred), means, strict=True)]
    products = (true - means[1]) * (pred - means[1])
    total = spread[0] + spread[1] + ops.square(means[0] - means[1])
    return ops.mean(2.0 * products / (total + EPSILON), axis=axis)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """The cosine of the angle between labels and predictions along an axis; 0 where one has no length.

    Raises:
        ShapeError: the shapes differ.
    """
    true, pred = pair(y_true, y_pred, "cosine_similarity")
    true, pred = (
        x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), 1e-12)) for x in (true, pred)
    )
    return ops.sum(true * pred, axis=axis)


class PearsonCorrelation(MeanMetricWrapper):
    """The mean over samples of the Pearson correlation within each. `PearsonR` correlates over all samples.

    Args:
        name: name of the figure.
        dtype: of the figure.
        axis: along which to correlate.

    Example:
        >>> metric = PearsonCorrelation()
        >>> metric.update_state([[0, 1, 0.5], [1, 1, 0.2]], [[0.1, 0.9, 0.5], [1, 0.9, 0.2]])
        >>> round(float(metric.result()), 4)
        0.9967
    """

    _direction = "up"

    def __init__(
        self, name: str | None = "pearson_correlation", dtype: Any = None, axis: int | tuple[int, ...] = -1
    ) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis


class ConcordanceCorrelation(MeanMetricWrapper):
    """The mean over samples of Lin's concordance correlation within each.

    Args:
        name: name of the figure.
        dtype: of the figure.
        axis: along which to correlate.

    Example:
        >>> metric = ConcordanceCorrelation()
        >>> metric.update_state([[0, 1, 0.5], [1, 1, 0.2]], [[0.1, 0.9, 0.5], [1, 0.9, 0.2]])
        >>> round(float(metric.result()), 4)
        0.9816
    """

    _direction = "up"

    def __init__(
        self, name: str | None = "concordance_correlation", dtype: Any = None, axis: int | tuple[int, ...] = -1
    ) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis


class CosineSimilarity(MeanMetricWrapper):
    """The mean cosine of the angle between labels and predictions.

    Args:
        name: name of the figure.
        dtype: of the figure.
        axis: along which the vectors lie.

    Example:
        >>> metric = CosineSimilarity()
        >>> metric.update_state([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]]); round(float(metric.result()), 4)
        0.5
    """

    _direction = "up"

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)
        self.axis = axis

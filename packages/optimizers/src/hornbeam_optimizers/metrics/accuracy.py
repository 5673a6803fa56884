"""How often predictions are right: equal, on the right side of a threshold, first, or among the first k."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, dtypes, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.inputs import aligned, floating, spread, weights_of
from hornbeam_optimizers.metrics.reductions import MeanMetricWrapper

__all__ = [
    "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy", "accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy",
]  # fmt: skip


def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where both are equal.

    Raises:
        ShapeError: the shapes differ.
    """
    true, pred = aligned(y_true, y_pred, "accuracy")
    return ops.cast(ops.equal(true, pred), dtypes.floatx())


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """1 where a label of 0 or 1 is on the prediction's side of the threshold: 1 for predictions above it.

    Raises:
        ShapeError: the shapes differ.
    """
    true, pred = aligned(y_true, y_pred, "binary_accuracy")
    checks.binary(true, "binary_accuracy")
    said = ops.cast(ops.greater(pred, threshold), dtypes.float32)
    return ops.cast(ops.equal(ops.cast(true, dtypes.float32), said), dtypes.floatx())


def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the largest element of both is at the same position of the last axis.

    Raises:
        ShapeError: the shapes differ.
    """
    true, pred = ops.asarray(y_true), ops.asarray(y_pred)
    if true.shape != pred.shape or not true.ndim:
        raise ShapeError(
            f"categorical_accuracy: y_true of shape {true.shape} for predictions of shape {pred.shape}; expected one-hot rows "
            "of the same shape. Class indices go with sparse_categorical_accuracy."
        )
    checks.finite(true, "label", "categorical_accuracy")
    return ops.cast(ops.equal(ops.argmax(true, axis=-1), ops.argmax(pred, axis=-1)), dtypes.floatx())


def _indices(y_true: Any, pred: Tensor, name: str) -> Tensor:
    """Integer labels of the predictions' shape without the classes."""
    true = ops.asarray(y_true)
    if true.ndim == pred.ndim and true.shape[-1] == 1:
        true = ops.squeeze(true, -1)
    if true.shape != pred.shape[:-1]:
        raise ShapeError(
            f"{name}: labels of shape {true.shape} for predictions of shape {pred.shape}; expected class indices of shape "
            f"{pred.shape[:-1]}. One-hot rows go with {name.removeprefix('sparse_')}."
        )
    checks.whole_numbers(true, name)
    return ops.cast(true, "int32")


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the class index is the position of the largest prediction.

    Raises:
        ShapeError: the labels' shape is not that of the predictions without the classes.
    """
    pred = ops.asarray(y_pred)
    true = _indices(y_true, pred, "sparse_categorical_accuracy")
    return ops.cast(ops.equal(true, ops.cast(ops.argmax(pred, axis=-1), "int32")), dtypes.floatx())


def _among_first(true: Tensor, pred: Tensor, k: int) -> Tensor:
    """1 where fewer than k predictions are larger than the one at the label, which has to be finite."""
    own = ops.expand_dims(true, -1) == ops.arange(pred.shape[-1], dtype="int32")
    score = ops.max(ops.where(own, pred, -float("inf")), axis=-1, keepdims=True)
    larger = ops.sum(ops.cast(ops.greater(pred, score), "int32"), axis=-1)
    right = ops.logical_and(ops.less(larger, k), ops.squeeze(ops.isfinite(score), -1))
    return ops.cast(right, dtypes.floatx())


def _check_k(k: Any, name: str) -> None:
    if not isinstance(k, int) or isinstance(k, bool) or k < 1:
        raise InvalidArgumentError(f"{name}: k must be a whole number from 1; got {k!r}")


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """1 where the one-hot label's class is among the k largest predictions.

    Raises:
        ShapeError: the shapes differ.
    """
    true, pred = ops.asarray(y_true), floating(y_pred)
    if true.shape != pred.shape or not true.ndim:
        raise ShapeError(
            f"top_k_categorical_accuracy: y_true of shape {true.shape} for predictions of shape {pred.shape}; they must be equal. "
            "Class indices go with sparse_top_k_categorical_accuracy."
        )
    checks.finite(true, "label", "top_k_categorical_accuracy")
    return _among_first(ops.cast(ops.argmax(true, axis=-1), "int32"), pred, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Tensor:
    """1 where the class index is among the k largest predictions.

    Args:
        y_true: class indices (batch, ...).
        y_pred: scores (batch, ..., classes); with `from_sorted_ids` class indices, the best first.
        k: how many of the best count.
        from_sorted_ids: whether the predictions are class indices already.

    Raises:
        ShapeError: the labels' shape is not that of the predictions without the last axis.
    """
    if from_sorted_ids:
        ids = ops.asarray(y_pred)
        true = _indices(y_true, ids, "sparse_top_k_categorical_accuracy")
        found = ops.equal(ops.expand_dims(ops.cast(true, ids.dtype), -1), ids[..., :k])
        return ops.cast(ops.any(found, axis=-1), dtypes.floatx())
    pred = floating(y_pred)
    return _among_first(_indices(y_true, pred, "sparse_top_k_categorical_accuracy"), pred, k)


class Accuracy(MeanMetricWrapper):
    """How often predictions equal labels: mean(y_true == y_pred).

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = Accuracy()
        >>> metric.update_state([1, 2, 3, 4], [0, 2, 3, 4]); float(metric.result())
        0.75
    """

    _direction = "up"

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(MeanMetricWrapper):
    """How often binary labels are on the prediction's side of the threshold.

    Args:
        name: name of the figure.
        dtype: of the figure.
        threshold: between 0 and 1; predictions above it mean 1.

    Raises:
        InvalidArgumentError: the threshold lies outside.

    Example:
        >>> metric = BinaryAccuracy()
        >>> metric.update_state([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]]); float(metric.result())
        0.75
    """

    _direction = "up"

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        if threshold is not None and not 0 <= threshold <= 1:
            raise InvalidArgumentError(f"BinaryAccuracy: threshold must be between 0 and 1; got {threshold!r}")
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


class CategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is at the one-hot label's position.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = CategoricalAccuracy()
        >>> metric.update_state([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]); float(metric.result())
        0.5
    """

    _direction = "up"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class _OfIndices(MeanMetricWrapper):
    """Warns of labels that are of no class, unless their weight is 0; Keras counts them as never met, too."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in one batch; steps that the prediction's mask leaves out do not count."""
        scores, labels = ops.asarray(y_pred), ops.asarray(y_true)
        checks.whole_numbers(labels, type(self).__name__)
        if scores.ndim and labels.size * scores.shape[-1] == scores.size:
            labels = ops.reshape(labels, scores.shape[:-1])
            weights = spread(weights_of(sample_weight, y_pred), labels.shape, type(self).__name__)
            checks.indices(labels, scores.shape[-1], type(self).__name__, weights, warn=True)
        super().update_state(y_true, y_pred, sample_weight)


class SparseCategoricalAccuracy(_OfIndices):
    """How often the largest prediction is at the position that the class index names.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = SparseCategoricalAccuracy()
        >>> metric.update_state([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]]); float(metric.result())
        0.5
    """

    _direction = "up"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the one-hot label's class is among the k largest predictions.

    Args:
        k: how many of the best count.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: k is not a whole number from 1.

    Example:
        >>> metric = TopKCategoricalAccuracy(k=1)
        >>> metric.update_state([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]); float(metric.result())
        0.5
    """

    _direction = "up"

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        _check_k(k, type(self).__name__)
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = k


class SparseTopKCategoricalAccuracy(_OfIndices):
    """How often the class index is among the k largest predictions.

    Args:
        k: how many of the best count.
        name: name of the figure.
        dtype: of the figure.
        from_sorted_ids: whether predictions are class indices, the best first, and not scores.

    Raises:
        InvalidArgumentError: k is not a whole number from 1.

    Example:
        >>> metric = SparseTopKCategoricalAccuracy(k=2)
        >>> metric.update_state([2, 0], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.5]]); float(metric.result())
        0.5
    """

    _direction = "up"

    def __init__(
        self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:  # fmt: skip
        _check_k(k, type(self).__name__)
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids)
        self.k, self.from_sorted_ids = k, from_sorted_ids

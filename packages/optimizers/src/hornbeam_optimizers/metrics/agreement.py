"""Figures of the whole confusion matrix: the matrix itself, Cohen's kappa, Matthews's correlation, balanced accuracy."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import widened

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.base import STATE, Metric
from hornbeam_optimizers.metrics.inputs import classes_of, weights_of
from hornbeam_optimizers.metrics.iou import matrix_of

__all__ = ["BalancedAccuracy", "CohenKappa", "ConfusionMatrix", "MatthewsCorrelation"]


class FromMatrix(Metric):
    """Keeps the confusion matrix; subclasses say what to make of it.

    Labels are class indices or one-hot rows. Predictions are scores (the largest of a row wins; one column, or none, is the
    probability of class 1), or class indices where they are whole numbers of the labels' shape.

    Args:
        num_classes: default: as many as the first predictions have columns, 2 for one column.
        threshold: of one column: scores above it mean class 1.
        name: name of the figure.
        dtype: of the figure.
    """

    _direction = "up"

    def __init__(self, num_classes: int | None, threshold: float, name: str | None, dtype: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        who = type(self).__name__
        if num_classes is not None and (not isinstance(num_classes, int) or num_classes < 2):
            raise InvalidArgumentError(f"{who}: num_classes must be None or a whole number from 2; got {num_classes!r}")
        self.num_classes, self.threshold = num_classes, checks.share(threshold, "threshold", who)
        if num_classes is not None:
            self._make(num_classes)

    def _make(self, classes: int) -> None:
        self.matrix = self.add_variable((classes, classes), name="matrix")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch.

        Raises:
            InvalidArgumentError: a label or prediction is of no class, or the number of classes is not known.
            ShapeError: labels and predictions do not fit.
        """
        name, y_pred = type(self).__name__, widened(y_pred)
        weights, scores = weights_of(sample_weight, y_pred), ops.asarray(y_pred)
        true, pred, classes = self._indices(ops.asarray(y_true), scores, name)
        if not self._variables:
            if classes is None:
                raise InvalidArgumentError(f"{name}: give num_classes, since the predictions are class indices")
            self._make(classes)
        size = self.matrix.shape[0]
        if weights is not None:
            while weights.ndim < true.ndim:
                weights = ops.expand_dims(weights, -1)
            weights = ops.broadcast_to(weights, true.shape)
        checks.indices(true, size, name, weights)
        checks.indices(pred, size, name, weights)
        known = ops.logical_and(ops.greater_equal(true, 0), ops.less(true, size))
        each = ops.cast(known, "int32") if weights is None else ops.where(known, weights, 0.0)
        flat = (ops.reshape(x, (true.size,)) for x in (ops.where(known, true, 0), pred, each))
        place, said, shares = flat
        self.matrix.assign(self.matrix + ops.cast(matrix_of(place, said, size, shares), STATE))

    def _indices(self, true: Tensor, scores: Tensor, name: str) -> tuple[Tensor, Tensor, int | None]:
        """Class indices of labels and predictions, and how many classes the predictions tell of."""
        if not scores.dtype.is_floating and scores.dtype != "bool" and true.shape == scores.shape:
            checks.whole_numbers(true, name)
            return ops.cast(true, "int32"), ops.cast(scores, "int32"), None
        checks.finite(scores, "prediction", name)
        if scores.ndim and scores.shape[-1] > 1 and true.shape != (*scores.shape, 1) and not (
            true.shape == scores.shape and scores.ndim == 1
        ):  # fmt: skip
            checks.whole_numbers(true, name)
            return classes_of(true, scores), ops.cast(ops.argmax(scores, axis=-1), "int32"), scores.shape[-1]
        if true.size != scores.size:
            raise ShapeError(f"{name}: labels of shape {true.shape} for predictions of shape {scores.shape}")
        checks.whole_numbers(true, name)
        said = ops.cast(ops.greater(ops.reshape(scores, true.shape), self.threshold), "int32")
        return ops.cast(true, "int32"), said, 2

    def figure(self, matrix: Tensor) -> Tensor:
        """The figure of a matrix in which something was counted."""
        raise AttributeError("figure")

    def result(self) -> Tensor:
        """The figure; 0 before anything was seen."""
        return self._figure(self.figure(self.matrix.value) if self._variables else 0.0)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "num_classes": self.num_classes, "threshold": self.threshold}


class ConfusionMatrix(FromMatrix):
    """How often samples of each class (rows) were predicted as each class (columns).

    Args:
        num_classes: default: as many as the first predictions have columns, 2 for one column.
        normalize: None (counts), "true" (each row sums to 1), "pred" (each column), or "all".
        threshold: of one column of predictions: scores above it mean class 1.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = ConfusionMatrix(num_classes=2)
        >>> metric.update_state([0, 1, 1], [0, 0, 1]); metric.result().numpy().tolist()
        [[1.0, 0.0], [1.0, 1.0]]
    """

    def __init__(
        self, num_classes: int | None = None, normalize: str | None = None, threshold: float = 0.5,
        name: str | None = "confusion_matrix", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, threshold, name, dtype)
        if normalize not in (None, "true", "pred", "all"):
            raise InvalidArgumentError(
                f"ConfusionMatrix: normalize must be None, 'true', 'pred' or 'all'; got {normalize!r}"
            )
        self.normalize = normalize

    def figure(self, matrix: Tensor) -> Tensor:
        """The matrix, normalised."""
        if self.normalize is None:
            return matrix
        axis = {"true": 1, "pred": 0, "all": None}[self.normalize]
        return ops.divide_no_nan(matrix, ops.sum(matrix, axis=axis, keepdims=True))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "normalize": self.normalize}


class CohenKappa(FromMatrix):
    """Agreement beyond chance: 1 - disagreement / disagreement expected of independent labels; NaN where none is expected.

    Args:
        num_classes: default: as many as the first predictions have columns, 2 for one column.
        weights: None (each disagreement counts 1), "linear" (by the distance of the classes) or "quadratic" (by its square).
        threshold: of one column of predictions: scores above it mean class 1.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = CohenKappa(num_classes=3)
        >>> metric.update_state([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2]); round(float(metric.result()), 4)
        0.4286

    Sources:
        Cohen 1960; Cohen 1968 (weighted).
    """

    def __init__(
        self, num_classes: int | None = None, weights: str | None = None, threshold: float = 0.5,
        name: str | None = "cohen_kappa", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, threshold, name, dtype)
        if weights not in (None, "linear", "quadratic"):
            raise InvalidArgumentError(f"CohenKappa: weights must be None, 'linear' or 'quadratic'; got {weights!r}")
        self.weights = weights

    def figure(self, matrix: Tensor) -> Tensor:
        """Kappa."""
        place = ops.arange(matrix.shape[0], dtype=matrix.dtype)
        gap = ops.abs(ops.expand_dims(place, 1) - place)
        costs = {None: ops.cast(ops.not_equal(gap, 0.0), gap.dtype), "linear": gap, "quadratic": gap * gap}[
            self.weights
        ]
        rows, columns = ops.sum(matrix, axis=1), ops.sum(matrix, axis=0)
        expected = ops.expand_dims(rows, 1) * columns / ops.maximum(ops.sum(matrix), 1e-30)
        return 1.0 - ops.sum(costs * matrix) / ops.sum(costs * expected)

    def result(self) -> Tensor:
        """Kappa; 0 before anything was seen."""
        return self._figure(ops.where(self._empty(), 0.0, super().result()))

    def _empty(self) -> Any:
        return ops.equal(ops.sum(self.matrix.value), 0.0) if self._variables else True

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "weights": self.weights}


class MatthewsCorrelation(FromMatrix):
    """The correlation of labels and predictions, of two classes or several; 0 where one of them never changes.

    Args:
        num_classes: default: as many as the first predictions have columns, 2 for one column.
        threshold: of one column of predictions: scores above it mean class 1.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = MatthewsCorrelation(num_classes=2)
        >>> metric.update_state([1, 1, 1, 0], [1, 0, 1, 1]); round(float(metric.result()), 4)
        -0.3333

    Sources:
        Matthews 1975; Gorodkin 2004 (several classes).
    """

    def __init__(
        self, num_classes: int | None = None, threshold: float = 0.5, name: str | None = "matthews_correlation",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, threshold, name, dtype)

    def figure(self, matrix: Tensor) -> Tensor:
        """The correlation."""
        rows, columns, total = ops.sum(matrix, axis=1), ops.sum(matrix, axis=0), ops.sum(matrix)
        covariance = ops.sum(ops.diagonal(matrix)) * total - ops.sum(rows * columns)
        square = (total * total - ops.sum(rows * rows)) * (total * total - ops.sum(columns * columns))
        return ops.divide_no_nan(covariance, ops.sqrt(ops.maximum(square, 0.0)))


class BalancedAccuracy(FromMatrix):
    """The mean recall of the classes that occur.

    Args:
        num_classes: default: as many as the first predictions have columns, 2 for one column.
        adjusted: whether chance is 0 (and perfection stays 1).
        threshold: of one column of predictions: scores above it mean class 1.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = BalancedAccuracy(num_classes=2)
        >>> metric.update_state([0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1]); float(metric.result())
        0.625
    """

    def __init__(
        self, num_classes: int | None = None, adjusted: bool = False, threshold: float = 0.5,
        name: str | None = "balanced_accuracy", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, threshold, name, dtype)
        self.adjusted = adjusted

    def figure(self, matrix: Tensor) -> Tensor:
        """The mean."""
        rows = ops.sum(matrix, axis=1)
        classes = ops.sum(ops.cast(ops.greater(rows, 0.0), matrix.dtype))
        score = ops.divide_no_nan(ops.sum(ops.divide_no_nan(ops.diagonal(matrix), rows)), classes)
        if not self.adjusted:
            return score
        chance = ops.divide_no_nan(1.0, classes)
        return ops.divide_no_nan(score - chance, 1.0 - chance)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "adjusted": self.adjusted}

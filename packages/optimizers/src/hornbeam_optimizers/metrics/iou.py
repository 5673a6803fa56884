"""Intersection over union of segmentations, from a confusion matrix of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import widened

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.base import STATE, Metric
from hornbeam_optimizers.metrics.inputs import summed, weights_of

__all__ = ["BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"]

EPSILON = 1e-7


def matrix_of(true: Tensor, pred: Tensor, classes: int, weights: Tensor) -> Tensor:
    """The confusion matrix (classes, classes) of class indices: rows are labels, columns predictions.

    Args:
        true: (n,) int32 within [0, classes).
        pred: (n,) int32 within [0, classes).
        classes: how many.
        weights: (n,), whole or not.
    """
    return ops.reshape(summed(weights, true * classes + pred, classes * classes), (classes, classes))


class IoU(Metric):
    """The mean of intersection / union over some classes that occur: tp / (tp + fp + fn).

    Labels and predictions outside of [0, num_classes), and labels of `ignore_class`, do not count.

    Args:
        num_classes: how many classes.
        target_class_ids: of which classes the mean is taken.
        name: name of the figure.
        dtype: kept for Keras's signature; weights are not cut to whole numbers whatever it is.
        ignore_class: a label that does not count, such as 255 for unlabelled pixels.
        sparse_y_true: whether labels are class indices, and not one-hot.
        sparse_y_pred: whether predictions are class indices, and not scores.
        axis: where the classes lie in one-hot labels and scores.

    Raises:
        InvalidArgumentError: a target class is not one of the classes.

    Example:
        >>> metric = IoU(num_classes=2, target_class_ids=[0])
        >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1]); round(float(metric.result()), 4)
        0.3333
    """

    _direction = "up"

    def __init__(
        self, num_classes: int, target_class_ids: Sequence[int], name: str | None = None, dtype: Any = None,
        ignore_class: int | None = None, sparse_y_true: bool = True, sparse_y_pred: bool = True, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype or "int")
        who = type(self).__name__
        targets = [int(c) for c in target_class_ids]
        if not targets or min(targets) < 0 or max(targets) >= num_classes:
            raise InvalidArgumentError(
                f"{who}: target_class_ids must be between 0 and {num_classes - 1}; got {list(target_class_ids)}"
            )
        self.num_classes, self.target_class_ids, self.ignore_class = num_classes, targets, ignore_class
        self.sparse_y_true, self.sparse_y_pred, self.axis = sparse_y_true, sparse_y_pred, axis
        self.total_cm = self.add_variable((num_classes, num_classes), name="total_confusion_matrix")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch of labels and predictions of any shape.

        Raises:
            ShapeError: they differ in number.
        """
        y_pred = widened(y_pred)
        weights = weights_of(sample_weight, y_pred)
        true, pred = ops.asarray(y_true), ops.asarray(y_pred)
        checks.finite(true, "label", type(self).__name__)
        checks.finite(pred, "prediction", type(self).__name__)
        true = true if self.sparse_y_true else ops.argmax(true, axis=self.axis)
        pred = pred if self.sparse_y_pred else ops.argmax(pred, axis=self.axis)
        self._add(ops.cast(true, "int32"), ops.cast(pred, "int32"), weights)

    def _add(self, true: Tensor, pred: Tensor, weights: Tensor | None) -> None:
        if true.size != pred.size:
            raise ShapeError(
                f"{type(self).__name__}: labels of shape {true.shape} for predictions of shape {pred.shape}"
            )
        if weights is not None:
            if weights.size != true.size:
                weights = ops.reshape(weights, (*weights.shape, *(1,) * (true.ndim - weights.ndim)))
                weights = ops.broadcast_to(weights, true.shape)
            weights = ops.reshape(weights, (true.size,))
        true, pred = ops.reshape(true, (true.size,)), ops.reshape(pred, (pred.size,))
        counts = ops.logical_and(
            ops.logical_and(ops.greater_equal(true, 0), ops.less(true, self.num_classes)),
            ops.logical_and(ops.greater_equal(pred, 0), ops.less(pred, self.num_classes)),
        )
        if self.ignore_class is not None:
            counts = ops.logical_and(counts, ops.not_equal(true, self.ignore_class))
        each = ops.cast(counts, "int32") if weights is None else ops.where(counts, weights, 0.0)
        found = matrix_of(ops.where(counts, true, 0), ops.where(counts, pred, 0), self.num_classes, each)
        self.total_cm.assign(self.total_cm + ops.cast(found, STATE))

    def result(self) -> Tensor:
        """The mean over the target classes that occur; 0 where none does."""
        matrix = self.total_cm.value
        tp = ops.take(ops.diagonal(matrix), np.asarray(self.target_class_ids, np.int32))
        union = ops.sum(matrix, axis=0) + ops.sum(matrix, axis=1)
        union = ops.take(union, np.asarray(self.target_class_ids, np.int32)) - tp
        occurs = ops.greater(union, 1e-9)
        each = ops.where(occurs, tp / (union + EPSILON), 0.0)
        return self._figure(ops.sum(each) / (ops.sum(ops.cast(occurs, each.dtype)) + EPSILON))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(), "num_classes": self.num_classes, "target_class_ids": self.target_class_ids,
            "ignore_class": self.ignore_class, "sparse_y_true": self.sparse_y_true, "sparse_y_pred": self.sparse_y_pred,
            "axis": self.axis,
        }  # fmt: skip

    def _config_without(self, *names: str) -> dict[str, Any]:
        return {k: v for k, v in IoU.get_config(self).items() if k not in names}


class BinaryIoU(IoU):
    """IoU of two classes that a threshold tells apart.

    Args:
        target_class_ids: of which of the classes 0 and 1 the mean is taken.
        threshold: predictions of at least this are of class 1.
        name: name of the figure.
        dtype: kept for Keras's signature.

    Example:
        >>> metric = BinaryIoU(target_class_ids=[0, 1], threshold=0.3)
        >>> metric.update_state([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]); round(float(metric.result()), 4)
        0.3333
    """

    def __init__(
        self, target_class_ids: Sequence[int] = (0, 1), threshold: float = 0.5, name: str | None = None, dtype: Any = None
    ) -> None:  # fmt: skip
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch of labels 0 and 1, and scores."""
        y_pred = widened(y_pred)
        scores = ops.cast(y_pred, "float32")
        checks.finite(scores, "prediction", "BinaryIoU")
        said = ops.cast(ops.greater_equal(scores, self.threshold), "int32")
        self._add(ops.cast(y_true, "int32"), said, weights_of(sample_weight, y_pred))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = {k: v for k, v in super().get_config().items() if k in ("name", "dtype", "target_class_ids")}
        return {**config, "threshold": self.threshold}


class MeanIoU(IoU):
    """IoU, averaged over all classes that occur. Arguments as for `IoU`.

    Example:
        >>> metric = MeanIoU(num_classes=2)
        >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1]); round(float(metric.result()), 4)
        0.3333
    """

    def __init__(
        self, num_classes: int, name: str | None = None, dtype: Any = None, ignore_class: int | None = None,
        sparse_y_true: bool = True, sparse_y_pred: bool = True, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return self._config_without("target_class_ids")


class OneHotIoU(IoU):
    """IoU of one-hot labels. Arguments as for `IoU`.

    Example:
        >>> metric = OneHotIoU(num_classes=2, target_class_ids=[0])
        >>> metric.update_state([[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]]); round(float(metric.result()), 4)
        0.5
    """

    def __init__(
        self, num_classes: int, target_class_ids: Sequence[int], name: str | None = None, dtype: Any = None,
        ignore_class: int | None = None, sparse_y_pred: bool = False, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return self._config_without("sparse_y_true")


class OneHotMeanIoU(MeanIoU):
    """IoU of one-hot labels, averaged over all classes that occur. Arguments as for `IoU`.

    Example:
        >>> metric = OneHotMeanIoU(num_classes=2)
        >>> metric.update_state([[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]]); round(float(metric.result()), 4)
        0.25
    """

    def __init__(
        self, num_classes: int, name: str | None = None, dtype: Any = None, ignore_class: int | None = None,
        sparse_y_pred: bool = False, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return self._config_without("target_class_ids", "sparse_y_true")

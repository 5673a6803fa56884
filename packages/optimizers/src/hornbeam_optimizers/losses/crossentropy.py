"""Cross-entropies, from probabilities or, without loss of accuracy, from logits."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.composites.losses import binary_cross_entropy, categorical_cross_entropy, sparse_cross_entropy
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.losses.base import LossFunctionWrapper
from hornbeam_optimizers.losses.inputs import EPSILON, class_indices, floating, log_probabilities, logits_of, pair

__all__ = [
    "BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy", "KLDivergence",
    "SparseCategoricalCrossentropy", "binary_crossentropy", "categorical_crossentropy",
    "categorical_generalized_cross_entropy", "kl_divergence", "sparse_categorical_crossentropy",
]  # fmt: skip


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """-mean(t log p + (1 - t) log(1 - p)) over an axis, for probabilities p, or for logits without loss of accuracy."""
    true, pred = pair(y_true, y_pred, "binary_crossentropy")
    if label_smoothing:
        true = true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    logits = logits_of(pred, "sigmoid", from_logits)
    if logits is not None:
        each = binary_cross_entropy(logits, true)
    else:
        p = ops.clip(pred, EPSILON, 1.0 - EPSILON)
        each = -(true * ops.log(p) + (1.0 - true) * ops.log(1.0 - p))
    return ops.mean(each, axis=axis)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """-sum(t log p) over the classes, for one-hot or soft labels of the prediction's shape."""
    true, pred = pair(y_true, y_pred, "categorical_crossentropy")
    if label_smoothing:
        true = true * (1.0 - label_smoothing) + label_smoothing / true.shape[axis]
    logits = logits_of(pred, "softmax", from_logits)
    if logits is not None:
        return categorical_cross_entropy(ops.moveaxis(logits, axis, -1), ops.moveaxis(true, axis, -1))
    return -ops.sum(true * log_probabilities(pred, axis), axis=axis)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Tensor:
    """-log p of the class that each integer label names; 0, and masked, where it is `ignore_class`.

    Raises:
        ShapeError: the labels' shape is not the prediction's without the classes.
    """
    pred = floating(y_pred)
    labels = class_indices(y_true, pred, "sparse_categorical_crossentropy", axis)
    if ignore_class is not None and not isinstance(ignore_class, int):
        raise InvalidArgumentError(f"ignore_class must be an integer; got {ignore_class!r}")
    logits = logits_of(pred, "softmax", from_logits)
    if logits is not None:
        loss = sparse_cross_entropy(ops.moveaxis(logits, axis, -1), labels)
    else:
        hot = ops.one_hot(labels, pred.shape[axis], axis=axis, dtype=pred.dtype)
        loss = -ops.sum(hot * log_probabilities(pred, axis), axis=axis)
    if ignore_class is None:
        return loss
    counts = ops.not_equal(labels, ignore_class)
    loss = ops.where(counts, loss, 0.0)
    loss.mask = counts
    return loss


def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """sum(y_true * log(y_true / y_pred)) over the last axis, of distributions."""
    true, pred = (ops.clip(x, EPSILON, 1.0) for x in pair(y_true, y_pred, "kl_divergence"))
    return ops.sum(true * ops.log(true / pred), axis=-1)


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Tensor:
    """(1 - p**q) / q of the probability p of the class that each integer label names.

    Between the cross-entropy (q to 0) and 1 - p (q = 1), which wrong labels trouble less. Source: Zhang and Sabuncu 2018,
    equation 6.
    """
    pred = floating(y_pred)
    labels = class_indices(y_true, pred, "categorical_generalized_cross_entropy")
    p = ops.sum(pred * ops.one_hot(labels, pred.shape[-1], dtype=pred.dtype), axis=-1)
    there = ops.greater(p, 0.0)  # at 0 the slope would be infinite
    return (1.0 - ops.where(there, ops.power(ops.where(there, p, 1.0), q), 0.0)) / q


class BinaryCrossentropy(LossFunctionWrapper):
    """-mean(t log p + (1 - t) log(1 - p)), for probabilities or, with `from_logits`, for logits.

    Example:
        >>> import hornbeam as hb
        >>> round(float(BinaryCrossentropy()([[1.0]], [[0.5]])), 4)
        0.6931
    """

    labels = "unit"

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1,
        reduction: str | None = "sum_over_batch_size", name: str = "binary_crossentropy", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            binary_crossentropy, reduction, name, dtype,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip


class CategoricalCrossentropy(LossFunctionWrapper):
    """-sum(t log p) for one-hot labels.

    Example:
        >>> import hornbeam as hb
        >>> round(float(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
        0.6931
    """

    labels = "unit"

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1,
        reduction: str | None = "sum_over_batch_size", name: str = "categorical_crossentropy", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            categorical_crossentropy, reduction, name, dtype,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """-log p of the class that each integer label names.

    Args:
        from_logits: whether predictions are logits, not probabilities.
        ignore_class: a label whose values do not count.
        reduction, name, dtype: as for every loss.
        axis: of the classes.

    Example:
        >>> import hornbeam as hb
        >>> loss = SparseCategoricalCrossentropy(from_logits=True)
        >>> round(float(loss([0], hb.ops.zeros((1, 2)))), 4)
        0.6931
    """

    labels = "classes"

    def __init__(
        self, from_logits: bool = False, ignore_class: int | None = None, reduction: str | None = "sum_over_batch_size",
        axis: int = -1, name: str = "sparse_categorical_crossentropy", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            sparse_categorical_crossentropy, reduction, name, dtype,
            from_logits=from_logits, ignore_class=ignore_class, axis=axis,
        )  # fmt: skip


class KLDivergence(LossFunctionWrapper):
    """sum(y_true * log(y_true / y_pred)), of distributions."""

    labels = "unit"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "kl_divergence", dtype: Any = None
    ) -> None:
        super().__init__(kl_divergence, reduction, name, dtype)


class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """(1 - p**q) / q of the labels' probabilities: bears wrong labels better than the cross-entropy.

    Args:
        q: between 0 (the cross-entropy) and 1 (the mean absolute error).
        reduction, name, dtype: as for every loss.

    Raises:
        InvalidArgumentError: q is outside.
    """

    labels = "classes"

    def __init__(
        self, q: float = 0.5, reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy", dtype: Any = None,
    ) -> None:  # fmt: skip
        if not 0 < q < 1:
            raise InvalidArgumentError(f"{type(self).__name__}: q must be between 0 and 1; got {q!r}")
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)

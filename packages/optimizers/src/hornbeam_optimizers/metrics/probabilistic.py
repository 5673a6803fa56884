"""Cross-entropies, divergences and likelihoods as metrics."""

from __future__ import annotations

from typing import Any

from hornbeam import ops

from hornbeam_optimizers.losses import functions
from hornbeam_optimizers.metrics.inputs import floating, spread
from hornbeam_optimizers.metrics.reductions import MeanMetricWrapper, MeanOfValues

__all__ = ["BinaryCrossentropy", "CategoricalCrossentropy", "KLDivergence", "Poisson", "SparseCategoricalCrossentropy"]  # fmt: skip


class BinaryCrossentropy(MeanOfValues):
    """-mean(t log p + (1 - t) log(1 - p)).

    Args:
        name: name of the figure.
        dtype: of the figure.
        from_logits: whether predictions are logits.
        label_smoothing: share by which labels are moved towards 1/2.

    Example:
        >>> metric = BinaryCrossentropy()
        >>> metric.update_state([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]); round(float(metric.result()), 4)
        0.8149
    """

    _direction = "down"

    def __init__(
        self, name: str | None = "binary_crossentropy", dtype: Any = None, from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:  # fmt: skip
        super().__init__(
            functions.binary_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing
        )


class CategoricalCrossentropy(MeanMetricWrapper):
    """-sum(t log p) over the classes, for one-hot labels.

    Args:
        name: name of the figure.
        dtype: of the figure.
        from_logits: whether predictions are logits.
        label_smoothing: share by which labels are moved towards equal ones.
        axis: where the classes lie.

    Example:
        >>> metric = CategoricalCrossentropy()
        >>> metric.update_state([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]); round(float(metric.result()), 4)
        1.1769
    """

    _direction = "down"

    def __init__(
        self, name: str | None = "categorical_crossentropy", dtype: Any = None, from_logits: bool = False,
        label_smoothing: float = 0, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(
            functions.categorical_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing,
            axis=axis,
        )  # fmt: skip


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """-log p of the class that each index names.

    Args:
        name: name of the figure.
        dtype: of the figure.
        from_logits: whether predictions are logits.
        ignore_class: a label whose loss is 0; beside sample weights it does not count at all, as in Keras.
        axis: where the classes lie.

    Example:
        >>> metric = SparseCategoricalCrossentropy()
        >>> metric.update_state([1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]); round(float(metric.result()), 4)
        1.1769
    """

    _direction = "down"

    def __init__(
        self, name: str | None = "sparse_categorical_crossentropy", dtype: Any = None, from_logits: bool = False,
        ignore_class: int | None = None, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(
            functions.sparse_categorical_crossentropy, name, dtype, from_logits=from_logits, ignore_class=ignore_class,
            axis=axis,
        )  # fmt: skip
        self.ignore_class = ignore_class

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in one batch; steps that the prediction's mask leaves out do not count."""
        if self.ignore_class is not None and sample_weight is not None:
            weights, labels = floating(sample_weight), ops.asarray(y_true)
            if labels.ndim > weights.ndim:
                labels = ops.reshape(labels, weights.shape) if labels.size == weights.size else labels
            sample_weight = spread(weights, labels.shape, type(self).__name__)
            sample_weight = ops.where(ops.equal(labels, self.ignore_class), 0.0, sample_weight)
        super().update_state(y_true, y_pred, sample_weight)


class KLDivergence(MeanMetricWrapper):
    """sum(y_true * log(y_true / y_pred)), of distributions.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = KLDivergence()
        >>> metric.update_state([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]); round(float(metric.result()), 4)
        0.4581
    """

    _direction = "down"

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(functions.kl_divergence, name, dtype)


class Poisson(MeanOfValues):
    """mean(y_pred - y_true * log(y_pred)).

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = Poisson()
        >>> metric.update_state([[0, 1], [0, 0]], [[1, 1], [0, 0]]); round(float(metric.result()), 4)
        0.5
    """

    _direction = "down"

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(functions.poisson, name, dtype)

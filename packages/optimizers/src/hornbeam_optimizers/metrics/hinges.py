"""The hinges as metrics."""

from __future__ import annotations

from typing import Any

from hornbeam_optimizers.losses import functions
from hornbeam_optimizers.metrics.reductions import MeanMetricWrapper, MeanOfValues

__all__ = ["CategoricalHinge", "Hinge", "SquaredHinge"]  # fmt: skip


class Hinge(MeanOfValues):
    """mean(max(1 - y_true * y_pred, 0)), for labels -1 and 1, or 0 and 1.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = Hinge()
        >>> metric.update_state([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]); round(float(metric.result()), 4)
        1.3
    """

    _direction = "down"

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(functions.hinge, name, dtype)


class SquaredHinge(MeanOfValues):
    """mean(max(1 - y_true * y_pred, 0)**2), for labels -1 and 1, or 0 and 1.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = SquaredHinge()
        >>> metric.update_state([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]); round(float(metric.result()), 4)
        1.86
    """

    _direction = "down"

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(functions.squared_hinge, name, dtype)


class CategoricalHinge(MeanMetricWrapper):
    """max(1 + the largest prediction of a wrong class - that of the right one, 0), for one-hot labels.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = CategoricalHinge()
        >>> metric.update_state([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]); round(float(metric.result()), 4)
        1.4
    """

    _direction = "down"

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(functions.categorical_hinge, name, dtype)

"""The mean errors of regression, as metrics."""

from __future__ import annotations

from typing import Any

from hornbeam_optimizers.losses import functions
from hornbeam_optimizers.metrics.reductions import MeanOfValues

__all__ = [
    "LogCoshError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "MeanSquaredLogarithmicError",
]  # fmt: skip


class MeanAbsoluteError(MeanOfValues):
    """mean(|y_true - y_pred|).

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = MeanAbsoluteError()
        >>> metric.update_state([[0, 1], [0, 0]], [[1, 1], [0, 0]]); float(metric.result())
        0.25
    """

    _direction = "down"

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(functions.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanOfValues):
    """100 * mean(|y_true - y_pred| / |y_true|).

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = MeanAbsolutePercentageError()
        >>> metric.update_state([[1, 2], [4, 5]], [[1, 1], [4, 4]]); round(float(metric.result()), 4)
        17.5
    """

    _direction = "down"

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(functions.mean_absolute_percentage_error, name, dtype)


class MeanSquaredError(MeanOfValues):
    """mean((y_true - y_pred)**2).

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = MeanSquaredError()
        >>> metric.update_state([[0, 1], [0, 0]], [[1, 1], [0, 0]]); float(metric.result())
        0.25
    """

    _direction = "down"

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(functions.mean_squared_error, name, dtype)


class MeanSquaredLogarithmicError(MeanOfValues):
    """mean((log(y_true + 1) - log(y_pred + 1))**2).

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = MeanSquaredLogarithmicError()
        >>> metric.update_state([[0, 1], [0, 0]], [[1, 1], [0, 0]]); round(float(metric.result()), 4)
        0.1201
    """

    _direction = "down"

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(functions.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(MeanOfValues):
    """mean(log(cosh(y_pred - y_true))).

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = LogCoshError()
        >>> metric.update_state([[0, 1], [0, 0]], [[1, 1], [0, 0]]); round(float(metric.result()), 4)
        0.1084
    """

    _direction = "down"

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(functions.log_cosh, name, dtype)

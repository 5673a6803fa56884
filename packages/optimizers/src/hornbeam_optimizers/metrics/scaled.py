"""Errors of forecasts that do not depend on the unit: symmetric percentage error, scaled error."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import widened

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.base import STATE, Metric
from hornbeam_optimizers.metrics.inputs import pair, spread, weights_of
from hornbeam_optimizers.metrics.reductions import MeanOfValues

__all__ = [
    "MeanAbsoluteScaledError", "SymmetricMeanAbsolutePercentageError", "symmetric_mean_absolute_percentage_error",
]  # fmt: skip


def symmetric_mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """100 * mean(2 |t - p| / (|t| + |p|)) over the last axis; 0 where both are 0.

    Raises:
        ShapeError: the shapes differ.
    """
    true, pred = pair(y_true, y_pred, "symmetric_mean_absolute_percentage_error")
    return 100.0 * ops.mean(
        ops.divide_no_nan(2.0 * ops.abs(true - pred), ops.abs(true) + ops.abs(pred)), axis=-1
    )  # fmt: skip


class SymmetricMeanAbsolutePercentageError(MeanOfValues):
    """sMAPE, from 0 to 200: 100 * mean(2 |t - p| / (|t| + |p|)).

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = SymmetricMeanAbsolutePercentageError()
        >>> metric.update_state([1.0, 2.0, 0.0], [3.0, 2.0, 0.0]); round(float(metric.result()), 4)
        33.3333

    Sources:
        Makridakis 1993, in the form of the M4 competition.
    """

    _direction = "down"

    def __init__(self, name: str | None = "symmetric_mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(symmetric_mean_absolute_percentage_error, name, dtype)


class MeanAbsoluteScaledError(Metric):
    """MASE: the mean absolute error, over that of the naive forecast (the value one season before).

    Args:
        seasonality: steps of a season, from 1.
        scale: the naive forecast's mean absolute error, on the training series say; default: that of the labels themselves,
            (batch, steps, ...), along the steps.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = MeanAbsoluteScaledError()
        >>> metric.update_state([[1.0, 2.0, 4.0, 3.0]], [[1.0, 3.0, 4.0, 3.0]]); round(float(metric.result()), 4)
        0.1875

    Sources:
        Hyndman and Koehler 2006, Another look at measures of forecast accuracy.
    """

    _direction = "down"

    def __init__(
        self, seasonality: int = 1, scale: float | None = None, name: str | None = "mean_absolute_scaled_error",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype)
        if not isinstance(seasonality, int) or seasonality < 1:
            raise InvalidArgumentError(
                f"MeanAbsoluteScaledError: seasonality must be a whole number from 1; got {seasonality!r}"
            )
        if scale is not None and not scale > 0:
            raise InvalidArgumentError(f"MeanAbsoluteScaledError: scale must be above 0; got {scale!r}")
        self.seasonality, self.scale = seasonality, scale
        self.sums = self.add_variable((4,), name="sums")  # error and its weight, naive error and its weight

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch of series.

        Raises:
            ShapeError: the shapes differ; or the series are not longer than a season, and there is no scale.
        """
        y_pred, name = widened(y_pred), "MeanAbsoluteScaledError"
        true, pred = pair(y_true, y_pred, name)
        checks.finite(true, "label", name)
        shares = spread(weights_of(sample_weight, y_pred), true.shape, name)
        shares = ops.ones(true.shape, "float32") if shares is None else shares
        found = [ops.sum(shares * ops.abs(true - pred)), ops.sum(shares)]
        if self.scale is None:
            m = self.seasonality
            if true.ndim < 2 or true.shape[1] <= m:
                raise ShapeError(
                    f"{name}: labels must be (batch, steps, ...) with more than {m} steps, or scale be given; got shape {true.shape}"
                )
            late = shares[:, m:]
            found += [ops.sum(late * ops.abs(true[:, m:] - true[:, :-m])), ops.sum(late)]
        else:
            found += [ops.asarray(self.scale), ops.asarray(1.0)]
        self.sums.assign(self.sums + ops.cast(ops.stack([ops.cast(f, "float32") for f in found]), STATE))

    def result(self) -> Tensor:
        """The ratio; 0 before anything was seen."""
        error, count, naive, naive_count = (self.sums.value[i] for i in range(4))
        mean = ops.divide_no_nan(error, count)
        return self._figure(ops.divide_no_nan(mean, ops.divide_no_nan(naive, naive_count)))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "seasonality": self.seasonality, "scale": self.scale}

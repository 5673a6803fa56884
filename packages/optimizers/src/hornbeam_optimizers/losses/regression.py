"""Losses of numbers: squared, absolute, relative, robust, of quantiles and of counts."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.losses.base import LossFunctionWrapper
from hornbeam_optimizers.losses.inputs import EPSILON, pair

__all__ = [
    "CosineSimilarity", "Huber", "LogCosh", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "Poisson", "Quantile", "SmoothL1", "cosine_similarity", "huber", "log_cosh",
    "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error",
    "poisson", "quantile", "smooth_l1",
]  # fmt: skip


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean((y_true - y_pred)**2) over the last axis."""
    true, pred = pair(y_true, y_pred, "mean_squared_error")
    return ops.mean(ops.square(true - pred), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean(|y_true - y_pred|) over the last axis."""
    true, pred = pair(y_true, y_pred, "mean_absolute_error")
    return ops.mean(ops.abs(true - pred), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """100 * mean(|y_true - y_pred| / max(|y_true|, 1e-7)) over the last axis."""
    true, pred = pair(y_true, y_pred, "mean_absolute_percentage_error")
    return 100.0 * ops.mean(ops.abs((true - pred) / ops.maximum(ops.abs(true), EPSILON)), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean((log(y_true + 1) - log(y_pred + 1))**2) over the last axis; negative values count as 0."""
    true, pred = pair(y_true, y_pred, "mean_squared_logarithmic_error")
    one, other = (ops.log(ops.maximum(x, EPSILON) + 1.0) for x in (true, pred))
    return ops.mean(ops.square(other - one), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Minus the cosine of the angle between vectors along an axis; 0 for a vector of zeros."""
    true, pred = (_unit(x, axis) for x in pair(y_true, y_pred, "cosine_similarity"))
    return -ops.sum(true * pred, axis=axis)


def _unit(x: Tensor, axis: int) -> Tensor:
    return x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), EPSILON**2))


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """mean of error**2 / 2 up to |error| = delta, and of delta * |error| - delta**2 / 2 beyond, over the last axis."""
    true, pred = pair(y_true, y_pred, "huber")
    size = ops.abs(pred - true)
    return ops.mean(ops.where(size <= delta, 0.5 * ops.square(size), delta * size - 0.5 * delta * delta), axis=-1)


def smooth_l1(y_true: Any, y_pred: Any, beta: float = 1.0) -> Tensor:
    """Huber's loss over beta: error**2 / (2 beta) below |error| = beta, and |error| - beta / 2 beyond, over the last axis."""
    return huber(y_true, y_pred, beta) / beta


def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """mean(log(cosh(y_pred - y_true))) over the last axis."""
    true, pred = pair(y_true, y_pred, "log_cosh")
    size = ops.abs(pred - true)  # log cosh is even: with -|x| in the exponential nothing overflows
    return ops.mean(size + ops.softplus(-2.0 * size) - math.log(2.0), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """mean(y_pred - y_true * log(y_pred + 1e-7)) over the last axis."""
    true, pred = pair(y_true, y_pred, "poisson")
    return ops.mean(pred - true * ops.log(pred + EPSILON), axis=-1)


def quantile(y_true: Any, y_pred: Any, q: float = 0.5) -> Tensor:
    """mean(max(q * e, (q - 1) * e)) of e = y_true - y_pred, over the last axis. Source: Koenker and Bassett 1978."""
    true, pred = pair(y_true, y_pred, "quantile")
    error = true - pred
    return ops.mean(ops.maximum(q * error, (q - 1.0) * error), axis=-1)


class MeanSquaredError(LossFunctionWrapper):
    """mean((y_true - y_pred)**2).

    Example:
        >>> import hornbeam as hb
        >>> float(MeanSquaredError()([[0.0, 1.0]], [[1.0, 3.0]]))
        2.5
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)


class MeanAbsoluteError(LossFunctionWrapper):
    """mean(|y_true - y_pred|)."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_absolute_error, reduction, name, dtype)


class MeanAbsolutePercentageError(LossFunctionWrapper):
    """100 * mean(|y_true - y_pred| / |y_true|)."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """mean((log(y_true + 1) - log(y_pred + 1))**2), for labels of 0 and above.

    Example:
        >>> import hornbeam as hb
        >>> round(float(MeanSquaredLogarithmicError()([[0.0]], [[1.0]])), 4)
        0.4805
    """

    labels = "positive"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)


class CosineSimilarity(LossFunctionWrapper):
    """Minus the cosine of the angle between vectors along `axis`: -1 for equal directions."""

    def __init__(
        self, axis: int = -1, reduction: str | None = "sum_over_batch_size", name: str = "cosine_similarity",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)


class Huber(LossFunctionWrapper):
    """Squared up to an error of `delta`, linear beyond. Source: Huber 1964.

    Example:
        >>> import hornbeam as hb
        >>> float(Huber()([[0.0]], [[3.0]]))
        2.5
    """

    def __init__(
        self, delta: float = 1.0, reduction: str | None = "sum_over_batch_size", name: str = "huber_loss",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(huber, reduction, name, dtype, delta=delta)


class SmoothL1(LossFunctionWrapper):
    """Squared below an error of `beta`, with slope 1 beyond. Source: Girshick 2015, equation 3.

    Raises:
        InvalidArgumentError: beta is not positive.
    """

    def __init__(
        self, beta: float = 1.0, reduction: str | None = "sum_over_batch_size", name: str = "smooth_l1",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        if not beta > 0:
            raise InvalidArgumentError(f"SmoothL1: beta must be positive; got {beta!r}")
        super().__init__(smooth_l1, reduction, name, dtype, beta=beta)


class LogCosh(LossFunctionWrapper):
    """mean(log(cosh(y_pred - y_true))): squared near 0, linear far off."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "log_cosh", dtype: Any = None
    ) -> None:
        super().__init__(log_cosh, reduction, name, dtype)


class Poisson(LossFunctionWrapper):
    """mean(y_pred - y_true * log(y_pred)): for counts, and predictions above 0."""

    labels = "positive"

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "poisson", dtype: Any = None) -> None:
        super().__init__(poisson, reduction, name, dtype)


class Quantile(LossFunctionWrapper):
    """The pinball loss: smallest where the prediction is the labels' quantile.

    Args:
        q: which quantile, between 0 and 1; 0.5 is the median.
        reduction, name, dtype: as for every loss.

    Raises:
        InvalidArgumentError: the quantile is outside.

    Example:
        >>> round(float(Quantile(0.9)([[10.0]], [[8.0]])), 4)  # too low by 2: dear, for the 0.9 quantile
        1.8
    """

    def __init__(
        self, q: float = 0.5, reduction: str | None = "sum_over_batch_size", name: str = "quantile",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        if not 0 < q < 1:
            raise InvalidArgumentError(f"Quantile: q must be between 0 and 1; got {q!r}")
        super().__init__(quantile, reduction, name, dtype, q=q)

"""Sums and means of values, and of functions of labels and predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tensor import widened

from hornbeam_optimizers.metrics.base import STATE, Metric
from hornbeam_optimizers.metrics.inputs import floating, same_rank, weights_of

__all__ = ["Mean", "MeanMetricWrapper", "Sum"]


def samplewise(values: Any, sample_weight: Any, reduce: Callable[..., Tensor]) -> tuple[Tensor, Tensor | None]:
    """One value, weighted, for each sample, and the samples' weights; other axes are reduced, as in Keras.

    Raises:
        ShapeError: the weights do not broadcast to the values.
    """
    values = floating(values)
    if sample_weight is None:
        return (reduce(values, axis=tuple(range(1, values.ndim))) if values.ndim > 1 else values), None
    values, weights = same_rank(values, floating(sample_weight))
    if values.ndim > weights.ndim:
        values = reduce(values, axis=tuple(range(weights.ndim, values.ndim)))
    if weights.ndim > values.ndim or any(
        w not in (1, v) for w, v in zip(weights.shape, values.shape[values.ndim - weights.ndim :], strict=True)
    ):
        raise ShapeError(f"sample_weight of shape {weights.shape} does not fit values of shape {values.shape}")
    weights = ops.broadcast_to(weights, values.shape)
    values = values * weights
    if values.ndim > 1:
        axes = tuple(range(1, values.ndim))
        return reduce(values, axis=axes), reduce(weights, axis=axes)
    return values, weights


class Sum(Metric):
    """The (weighted) sum of values.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = Sum()
        >>> metric.update_state([1.0, 3.0], sample_weight=[2.0, 0.5]); float(metric.result())
        3.5
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add the values."""
        each, _ = samplewise(values, sample_weight, ops.sum)
        self.total.assign(self.total + ops.cast(ops.sum(each), STATE))

    def result(self) -> Tensor:
        """The sum."""
        return self._figure(self.total)


class Mean(Metric):
    """The (weighted) mean of values; 0 of none.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = Mean()
        >>> metric.update_state([1.0, 3.0]); float(metric.result())
        2.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), name="total")
        self.count = self.add_variable((), name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values: (batch, ...). Axes after the first are averaged."""
        each, weights = samplewise(values, sample_weight, ops.mean)
        self.total.assign(self.total + ops.cast(ops.sum(each), STATE))
        count = float(each.size) if weights is None else ops.cast(ops.sum(weights), STATE)
        self.count.assign(self.count + count)

    def result(self) -> Tensor:
        """The mean."""
        return self._figure(ops.divide_no_nan(self.total.value, self.count.value))


class MeanMetricWrapper(Mean):
    """The mean of a function `fn(y_true, y_pred, **kwargs)`, which gives one value per sample.

    Args:
        fn: the function.
        name: name of the figure; default: numbered.
        dtype: of the figure.
        kwargs: more arguments of the function.

    Example:
        >>> from hornbeam import ops
        >>> metric = MeanMetricWrapper(lambda t, p: ops.abs(ops.asarray(t) - ops.asarray(p)), name="gap")
        >>> metric.update_state([1.0, 2.0], [1.0, 4.0]); float(metric.result())
        1.0
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        self._fn, self._fn_kwargs = fn, kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in one batch; steps that the prediction's mask leaves out do not count."""
        y_pred = widened(y_pred)
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        super().update_state(values, weights_of(sample_weight, y_pred))

    def get_config(self) -> dict[str, Any]:
        """The arguments; the function by its name."""
        if type(self) is not MeanMetricWrapper:
            return {**super().get_config(), **self._fn_kwargs}
        from hornbeam_optimizers.metrics.registered import serialize

        return {**super().get_config(), "fn": serialize(self._fn), **self._fn_kwargs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A metric of `get_config`'s result.

        Raises:
            InvalidArgumentError: the function is not known here.
        """
        if isinstance(config.get("fn"), dict):
            from hornbeam_optimizers.metrics.registered import deserialize

            config = {**config, "fn": deserialize(config["fn"])}
        if cls is MeanMetricWrapper and not callable(config.get("fn")):
            raise InvalidArgumentError(f"MeanMetricWrapper needs a function fn; got {config.get('fn')!r}")
        return cls(**config)


class MeanOfValues(MeanMetricWrapper):
    """The mean of a function that averages over the last axis; vectors are samples of one value each, not one sample."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in one batch; steps that the prediction's mask leaves out do not count."""
        y_pred = widened(y_pred)
        true, pred = ops.asarray(y_true), ops.asarray(y_pred)
        if true.ndim == pred.ndim == 1:
            weights = weights_of(sample_weight, y_pred)
            super().update_state(ops.expand_dims(true, -1), ops.expand_dims(pred, -1), weights)
        else:
            super().update_state(true, y_pred, sample_weight)

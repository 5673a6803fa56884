"""Metric, and the means that most metrics are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam import Tensor, Variable, ops
from hornbeam.errors import InvalidArgumentError, refuse_unknown_arguments
from hornbeam.naming import to_snake_case
from hornbeam.tensor import widened

from hornbeam_optimizers.weights import fitted, with_mask

__all__ = ["Mean", "MeanMetricWrapper", "Metric", "Sum"]


class Metric:
    """A figure over everything seen since `reset_state`. Subclass it with `update_state` and `result`.

    Args:
        dtype: kept for Keras's signature.
        name: default: the class name in snake case.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Refuse what `__init__` does not take."""
        refuse_unknown_arguments(cls, kwargs)
        return super().__new__(cls)

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or to_snake_case(type(self).__name__)
        self.variables: list[Variable] = []

    def add_variable(self, shape: Any, name: str) -> Variable:
        """A variable that starts, and restarts, at zero."""
        variable = Variable(ops.zeros(shape, "float32"), trainable=False, name=name)
        self.variables.append(variable)
        return variable

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in one batch."""
        raise InvalidArgumentError(f"{type(self).__name__} has no update_state(): override it.")

    def result(self) -> Tensor:
        """The figure."""
        raise InvalidArgumentError(f"{type(self).__name__} has no result(): override it.")

    def reset_state(self) -> None:
        """Forget everything."""
        for variable in self.variables:
            variable.assign(ops.zeros(variable.shape, variable.dtype))

    def __call__(self, *args: Any, **kwargs: Any) -> Tensor:
        """Take in one batch, and give the figure."""
        self.update_state(*args, **kwargs)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A metric of `get_config`'s result."""
        return cls(**config)


class Sum(Metric):
    """The (weighted) sum of values."""

    def __init__(self, name: str = "sum", dtype: Any = None) -> None:
        super().__init__(name=name)
        self.total = self.add_variable((), "total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add the values."""
        weighted, _ = _weighted(values, sample_weight)
        self.total.assign(self.total + weighted)

    def result(self) -> Tensor:
        """The sum."""
        return self.total.value


class Mean(Metric):
    """The (weighted) mean of values; 0 of none.

    Example:
        >>> m = Mean()
        >>> m.update_state([1.0, 3.0]); float(m.result())
        2.0
    """

    def __init__(self, name: str = "mean", dtype: Any = None) -> None:
        super().__init__(name=name)
        self.total = self.add_variable((), "total")
        self.count = self.add_variable((), "count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values."""
        weighted, weight = _weighted(values, sample_weight)
        self.total.assign(self.total + weighted)
        self.count.assign(self.count + weight)

    def result(self) -> Tensor:
        """The mean."""
        count = self.count.value
        return ops.where(ops.equal(count, 0.0), 0.0, self.total / ops.maximum(count, 1e-30))


def _weighted(values: Any, sample_weight: Any) -> tuple[Tensor, Any]:
    """The sum of values times weights, and the sum of the weights."""
    v = ops.cast(values, "float32")
    w = fitted(sample_weight, v)
    return (ops.sum(v), float(v.size)) if w is None else (ops.sum(v * w), ops.sum(w))


class MeanMetricWrapper(Mean):
    """The mean of a function `fn(y_true, y_pred, **kwargs)`, which gives one value per sample."""

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=str(name or getattr(fn, "__name__", "mean_metric_wrapper")))
        self.fn, self.how = fn, kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in one batch; steps that the prediction's mask leaves out do not count."""
        y_pred = widened(y_pred)
        values = ops.asarray(self.fn(y_true, y_pred, **self.how))
        super().update_state(values, with_mask(fitted(sample_weight, values), y_pred, values))

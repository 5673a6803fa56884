"""Metric: the base class of streaming figures, whose state lies in variables."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam import Tensor, Variable, dtypes, ops
from hornbeam.dtypes import DType
from hornbeam.errors import InvalidArgumentError, refuse_unknown_arguments
from hornbeam.naming import to_snake_case, unique_name
from hornbeam.plugins import registry
from hornbeam.policy import DTypePolicy

__all__ = ["Metric"]

STATE = dtypes.float64  # counts and sums stay exact far beyond the 2**24 at which float32 stops counting


class Metric:
    """A figure over everything seen since `reset_state`. Subclass it with `update_state` and `result`.

    Variables are made in `__init__`, or at the first update, with `add_variable`. An update whose arrays are being captured
    (in `fit`, or under `hb.jit`) becomes part of the compiled step.

    A metric that needs values, not captured tensors, says `on_host = True`: `fit` and `evaluate` update it after each compiled
    step, and its state may be whatever `reset_state` makes empty.

    Args:
        dtype: of the figure; default: the default float. Sums are kept in float64 whatever it is.
        name: default: the class name in snake case, with a number where it is taken.

    Example:
        >>> from hornbeam import ops
        >>> class Largest(Metric):
        ...     def __init__(self, name="largest"):
        ...         super().__init__(name=name)
        ...         self.best = self.add_variable((), "zeros", name="best")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.best.assign(ops.maximum(self.best, ops.max(y_pred)))
        ...     def result(self):
        ...         return self.best.value
        >>> metric = Largest()
        >>> metric.update_state([0, 0], [1.0, 3.0]); float(metric.result())
        3.0
    """

    on_host = False  # whether update_state needs values and not captured tensors; `fit` calls it after the step then
    _direction: str | None = None  # "up" where larger figures are better, "down" where smaller ones are

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Refuse what `__init__` does not take."""
        refuse_unknown_arguments(cls, kwargs)
        return super().__new__(cls)

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self._dtype = DTypePolicy.of("int32" if dtype == "int" else dtype or dtypes.floatx()).compute_dtype
        self._variables: list[Variable] = []

    @property
    def dtype(self) -> DType:
        """The dtype that was asked for."""
        return self._dtype

    @property
    def variables(self) -> list[Variable]:
        """The state: what `add_variable` made, and the variables of metrics that are attributes."""
        inner = [v for m in vars(self).values() if isinstance(m, Metric) for v in m.variables]
        return [*self._variables, *inner]

    def add_variable(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None, aggregation: str = "sum", name: str | None = None
    ) -> Variable:  # fmt: skip
        """A variable of the state; `reset_state` makes it zero.

        Args:
            shape: its sizes.
            initializer: "zeros" (default), another name, a function `(shape, dtype) -> values`, or the values.
            dtype: default: float64, so that sums over many batches stay exact.
            aggregation: how replicas are joined; kept for Keras's signature.
            name: shown in errors.
        """
        if isinstance(initializer, str) and initializer != "zeros":
            found = registry.lookup("initializers", initializer)
            initializer = found() if isinstance(found, type) else found
        wanted = STATE if dtype is None else dtypes.as_dtype("int32" if dtype == "int" else dtype)
        sizes = tuple(shape)
        first: Any = initializer(sizes, dtype=wanted) if callable(initializer) else initializer
        if first is None or isinstance(first, str):
            first = np.zeros(
                sizes, np.float32
            )  # of the host: state made while a step is captured must not be part of it
        variable = Variable(first, dtype=wanted, trainable=False, name=name or f"variable_{len(self._variables)}")
        self._variables.append(variable)
        return variable

    def add_weight(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """`add_variable`, under its older name."""
        return self.add_variable(shape, initializer, dtype, name=name)

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in one batch."""
        raise InvalidArgumentError(f"{type(self).__name__} has no update_state(): override it.")

    def result(self) -> Any:
        """The figure: a tensor, or a dict of tensors."""
        raise InvalidArgumentError(f"{type(self).__name__} has no result(): override it.")

    def reset_state(self) -> None:
        """Forget everything."""
        for variable in self.variables:
            variable.assign(ops.zeros(variable.shape, variable.dtype))

    def stateless_update_state(self, metric_variables: Any, *args: Any, **kwargs: Any) -> list[Tensor]:
        """The state after a batch, of a state before it; the metric's own state stays.

        Args:
            metric_variables: values, one for each of `variables`.
            args: as for `update_state`.
            kwargs: as for `update_state`.

        Raises:
            InvalidArgumentError: there are more or fewer values than variables.
        """

        def update() -> list[Tensor]:
            self.update_state(*args, **kwargs)
            return self._values()

        return self._with(metric_variables, update)

    def stateless_result(self, metric_variables: Any) -> Any:
        """The figure of a state, of which `metric_variables` are the values."""
        return self._with(metric_variables, self.result)

    def stateless_reset_state(self) -> list[Tensor]:
        """The state that has seen nothing."""
        return [ops.zeros(v.shape, v.dtype) for v in self.variables]

    def _values(self) -> list[Tensor]:
        return [v.value for v in self.variables]

    def _with(self, values: Any, function: Any) -> Any:
        if len(values) != len(self.variables):
            raise InvalidArgumentError(
                f"{type(self).__name__} has {len(self.variables)} variables, but {len(values)} values were given"
            )
        before = self._values()
        try:
            for variable, value in zip(self.variables, values, strict=True):
                variable.assign(value)
            return function()
        finally:
            for variable, value in zip(self.variables, before, strict=False):
                variable.assign(value)

    def _figure(self, value: Any) -> Tensor:
        """A result in the dtype that was asked for, or the default float for whole numbers."""
        return ops.cast(value, self._dtype if self._dtype.is_floating else dtypes.floatx())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in one batch, and give the figure over everything so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"name": self.name, "dtype": str(self._dtype)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A metric of `get_config`'s result."""
        return cls(**config)

    def __repr__(self) -> str:
        """Class and name."""
        return f"<{type(self).__name__} name={self.name}>"

"""Metrics that need values: all of them at once, or as text. They are updated outside of compiled steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_optimizers.metrics.base import Metric

__all__ = ["HostMetric", "Kept", "on_host", "sample_weights"]

Array = np.ndarray[Any, Any]


class HostMetric(Metric):
    """A metric whose state are NumPy arrays on the host; subclasses have `update_state`, `figure` and `_forget`.

    `fit` and `evaluate` hand labels and predictions to it after each compiled step. Elsewhere it must not be updated inside of
    a function under `hb.jit`.

    Args:
        name: name of the figure.
        dtype: of the figure.
    """

    on_host = True

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        before = set(vars(self))
        self._forget()
        self._kept = set(vars(self)) - before

    def get_state(self) -> dict[str, Any]:
        """What was seen so far, for `set_state`: containers of numbers, texts and NumPy arrays."""
        return {name: getattr(self, name) for name in sorted(self._kept)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        vars(self).update(state)

    def _forget(self) -> None:
        """Make the state empty."""
        raise AttributeError("_forget")

    def reset_state(self) -> None:
        """Forget everything."""
        self._forget()

    def figure(self) -> Any:
        """The figure, as a number or an array of NumPy."""
        raise AttributeError("figure")

    def result(self) -> Any:
        """The figure."""
        return self._figure(np.asarray(self.figure(), np.float64))

    def stateless_update_state(self, metric_variables: Any, *args: Any, **kwargs: Any) -> list[Tensor]:
        """Not possible: the state is not made of variables.

        Raises:
            InvalidArgumentError: always.
        """
        raise InvalidArgumentError(f"{type(self).__name__} keeps its state on the host and has no variables")


def sample_weights(sample_weight: Any, count: int, name: str) -> Array:
    """One weight for each of `count` samples, float64; 1 where none are given.

    Raises:
        ShapeError: they are not one a sample.
    """
    if sample_weight is None:
        return np.ones(count)
    weights = np.asarray(on_host(sample_weight), np.float64)
    if weights.shape not in ((), (count,), (count, 1)):
        raise ShapeError(f"{name}: expected one sample weight for each of {count} samples; got shape {weights.shape}")
    return np.broadcast_to(weights.reshape(-1), (count,))


def on_host(x: Any) -> Array:
    """The values of anything that holds numbers."""
    if isinstance(x, np.ndarray):
        return x
    return ops.asarray(x).numpy()


class Kept(HostMetric):
    """Keeps labels, predictions and weights of every sample, as the batches come."""

    def _forget(self) -> None:
        self._batches: list[tuple[Array, Array, Array | None]] = []

    def _keep(self, true: Array, pred: Array, weights: Array | None) -> None:
        # copies: the arrays may lie in memory that the next step, or the caller, writes to
        self._batches.append((true.copy(), pred.copy(), None if weights is None else weights.copy()))

    def _all(self) -> tuple[Array, Array, Array]:
        """Labels, predictions and weights of all samples; weights are 1 where none were given.

        Raises:
            InvalidArgumentError: batches differ in their shapes.
        """
        if len({t.shape[1:] for t, _, _ in self._batches}) > 1 or len({p.shape[1:] for _, p, _ in self._batches}) > 1:
            raise InvalidArgumentError(f"{type(self).__name__}: the batches differ in their shapes")
        weights = [np.ones(len(t)) if w is None else w for t, _, w in self._batches]
        parts = ([t for t, _, _ in self._batches], [p for _, p, _ in self._batches], weights)
        joined = [np.concatenate(part) for part in parts]
        return joined[0], joined[1], joined[2]

"""Schedules that fall by a formula, or in steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.schedules.base import LearningRateSchedule, check_steps

__all__ = ["ExponentialDecay", "InverseTimeDecay", "PiecewiseConstantDecay", "PolynomialDecay"]


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate ** (step / decay_steps); whole steps only where `staircase`.

    Example:
        >>> rate = ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)
        >>> [round(float(rate(step)), 3) for step in (0, 100, 200)]
        [0.1, 0.05, 0.025]
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, decay_rate: float, staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.decay_rate, self.staircase, self.name = decay_rate, staircase, name
        check_steps(self, "decay_steps")

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        p = ops.cast(step, "float32") / self.decay_steps
        return self.initial_learning_rate * ops.pow(self.decay_rate, ops.floor(p) if self.staircase else p)


class InverseTimeDecay(LearningRateSchedule):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps); whole steps only where `staircase`."""

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, decay_rate: float, staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.decay_rate, self.staircase, self.name = decay_rate, staircase, name
        check_steps(self, "decay_steps")

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        p = ops.cast(step, "float32") / self.decay_steps
        return self.initial_learning_rate / (1.0 + self.decay_rate * (ops.floor(p) if self.staircase else p))


class PolynomialDecay(LearningRateSchedule):
    """(initial - end) * (1 - step / decay_steps) ** power + end; from decay_steps on the end.

    With `cycle` it starts over, towards the next multiple of decay_steps, instead of ending.
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, end_learning_rate: float = 0.0001, power: float = 1.0,
        cycle: bool = False, name: str = "PolynomialDecay",
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power, self.cycle, self.name = end_learning_rate, power, cycle, name
        check_steps(self, "decay_steps")

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        p = ops.cast(step, "float32") / self.decay_steps
        p = p / ops.maximum(ops.ceil(p), 1.0) if self.cycle else ops.minimum(p, 1.0)
        fall = self.initial_learning_rate - self.end_learning_rate
        return fall * ops.pow(1.0 - p, self.power) + self.end_learning_rate


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[0] up to boundaries[0] (included), then values[1] up to boundaries[1], and so on.

    Raises:
        InvalidArgumentError: there is not one boundary less than values, or boundaries do not rise.

    Example:
        >>> rate = PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.25])
        >>> [float(rate(step)) for step in (10, 11, 21)]
        [1.0, 0.5, 0.25]
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1 or list(boundaries) != sorted(boundaries):
            raise InvalidArgumentError(
                f"PiecewiseConstantDecay: boundaries must rise and be one less than values; got {boundaries} and {values}"
            )
        self.boundaries, self.values, self.name = list(boundaries), list(values), name

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        now = ops.asarray(step)
        rate = ops.asarray(float(self.values[0]))
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            rate = ops.where(ops.greater(now, ops.cast(boundary, now.dtype)), float(value), rate)
        return rate

"""Learning-rate schedules: functions of the number of steps taken."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

__all__ = ["CosineDecay", "ExponentialDecay", "LearningRateSchedule"]


class LearningRateSchedule:
    """Base class: called with the step, gives the learning rate."""

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        raise InvalidArgumentError(f"{type(self).__name__} has no __call__(step): override it.")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A schedule of `get_config`'s result."""
        return cls(**config)


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate ** (step / decay_steps); whole steps only where `staircase`."""

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, decay_rate: float, staircase: bool = False
    ) -> None:
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.decay_rate, self.staircase = decay_rate, staircase

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        p = ops.cast(step, "float32") / self.decay_steps
        return self.initial_learning_rate * ops.pow(self.decay_rate, ops.floor(p) if self.staircase else p)


class CosineDecay(LearningRateSchedule):
    """From the initial rate down to alpha times it along half a cosine. Source: Loshchilov and Hutter 2017, eq. 5."""

    def __init__(self, initial_learning_rate: float, decay_steps: int, alpha: float = 0.0) -> None:
        self.initial_learning_rate, self.decay_steps, self.alpha = initial_learning_rate, decay_steps, alpha

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        done = ops.minimum(ops.cast(step, "float32") / self.decay_steps, 1.0)
        cosine = 0.5 * (1.0 + ops.cos(math.pi * done))
        return self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)

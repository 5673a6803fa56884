"""LearningRateSchedule: a function of the number of steps taken."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor
from hornbeam.errors import InvalidArgumentError

__all__ = ["LearningRateSchedule", "check_steps"]


class LearningRateSchedule:
    """Base class: called with the step, gives the learning rate. Attributes are its arguments."""

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


def check_steps(schedule: LearningRateSchedule, name: str) -> None:
    """Refuse a number of steps that is not positive.

    Raises:
        InvalidArgumentError: it is not.
    """
    value = getattr(schedule, name)
    if not isinstance(value, (int, float)) or not value > 0:
        raise InvalidArgumentError(f"{type(schedule).__name__}: {name} must be positive; got {value!r}")

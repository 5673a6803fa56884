"""ScheduleFreeAdamW."""

from __future__ import annotations

from typing import Any, Unpack

from hornbeam import Tensor, ops

from hornbeam_optimizers.optimizers.arguments import Usual, check_at_least
from hornbeam_optimizers.optimizers.base import State
from hornbeam_optimizers.optimizers.moments import Moments

__all__ = ["ScheduleFreeAdamW"]


class ScheduleFreeAdamW(Moments):
    """Adam whose iterates are averaged as it goes, so that no schedule has to end.

    Args:
        learning_rate: a number, or a schedule.
        beta_1: share of the average in the point where gradients are taken, above 0, below 1.
        beta_2: decay of the mean of squares, in [0, 1).
        epsilon: added to its root.
        warmup_steps: in which the rate rises along a line.
        **kwargs: as for every optimizer.

    Source: Defazio et al. 2024, algorithm 1; the variables hold y, as in Keras.
    """

    def __init__(
        self, learning_rate: Any = 0.0025, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8,
        warmup_steps: int = 0, **kwargs: Unpack[Usual],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **kwargs)
        check_at_least(self, "beta_1", beta_1, 1e-6)
        check_at_least(self, "warmup_steps", warmup_steps)
        self.warmup_steps = warmup_steps

    def init_state(self, parameter: Tensor) -> State:
        """z, the point that Adam moves, and the mean of squares."""
        return {"momentum": parameter, "velocity": ops.zeros_like(parameter)}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        if self.warmup_steps:
            learning_rate = learning_rate * ops.minimum(step / float(self.warmup_steps), 1.0)
        v = self.mean_square(gradient, state)
        root = ops.sqrt(v / (1.0 - ops.pow(self.beta_2, step)))
        before = state["momentum"]
        z = before - learning_rate * gradient / (root + self.epsilon)
        average = (parameter - (1.0 - self.beta_1) * before) * (1.0 / self.beta_1)
        average = average + (z - average) / step
        return (1.0 - self.beta_1) * z + self.beta_1 * average, {"momentum": z, "velocity": v}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "warmup_steps": self.warmup_steps}

"""What optimizers with running means of the gradient and of its square have in common."""

from __future__ import annotations

from typing import Any, Unpack

from hornbeam import Tensor, ops

from hornbeam_optimizers.optimizers.arguments import Usual, check_at_least, check_share
from hornbeam_optimizers.optimizers.base import Optimizer, State

__all__ = ["Moments"]


class Moments(Optimizer):
    """Base class of optimizers with two running means.

    Args:
        learning_rate: a number, or a schedule.
        beta_1, beta_2: decay of the two means, in [0, 1).
        epsilon: at least 0.
        **kwargs: as for every optimizer.

    Raises:
        InvalidArgumentError: an argument is out of range.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
        **kwargs: Unpack[Usual],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **kwargs)
        check_share(self, "beta_1", beta_1)
        check_share(self, "beta_2", beta_2)
        check_at_least(self, "epsilon", epsilon)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def init_state(self, parameter: Tensor) -> State:
        """The two means."""
        return {"momentum": ops.zeros_like(parameter), "velocity": ops.zeros_like(parameter)}

    def mean(self, gradient: Tensor, state: State) -> Tensor:
        """The new mean of gradients."""
        return state["momentum"] + (gradient - state["momentum"]) * (1.0 - self.beta_1)

    def mean_square(self, gradient: Tensor, state: State) -> Tensor:
        """The new mean of their squares."""
        return state["velocity"] + (ops.square(gradient) - state["velocity"]) * (1.0 - self.beta_2)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}

"""RMSprop."""

from __future__ import annotations

from typing import Any, Unpack

from hornbeam import Tensor, ops

from hornbeam_optimizers.optimizers.arguments import Usual, check_at_least, check_share
from hornbeam_optimizers.optimizers.base import Optimizer, State

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Steps by the gradient over the root of a running mean of its square.

    Args:
        learning_rate: a number, or a schedule.
        rho: decay of the running means, in [0, 1].
        momentum: share of the last step that is made again, in [0, 1].
        epsilon: added to the mean of the square.
        centered: whether the square of the gradient's running mean is taken off: a variance instead of a mean of squares.
        **kwargs: as for every optimizer.

    Raises:
        InvalidArgumentError: rho or momentum is out of range.

    Source: Tieleman and Hinton 2012, lecture 6.5; Graves 2013 for `centered`.
    """

    later_slots = ("momentum",), ("average_gradient",)

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.9, momentum: float = 0.0, epsilon: float = 1e-7,
        centered: bool = False, **kwargs: Unpack[Usual],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **kwargs)
        check_share(self, "rho", rho, below_one=False)
        check_share(self, "momentum", momentum, below_one=False)
        check_at_least(self, "epsilon", epsilon)
        self.rho, self.momentum, self.epsilon, self.centered = rho, momentum, epsilon, centered

    def init_state(self, parameter: Tensor) -> State:
        """The running means, and the last step if there is momentum."""
        names = ["velocity", *(["momentum"] if self.momentum else []), *(["average_gradient"] if self.centered else [])]
        return {name: ops.zeros_like(parameter) for name in names}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        velocity = state["velocity"] * self.rho + ops.square(gradient) * (1.0 - self.rho)
        new: State = {"velocity": velocity}
        spread = velocity + self.epsilon
        if self.centered:
            mean = state["average_gradient"] * self.rho + gradient * (1.0 - self.rho)
            new["average_gradient"] = mean
            spread = spread - ops.square(mean)
        move = learning_rate * gradient * ops.rsqrt(spread)
        if self.momentum:
            move = state["momentum"] * self.momentum + move
            new["momentum"] = move
        return parameter - move, new

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"rho": self.rho, "momentum": self.momentum, "epsilon": self.epsilon, "centered": self.centered}
        return {**super().get_config(), **how}

"""Adagrad and Adadelta."""

from __future__ import annotations

from typing import Any, Unpack

from hornbeam import Tensor, ops

from hornbeam_optimizers.optimizers.arguments import Usual, check_at_least, check_share
from hornbeam_optimizers.optimizers.base import Optimizer, State

__all__ = ["Adadelta", "Adagrad"]


class Adagrad(Optimizer):
    """Steps by the gradient over the root of the sum of all its squares.

    Args:
        learning_rate: a number, or a schedule.
        initial_accumulator_value: what the sums start from, at least 0.
        epsilon: added to the sums.
        **kwargs: as for every optimizer.

    Source: Duchi et al. 2011.
    """

    def __init__(
        self, learning_rate: Any = 0.001, initial_accumulator_value: float = 0.1, epsilon: float = 1e-7,
        **kwargs: Unpack[Usual],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **kwargs)
        check_at_least(self, "initial_accumulator_value", initial_accumulator_value)
        check_at_least(self, "epsilon", epsilon)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def init_state(self, parameter: Tensor) -> State:
        """The sum of squares."""
        return {"accumulator": ops.full_like(parameter, self.initial_accumulator_value)}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        total = state["accumulator"] + ops.square(gradient)
        return parameter - learning_rate * gradient * ops.rsqrt(total + self.epsilon), {"accumulator": total}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"initial_accumulator_value": self.initial_accumulator_value, "epsilon": self.epsilon}
        return {**super().get_config(), **how}


class Adadelta(Optimizer):
    """Steps whose size follows from that of steps before: with a learning rate of 1 there is none to choose.

    Args:
        learning_rate: a number, or a schedule; 1.0 in the paper.
        rho: decay of the running means of squares, in [0, 1].
        epsilon: added to the means.
        **kwargs: as for every optimizer.

    Source: Zeiler 2012, algorithm 1.
    """

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-7, **kwargs: Unpack[Usual]
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        check_share(self, "rho", rho, below_one=False)
        check_at_least(self, "epsilon", epsilon)
        self.rho, self.epsilon = rho, epsilon

    def init_state(self, parameter: Tensor) -> State:
        """The mean squares of gradients and of steps."""
        return {name: ops.zeros_like(parameter) for name in ("accumulated_grad", "accumulated_delta_var")}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        before = state["accumulated_delta_var"]
        grads = self.rho * state["accumulated_grad"] + (1.0 - self.rho) * ops.square(gradient)
        move = gradient * ops.sqrt((before + self.epsilon) / (grads + self.epsilon))
        moves = self.rho * before + (1.0 - self.rho) * ops.square(move)
        return parameter - learning_rate * move, {"accumulated_grad": grads, "accumulated_delta_var": moves}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "rho": self.rho, "epsilon": self.epsilon}

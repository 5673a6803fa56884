"""An optimizer with one number of state for each weight."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError
from hornbeam_optimizers import Optimizer

State = dict[str, Tensor]


class SignMomentum(Optimizer):
    """Steps of one size: m = momentum * m + (1 - momentum) * g; p = p - learning_rate * sign(m).

    Args:
        learning_rate: the size of a step, or a schedule. Default 0.001.
        momentum: in [0, 1). Default 0.9.
        **kwargs: those of every optimizer.

    Raises:
        InvalidArgumentError: momentum is not in [0, 1).

    Source: Bernstein et al. 2018, "signSGD", algorithm 2 (Signum).
    """

    def __init__(self, learning_rate: Any = 0.001, momentum: float = 0.9, **kwargs: Any) -> None:
        super().__init__(learning_rate, **kwargs)
        if not 0 <= momentum < 1:
            raise InvalidArgumentError(f"SignMomentum: momentum must be at least 0 and below 1; got {momentum}")
        self.momentum = momentum

    def init_state(self, parameter: Tensor) -> State:
        """No momentum yet."""
        return {"momentum": ops.zeros_like(parameter)}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        momentum = state["momentum"] * self.momentum + gradient * (1 - self.momentum)
        return parameter - learning_rate * ops.sign(momentum), {"momentum": momentum}

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {**super().get_config(), "momentum": self.momentum}

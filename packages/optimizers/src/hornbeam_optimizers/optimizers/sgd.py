"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any, Unpack

from hornbeam import Tensor, ops

from hornbeam_optimizers.optimizers.arguments import Usual, check_share
from hornbeam_optimizers.optimizers.base import Optimizer, State

__all__ = ["SGD"]


class SGD(Optimizer):
    """p - lr * g; with momentum m: v = m v - lr g, p + v (Nesterov: p + m v - lr g).

    Args:
        learning_rate: a number, or a schedule.
        momentum: in [0, 1].
        nesterov: whether to look ahead.
        **kwargs: as for every optimizer.

    Source: Sutskever et al. 2013, in Keras's form.

    Example:
        >>> import hornbeam as hb
        >>> w = hb.Variable([1.0])
        >>> SGD(0.1).apply([hb.ops.asarray([2.0])], [w])
        >>> round(float(w[0]), 3)
        0.8
    """

    def __init__(
        self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False, **kwargs: Unpack[Usual]
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        check_share(self, "momentum", momentum, below_one=False)
        self.momentum, self.nesterov = momentum, nesterov

    def init_state(self, parameter: Tensor) -> State:
        """The velocity, if there is momentum."""
        return {"momentum": ops.zeros_like(parameter)} if self.momentum else {}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        move = gradient * learning_rate
        if not self.momentum:
            return parameter - move, {}
        velocity = state["momentum"] * self.momentum - move
        ahead = velocity * self.momentum - move if self.nesterov else velocity
        return parameter + ahead, {"momentum": velocity}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}

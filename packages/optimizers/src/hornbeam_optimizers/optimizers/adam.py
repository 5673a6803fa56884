"""Adam and AdamW."""

from __future__ import annotations

from typing import Any, Unpack

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.optimizers.arguments import Common, Usual
from hornbeam_optimizers.optimizers.base import State
from hornbeam_optimizers.optimizers.moments import Moments

__all__ = ["Adam", "AdamW"]


class Adam(Moments):
    """Steps by running means of the gradient and of its square.

    Args:
        learning_rate: a number, or a schedule.
        beta_1, beta_2: decay of the two means, in [0, 1).
        epsilon: added to the root of the second ("epsilon hat" of the paper's section 2).
        amsgrad: use the largest second mean so far (Reddi et al. 2018).
        **kwargs: as for every optimizer.

    Source: Kingma and Ba 2015, algorithm 1, with the order of computation of its section 2.

    Example:
        >>> import hornbeam as hb
        >>> w = hb.Variable([1.0])
        >>> Adam(0.1).apply([hb.ops.asarray([2.0])], [w])
        >>> round(float(w[0]), 3)
        0.9
    """

    later_slots = (("velocity_hat",),)

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
        amsgrad: bool = False, **kwargs: Unpack[Usual],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **kwargs)
        self.amsgrad = amsgrad

    def init_state(self, parameter: Tensor) -> State:
        """The two means, and the largest second one for AMSGrad."""
        state = super().init_state(parameter)
        return {**state, "velocity_hat": ops.zeros_like(parameter)} if self.amsgrad else state

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        alpha = learning_rate * ops.sqrt(1.0 - ops.pow(self.beta_2, step)) / (1.0 - ops.pow(self.beta_1, step))
        m, v = self.mean(gradient, state), self.mean_square(gradient, state)
        new: State = {"momentum": m, "velocity": v}
        if self.amsgrad:
            new["velocity_hat"] = ops.maximum(state["velocity_hat"], v)
        return parameter - (m * alpha) / (ops.sqrt(new.get("velocity_hat", v)) + self.epsilon), new

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "amsgrad": self.amsgrad}


class AdamW(Adam):
    """Adam with decoupled weight decay.

    Args:
        learning_rate: a number, or a schedule.
        weight_decay: share of a parameter taken off at each step, times the learning rate.
        beta_1, beta_2, epsilon, amsgrad: as for `Adam`.
        **kwargs: as for every optimizer.

    Raises:
        InvalidArgumentError: the weight decay is None.

    Source: Loshchilov and Hutter 2019, algorithm 2.
    """

    def __init__(
        self, learning_rate: Any = 0.001, weight_decay: float = 0.004, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-7, amsgrad: bool = False, **kwargs: Unpack[Common],
    ) -> None:  # fmt: skip
        if weight_decay is None:
            raise InvalidArgumentError("AdamW: weight_decay must be a number; without it take Adam")
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **kwargs)

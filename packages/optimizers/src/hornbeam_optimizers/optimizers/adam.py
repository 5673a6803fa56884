"""Adam and AdamW."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.optimizers.base import Optimizer, State, check_share

__all__ = ["Adam", "AdamW"]


class Adam(Optimizer):
    """Steps by running means of the gradient and of its square.

    Args:
        learning_rate: a number, or a schedule.
        beta_1, beta_2: decay of the two means, in [0, 1).
        epsilon: added to the root of the second ("epsilon hat" of the paper's section 2).
        amsgrad: use the largest second mean so far (Reddi et al. 2018).
        **kwargs: as for every optimizer.

    Source: Kingma and Ba 2015, algorithm 1, with the order of computation of its section 2.
    """

    later_slots = (("velocity_hat",),)

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
        amsgrad: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **kwargs)
        check_share(self, "beta_1", beta_1)
        check_share(self, "beta_2", beta_2)
        if not isinstance(epsilon, (int, float)) or not epsilon >= 0:
            raise InvalidArgumentError(
                f"{type(self).__name__}: epsilon must be a number of at least 0; got {epsilon!r}"
            )
        self.beta_1, self.beta_2, self.epsilon, self.amsgrad = beta_1, beta_2, epsilon, amsgrad

    def init_state(self, parameter: Tensor) -> State:
        """The two means, and the largest second one for AMSGrad."""
        zero = ops.zeros_like(parameter)
        state = {"momentum": zero, "velocity": zero}
        return {**state, "velocity_hat": zero} if self.amsgrad else state

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        alpha = learning_rate * ops.sqrt(1.0 - ops.pow(self.beta_2, step)) / (1.0 - ops.pow(self.beta_1, step))
        m = state["momentum"] + (gradient - state["momentum"]) * (1.0 - self.beta_1)
        v = state["velocity"] + (ops.square(gradient) - state["velocity"]) * (1.0 - self.beta_2)
        new: State = {"momentum": m, "velocity": v}
        if self.amsgrad:
            new["velocity_hat"] = ops.maximum(state["velocity_hat"], v)
        return parameter - (m * alpha) / (ops.sqrt(new.get("velocity_hat", v)) + self.epsilon), new

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon, "amsgrad": self.amsgrad}
        return {**super().get_config(), **how}


class AdamW(Adam):
    """Adam with decoupled weight decay. Source: Loshchilov and Hutter 2019, algorithm 2."""

    def __init__(
        self, learning_rate: Any = 0.001, weight_decay: float = 0.004, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-7, amsgrad: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **kwargs)

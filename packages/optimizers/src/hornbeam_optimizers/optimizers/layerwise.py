"""Lamb and Lars: steps of a size that follows that of the layer's weights, for large batches."""

from __future__ import annotations

import copy
from typing import Any, Unpack

from hornbeam import Tensor, Variable, ops

from hornbeam_optimizers.optimizers.arguments import Usual, check_at_least, check_share
from hornbeam_optimizers.optimizers.base import Optimizer, State
from hornbeam_optimizers.optimizers.moments import Moments

__all__ = ["LARS", "Lamb"]


def _norm(x: Tensor) -> Tensor:
    return ops.sqrt(ops.sum(ops.square(x)))


def _ratio(over: Tensor, under: Tensor) -> Tensor:
    """over / under; 1 where either is 0."""
    both = ops.logical_and(ops.greater(over, 0.0), ops.greater(under, 0.0))
    return ops.where(both, over / ops.where(both, under, 1.0), 1.0)


class Lamb(Moments):
    """Adam's step, scaled to the size of the layer's weights.

    Args:
        learning_rate: a number, or a schedule.
        beta_1, beta_2: decay of the two means, in [0, 1).
        epsilon: added to the root of the second.
        **kwargs: as for every optimizer.

    Source: You et al. 2020, algorithm 2; weight decay is apart, as in Keras.
    """

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        m, v = self.mean(gradient, state), self.mean_square(gradient, state)
        first, second = (1.0 - ops.pow(beta, step) for beta in (self.beta_1, self.beta_2))
        move = (m / first) / (ops.sqrt(v / second) + self.epsilon)
        scale = learning_rate * _ratio(_norm(parameter), _norm(move))
        return parameter - scale * move, {"momentum": m, "velocity": v}


class LARS(Optimizer):
    """Momentum, with steps scaled to the size of the layer's weights over that of its gradient.

    Args:
        learning_rate: a number, or a schedule.
        momentum: share of the last step that is made again, in [0, 1].
        trust_coefficient: size of a step over that of the weights, before the learning rate.
        nesterov: whether to look ahead.
        **kwargs: as for every optimizer; the weight decay is added to the gradient here.

    Source: You et al. 2017, algorithm 1.
    """

    def __init__(
        self, learning_rate: Any = 0.01, momentum: float = 0.9, trust_coefficient: float = 0.001,
        nesterov: bool = False, **kwargs: Unpack[Usual],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **kwargs)
        check_share(self, "momentum", momentum, below_one=False)
        check_at_least(self, "trust_coefficient", trust_coefficient)
        self.momentum, self.trust_coefficient, self.nesterov = momentum, trust_coefficient, nesterov

    def decay(self, variable: Variable) -> float | None:
        """None: `update` does it."""
        return None

    def rule(self, variable: Variable) -> Optimizer:
        """This one, or one without weight decay for a variable that is excluded from it."""
        if not self.weight_decay or super().decay(variable) is not None:
            return self
        plain = copy.copy(self)
        plain.weight_decay = None
        return plain

    def init_state(self, parameter: Tensor) -> State:
        """The velocity."""
        return {"momentum": ops.zeros_like(parameter)}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        decay = self.weight_decay or 0.0
        size = _norm(parameter)
        trust = self.trust_coefficient * _ratio(size, _norm(gradient) + decay * size)
        move = (gradient + decay * parameter if decay else gradient) * (learning_rate * trust)
        velocity = state["momentum"] * self.momentum - move
        ahead = velocity * self.momentum - move if self.nesterov else velocity
        return parameter + ahead, {"momentum": velocity}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"momentum": self.momentum, "trust_coefficient": self.trust_coefficient, "nesterov": self.nesterov}
        return {**super().get_config(), **how}

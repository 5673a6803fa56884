"""Ftrl."""

from __future__ import annotations

from typing import Any, Unpack

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.optimizers.arguments import Usual, check_at_least
from hornbeam_optimizers.optimizers.base import Optimizer, State

__all__ = ["Ftrl"]


class Ftrl(Optimizer):
    """Follow the regularised leader: gives sparse weights to linear models of many features.

    Args:
        learning_rate: a number, or a schedule.
        learning_rate_power: how the rate falls with the sum of squares, at most 0; -0.5 in the paper.
        initial_accumulator_value: what the sums of squares start from, at least 0.
        l1_regularization_strength, l2_regularization_strength: penalties that stabilise, at least 0.
        l2_shrinkage_regularization_strength: penalty of the size, at least 0.
        beta: as in the paper, at least 0.
        **kwargs: as for every optimizer.

    Raises:
        InvalidArgumentError: an argument is out of range.

    Source: McMahan et al. 2013, algorithm 1.
    """

    def __init__(
        self, learning_rate: Any = 0.001, learning_rate_power: float = -0.5, initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0, l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0, beta: float = 0.0, **kwargs: Unpack[Usual],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **kwargs)
        if not learning_rate_power <= 0:
            raise InvalidArgumentError(f"Ftrl: learning_rate_power must be at most 0; got {learning_rate_power!r}")
        self.learning_rate_power, self.initial_accumulator_value = learning_rate_power, initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        for name in self._names[1:]:
            check_at_least(self, name, getattr(self, name))

    _names = (
        "learning_rate_power", "initial_accumulator_value", "l1_regularization_strength", "l2_regularization_strength",
        "l2_shrinkage_regularization_strength", "beta",
    )  # fmt: skip

    def init_state(self, parameter: Tensor) -> State:
        """The sum of squares, and the linear term."""
        start = ops.full_like(parameter, self.initial_accumulator_value)
        return {"accumulator": start, "linear": ops.zeros_like(parameter)}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        total = state["accumulator"] + ops.square(gradient)
        before, after = (ops.pow(x, -self.learning_rate_power) for x in (state["accumulator"], total))
        shrunk = gradient + 2.0 * self.l2_shrinkage_regularization_strength * parameter
        linear = state["linear"] + shrunk - (after - before) / learning_rate * parameter
        quadratic = (after + self.beta) / learning_rate + 2.0 * self.l2_regularization_strength
        flat = self.l1_regularization_strength
        return (ops.clip(linear, -flat, flat) - linear) / quadratic, {"accumulator": total, "linear": linear}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), **{name: getattr(self, name) for name in self._names}}

"""Adafactor."""

from __future__ import annotations

from typing import Any, Unpack

from hornbeam import Tensor, Variable, ops

from hornbeam_optimizers.optimizers.arguments import Usual, check_at_least
from hornbeam_optimizers.optimizers.base import Optimizer, State

__all__ = ["Adafactor"]


class Adafactor(Optimizer):
    """Adam without momentum, whose mean of squares is the product of one mean per row and one per column.

    Args:
        learning_rate: a number, or a schedule.
        beta_2_decay: power of the step in the decay of the means, below 0.
        epsilon_1: added to squares of gradients.
        epsilon_2: smallest size of a parameter that steps are relative to.
        clip_threshold: root mean square to which a step is shortened.
        relative_step: whether the rate is at most 1 / sqrt(step).
        **kwargs: as for every optimizer.

    Source: Shazeer and Stern 2018, algorithms 4 and 5.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta_2_decay: float = -0.8, epsilon_1: float = 1e-30,
        epsilon_2: float = 0.001, clip_threshold: float = 1.0, relative_step: bool = True, **kwargs: Unpack[Usual],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **kwargs)
        for name, value in (("epsilon_1", epsilon_1), ("epsilon_2", epsilon_2), ("clip_threshold", clip_threshold)):
            check_at_least(self, name, value)
        self.beta_2_decay, self.epsilon_1, self.epsilon_2 = beta_2_decay, epsilon_1, epsilon_2
        self.clip_threshold, self.relative_step = clip_threshold, relative_step

    def init_state(self, parameter: Tensor) -> State:
        """Means of squares by row and by column (0 for vectors, which have none), and those of the elements."""
        shape = parameter.shape
        means: State = {"row": ops.zeros((), "int32"), "column": ops.zeros((), "int32")}
        if len(shape) >= 2:
            means = {
                "row": ops.zeros(shape[:-1], parameter.dtype),
                "column": ops.zeros((*shape[:-2], shape[-1]), parameter.dtype),
            }
        return {**means, "velocity": ops.zeros_like(parameter)}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        limit = ops.rsqrt(step)
        if self.relative_step and isinstance(self._learning_rate, Variable):
            learning_rate = ops.minimum(learning_rate, limit)
        alpha = ops.maximum(_rms(parameter), self.epsilon_2) * ops.minimum(learning_rate, limit)
        square = ops.square(gradient) + self.epsilon_1
        kept = 1.0 - ops.pow(step, self.beta_2_decay)
        new: State = {}
        if parameter.ndim >= 2:
            row = kept * state["row"] + (1.0 - kept) * ops.mean(square, axis=-1)
            column = kept * state["column"] + (1.0 - kept) * ops.mean(square, axis=-2)
            share = row / ops.mean(row, axis=-1, keepdims=True)
            new = {"row": row, "column": column}
            velocity = ops.expand_dims(share, -1) * ops.expand_dims(column, -2)
        else:
            velocity = kept * state["velocity"] + (1.0 - kept) * square
        move = gradient * ops.rsqrt(velocity)
        move = move / ops.maximum(_rms(move) / self.clip_threshold, 1.0)
        return parameter - alpha * move, {**new, "velocity": velocity}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        names = "beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step"
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _rms(x: Tensor) -> Tensor:
    return ops.sqrt(ops.mean(ops.square(x)))

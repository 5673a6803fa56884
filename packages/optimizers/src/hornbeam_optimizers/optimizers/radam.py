"""RAdam."""

from __future__ import annotations

import math
from typing import Any, Unpack

from hornbeam import Tensor, ops

from hornbeam_optimizers.optimizers.arguments import Usual, check_at_least
from hornbeam_optimizers.optimizers.base import State
from hornbeam_optimizers.optimizers.moments import Moments

__all__ = ["RAdam"]


class RAdam(Moments):
    """Adam that starts as momentum alone, while its mean of squares rests on too few steps: needs no warm-up.

    Args:
        learning_rate: a number, or a schedule.
        beta_1, beta_2: decay of the two means, in [0, 1).
        epsilon: added to the root of the second.
        sma_threshold: length of the mean of squares from which on it is used; 4 in the paper, 5 in its authors' code.
        **kwargs: as for every optimizer.

    Source: Liu et al. 2020, algorithm 2.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
        sma_threshold: float = 5.0, **kwargs: Unpack[Usual],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **kwargs)
        check_at_least(self, "sma_threshold", sma_threshold, 4.0)
        self.sma_threshold = sma_threshold

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        m, v = self.mean(gradient, state), self.mean_square(gradient, state)
        rest = -ops.expm1(step * math.log(self.beta_2))  # 1 - beta_2**step, exact for few steps too
        longest = 2.0 / (1.0 - self.beta_2) - 1.0
        length = longest - 2.0 * step * (1.0 - rest) / rest
        enough = ops.greater(length, self.sma_threshold)
        safe = ops.where(enough, length, 5.0)
        part = ((safe - 4.0) * (safe - 2.0) / safe) * (longest / ((longest - 4.0) * (longest - 2.0)))
        scale = ops.where(enough, ops.sqrt(part * rest), 1.0)
        under = ops.where(enough, ops.sqrt(v) + self.epsilon, 1.0)
        alpha = learning_rate * scale / (1.0 - ops.pow(self.beta_1, step))
        return parameter - alpha * m / under, {"momentum": m, "velocity": v}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "sma_threshold": self.sma_threshold}

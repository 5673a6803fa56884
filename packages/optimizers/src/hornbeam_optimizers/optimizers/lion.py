"""Lion."""

from __future__ import annotations

from typing import Any, Unpack

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.optimizers.arguments import Usual, check_share
from hornbeam_optimizers.optimizers.base import Optimizer, State

__all__ = ["Lion"]


class Lion(Optimizer):
    """Steps of one size, by the sign of the gradient mixed with its running mean: half the state of Adam.

    Args:
        learning_rate: a number, or a schedule; a third to a tenth of Adam's.
        beta_1: share of the mean in the mixture, above 0, up to 1.
        beta_2: decay of the mean, in [0, 1].
        **kwargs: as for every optimizer.

    Raises:
        InvalidArgumentError: beta_1 or beta_2 is out of range.

    Source: Chen et al. 2023, algorithm 2.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.99, **kwargs: Unpack[Usual]
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        check_share(self, "beta_1", beta_1, below_one=False)
        check_share(self, "beta_2", beta_2, below_one=False)
        if beta_1 == 0:
            raise InvalidArgumentError("Lion: beta_1 must be above 0: with 0 only the sign of the gradient is left")
        self.beta_1, self.beta_2 = beta_1, beta_2

    def init_state(self, parameter: Tensor) -> State:
        """The mean of gradients."""
        return {"momentum": ops.zeros_like(parameter)}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        m = state["momentum"]
        move = ops.sign(m * self.beta_1 + gradient * (1.0 - self.beta_1))
        return parameter - learning_rate * move, {"momentum": m * self.beta_2 + gradient * (1.0 - self.beta_2)}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2}

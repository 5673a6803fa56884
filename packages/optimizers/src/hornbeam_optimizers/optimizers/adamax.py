"""Adamax and Nadam."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_optimizers.optimizers.base import State
from hornbeam_optimizers.optimizers.moments import Moments

__all__ = ["Adamax", "Nadam"]


class Adamax(Moments):
    """Adam with the largest recent gradient instead of the mean of squares.

    Args:
        learning_rate: a number, or a schedule.
        beta_1: decay of the mean, in [0, 1).
        beta_2: decay of the largest, in [0, 1).
        epsilon: added to the largest.
        **kwargs: as for every optimizer.

    Source: Kingma and Ba 2015, algorithm 2.

    Example:
        >>> import hornbeam as hb
        >>> w = hb.Variable([1.0])
        >>> Adamax(0.1).apply([hb.ops.asarray([2.0])], [w])
        >>> round(float(w[0]), 3)
        0.9
    """

    def init_state(self, parameter: Tensor) -> State:
        """The mean, and the largest."""
        return {"momentum": ops.zeros_like(parameter), "norm": ops.zeros_like(parameter)}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        m = self.mean(gradient, state)
        u = ops.maximum(state["norm"] * self.beta_2, ops.abs(gradient))
        alpha = learning_rate / (1.0 - ops.pow(self.beta_1, step))
        return parameter - alpha * m / (u + self.epsilon), {"momentum": m, "norm": u}


class Nadam(Moments):
    """Adam with Nesterov's momentum, which looks one step ahead.

    Args:
        learning_rate: a number, or a schedule.
        beta_1, beta_2: decay of the two means, in [0, 1).
        epsilon: added to the root of the second.
        **kwargs: as for every optimizer.

    Source: Dozat 2016, algorithm 8, with the momentum's schedule of its page 3.
    """

    def _momentum(self, step: Tensor) -> Tensor:
        return self.beta_1 * (1.0 - 0.5 * ops.pow(0.96, step))

    def init_shared_state(self, dtype: Any) -> State:
        """The product of the momenta of all steps."""
        return {"u_product": ops.ones((), dtype)}

    def update_shared_state(self, state: State, step: Tensor) -> State:
        """The product with this step's momentum."""
        product = state["u_product"]
        return {"u_product": product * self._momentum(ops.cast(step, product.dtype))}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step; `state` holds "u_product" too."""
        now, ahead, product = self._momentum(step), self._momentum(step + 1.0), state["u_product"]
        m, v = self.mean(gradient, state), self.mean_square(gradient, state)
        m_hat = m * (ahead / (1.0 - product * ahead)) + gradient * ((1.0 - now) / (1.0 - product))
        v_hat = v / (1.0 - ops.pow(self.beta_2, step))
        return parameter - m_hat * learning_rate / (ops.sqrt(v_hat) + self.epsilon), {"momentum": m, "velocity": v}

"""Muon."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Unpack

from hornbeam import Tensor, Variable, ops

from hornbeam_optimizers.optimizers.adam import Adam
from hornbeam_optimizers.optimizers.arguments import Common, check_at_least, check_share
from hornbeam_optimizers.optimizers.base import Optimizer, State

__all__ = ["Muon"]


class _AdamPart(Adam):
    """Adam whose steps are of a share of the learning rate, unlike its weight decay."""

    def __init__(self, ratio: float, beta_1: float, beta_2: float, epsilon: float) -> None:
        super().__init__(0.0, beta_1, beta_2, epsilon)
        self.ratio = ratio

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step."""
        return super().update(gradient, parameter, state, learning_rate * self.ratio, step)


class Muon(Optimizer):
    """Steps by the momentum of a matrix made orthogonal; what is no matrix, and embeddings, are Adam's.

    Args:
        learning_rate: a number, or a schedule.
        adam_beta_1, adam_beta_2: decay of Adam's two means, in [0, 1).
        adam_weight_decay: weight decay of what is Adam's.
        epsilon: Adam's.
        weight_decay: of the matrices.
        exclude_layers: patterns of variables' paths that are Adam's as well.
        exclude_embeddings: whether variables with "embedding" in their path are Adam's.
        muon_a, muon_b, muon_c: of the polynomial a x + b x^3 + c x^5 by which singular values get near 1.
        adam_lr_ratio: Adam's learning rate over that of the matrices.
        momentum: decay of the sum of gradients, in [0, 1].
        ns_steps: how often the polynomial is applied.
        nesterov: whether to look ahead.
        rms_rate: steps are scaled to this root mean square, as those of Adam are (Liu et al. 2025); None: not scaled.
        **kwargs: as for every optimizer.

    Source: Jordan et al. 2024.
    """

    def __init__(
        self, learning_rate: Any = 0.001, adam_beta_1: float = 0.9, adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004, epsilon: float = 1e-7, weight_decay: float | None = 0.004,
        exclude_layers: Sequence[str] | None = None, exclude_embeddings: bool = True, muon_a: float = 3.4445,
        muon_b: float = -4.775, muon_c: float = 2.0315, adam_lr_ratio: float = 1.0, momentum: float = 0.95,
        ns_steps: int = 5, nesterov: bool = True, rms_rate: float | None = 0.2, **kwargs: Unpack[Common],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, weight_decay, **kwargs)
        check_share(self, "momentum", momentum, below_one=False)
        check_at_least(self, "ns_steps", ns_steps, 1)
        self.adam_beta_1, self.adam_beta_2, self.epsilon = adam_beta_1, adam_beta_2, epsilon
        self.adam_weight_decay, self.adam_lr_ratio = adam_weight_decay, adam_lr_ratio
        self.exclude_layers, self.exclude_embeddings = list(exclude_layers or ()), exclude_embeddings
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.momentum, self.ns_steps, self.nesterov, self.rms_rate = momentum, ns_steps, nesterov, rms_rate

    def _is_adams(self, variable: Variable) -> bool:
        if len(variable.shape) != 2 or (self.exclude_embeddings and "embedding" in variable.path.lower()):
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def rule(self, variable: Variable) -> Optimizer:
        """This one for matrices, Adam for the rest."""
        if not self._is_adams(variable):
            return self
        return _AdamPart(self.adam_lr_ratio, self.adam_beta_1, self.adam_beta_2, self.epsilon)

    def decay(self, variable: Variable) -> float | None:
        """The weight decay of a variable."""
        excluded = self.weight_decay is not None and super().decay(variable) is None
        return None if excluded else self.adam_weight_decay if self._is_adams(variable) else self.weight_decay

    def init_state(self, parameter: Tensor) -> State:
        """The sum of gradients."""
        return {"momentum": ops.zeros_like(parameter)}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """One step of a matrix."""
        m = state["momentum"] * self.momentum + gradient
        move = self.orthogonal(gradient + self.momentum * m if self.nesterov else m)
        if self.rms_rate is not None:
            move = move * (math.sqrt(max(parameter.shape)) * self.rms_rate)
        return parameter - learning_rate * move, {"momentum": m}

    def orthogonal(self, x: Tensor) -> Tensor:
        """A matrix with its singular values moved near 1 by Newton-Schulz steps: [rows, columns] -> the same."""
        tall = x.shape[0] > x.shape[1]
        x = ops.transpose(x) if tall else x  # the smaller product
        x = x / (ops.sqrt(ops.sum(ops.square(x))) + 1e-7)
        for _ in range(self.ns_steps):
            square = ops.matmul(x, ops.transpose(x))
            x = self.muon_a * x + ops.matmul(self.muon_b * square + self.muon_c * ops.matmul(square, square), x)
        return ops.transpose(x) if tall else x

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        names = (
            "adam_beta_1", "adam_beta_2", "epsilon", "exclude_layers", "muon_a", "muon_b", "muon_c", "adam_lr_ratio",
            "momentum", "ns_steps", "nesterov", "exclude_embeddings", "adam_weight_decay", "rms_rate",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

"""Schedules along half a cosine: once, with restarts, or up and down."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.schedules.base import LearningRateSchedule, check_steps

__all__ = ["CosineDecay", "CosineDecayRestarts", "OneCycle"]


def _half_cosine(share: Tensor) -> Tensor:
    """1 at 0, 0 at 1, along half a cosine."""
    return 0.5 * (1.0 + ops.cos(math.pi * share))


class CosineDecay(LearningRateSchedule):
    """Down to alpha times the rate along half a cosine, after a warm-up if there is a target for it.

    Args:
        initial_learning_rate: at the start.
        decay_steps: length of the fall.
        alpha: share of the rate that is left at its end.
        name: kept for Keras's signature.
        warmup_target: the rate rises to it along a line first, and falls from there; None: no warm-up.
        warmup_steps: length of the warm-up.

    Source: Loshchilov and Hutter 2017, equation 5.
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, alpha: float = 0.0, name: str = "CosineDecay",
        warmup_target: float | None = None, warmup_steps: int = 0,
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.decay_steps, self.alpha, self.name = (
            initial_learning_rate,
            decay_steps,
            alpha,
            name,
        )
        self.warmup_target, self.warmup_steps = warmup_target, warmup_steps
        check_steps(self, "decay_steps")

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        now = ops.cast(step, "float32")
        top, first = self.initial_learning_rate, 0.0
        if self.warmup_target is not None:
            top, first = self.warmup_target, float(self.warmup_steps)
        share = ops.minimum((now - first) / self.decay_steps, 1.0)
        rate = top * ((1.0 - self.alpha) * _half_cosine(share) + self.alpha)
        if not first:
            return rate
        rising = self.initial_learning_rate + (top - self.initial_learning_rate) * (now / first)
        return ops.where(now < first, rising, rate)


class CosineDecayRestarts(LearningRateSchedule):
    """Falls along half a cosine again and again.

    Args:
        initial_learning_rate: at the start.
        first_decay_steps: length of the first fall.
        t_mul: each fall is so many times as long as the one before.
        m_mul: each starts so many times as high as the one before.
        alpha: share of the rate that is left at the end of a fall.
        name: kept for Keras's signature.

    Source: Loshchilov and Hutter 2017, section 3.
    """

    def __init__(
        self, initial_learning_rate: float, first_decay_steps: int, t_mul: float = 2.0, m_mul: float = 1.0,
        alpha: float = 0.0, name: str = "SGDRDecay",
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.first_decay_steps = initial_learning_rate, first_decay_steps
        self.t_mul, self.m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name
        check_steps(self, "first_decay_steps")

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        done = ops.cast(step, "float32") / self.first_decay_steps
        if self.t_mul == 1.0:
            fall = ops.floor(done)
            share = done - fall
        else:  # falls are 1, t, t**2 ... long, and n of them (1 - t**n) / (1 - t)
            fall = ops.floor(ops.log(1.0 - done * (1.0 - self.t_mul)) / math.log(self.t_mul))
            length = ops.pow(self.t_mul, fall)
            share = (done - (1.0 - length) / (1.0 - self.t_mul)) / length
        height = ops.pow(self.m_mul, fall) * _half_cosine(share)
        return self.initial_learning_rate * ((1.0 - self.alpha) * height + self.alpha)


class OneCycle(LearningRateSchedule):
    """Up to a maximum and down again, to far below the start. Source: Smith and Topin 2018.

    Args:
        max_learning_rate: at the top.
        total_steps: length of the whole.
        pct_start: share of the steps that go up, between 0 and 1.
        anneal_strategy: "cos" (along half cosines) or "linear".
        div_factor: the start is the maximum over it.
        final_div_factor: the end is the start over it.
        name: of the schedule.

    Raises:
        InvalidArgumentError: `anneal_strategy` is something else, or a number is out of range.

    Example:
        >>> rate = OneCycle(1.0, total_steps=10, pct_start=0.5, div_factor=10.0)
        >>> [round(float(rate(step)), 3) for step in (0, 4, 9)]
        [0.1, 1.0, 0.0]
    """

    def __init__(
        self, max_learning_rate: float, total_steps: int, pct_start: float = 0.3, anneal_strategy: str = "cos",
        div_factor: float = 25.0, final_div_factor: float = 10000.0, name: str = "OneCycle",
    ) -> None:  # fmt: skip
        if anneal_strategy not in ("cos", "linear"):
            raise InvalidArgumentError(f"OneCycle: anneal_strategy must be 'cos' or 'linear'; got {anneal_strategy!r}")
        if not 0 < pct_start < 1:
            raise InvalidArgumentError(f"OneCycle: pct_start must be between 0 and 1; got {pct_start!r}")
        self.max_learning_rate, self.total_steps, self.pct_start = max_learning_rate, total_steps, pct_start
        self.anneal_strategy, self.div_factor, self.final_div_factor = anneal_strategy, div_factor, final_div_factor
        self.name = name
        check_steps(self, "total_steps")

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step."""
        now, top = ops.cast(step, "float32"), self.max_learning_rate
        low = top / self.div_factor
        up, last = self.pct_start * self.total_steps - 1.0, self.total_steps - 1.0
        rising = self._between(low, top, ops.clip(now / max(up, 1e-9), 0.0, 1.0))
        falling = self._between(top, low / self.final_div_factor, ops.clip((now - up) / max(last - up, 1e-9), 0.0, 1.0))
        return ops.where(now <= up, rising, falling)

    def _between(self, start: float, end: float, share: Tensor) -> Tensor:
        left = _half_cosine(share) if self.anneal_strategy == "cos" else 1.0 - share
        return end + (start - end) * left

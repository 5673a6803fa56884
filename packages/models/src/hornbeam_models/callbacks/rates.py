"""Callbacks that set the learning rate: by a function of the epoch, or to find a good one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_models.callbacks.base import Callback

__all__ = ["LearningRateFinder", "LearningRateScheduler"]


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of every epoch; it is among the epoch's figures.

    Args:
        schedule: function of the epoch (counted from 0) and the present rate, or of the epoch alone.
        verbose: 1: say so.

    Raises:
        InvalidArgumentError: the function does not give a number.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Ask the function."""
        optimizer = self.model.optimizer
        try:
            rate = self.schedule(epoch, float(optimizer.learning_rate))
        except TypeError:
            rate = self.schedule(epoch)
        try:
            rate = float(rate)
        except (TypeError, ValueError):
            raise InvalidArgumentError(
                f"LearningRateScheduler: the schedule has to return a number; got {rate!r} for epoch {epoch}"
            ) from None
        optimizer.learning_rate = rate
        if self.verbose:
            print(f"epoch {epoch + 1}: learning rate {rate:g}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Put the rate among the figures."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


class LearningRateFinder(Callback):
    """Raises the learning rate from step to step, and notes the loss: the range test of a good rate.

    Training stops when the loss has grown to `divergence` times its least, or after `steps` steps; weights, optimizer and rate are
    then as before. `suggestion` is the rate at which the smoothed loss falls fastest; `hb.plots.learning_rates(finder)` draws it.

    Args:
        min_lr: first rate.
        max_lr: last rate; rates between them are evenly spaced in logarithm.
        steps: how many.
        smoothing: share of the running mean of the loss that is kept from step to step, in [0, 1).
        divergence: how much worse than the best is too bad.

    Attributes:
        rates: the rate of each step.
        losses: the smoothed loss of each step.

    Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks".
    """

    def __init__(
        self,
        min_lr: float = 1e-6,
        max_lr: float = 1.0,
        steps: int = 100,
        smoothing: float = 0.9,
        divergence: float = 4.0,
    ) -> None:
        if not 0 < min_lr < max_lr:
            raise InvalidArgumentError(f"LearningRateFinder: 0 < min_lr < max_lr; got {min_lr} and {max_lr}")
        self.min_lr, self.max_lr, self.steps = min_lr, max_lr, steps
        self.smoothing, self.divergence = smoothing, divergence
        self.rates: list[float] = []
        self.losses: list[float] = []
        self._before: list[Any] = []

    def on_train_begin(self, logs: Any = None) -> None:
        """Note what will be put back."""
        self.rates, self.losses, self._mean = [], [], 0.0
        model = self.model
        self._before = [(v, v.numpy().copy()) for v in (*model.variables, *model.optimizer.variables)]

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate."""
        share = len(self.rates) / max(1, self.steps - 1)
        rate = self.min_lr * (self.max_lr / self.min_lr) ** share
        self.model.optimizer.learning_rate = rate
        self.model.reset_metrics()
        self.rates.append(rate)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the loss."""
        loss = float(logs["loss"])
        self._mean = self.smoothing * self._mean + (1 - self.smoothing) * loss
        smoothed = self._mean / (1 - self.smoothing ** len(self.rates))
        self.losses.append(smoothed)
        bad = not math.isfinite(loss) or smoothed > self.divergence * min(self.losses)
        if bad or len(self.rates) >= self.steps:
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        """Put everything back."""
        for variable, value in self._before:
            variable.assign(value)
        self._before = []

    @property
    def suggestion(self) -> float:
        """The rate where the loss falls fastest over the logarithm of the rate, before it is least.

        The first steps are left out, whose running mean rests on few losses; slopes are those of lines through a tenth of the steps.

        Raises:
            InvalidArgumentError: there were fewer than three steps.
        """
        pairs = [(math.log(r), v) for r, v in zip(self.rates, self.losses, strict=False) if math.isfinite(v)]
        if len(pairs) < 3:
            raise InvalidArgumentError(f"LearningRateFinder needs at least three steps; it saw {len(pairs)}")
        first = min(round(1 / (1 - self.smoothing)), len(pairs) // 3)
        least = min(range(first, len(pairs)), key=lambda i: pairs[i][1])
        half = max(1, len(pairs) // 20)
        middles = range(first, max(least, first + 1))
        return math.exp(pairs[min(middles, key=lambda i: _slope(pairs[max(0, i - half) : i + half + 1]))][0])


def _slope(points: list[tuple[float, float]]) -> float:
    """That of the line of least squares."""
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)

"""Callbacks that watch one figure, and what they do when it gets better or no longer does."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_models.callbacks.base import Callback

__all__ = ["EarlyStopping", "MonitorCallback", "ReduceLROnPlateau"]

_SMALLER = ("loss", "error", "mse", "mae", "mape", "msle", "mean_", "hinge", "crossentropy", "divergence", "false_")
_LARGER = (
    *(
        "acc",
        "auc",
        "f1",
        "fbeta",
        "precision",
        "recall",
        "iou",
        "r2",
        "true_",
        "correlation",
        "sensitivity",
        "specificity",
    ),
    *("bleu", "map", "cosine_similarity"),
)


class MonitorCallback(Callback):
    """Base class of callbacks that watch a figure.

    Args:
        monitor: name of the figure.
        mode: "min", "max", or "auto": by the metric's own word, else by its name.
        baseline: what the first value has to improve on; default: nothing.
        min_delta: smallest change that counts.
    """

    def __init__(
        self, monitor: str = "val_loss", mode: str = "auto", baseline: Any = None, min_delta: float = 0
    ) -> None:
        if mode not in ("auto", "min", "max"):
            raise InvalidArgumentError(f"{type(self).__name__}: mode must be 'auto', 'min' or 'max'; got {mode!r}")
        self.monitor, self.mode, self.baseline, self.min_delta = monitor, mode, baseline, abs(min_delta)
        self.best: float | None = baseline

    def figure(self, logs: Any) -> float | None:
        """The figure; None, with a warning, where an epoch without validation lacks it.

        Raises:
            InvalidArgumentError: no epoch can have it.
        """
        if self.monitor in logs:
            return float(logs[self.monitor])
        if (
            self.monitor.startswith("val_")
            and self.monitor.removeprefix("val_") in logs
            and not any(name.startswith("val_") for name in logs)
        ):
            warnings.warn(
                f"{type(self).__name__} monitors {self.monitor!r}, but this epoch had no validation: give fit validation_data or "
                f"validation_split, or monitor one of {sorted(logs)}.",
                stacklevel=4,
            )
            return None
        raise InvalidArgumentError(
            f"{type(self).__name__} monitors {self.monitor!r}, which is not among {sorted(logs)}"
        )

    def improved(self, value: float, reference: float | None) -> bool:
        """Whether `value` is better than `reference` by more than `min_delta`; anything is better than None."""
        if reference is None:
            return True
        gain = value - reference if self.larger_is_better() else reference - value
        return gain > self.min_delta

    def larger_is_better(self) -> bool:
        """Which way is up."""
        if self.mode != "auto":
            return self.mode == "max"
        name = self.monitor.removeprefix("val_")
        for metric in getattr(self.model, "metrics", None) or []:
            direction = getattr(metric, "_direction", None)
            if metric.name == name and direction in ("up", "down"):
                return bool(direction == "up")
        if any(word in name for word in _SMALLER):
            return False
        if any(word in name for word in _LARGER):
            return True
        raise InvalidArgumentError(
            f"{type(self).__name__}: whether a larger {self.monitor!r} is better cannot be told from its name; give mode='max' or "
            "mode='min'."
        )


class EarlyStopping(MonitorCallback):
    """Stop when a figure no longer improves.

    Args:
        monitor: name of the figure.
        min_delta: smallest change that counts.
        patience: epochs without improvement that are put up with.
        verbose: 1: say so.
        mode: "min", "max" or "auto" (by the metric, or its name).
        baseline: what it has to improve on for the patience to begin anew; default: nothing.
        restore_best_weights: go back to the weights of the best epoch.
        start_from_epoch: epochs before which it only waits.

    Example:
        >>> import hornbeam as hb
        >>> stop = EarlyStopping("val_loss", patience=3, restore_best_weights=True)
        >>> stop.patience
        3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, baseline, min_delta)
        if isinstance(patience, bool) or not isinstance(patience, int) or patience < 0:
            raise InvalidArgumentError(f"EarlyStopping: patience must be an integer of at least 0; got {patience!r}")
        self.patience, self.verbose, self.start_from_epoch = patience, verbose, start_from_epoch
        self.restore_best_weights = restore_best_weights
        self.best_weights: Any = None
        self.wait = self.stopped_epoch = self.best_epoch = 0

    def get_state(self) -> dict[str, Any]:
        """The best so far."""
        names = ("best", "wait", "stopped_epoch", "best_epoch", "best_weights")
        return {name: getattr(self, name) for name in names}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        vars(self).update(state)

    def on_train_begin(self, logs: Any = None) -> None:
        """Start anew."""
        self.best, self.best_weights, self.wait = None, None, 0
        self.stopped_epoch = self.best_epoch = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Compare."""
        value = self.figure(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self.improved(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.improved(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch, self.model.stop_training = epoch, True

    def on_train_end(self, logs: Any = None) -> None:
        """Go back to the best weights."""
        if self.stopped_epoch and self.verbose:
            print(f"epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"restoring the weights of the best epoch: {self.best_epoch + 1}")
            self.model.set_weights(self.best_weights)


class ReduceLROnPlateau(MonitorCallback):
    """Lower the learning rate when a figure no longer improves.

    Args:
        monitor: name of the figure.
        factor: the new rate is the old one times this; less than 1.
        patience: epochs without improvement that are put up with.
        verbose: 1: say so.
        mode: "min", "max" or "auto".
        min_delta: smallest change that counts.
        cooldown: epochs after a reduction in which nothing is counted.
        min_lr: least rate.

    Raises:
        InvalidArgumentError: `factor` is not less than 1.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, None, min_delta)
        if not 0 <= factor < 1:
            raise InvalidArgumentError(f"ReduceLROnPlateau: factor must be at least 0 and less than 1; got {factor!r}")
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self.wait = self.cooldown_counter = 0

    def get_state(self) -> dict[str, Any]:
        """The best so far."""
        return {name: getattr(self, name) for name in ("best", "wait", "cooldown_counter")}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        vars(self).update(state)

    def in_cooldown(self) -> bool:
        """Whether a reduction was just made."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Start anew."""
        self.best, self.wait, self.cooldown_counter = None, 0, 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Compare; the rate goes into the figures."""
        optimizer = self.model.optimizer
        logs["learning_rate"] = float(optimizer.learning_rate)
        value = self.figure(logs)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improved(value, self.best):
            self.best, self.wait = value, 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                old = float(optimizer.learning_rate)
                if old > np.float32(self.min_lr):  # the rate is a float32
                    optimizer.learning_rate = max(old * self.factor, self.min_lr)
                    if self.verbose:
                        print(f"epoch {epoch + 1}: learning rate lowered to {max(old * self.factor, self.min_lr):g}")
                    self.cooldown_counter, self.wait = self.cooldown, 0

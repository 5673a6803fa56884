"""Callbacks: objects that `fit` tells of every step and epoch."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hornbeam.errors import InvalidArgumentError

__all__ = ["Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback", "ModelCheckpoint", "ProgressBar"]


class Callback:
    """Base class: override what you want to be told of. `model` is the model that is trained."""

    model: Any = None

    def set_model(self, model: Any) -> None:
        """Called once, before anything else."""
        self.model = model

    def on_train_begin(self, logs: Any = None) -> None:
        """Training starts."""

    def on_train_end(self, logs: Any = None) -> None:
        """Training has ended, for whatever reason."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """An epoch starts; counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """An epoch has ended; `logs` maps names to figures."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A step starts; counted from 0 in each epoch."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """A step has ended; `logs()` computes the figures so far (a function, since reading them takes time)."""

    def on_test_begin(self, logs: Any = None) -> None:
        """An evaluation, also one within `fit`, starts."""

    def on_test_end(self, logs: Any = None) -> None:
        """An evaluation, also one within `fit`, has ended."""

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A step of it starts."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """A step of it has ended."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """A prediction starts."""

    def on_predict_end(self, logs: Any = None) -> None:
        """A prediction has ended."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A step of it starts."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """A step of it has ended."""


class CallbackList:
    """Tells every callback, in order: it has the methods of `Callback`."""

    def __init__(self, callbacks: list[Callback], model: Any) -> None:
        self.callbacks = callbacks
        for callback in callbacks:
            callback.set_model(model)

    def __getattr__(self, event: str) -> Callable[..., None]:
        """A function that tells every callback of an event; callbacks may lack it."""
        if not event.startswith("on_"):
            raise AttributeError(f"CallbackList has no attribute {event!r}")
        told = [found for callback in self.callbacks if (found := getattr(callback, event, None)) is not None]

        def tell(*args: Any) -> None:
            for function in told:
                function(*args)

        return tell


class History(Callback):
    """Keeps every epoch's figures: `history` maps a name to a list, `epoch` lists the epochs."""

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Append the figures."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class LambdaCallback(Callback):
    """A callback of functions, given by the names of the methods that they stand for."""

    def __init__(self, **functions: Callable[..., Any]) -> None:
        for name, function in functions.items():
            if not hasattr(Callback, name):
                raise InvalidArgumentError(f"LambdaCallback: there is no event {name!r}")
            setattr(self, name, function)


class EarlyStopping(Callback):
    """Stop when a figure no longer improves.

    Args:
        monitor: name of the figure.
        min_delta: smallest change that counts.
        patience: epochs without improvement that are put up with.
        mode: "min", "max" or "auto" (by the name).
        restore_best_weights: go back to the weights of the best epoch.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        mode: str = "auto",
        restore_best_weights: bool = False,
    ) -> None:
        _check_mode(mode)
        if isinstance(patience, bool) or not isinstance(patience, int) or patience < 0:
            raise InvalidArgumentError(f"EarlyStopping: patience must be an integer of at least 0; got {patience!r}")
        self.monitor, self.min_delta, self.patience = monitor, abs(min_delta), patience
        self.larger = mode == "max" or (
            mode == "auto" and any(w in monitor for w in ("acc", "auc", "f1", "precision", "recall"))
        )
        self.restore_best_weights = restore_best_weights
        self.best: float | None = None
        self.weights: Any = None
        self.waited = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Start anew."""
        self.best, self.weights, self.waited = None, None, 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Compare."""
        if self.monitor not in logs:
            raise InvalidArgumentError(f"EarlyStopping monitors {self.monitor!r}, which is not among {sorted(logs)}")
        value = logs[self.monitor]
        gain = 0.0 if self.best is None else (value - self.best if self.larger else self.best - value)
        if self.best is None or gain > self.min_delta:
            self.best, self.waited = value, 0
            if self.restore_best_weights:
                self.weights = self.model.get_weights()
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        """Go back to the best weights."""
        if self.weights is not None:
            self.model.set_weights(self.weights)


class ModelCheckpoint(Callback):
    """Save the model after every epoch, or only when a figure is the best so far.

    Args:
        filepath: may hold {epoch} and names of figures, as in "model-{epoch:02d}-{val_loss:.3f}.keras".
        monitor: name of the figure.
        save_best_only: whether to save only improvements.
        save_weights_only: write weights instead of the whole model.
        mode: "min", "max" or "auto".
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
    ) -> None:
        _check_mode(mode)
        suffix = ".weights.h5" if save_weights_only else ".keras"
        if not str(filepath).endswith(suffix):
            raise InvalidArgumentError(f"ModelCheckpoint: filepath must end in {suffix!r}; got {str(filepath)!r}")
        self.filepath, self.monitor = os.fspath(filepath), monitor
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        self.larger = mode == "max" or (mode == "auto" and "acc" in monitor)
        self.best: float | None = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save."""
        if self.save_best_only:
            if self.monitor not in logs:
                raise InvalidArgumentError(
                    f"ModelCheckpoint monitors {self.monitor!r}, which is not among {sorted(logs)}"
                )
            value = logs[self.monitor]
            if self.best is not None and not (value > self.best if self.larger else value < self.best):
                return
            self.best = value
        try:
            path = Path(self.filepath.format(epoch=epoch + 1, **logs))
        except KeyError as error:
            raise InvalidArgumentError(
                f"ModelCheckpoint: filepath {self.filepath!r} asks for {error}; there are {['epoch', *sorted(logs)]}"
            ) from None
        (self.model.save_weights if self.save_weights_only else self.model.save)(path)


class ProgressBar(Callback):
    """A live bar on a terminal; a line an epoch elsewhere."""

    def __init__(self, verbose: Any, epochs: int, steps: int | None) -> None:
        if verbose not in ("auto", 0, 1, 2):
            raise InvalidArgumentError(f"verbose must be 'auto', 0, 1 or 2; got {verbose!r}")
        self.mode = (1 if sys.stdout.isatty() else 2) if verbose == "auto" else int(verbose)
        self.epochs, self.steps = epochs, steps
        self.bar: Any = None
        self.shown = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Draw an empty bar."""
        if self.mode != 1:
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[figures]}"),
        )
        self.bar = Progress(*columns)
        width = len(str(self.epochs))
        self.task = self.bar.add_task(f"epoch {epoch + 1:>{width}}/{self.epochs}", total=self.steps, figures="")
        self.bar.start()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar; figures are read a few times a second only."""
        if self.bar is None:
            return
        import time

        now = time.monotonic()
        if now - self.shown > 0.2:
            self.shown = now
            self.bar.update(self.task, completed=batch + 1, figures=_figures(logs()))
        else:
            self.bar.update(self.task, completed=batch + 1)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """The epoch's figures."""
        if self.mode == 2:
            print(f"epoch {epoch + 1:>{len(str(self.epochs))}}/{self.epochs}  {_figures(logs)}", flush=True)
        if self.bar is not None:
            self.bar.update(self.task, figures=_figures(logs))
            self.bar.stop()
            self.bar = None

    def on_train_end(self, logs: Any = None) -> None:
        """Leave the terminal in order, also after an error."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None


def _check_mode(mode: str) -> None:
    if mode not in ("auto", "min", "max"):
        raise InvalidArgumentError(f"mode must be 'auto', 'min' or 'max'; got {mode!r}")


def _figures(logs: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.4f}" for name, value in logs.items())

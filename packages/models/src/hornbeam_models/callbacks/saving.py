"""ModelCheckpoint: the model in a file, every epoch or so many steps, or only when it is the best so far."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_models.callbacks.monitor import MonitorCallback

__all__ = ["Every", "ModelCheckpoint"]


class Every:
    """Tells when `save_freq` batches have been seen.

    Args:
        owner: name, for messages.
        save_freq: "epoch", or a number of batches.

    Raises:
        InvalidArgumentError: `save_freq` is neither.
    """

    def __init__(self, owner: str, save_freq: Any) -> None:
        number = isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0
        if save_freq != "epoch" and not number:
            raise InvalidArgumentError(f"{owner}: save_freq must be 'epoch' or a number of batches; got {save_freq!r}")
        self.freq = save_freq
        self.seen = 0
        self.last = -1

    def batch(self, batch: int) -> bool:
        """Whether it is time, at the end of batch number `batch` of the epoch."""
        if self.freq == "epoch":
            return False
        self.seen += batch + 1 if batch <= self.last else batch - self.last
        self.last = batch
        if self.seen < self.freq:
            return False
        self.seen = 0
        return True


class ModelCheckpoint(MonitorCallback):
    """Save the model after every epoch, every so many batches, or only when a figure is the best so far.

    Args:
        filepath: may hold {epoch}, {batch} and names of figures, as in "model-{epoch:02d}-{val_loss:.3f}.keras".
        monitor: name of the figure.
        verbose: 1: say so.
        save_best_only: whether to save only improvements.
        save_weights_only: write weights instead of the whole model.
        mode: "min", "max" or "auto".
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: what the first value has to improve on.

    Raises:
        InvalidArgumentError: `filepath` ends in none of ".keras" (".weights.h5" for weights), ".h5", ".hdf5", or asks for a figure that
            there is not.
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        suffixes = (".weights.h5", ".h5", ".hdf5") if save_weights_only else (".keras", ".h5", ".hdf5")
        if not str(filepath).endswith(suffixes):
            raise InvalidArgumentError(
                f"ModelCheckpoint: filepath must end in {' or '.join(map(repr, suffixes))}; got {str(filepath)!r}"
            )
        self.filepath, self.verbose = os.fspath(filepath), verbose
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        self.save_freq = save_freq
        self._every = Every("ModelCheckpoint", save_freq)
        self._epoch = 0

    def get_state(self) -> dict[str, Any]:
        """The best so far."""
        return {"best": self.best}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self.best = state["best"]

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Save, if it is time."""
        if self._every.batch(batch):
            self._save(self._epoch, {"batch": batch + 1, **logs})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save, if it is time."""
        if self.save_freq == "epoch":
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: dict[str, Any]) -> None:
        try:
            path = Path(self.filepath.format(epoch=epoch + 1, **logs))
        except KeyError as error:
            raise InvalidArgumentError(
                f"ModelCheckpoint: filepath {self.filepath!r} asks for {error}; there are {['epoch', *sorted(logs)]}"
            ) from None
        if self.save_best_only:
            value = self.figure(logs)
            if value is not None:
                before = "nothing" if self.best is None else f"{self.best:.5f}"
                if not self.improved(value, self.best):
                    self._say(epoch, f"{self.monitor} did not improve on {before}")
                    return
                self._say(epoch, f"{self.monitor} went from {before} to {value:.5f}")
                self.best = value
        path.parent.mkdir(parents=True, exist_ok=True)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path)
        self._say(epoch, f"saved {path}")

    def _say(self, epoch: int, what: str) -> None:
        if self.verbose:
            print(f"epoch {epoch + 1}: {what}")

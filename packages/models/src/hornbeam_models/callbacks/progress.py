"""The progress bar: live on a terminal, one rewritten line in a notebook, a line an epoch elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_models.callbacks.base import Callback

__all__ = ["ProgbarLogger", "figures", "in_notebook", "verbosity"]

INTERVAL = 0.1  # seconds between two drawings
BAR = (5, 28)  # letters that a bar has at least and at most
CLOCK = len("0:00:00")


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    return "ipykernel" in sys.modules and not sys.stdout.isatty()


def verbosity(verbose: Any) -> int:
    """0 silent, 1 bar, 2 lines; "auto": a bar. Where nobody can watch a bar (a file, a pipe), lines stand for it.

    Raises:
        InvalidArgumentError: it is none of them.
    """
    if verbose not in ("auto", 0, 1, 2):
        raise InvalidArgumentError(f"verbose must be 'auto', 0, 1 or 2; got {verbose!r}")
    if verbose in ("auto", 1):
        return 1 if sys.stdout.isatty() or in_notebook() else 2
    return int(verbose)


def figures(logs: dict[str, Any]) -> str:
    """The figures as text.

    Example:
        >>> figures({"loss": 0.51234, "rate": 1e-5})
        'loss 0.5123  rate 1.0000e-05'
    """
    return "  ".join(f"{name} {_number(value)}" for name, value in logs.items())


def _number(value: Any) -> str:
    if getattr(value, "ndim", 0):
        return "[" + " ".join(map(_number, value)) + "]"
    small = value != 0 and abs(value) < 1e-3
    return f"{value:.4e}" if small else f"{value:.4f}"


class ProgbarLogger(Callback):
    """Draws how far training is. `fit(verbose=...)` makes one.

    Args:
        delay: seconds that have to pass before a bar of an evaluation or a prediction appears; short ones stay silent.
    """

    def __init__(self, delay: float = 0.5) -> None:
        self.delay = delay
        self._bar: Any = None
        self._drawn = 0.0

    def set_params(self, params: dict[str, Any]) -> None:
        """Note how loud, how many epochs, how many steps."""
        super().set_params(params)
        self._mode = verbosity(params.get("verbose", "auto"))
        self._steps: int | None = params.get("steps")

    # ---- training

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """An empty bar."""
        epochs = self.params.get("epochs") or 1
        self._title = f"epoch {epoch + 1:>{len(str(epochs))}}/{epochs}"
        if self._mode == 1:
            self._start(self._title)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar; figures are read a few times a second only."""
        self._move(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """The epoch's figures."""
        if self._mode == 2:
            print(f"{self._title}  {figures(logs)}", flush=True)
        self._finish(figures(logs or {}))

    def on_train_end(self, logs: Any = None) -> None:
        """Leave the terminal in order, also after an error."""
        self._finish(None)

    # ---- evaluation and prediction by themselves

    def _alone_begin(self, title: str) -> None:
        if self._bar is None and "epochs" not in self.params:
            self._title, self._since = title, time.monotonic()

    def _alone_move(self, batch: int, logs: Any) -> None:
        if "epochs" in self.params or self._mode != 1:
            return
        if self._bar is None and time.monotonic() - self._since > self.delay:
            self._start(self._title)
        self._move(batch, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        """An evaluation starts."""
        self._alone_begin("evaluate")

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar."""
        self._alone_move(batch, logs)

    def on_test_end(self, logs: Any = None) -> None:
        """The figures."""
        if "epochs" not in self.params:
            if self._mode == 2:
                print(f"{self._title}  {figures(logs)}", flush=True)
            self._finish(figures(logs or {}))

    def on_predict_begin(self, logs: Any = None) -> None:
        """A prediction starts."""
        self._alone_begin("predict")

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar."""
        self._alone_move(batch, {})

    def on_predict_end(self, logs: Any = None) -> None:
        """Done."""
        if "epochs" not in self.params:
            self._finish("")

    # ---- drawing

    def _start(self, title: str) -> None:
        self._bar = (_Line if in_notebook() else _Live)(title, self._steps)
        self._drawn = 0.0

    def _move(self, batch: int, logs: Any) -> None:
        if self._bar is None:
            return
        now = time.monotonic()
        if now - self._drawn >= INTERVAL:
            self._drawn = now
            self._bar.draw(batch + 1, figures(logs or {}))

    def _finish(self, text: str | None) -> None:
        if self._bar is not None:
            bar, self._bar = self._bar, None
            bar.finish(text)


class _Live:
    """A bar drawn with rich: it shrinks, and figures are cut off, until both are one line; the last line has all figures."""

    def __init__(self, title: str, steps: int | None) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self.column = BarColumn(BAR[1])
        columns = (
            TextColumn("{task.description}"),
            self.column,
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[figures]}", markup=False),
        )
        self.bar = Progress(*columns, auto_refresh=False)
        self.title, self.steps, self.done = title, steps, 0
        self.task = self.bar.add_task(title, total=steps, figures="")
        self.bar.start()

    def _room(self) -> int:
        """Letters for the bar and the figures together."""
        count = 2 * len(str(self.steps)) if self.steps else len(f"{self.done}?")
        return self.bar.console.width - len(self.title) - (count + 1) - CLOCK - 4  # gaps

    def _fitting(self, text: str) -> str:
        room = self._room()
        self.column.bar_width = min(BAR[1], max(BAR[0], room - len(text)))
        left = max(0, room - self.column.bar_width)
        return text if len(text) <= left else text[: max(0, left - 1)] + "…"

    def draw(self, done: int, text: str) -> None:
        self.done = done
        self.bar.update(self.task, completed=done, figures=self._fitting(text), refresh=True)

    def finish(self, text: str | None) -> None:
        done = self.steps or self.done
        whole = text is None or len(text) <= self._room() - BAR[0]
        if text is not None:
            self.bar.update(self.task, total=done, completed=done, figures=self._fitting(text), refresh=True)
        seconds = int(self.bar.tasks[0].elapsed or 0)
        self.bar.live.transient = not whole
        self.bar.stop()
        if not whole:
            clock = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            print(f"{self.title} {done}/{done} {clock} {text}", flush=True)


class _Line:
    """One line that is written over, for a notebook, which has no cursor."""

    def __init__(self, title: str, steps: int | None) -> None:
        self.title, self.steps, self.length, self.since = title, steps, 0, time.monotonic()
        self.done = 0

    def draw(self, done: int, text: str) -> None:
        self.done = done
        total = "" if self.steps is None else f"/{self.steps}"
        line = f"{self.title}  {done}{total}  {time.monotonic() - self.since:.0f} s  {text}"
        sys.stdout.write("\r" + line.ljust(self.length))
        sys.stdout.flush()
        self.length = len(line)

    def finish(self, text: str | None) -> None:
        self.draw(self.steps or self.done if text is not None else self.done, text or "")
        sys.stdout.write("\n")

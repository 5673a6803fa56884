"""The loops over epochs and batches, and whom they tell."""

from __future__ import annotations

import math
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from hornbeam.tree import leaves, map_structure

from hornbeam_models.callbacks.averages import SwapEMAWeights
from hornbeam_models.callbacks.base import CallbackList, Logs
from hornbeam_models.data import Batches, Given

__all__ = ["Fitting", "evaluate", "on_host", "predict"]


@dataclass
class Fitting:
    """One call of `fit`: its arguments, checked."""

    model: Any
    batches: Batches
    held_out: Batches | None
    told: CallbackList
    epochs: int
    initial_epoch: int
    steps_per_epoch: int | None
    validation_steps: int | None
    validation_freq: Any
    ahead: Ahead | None = None

    def run(self) -> None:
        """Train."""
        model, told = self.model, self.told
        model.stop_training, model.interrupted, model._resume = False, True, None
        logs: dict[str, Any] = {}
        model.callbacks, model.data_state = told, self.batches.state
        told.on_train_begin({})
        epoch, skip = self.initial_epoch, 0
        if model._resume is not None:
            epoch, skip, state, restore = model._resume
            self.batches.set_state(state)
        try:
            while epoch < self.epochs and not model.stop_training:
                if not skip:
                    model.reset_metrics()
                told.on_epoch_begin(epoch, {})
                if skip:
                    restore()
                found = self._epoch(epoch, skip)
                if found is None:
                    break
                logs = found
                told.on_epoch_end(epoch, logs)
                epoch, skip = epoch + 1, 0
            for callback in told.callbacks:
                if isinstance(callback, SwapEMAWeights):
                    callback.settle()
            finish = getattr(model.optimizer, "finalize_variable_values", None)
            if finish is not None:
                finish(model.trainable_variables)
            model.interrupted = False
        finally:
            if self.ahead is not None:
                self.ahead.join()
            model.last_batch = model.data_state = None
            told.on_train_end(logs)

    def _epoch(self, epoch: int, skip: int) -> dict[str, Any] | None:
        model, batches = self.model, self.batches
        step = model.step_function("train")
        coming = batches.epoch(self.steps_per_epoch, skip)
        after_first = self._compile_ahead if epoch == self.initial_epoch else None
        returned, steps = _run(model, "train", self.told, coming, step, skip, after_first)
        wanted = self.steps_per_epoch
        if wanted is not None and 0 < skip + steps < wanted and not model.stop_training:
            warnings.warn(
                f"the data ran out in epoch {epoch + 1}, after {skip + steps} of {wanted} steps", stacklevel=4
            )
        if not steps and not skip:
            warnings.warn(
                f"the batches ran out after {epoch - self.initial_epoch} epochs of {self.epochs - self.initial_epoch}, and training "
                "stops: give an iterable that can be started again, such as a list or an object with __iter__, or steps_per_epoch.",
                stacklevel=4,
            )
            return None
        logs = model.figures(returned)
        loss = logs.get("loss", 0.0)
        unexplained = epoch == self.initial_epoch and not model.stop_training  # else TerminateOnNaN said more
        if unexplained and np.ndim(loss) == 0 and math.isnan(loss):
            warnings.warn(f"the loss is NaN after the first epoch. {_why_nan(batches.given)}", stacklevel=4)
        if self.held_out is not None and self._validates(epoch):
            found = evaluate(model, self.held_out, self.validation_steps, self.told)
            if not found:
                warnings.warn(
                    f"there are no figures of the validation after epoch {epoch + 1}: its batches ran out. Give validation_data that "
                    "can be started again, such as a list or an object with __iter__.",
                    stacklevel=4,
                )
            logs.update({f"val_{k}": v for k, v in found.items()})
        return logs

    def _compile_ahead(self) -> None:
        """Compile, while the first epoch runs, for the shorter batch at its end and for the validation."""
        self.ahead = Ahead()
        shorter = self.batches.other_sizes(but_first=True)
        if shorter:
            self.ahead.add(self.model.step_function("train"), shorter)
        if self.held_out is not None:
            self.ahead.add(self.model.step_function("test"), self.held_out.other_sizes(but_first=False))
        self.ahead.start()

    def _validates(self, epoch: int) -> bool:
        freq = self.validation_freq
        return (epoch + 1) % freq == 0 if isinstance(freq, int) else epoch + 1 in freq


class Ahead:
    """Compiles steps for batches of other sizes in a thread of its own, while steps run."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Callable[[Any], None], Any]] = []
        self.thread: threading.Thread | None = None

    def add(self, step: Any, batches: list[Any]) -> None:
        """Compile a step for batches like these."""
        prepare = getattr(step, "prepare", None)  # steps that run eagerly have none
        if prepare is not None:
            self.jobs += [(prepare, batch) for batch in batches]

    def start(self) -> None:
        """Begin, if there is anything to do."""
        if self.jobs:
            self.thread = threading.Thread(target=self._compile, name="hornbeam-compile", daemon=True)
            self.thread.start()

    def _compile(self) -> None:
        for prepare, batch in self.jobs:
            try:
                prepare(batch)
            except Exception:  # noqa: BLE001 - the step itself meets it again, where somebody can catch it
                return

    def join(self) -> None:
        """Wait until it is done."""
        if self.thread is not None:
            self.thread.join()


def _run(
    model: Any,
    kind: str,
    told: CallbackList,
    batches: Iterator[Any],
    step: Callable[[Any], Any],
    first: int = 0,
    after_first: Callable[[], None] | None = None,
) -> tuple[Any, int]:
    """Run a step on every batch, and tell the callbacks: with `steps_per_execution`, of so many steps at once.

    Training ends early where `model.stop_training` is set.

    Returns:
        What the last step returned, and how many steps there were.
    """
    begin = getattr(told, f"on_{kind}_batch_begin") if told.listeners(f"on_{kind}_batch_begin") else None
    end = getattr(told, f"on_{kind}_batch_end") if told.listeners(f"on_{kind}_batch_end") else None
    group, training = model.steps_per_execution, kind == "train"
    returned: Any = None
    outputs: list[Any] = []  # of the steps that nobody was told of yet
    index, untold = first - 1, 0

    def tell_end() -> None:
        if end is None:
            return
        if kind == "predict":
            end(index, {"outputs": _joined(outputs)})
            outputs.clear()
            return
        logs = Logs(lambda: model.figures(returned))
        end(index, logs)
        kept = weakref.ref(logs)
        del logs
        still = kept()
        if still is not None:  # somebody holds on to them, and may look at them after the next step
            still.settle()

    for index, batch in enumerate(batches, first):
        if begin is not None and not untold:
            begin(index, {})
        if training:
            model.last_batch = batch
        returned = step(batch)
        if index == first and after_first is not None:
            after_first()
        untold += 1
        if end is not None and kind == "predict":
            outputs.append(returned)
        if untold == group:
            untold = 0
            tell_end()
            if training and model.stop_training:
                break
    if untold:
        tell_end()
    return returned, index - first + 1


def _alone(model: Any, kind: str, told: CallbackList, batches: Batches, steps: int | None, step: Any, run: Any) -> Any:
    """An evaluation or a prediction: the shorter batch at its end is compiled while the others run. Returns what `_run` does."""
    ahead = Ahead()
    if batches.count is not None and batches.count > 2:
        ahead.add(step, [b if kind == "test" else (b[0], None, None) for b in batches.other_sizes(but_first=True)])
    try:
        returned, done = _run(model, kind, told, batches.from_the_first(steps), run, after_first=ahead.start)
    finally:
        ahead.join()
    if steps is not None and 0 < done < steps:
        warnings.warn(f"the data ran out after {done} of {steps} steps", stacklevel=4)
    return returned, done


def evaluate(model: Any, batches: Batches, steps: int | None, told: CallbackList) -> dict[str, Any]:
    """The figures over the batches; none where there was no batch left."""
    model.reset_metrics()
    told.on_test_begin({})
    step = model.step_function("test")
    returned, done = _alone(model, "test", told, batches, steps, step, step)
    found = model.figures(returned) if done else {}
    told.on_test_end(found)
    return dict(found)


def predict(model: Any, batches: Batches, steps: int | None, told: CallbackList) -> Any:
    """The outputs for all batches, as NumPy arrays."""
    step = model.step_function("predict")
    parts: list[Any] = []

    def run(batch: Any) -> Any:
        parts.append(on_host(step((batch[0], None, None))))
        return parts[-1]

    told.on_predict_begin({})
    _alone(model, "predict", told, batches, steps, step, run)
    told.on_predict_end({})
    return _joined(parts)


def _joined(parts: list[Any]) -> Any:
    """Outputs of several batches as one."""
    return parts[0] if len(parts) == 1 else map_structure(lambda *a: np.concatenate(a), parts[0], *parts[1:])


def on_host(tree: Any) -> Any:
    """Nested tensors as NumPy arrays."""
    return map_structure(lambda t: t.numpy() if hasattr(t, "numpy") else np.asarray(t), tree)


def _why_nan(given: Given) -> str:
    """What is known of the cause of a loss that is NaN."""
    for array in map(np.asarray, leaves(given.x)):
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            return "The inputs hold NaN or infinity: remove or fill such samples."
    return "Try a smaller learning rate, inputs of mean 0 and size 1, or a loss that takes logits. TerminateOnNaN() says where it began."

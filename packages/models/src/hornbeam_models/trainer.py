"""Trainer: compile, fit, evaluate and predict, and the steps that they run."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError
from hornbeam.layer import training_phase
from hornbeam.tree import flatten, leaves, map_structure

from hornbeam_models import compiled
from hornbeam_models.callbacks import Callback, CallbackList, History, ProgressBar
from hornbeam_models.data import Batches, Given, unpack_x_y_sample_weight, whole

__all__ = ["Trainer"]


class Trainer(Layer):
    """A layer that can be compiled and trained. Override `train_step`, `test_step` or `predict_step` for steps of your own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._given: dict[str, Any] = {}
        self.optimizer: Any = None
        self.stop_training = False
        self.history: History | None = None
        self._steps: dict[str, Callable[..., Any]] = {}
        self._checked: set[str] = set()  # structures, shapes and dtypes of data that were found to fit
        self._output_names: list[str] = []

    # ---- compile

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
    ) -> None:
        """Say how to train.

        Args:
            optimizer: name or object.
            loss: name, object or function `(y_true, y_pred) -> values`; for several outputs a list or a dict of them.
            loss_weights: factor of each output's loss.
            metrics: list of names, objects or functions; for several outputs a list of lists or a dict.
            weighted_metrics: as `metrics`; these take sample weights into account.
            run_eagerly: run step by step in Python instead of compiled, to debug.

        Raises:
            UnknownNameError: a name is not known.
        """
        self.optimizer = compiled.optimizer(optimizer)
        names = getattr(self, "output_names", None)
        self._loss = compiled.Losses(loss, loss_weights, names)
        self._metrics = compiled.Metrics(metrics, weighted_metrics, names)
        self._given = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        self.run_eagerly = run_eagerly
        self._steps, self._checked = {}, set()

    def _require_compiled(self, what: str) -> None:
        if self.optimizer is None:
            raise InvalidArgumentError(f"call compile(optimizer, loss) before {what}()")

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns."""
        return ["loss", *(self._metrics.names if self.optimizer is not None else [])]

    # ---- one step

    def train_step(self, data: Any) -> Any:
        """Forward, backward and update on one batch; the figures go into the metrics.

        Args:
            data: (x, y, sample_weight), of which the last two may be None; see `unpack_x_y_sample_weight`.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        weights = self.trainable_variables

        def forward() -> Any:
            self.clear_losses()
            pred = self(x, training=True)
            loss, parts = self._loss(y, pred, sample_weight, self.losses)
            return loss, (parts, pred)

        (loss, (parts, pred)), grads = hb.value_and_grad(forward, variables=weights, has_aux=True)()
        self.clear_losses()
        self.optimizer.apply(grads, weights)
        self._metrics.update((loss, parts), y, pred, sample_weight)

    def test_step(self, data: Any) -> Any:
        """Forward on one batch; the figures go into the metrics. `data` as for `train_step`."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        self.clear_losses()
        pred = self(x, training=False)
        losses = self._loss(y, pred, sample_weight, self.losses)
        self.clear_losses()
        self._metrics.update(losses, y, pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The outputs for one batch. `data` as for `train_step`."""
        x, _, _ = unpack_x_y_sample_weight(data)
        out = self(x, training=False)
        self.clear_losses()
        return out

    def _step(self, kind: str) -> Callable[..., Any]:
        key = f"{kind}/{[v.trainable for v in self.weights]}/{[layer.trainable for layer in self._sublayers()]}"
        if key not in self._steps:
            function = getattr(self, f"{kind}_step")
            self._steps[key] = function if getattr(self, "run_eagerly", False) else hb.jit(function)
        return self._steps[key]

    def _make_ready_for(self, batches: Batches) -> None:
        """Find data that cannot be learned from, before the first step."""
        batches.given.check_labels()
        x, y, _ = batches.peek()
        self._make_ready(x, y, labelled=True)
        self._check_values(y if batches.streamed else batches.given.y)

    def _match(self, inputs: Any) -> Any:
        """The inputs as `call` needs them; models that know their inputs' shapes check them here."""
        return inputs

    def _check_values(self, y: Any) -> None:
        self._loss.check_values(y, self._output_names)

    def _make_ready(self, x: Any, y: Any = None, labelled: bool = False) -> None:
        """Build the model, and what depends on its outputs, before the first step: errors show before any training."""
        described = [(tree, [(a.shape[1:], str(a.dtype)) for a in arrays]) for arrays, tree in map(flatten, (x, y))]
        kind = f"{described} {labelled}"
        if not self.built or kind not in self._checked:
            self._match(x)
            with training_phase(False), hb.no_grad():
                pred = self(map_structure(lambda a: a[:1], x))
            self.clear_losses()
            if labelled:
                self._loss.check(y, pred)
                if not self._metrics.ready:
                    self._metrics.build(y, pred, self._loss)
                self._output_names = compiled.output_names(pred, getattr(self, "output_names", None))
            self._checked.add(kind)
        if self.optimizer is not None:
            self.optimizer.build(self.trainable_variables)

    # ---- training

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
    ) -> History:
        """Train.

        Args:
            x: arrays (in lists or dicts for several inputs), or an iterable of batches (x, y) or (x, y, sample_weight).
            y: labels; None where `x` gives them.
            batch_size: samples per step; default 32.
            epochs: times through the data, counted from `initial_epoch`.
            verbose: 0 silent, 1 progress bar, 2 a line an epoch; "auto": 1 on a terminal, else 2.
            callbacks: objects that are told of every step and epoch.
            validation_split: share of the arrays, at their end, that is kept for validation.
            validation_data: (x, y) or (x, y, sample_weight), or an iterable of batches.
            shuffle: whether arrays are shuffled anew each epoch.
            class_weight: factor of the loss by class index.
            sample_weight: factor of the loss by sample; for several outputs one array for all, a list, or a dict by name.
            steps_per_epoch: batches an epoch; default: all.
            validation_steps: batches a validation; default: all.
            validation_batch_size: samples per step of a validation; default: `batch_size`.
            validation_freq: validate every so many epochs.

        Returns:
            The History: its dict `history` holds a list of values, one an epoch, for each figure.

        Raises:
            InvalidArgumentError: the data cannot be trained on; the message says which and why.
        """
        self._require_compiled("fit")
        for what, value in (("epochs", epochs), ("initial_epoch", initial_epoch)):
            whole(what, value, 0)
        whole("validation_freq", validation_freq, 1)
        for what, count in (("steps_per_epoch", steps_per_epoch), ("validation_steps", validation_steps)):
            if count is not None:
                whole(what, count, 1)
        told_too = _callbacks(callbacks)
        given = Given.of(x, y, sample_weight)
        if class_weight is not None:
            given = given.with_class_weight(class_weight)
        validation = None
        if validation_data is not None:
            parts = validation_data if isinstance(validation_data, tuple) else (validation_data,)
            if not 1 <= len(parts) <= 3 or isinstance(validation_data, list):
                raise InvalidArgumentError(
                    "validation_data is a tuple (x, y) or (x, y, sample_weight), or an iterable of batches; got a "
                    f"{type(validation_data).__name__} of {len(validation_data)}"
                )
            validation = Given.of(*parts)
        elif validation_split:
            given, validation = given.split(validation_split)
        batches = Batches(given, 32 if batch_size is None else batch_size, shuffle)
        held_out = None
        if validation is not None:
            held_out = Batches(validation, validation_batch_size or batches.batch_size, shuffle=False)
        self._make_ready_for(batches)
        if held_out is not None:
            self._make_ready_for(held_out)
        steps = steps_per_epoch or batches.count
        self.history = history = History()
        bar = ProgressBar(verbose, epochs, steps)
        told = CallbackList([bar, *told_too, history], self)
        self.stop_training = False
        train = self._step("train")
        told.on_train_begin()
        try:
            for epoch in range(initial_epoch, epochs):
                self._metrics.reset()
                told.on_epoch_begin(epoch)
                index = -1
                for index, batch in enumerate(batches.epoch(steps_per_epoch)):
                    if batches.streamed:
                        self._check_values(batch[1])
                    told.on_train_batch_begin(index)
                    train(batch)
                    told.on_train_batch_end(index, self._metrics.results)
                if index < 0:
                    warnings.warn(
                        f"the batches ran out after {epoch - initial_epoch} epochs of {epochs - initial_epoch}, and training stops: "
                        "give an iterable that can be started again, such as a list or an object with __iter__, or steps_per_epoch.",
                        stacklevel=2,
                    )
                    break
                logs = self._metrics.results()
                if math.isnan(logs["loss"]) and epoch == initial_epoch:
                    warnings.warn(
                        f"the loss is NaN after the first epoch. {_why_nan(given)}",
                        stacklevel=2,
                    )
                if held_out is not None and (epoch + 1) % validation_freq == 0:
                    found = self._evaluate(held_out, validation_steps, told)
                    logs.update({f"val_{k}": v for k, v in found.items()})
                told.on_epoch_end(epoch, logs)
                if self.stop_training:
                    break
        finally:
            told.on_train_end()
        return history

    def _evaluate(self, batches: Batches, steps: int | None, told: CallbackList) -> dict[str, float]:
        self._metrics.reset()
        test = self._step("test")
        told.on_test_begin()
        for index, batch in enumerate(batches.epoch(steps)):
            told.on_test_batch_begin(index)
            if batches.streamed:
                self._check_values(batch[1])
            test(batch)
            told.on_test_batch_end(index, self._metrics.results)
        found = self._metrics.results()
        told.on_test_end(found)
        return found

    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = 0, sample_weight: Any = None,
        steps: int | None = None, callbacks: Any = None, return_dict: bool = False,
    ) -> Any:  # fmt: skip
        """The loss and the metrics over data.

        Returns:
            A number where there are no metrics; else a list in the order of `metrics_names`, or a dict.
        """
        self._require_compiled("evaluate")
        given = Given.of(x, y, sample_weight)
        batches = Batches(given, 32 if batch_size is None else batch_size, shuffle=False)
        self._make_ready_for(batches)
        if steps is not None:
            whole("steps", steps, 1)
        found = self._evaluate(batches, steps, CallbackList(_callbacks(callbacks), self))
        if verbose:
            print(" - ".join(f"{k}: {v:.4f}" for k, v in found.items()))
        if return_dict:
            return found
        return list(found.values()) if len(found) > 1 else found["loss"]

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: Any = 0, steps: int | None = None, callbacks: Any = None
    ) -> Any:
        """The outputs for data, as NumPy arrays in the structure of the model's output."""
        given = Given.of(x, None, None)
        if steps is not None:
            whole("steps", steps, 1)
        batches = Batches(given, 32 if batch_size is None else batch_size, shuffle=False)
        self._make_ready(batches.peek()[0])
        step = self._step("predict")
        told, parts = CallbackList(_callbacks(callbacks), self), []
        told.on_predict_begin()
        for index, batch in enumerate(batches.epoch(steps)):
            told.on_predict_batch_begin(index)
            parts.append(map_structure(lambda t: t.numpy(), step((batch[0], None, None))))
            told.on_predict_batch_end(index, {"outputs": parts[-1]})
        told.on_predict_end()
        return map_structure(lambda *a: np.concatenate(a), parts[0], *parts[1:])

    def train_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """One training step; returns the batch's loss and metrics."""
        return self._on_batch("train", x, y, sample_weight, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """The loss and the metrics of one batch."""
        return self._on_batch("test", x, y, sample_weight, return_dict)

    def _on_batch(self, kind: str, x: Any, y: Any, sample_weight: Any, return_dict: bool) -> Any:
        self._require_compiled(f"{kind}_on_batch")
        given = Given.of(x, y, sample_weight)
        if given.iterable is not None:
            raise InvalidArgumentError(f"{kind}_on_batch takes the arrays of one batch; got a {type(x).__name__}")
        batches = Batches(given, given.count, shuffle=False)
        self._make_ready_for(batches)
        (batch,) = batches.epoch(None)
        self._metrics.reset()
        self._step(kind)(batch)
        found = self._metrics.results()
        return found if return_dict else list(found.values()) if len(found) > 1 else found["loss"]

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, as NumPy arrays."""
        x = Given.of(x).x
        self._make_ready(x)
        return map_structure(lambda t: t.numpy(), self._step("predict")((x, None, None)))


def _why_nan(given: Given) -> str:
    """What is known of the cause of a loss that is NaN."""
    for array in leaves(given.x):
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            return "The inputs hold NaN or infinity: remove or fill such samples."
    return "Try a smaller learning rate, inputs of mean 0 and size 1, or a loss that takes logits."


def _callbacks(given: Any) -> list[Any]:
    """The callbacks of one or a list.

    Raises:
        InvalidArgumentError: something else is among them.
    """
    found = [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
    for callback in found:
        if isinstance(callback, type) or not hasattr(callback, "set_model"):
            raise InvalidArgumentError(
                f"callbacks must be objects of subclasses of {Callback.__name__}, such as EarlyStopping(); got {callback!r}"
            )
    return found

"""Keras 2's spellings, put on Hornbeam's classes while a script runs: `lr=`, `batch_input_shape=`, `fit_generator`, ..."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import hornbeam as hb
import hornbeam_layers
import hornbeam_models
import numpy as np
from hornbeam_models import callbacks
from hornbeam_models.saving.text import model_to_json
from hornbeam_models.trainer import Trainer
from hornbeam_optimizers.optimizers.base import Optimizer
from hornbeam_optimizers.schedules import LearningRateSchedule

__all__ = ["keras2_spellings"]

GONE = ("max_queue_size", "max_q_size", "nb_worker", "pickle_safe", "use_multiprocessing", "workers")  # of fit
RENAMED = {
    "nb_epoch": "epochs",
    "nb_val_samples": "validation_steps",
    "samples_per_epoch": "steps_per_epoch",
    "val_samples": "steps",
}
OF_COMPILE = ("sample_weight_mode", "target_tensors")
CALLBACKS: dict[str, dict[str, str | None]] = {  # by class: arguments, and what they are called now; None: they change nothing that matters
    "ModelCheckpoint": {"period": None},
    "ReduceLROnPlateau": {"epsilon": "min_delta"},
    "TensorBoard": {name: None for name in (
        "batch_size", "write_grads", "embeddings_layer_names", "embeddings_data", "update_freq",
    )},
    "LearningRateScheduler": {},
}  # fmt: skip


@contextmanager
def keras2_spellings() -> Iterator[None]:
    """A with block in which classes take what scripts for Keras 2 give them."""
    with ExitStack() as stack:

        def put(cls: Any, name: str, value: Any) -> None:
            own = vars(cls).get(name)
            stack.callback(delattr, cls, name) if own is None else stack.callback(setattr, cls, name, own)
            setattr(cls, name, value)

        put(Optimizer, "__init__", _optimizer_init(Optimizer.__init__))
        put(Optimizer, "lr", Optimizer.learning_rate)
        put(hb.Layer, "__init__", _layer_init(hb.Layer.__init__))
        put(hb.Layer, "add_weight", _add_weight(hb.Layer.add_weight))
        put(hornbeam_layers.Embedding, "__init__", _embedding_init(hornbeam_layers.Embedding.__init__))
        put(hornbeam_models.Sequential, "add", _add(hornbeam_models.Sequential.add))
        for name in ("fit", "evaluate", "predict"):
            put(Trainer, name, _renaming(getattr(Trainer, name), RENAMED, GONE))
        put(Trainer, "compile", _renaming(Trainer.compile, {}, OF_COMPILE))
        for name, method in _GENERATORS.items():
            put(Trainer, name, method)
        put(Trainer, "compiled_loss", property(_CompiledLoss))
        put(Trainer, "compiled_metrics", property(_CompiledMetrics))
        put(hornbeam_models.Model, "to_json", _to_json)
        for name, renamed in CALLBACKS.items():
            cls = getattr(callbacks, name)
            names = {old: new for old, new in renamed.items() if new}
            put(cls, "__init__", _renaming(cls.__init__, names, [old for old, new in renamed.items() if not new]))
        yield


def _renaming(function: Callable[..., Any], renamed: dict[str, str], gone: Any) -> Callable[..., Any]:
    """The function, which takes other names of arguments too, and leaves some out."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        kwargs = {renamed.get(name, name): value for name, value in kwargs.items() if name not in gone}
        return function(*args, **kwargs)

    return call


class _Decay(LearningRateSchedule):
    """initial_learning_rate / (1 + decay * step), of optimizers with `decay`."""

    def __init__(self, initial_learning_rate: float, decay: float) -> None:
        self.initial_learning_rate, self.decay = initial_learning_rate, decay

    def __call__(self, step: Any) -> Any:
        """The learning rate at a step."""
        return self.initial_learning_rate / (1.0 + self.decay * hb.ops.cast(step, "float32"))


def _optimizer_init(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def call(self: Any, learning_rate: Any = 0.001, *args: Any, **kwargs: Any) -> None:
        learning_rate = kwargs.pop("lr", learning_rate)
        decay = kwargs.pop("decay", 0.0) or 0.0
        kwargs.pop("schedule_decay", None)
        if decay:
            learning_rate = _Decay(learning_rate, decay)
        init(self, learning_rate, *args, **kwargs)

    return call


def _layer_init(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def call(self: Any, **kwargs: Any) -> None:
        shape = kwargs.pop("batch_input_shape", None)
        length, dim = kwargs.pop("input_length", None), kwargs.get("input_dim")
        if shape is not None:
            kwargs["input_shape"] = tuple(shape[1:])
        elif dim is not None and (length is not None or hasattr(type(self), "states")):
            kwargs["input_shape"] = (length, kwargs.pop("input_dim"))
        init(self, **kwargs)
        self._input_batch_size = None if shape is None else shape[0]

    return call


def _embedding_init(init: Callable[..., None]) -> Callable[..., None]:
    """Keras 2's Embedding says by itself that rows of indices come in."""

    @functools.wraps(init)
    def call(self: Any, *args: Any, **kwargs: Any) -> None:
        length = kwargs.pop("input_length", None)
        init(self, *args, **kwargs)
        if self._input_shape_arg is None:
            self._input_shape_arg = tuple(length) if isinstance(length, (list, tuple)) else (length,)

    return call


def _add(add: Callable[..., None]) -> Callable[..., None]:
    """A first layer that says its batch size starts with an Input that says it."""

    @functools.wraps(add)
    def call(self: Any, layer: Any) -> None:
        size = getattr(layer, "_input_batch_size", None)
        if size is not None and self._input is None and not self._stack:
            add(self, hornbeam_layers.Input(batch_shape=(size, *layer._input_shape_arg)))
        add(self, layer)

    return call


def _add_weight(add_weight: Callable[..., Any]) -> Callable[..., Any]:
    """Keras 2's order of arguments: the name, then the shape."""

    @functools.wraps(add_weight)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], str):
            names = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
            kwargs |= dict(zip(names, args, strict=False))
            args = ()
        return add_weight(self, *args, **kwargs)

    return call


# ---- methods of models


def _to_json(self: Any, **kwargs: Any) -> str:
    """The architecture as text, which in Keras 2 does not say how the model was compiled."""
    return model_to_json(self, include_optimizer=False, **kwargs)


def _fit_generator(
    self: Any, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1, *args: Any, **kwargs: Any
) -> Any:
    """`fit` on batches from a generator."""
    names = ("verbose", "callbacks", "validation_data", "validation_steps", "validation_freq", "class_weight")
    kwargs |= dict(zip(names, args, strict=False))
    kwargs = {"epochs": epochs, "steps_per_epoch": steps_per_epoch, **kwargs}
    return self.fit(generator, **kwargs)


def _evaluate_generator(
    self: Any, generator: Any, steps: int | None = None, callbacks: Any = None, **kwargs: Any
) -> Any:
    """`evaluate` on batches from a generator."""
    return self.evaluate(generator, **{"steps": steps, "callbacks": callbacks, **kwargs})


def _predict_generator(
    self: Any, generator: Any, steps: int | None = None, callbacks: Any = None, **kwargs: Any
) -> Any:
    """`predict` on batches from a generator."""
    return self.predict(generator, **{"steps": steps, "callbacks": callbacks, **kwargs})


def _predict_classes(self: Any, x: Any, batch_size: int = 32, verbose: Any = 0) -> Any:
    """The index of the largest output; for one output 1 where it is above a half."""
    found = self.predict(x, batch_size=batch_size, verbose=verbose)
    return np.argmax(found, axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")


def _predict_proba(self: Any, x: Any, batch_size: int = 32, verbose: Any = 0) -> Any:
    """The outputs."""
    return self.predict(x, batch_size=batch_size, verbose=verbose)


class _CompiledLoss:
    """Keras 2's `model.compiled_loss`, for steps of one's own."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None, regularization_losses: Any = None) -> Any:
        """The compiled losses and those given, whose sum goes into the metric "loss"."""
        total, _ = self.model._losses_given(y_true, y_pred, sample_weight)
        for loss in regularization_losses or ():
            total = total + loss
        self.model._track_loss(total, y_pred)
        return total


class _CompiledMetrics:
    """Keras 2's `model.compiled_metrics`, for steps of one's own."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in."""
        self.model.compute_metrics(None, y_true, y_pred, sample_weight=sample_weight)


_GENERATORS: dict[str, Callable[..., Any]] = {
    "fit_generator": _fit_generator,
    "evaluate_generator": _evaluate_generator,
    "predict_generator": _predict_generator,
    "predict_classes": _predict_classes,
    "predict_proba": _predict_proba,
}

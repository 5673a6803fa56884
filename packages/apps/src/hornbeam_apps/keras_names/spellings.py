"""Keras 2's spellings, put on Hornbeam's classes while a script runs: `lr=`, `batch_input_shape=`, `fit_generator`, ..."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import hornbeam as hb
import hornbeam_layers
import hornbeam_models
from hornbeam.plain import PlainArguments
from hornbeam_models import callbacks
from hornbeam_models.callbacks.base import Logs
from hornbeam_models.trainer import Trainer
from hornbeam_optimizers.optimizers.base import Optimizer
from hornbeam_optimizers.schedules import LearningRateSchedule

from hornbeam_apps.keras_names.figures import Figures, both_names, missing_figure
from hornbeam_apps.keras_names.methods import ATTRIBUTES, METHODS, to_json

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
            here = name in vars(cls)
            stack.callback(setattr, cls, name, vars(cls)[name]) if here else stack.callback(delattr, cls, name)
            setattr(cls, name, value)

        put(hb.Tensor, "__hash__", _hash)
        put(Optimizer, "__init__", _optimizer_init(Optimizer.__init__))
        put(Optimizer, "lr", Optimizer.learning_rate)
        put(hb.Layer, "__init__", _layer_init(hb.Layer.__init__))
        put(hb.Layer, "add_weight", _add_weight(hb.Layer.add_weight))
        for recurrent in (hornbeam_layers.RNN, hornbeam_layers.Bidirectional):
            put(recurrent, "reset_states", recurrent.reset_state)
        put(hb.Layer, "_build", _build(hb.Layer._build))
        put(PlainArguments, "__call__", _construct(PlainArguments.__call__))
        put(hornbeam_layers.Embedding, "__init__", _embedding_init(hornbeam_layers.Embedding.__init__))
        put(hornbeam_models.Sequential, "add", _add(hornbeam_models.Sequential.add))
        for name in ("fit", "evaluate", "predict"):
            put(Trainer, name, _renaming(getattr(Trainer, name), RENAMED, GONE))
        put(Trainer, "compile", _renaming(Trainer.compile, {}, OF_COMPILE))
        for name, value in (*METHODS.items(), *ATTRIBUTES.items()):
            put(Trainer, name, value)
        put(hornbeam_models.Model, "to_json", to_json)
        for name, renamed in CALLBACKS.items():
            cls = getattr(callbacks, name)
            names = {old: new for old, new in renamed.items() if new}
            put(cls, "__init__", _renaming(cls.__init__, names, [old for old, new in renamed.items() if not new]))
        put(Logs, "__missing__", missing_figure)
        put(callbacks.History, "__init__", _history_init(callbacks.History.__init__))
        put(callbacks.ModelCheckpoint, "_save", _told_both(callbacks.ModelCheckpoint._save))
        for name in ("EarlyStopping", "ReduceLROnPlateau"):
            put(getattr(callbacks, name), "figure", _told_both(getattr(callbacks, name).figure))
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
        shape, size = kwargs.pop("batch_input_shape", None), kwargs.pop("batch_size", None)
        length, dim = kwargs.pop("input_length", None), kwargs.get("input_dim")
        if shape is not None:
            kwargs["input_shape"] = tuple(shape[1:])
        elif dim is not None and (length is not None or hasattr(type(self), "states")):
            kwargs["input_shape"] = (length, kwargs.pop("input_dim"))
        init(self, **kwargs)
        self._input_batch_size = size if shape is None else shape[0]

    return call


def _hash(self: Any) -> int:
    """A number as a key: `words[np.argmax(probabilities)]`, where NumPy asks the tensor for its argmax."""
    if self.shape or self.owner.symbolic or self.dtype.is_inexact:
        raise TypeError(f"unhashable type: a Tensor of shape {self.shape}")
    return hash(self.item())


def _construct(construct: Callable[..., Any]) -> Callable[..., Any]:
    """Keras 2's layers take `weights`, lists of arrays that they begin with."""

    @functools.wraps(construct)
    def call(cls: Any, *args: Any, **kwargs: Any) -> Any:
        given = kwargs.get("weights")
        takes = given is None or not issubclass(cls, hb.Layer) or "weights" in inspect.signature(cls).parameters
        made = construct(cls, *args, **(kwargs if takes else {k: v for k, v in kwargs.items() if k != "weights"}))
        if not takes:
            made._first_weights = given
        return made

    return call


def _build(build: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(build)
    def call(self: Any, args: Any, kwargs: Any) -> None:
        build(self, args, kwargs)
        given = vars(self).pop("_first_weights", None)
        if given is not None:
            self.set_weights(given)

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


# ---- figures of epochs


def _history_init(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def call(self: Any) -> None:
        init(self)
        self.history = Figures()

    return call


def _told_both(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, whose last argument are figures under both of their names."""

    @functools.wraps(method)
    def call(self: Any, *args: Any) -> Any:
        return method(self, *args[:-1], both_names(args[-1]))

    return call

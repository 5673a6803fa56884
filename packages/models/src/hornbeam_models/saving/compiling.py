"""How a model was compiled, as Keras's files say it (`compile_config`), and models of what is saved of both."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam import Layer
from hornbeam.errors import SerializationError
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object

from hornbeam_models.saving.walk import saveables

__all__ = ["compile_config", "compile_from_config", "model_from_saved"]

HOW = ("run_eagerly", "steps_per_execution", "jit_compile")
METHOD = "LayerMethod"  # a form that Keras lacks: a loss or metric that is a method of one of the model's layers
KINDS = {"loss": "losses", "loss_weights": None, "metrics": "metrics", "weighted_metrics": "metrics"}


def compile_config(model: Any) -> dict[str, Any] | None:
    """What `compile` was given; None for a model that was not compiled."""
    if model.optimizer is None:
        return None
    found = {"optimizer": serialize_keras_object(model.optimizer)}
    found |= {name: _form(model, model._given[name]) for name in KINDS}
    return found | {name: model._given[name] for name in HOW}


def compile_from_config(model: Any, config: dict[str, Any]) -> None:
    """Compile a model as `compile_config` says, and make its optimizer's state."""
    given = {name: _read(model, config.get(name), kind) for name, kind in KINDS.items()}
    optimizer = deserialize_keras_object(config["optimizer"], kind="optimizers")
    given |= {name: config[name] for name in HOW if config.get(name) is not None}
    model.compile(optimizer, **given)
    if model.built:
        model.optimizer.build(model.trainable_variables)


def _form(model: Any, given: Any) -> Any:
    """The saved form of one thing that was given, or lists and dicts of them."""
    if isinstance(given, dict):
        return {name: _form(model, value) for name, value in given.items()}
    if isinstance(given, (list, tuple)):
        return [_form(model, value) for value in given]
    owner = getattr(given, "__self__", None)
    place = next((path for path, part in saveables(model) if part is owner), None) if isinstance(owner, Layer) else None
    if place is None:
        return serialize_keras_object(given)
    return {"class_name": METHOD, "config": {"layer": place, "method": given.__name__}}


def _read(model: Any, saved: Any, kind: str | None) -> Any:
    """What `_form` made."""
    if isinstance(saved, dict) and "class_name" not in saved:
        return {name: _read(model, value, kind) for name, value in saved.items()}
    if isinstance(saved, list):
        return [_read(model, value, kind) for value in saved]
    if isinstance(saved, dict) and saved["class_name"] == METHOD:
        return _method(model, saved["config"])
    return deserialize_keras_object(saved, kind=kind)


def _method(model: Any, config: dict[str, Any]) -> Any:
    """A method of one of the model's layers, if it is one that takes labels and predictions: a file names no other."""
    layer = next((part for path, part in saveables(model) if path == config["layer"]), None)
    name = str(config["method"])
    method = None if name.startswith("_") else getattr(type(layer), name, None)
    if not inspect.isfunction(method) or list(inspect.signature(method).parameters)[1:3] != ["y_true", "y_pred"]:
        raise SerializationError(
            f"the model was compiled with the method {name!r} of its layer {config['layer']!r}, which has no method of (y_true, y_pred) "
            "of this name now. Load it with compile=False, then compile."
        )
    return getattr(layer, name)


def model_from_saved(config: Any, compile: bool) -> Any:  # noqa: A002
    """The model of a saved form, compiled if the form says how."""
    if not isinstance(config, dict):
        raise SerializationError(f"expected the configuration of a model as a dict; got {str(config)[:80]}")
    model = deserialize_keras_object(config, kind="models")
    how = config.get("compile_config")
    if compile and how:
        compile_from_config(model, how)
    return model

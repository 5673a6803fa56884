"""How a model was compiled, as Keras's files say it (`compile_config`), and models of what is saved of both."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import SerializationError
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object

__all__ = ["compile_config", "compile_from_config", "model_from_saved"]

HOW = ("run_eagerly", "steps_per_execution", "jit_compile")
KINDS = {"loss": "losses", "loss_weights": None, "metrics": "metrics", "weighted_metrics": "metrics"}


def compile_config(model: Any) -> dict[str, Any] | None:
    """What `compile` was given; None for a model that was not compiled."""
    if model.optimizer is None:
        return None
    found = {"optimizer": serialize_keras_object(model.optimizer)}
    found |= {name: serialize_keras_object(model._given[name]) for name in KINDS}
    return found | {name: model._given[name] for name in HOW}


def compile_from_config(model: Any, config: dict[str, Any]) -> None:
    """Compile a model as `compile_config` says, and make its optimizer's state."""
    given = {name: _read(config.get(name), kind) for name, kind in KINDS.items()}
    optimizer = deserialize_keras_object(config["optimizer"], kind="optimizers")
    given |= {name: config[name] for name in HOW if config.get(name) is not None}
    model.compile(optimizer, **given)
    if model.built:
        model.optimizer.build(model.trainable_variables)


def _read(saved: Any, kind: str | None) -> Any:
    """One saved form, or lists and dicts of them and of names."""
    if isinstance(saved, dict) and "class_name" not in saved:
        return {name: _read(value, kind) for name, value in saved.items()}
    if isinstance(saved, list):
        return [_read(value, kind) for value in saved]
    return deserialize_keras_object(saved, kind=kind)


def model_from_saved(config: Any, compile: bool) -> Any:  # noqa: A002
    """The model of a saved form, compiled if the form says how."""
    if not isinstance(config, dict):
        raise SerializationError(f"expected the configuration of a model as a dict; got {str(config)[:80]}")
    model = deserialize_keras_object(config, kind="models")
    how = config.get("compile_config")
    if compile and how:
        compile_from_config(model, how)
    return model

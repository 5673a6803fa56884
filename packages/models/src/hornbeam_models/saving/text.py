"""Architectures as text: to_json and model_from_json, and as configurations: model_from_config."""

from __future__ import annotations

import json
from typing import Any

from hornbeam.errors import SerializationError
from hornbeam.plugins.custom import custom_object_scope
from hornbeam.serialization import safe_mode_scope, serialize_shared, sharing

from hornbeam_models.saving.compiling import compile_config, model_from_saved

__all__ = ["model_from_config", "model_from_json", "model_to_json"]


def model_to_json(model: Any, include_optimizer: bool = True, **kwargs: Any) -> str:
    """A model's architecture, and how it was compiled, as JSON.

    Args:
        model: any with `get_config`.
        include_optimizer: whether it says how the model was compiled.
        **kwargs: as for `json.dumps`.
    """
    form, how = serialize_shared(model), compile_config(model) if include_optimizer else None
    return json.dumps(form if how is None else {**form, "compile_config": how}, **kwargs)


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """A model of `to_json`'s result, from here, from Keras 3 or from Keras 2; its weights are new.

    Args:
        json_string: the text.
        custom_objects: classes and functions of your own, by name.

    Raises:
        SerializationError: it is no JSON, or no model.

    Example:
        >>> from hornbeam.plugins import registry
        >>> Dense = registry.lookup("layers", "Dense")
        >>> model = registry.lookup("models", "Sequential")([Dense(2, input_shape=(3,))])
        >>> model_from_json(model.to_json()).count_params()
        8
    """
    try:
        config = json.loads(json_string)
    except (TypeError, ValueError) as error:
        raise SerializationError(f"this is not the JSON of a model: {error}") from None
    return model_from_config(config, custom_objects)


def model_from_config(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """A model of a configuration that says its class, of Keras 3's form or of Keras 2's.

    Args:
        config: `{"class_name": ..., "config": ...}`.
        custom_objects: classes and functions of your own, by name.

    Raises:
        SerializationError: it is no model.
    """
    from hornbeam_models.saving.old_config import modern

    if not isinstance(config, dict) or "class_name" not in config or "config" not in config:
        raise SerializationError(f"expected a dict with class_name and config; got {str(config)[:80]}")
    with custom_object_scope(custom_objects), safe_mode_scope(None), sharing():
        return model_from_saved(config if "module" in config else modern(config), compile=True)

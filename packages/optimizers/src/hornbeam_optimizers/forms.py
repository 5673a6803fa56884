"""Optimizers, schedules, losses and metrics by name, and as the plain data that Keras's files have."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam.errors import InvalidArgumentError, SerializationError
from hornbeam.plugins import registry
from hornbeam.serialization import deserialize_keras_object

__all__ = ["found", "from_form"]


def from_form(form: Any, kind: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """The object of a saved form.

    Args:
        form: what `serialize_keras_object` returned, or a name.
        kind: "optimizers", "schedules", "losses" or "metrics".
        custom_objects: classes and functions of your own, by name.

    Raises:
        SerializationError: it is no such form, or names something unknown.
    """
    custom = custom_objects or {}
    if isinstance(form, str):
        return custom[form] if form in custom else found(form, kind)
    if not isinstance(form, dict) or not isinstance(form.get("class_name"), str):
        raise SerializationError(f"expected the saved form of one of the {kind}, or a name; got {str(form)[:80]}")
    return deserialize_keras_object({"config": {}, **form}, custom, kind=kind)


def found(identifier: Any, kind: str) -> Any:
    """What a name, a class, a saved form or an object stands for: an object or a function; None for None.

    Raises:
        UnknownNameError: nothing has that name.
        InvalidArgumentError: it is none of these.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        return from_form(identifier, kind)
    thing = registry.lookup(kind, identifier) if isinstance(identifier, str) else identifier
    if inspect.isclass(thing):
        return thing()
    if isinstance(thing, (bool, int, float, list, tuple)):
        raise InvalidArgumentError(f"expected the name, the saved form or an object of the {kind}; got {identifier!r}")
    return thing

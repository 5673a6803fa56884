"""Initializers, regularizers and constraints in configurations: by name and by saved form."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.naming import to_snake_case
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object

__all__ = ["resolve", "serialize"]


def serialize(thing: Any) -> Any:
    """The saved form of an object with `get_config`; the name of a function; None stays None."""
    if thing is None or hasattr(thing, "get_config"):
        return serialize_keras_object(thing)
    return getattr(thing, "__name__", str(thing))


def resolve(kind: str, identifier: Any, known: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """The object that a name, a class, a saved form or an object stands for.

    Args:
        kind: plural, as in the registry: "initializers", ...
        identifier: what was given.
        known: this package's own classes by name.
        custom_objects: the user's own, by name.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        return deserialize_keras_object(identifier, custom_objects, kind=kind)
    if isinstance(identifier, str):
        found = _find(kind, identifier, {**known, **(custom_objects or {})})
        return found() if inspect.isclass(found) else found
    if inspect.isclass(identifier):
        return identifier()
    if callable(identifier):
        return identifier
    raise InvalidArgumentError(f"expected the name or an object of the {kind}; got {identifier!r}")


def _find(kind: str, name: str, known: dict[str, Any]) -> Any:
    for candidate, found in known.items():
        if name in (candidate, to_snake_case(candidate)):
            return found
    from hornbeam.plugins import registry

    return registry.lookup(kind, name)

"""Optimizers, schedules, losses and metrics as plain data, in the form that Keras's files have."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam.errors import HornbeamError, InvalidArgumentError, MissingPackageError, SerializationError
from hornbeam.plugins import registry

__all__ = ["form_of", "found", "from_form"]

MODULES = {
    "optimizers": "keras.optimizers",
    "schedules": "keras.optimizers.schedules",
    "losses": "keras.losses",
    "metrics": "keras.metrics",
}


def form_of(thing: Any, kind: str) -> Any:
    """The saved form of an object with `get_config`, or of a function.

    Args:
        thing: what is to be saved; None and names stay what they are.
        kind: "optimizers", "schedules", "losses" or "metrics".
    """
    if thing is None or isinstance(thing, str):
        return thing
    if not hasattr(thing, "get_config"):
        name = getattr(thing, "__name__", type(thing).__name__)
        return {"module": "builtins", "class_name": "function", "config": name, "registered_name": name}
    cls = type(thing)
    ours = cls.__module__.startswith("hornbeam_optimizers.")
    return {
        "module": MODULES[kind] if ours else cls.__module__,
        "class_name": cls.__name__,
        "config": thing.get_config(),
        "registered_name": None if ours else cls.__name__,
    }


def from_form(form: Any, kind: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """The object of a saved form.

    Args:
        form: what `form_of` returned, or a name.
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
    name, config = form["class_name"], form.get("config")
    if name == "function":
        name, config = str(config), None
    try:
        target = custom[name] if name in custom else registry.lookup(kind, name)
    except MissingPackageError:
        raise  # it carries the distribution to install
    except HornbeamError as error:
        raise SerializationError(f"{error} For one of your own pass custom_objects={{{name!r}: {name}}}.") from None
    if form["class_name"] == "function" or not hasattr(target, "from_config"):
        return target
    return target.from_config(dict(config or {}))


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

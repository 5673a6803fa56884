"""Classes and functions of the user's own, known by name: Keras's `register_keras_serializable` and `custom_object_scope`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from ..errors import InvalidArgumentError

__all__ = [
    "custom_object", "custom_object_scope", "get_custom_objects", "get_registered_name", "get_registered_object",
    "register_keras_serializable",
]  # fmt: skip

T = TypeVar("T")
_global: dict[str, Any] = {}
_scopes: ContextVar[tuple[Mapping[str, Any], ...]] = ContextVar("hornbeam_custom_objects", default=())


def get_custom_objects() -> dict[str, Any]:
    """The dict of classes and functions that are known everywhere: change it to add to them.

    Example:
        >>> import hornbeam as hb
        >>> hb.saving.get_custom_objects()["twice"] = lambda x: 2 * x
        >>> hb.saving.get_custom_objects().pop("twice")(3)
        6
    """
    return _global


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None) -> Iterator[None]:
    """A with block in which classes and functions of your own are known by name.

    Args:
        custom_objects: classes and functions by name; None: none.

    Example:
        >>> with custom_object_scope({"Twice": dict}):
        ...     custom_object("Twice")
        <class 'dict'>
    """
    token = _scopes.set((*_scopes.get(), dict(custom_objects or {})))
    try:
        yield
    finally:
        _scopes.reset(token)


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Decorator: files call the class or function "package>name", and find it so.

    Args:
        package: first half of the name, best that of your own package.
        name: second half; default: the object's own.

    Raises:
        InvalidArgumentError: a class without `get_config`.
    """

    def add(obj: T) -> T:
        if isinstance(obj, type) and not hasattr(obj, "get_config"):
            raise InvalidArgumentError(
                f"{obj.__name__} needs a get_config() to be registered: files hold what it returns"
            )
        _global[f"{package}>{name or getattr(obj, '__name__', type(obj).__name__)}"] = obj
        return obj

    return add


def get_registered_name(obj: Any) -> str:
    """What files call a class or function: "package>name", or its own name where it was not registered."""
    return next(
        (key for key, known in _global.items() if known is obj and ">" in key), getattr(obj, "__name__", str(obj))
    )


def get_registered_object(
    name: str, custom_objects: Mapping[str, Any] | None = None, module_objects: Mapping[str, Any] | None = None
) -> Any:
    """The class or function of a name, or None: from the scope, from what was registered, from the two dicts given."""
    found = custom_object(name)
    for more in (custom_objects or {}, module_objects or {}):
        found = more.get(name) if found is None else found
    return found


def custom_object(name: Any) -> Any:
    """The user's class or function called "name" or "package>name"; None if there is none."""
    if not isinstance(name, str):
        return None
    for known in (*reversed(_scopes.get()), _global):
        if name in known:
            return known[name]
    ends = [known for key, known in _global.items() if key.rpartition(">")[2] == name]
    return ends[0] if len(ends) == 1 else None

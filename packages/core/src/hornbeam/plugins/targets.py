"""From a component to its object, which has to be what its kind asks for, and from an object to its identity."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import PluginError
from .importing import told
from .index import Entry, with_article
from .manifest import KINDS, Identity, Kind

__all__ = ["identify", "load_target", "provider", "wrong_kind"]

# provide_kernels takes an argument, so kernels are not among the kinds that are looked up by name alone.
KERNEL = Kind("kernel", "callable", "core")


def load_target(entry: Entry) -> Any:
    """Import the target of an entry.

    Raises:
        PluginError: it does not import, does not exist, or is of the wrong kind.
    """
    target = entry.component.target
    module, _, path = target.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for attribute in path.split("."):
            found = getattr(found, attribute)
    except (Exception, SystemExit) as error:
        raise PluginError(f"{entry.owner} cannot be loaded from {target}: {told(error)}") from error
    fault = wrong_kind(KINDS.get(entry.kind, KERNEL), found)
    if fault:
        raise PluginError(f"{entry.owner}: its target {target} {fault}.")
    return found


def wrong_kind(kind: Kind, found: object) -> str:
    """What is wrong with an object as a component of a kind; "" if nothing is."""
    if inspect.ismodule(found):
        what = "a module"
    elif inspect.isclass(found):
        what = "a class"
    elif callable(found):
        what = "a function" if inspect.isroutine(found) else f"an instance of {type(found).__name__}"
    else:
        what = f"an instance of {type(found).__name__}"
    one = with_article(kind.singular)
    if kind.wants == "class" and not inspect.isclass(found):
        return f"is {what}; {one} has to be a class"
    if not callable(found):
        return f"is {what}; {one} has to be a class or a function"
    if kind.base:
        module, _, name = kind.base.partition(":")
        base = getattr(importlib.import_module(module), name)
        if not issubclass(found, base):  # type: ignore[arg-type]  # a class, as seen above
            return f"is a class that does not derive from {module}.{name}, as {one} has to"
    return ""


def identify(obj: object, entries: Sequence[Entry], load: Callable[[Entry], object], kind: str | None) -> Identity:
    """The identity under which one of the entries provides a class, a function, or the class of an instance.

    Raises:
        PluginError: none does, or several do under different names.
    """
    for candidate in (obj, type(obj)):
        found = sorted({entry.identity for entry in entries if _provides(entry, candidate, load)})
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(map(str, found))
            raise PluginError(f"{obj!r} has several identities: {several}. Say which kind is meant.")
    thing = obj if hasattr(obj, "__qualname__") else type(obj)
    where = f"{getattr(thing, '__module__', '?')}.{getattr(thing, '__qualname__', '?')}"
    raise PluginError(
        f"{where} is not registered, so a saved file could not name it. Put "
        f"@hornbeam.plugins.register_component({kind or 'layers'!r}) before it, or list it in a plugin's manifest."
    )


def provider(obj: object, entries: Sequence[Entry], load: Callable[[Entry], object]) -> Entry | None:
    """The first of the entries that provides a class or a function; None if none does."""
    return next((entry for entry in entries if _provides(entry, obj, load)), None)


def _provides(entry: Entry, candidate: object, load: Callable[[Entry], object]) -> bool:
    if entry.obj is not None:
        return entry.obj is candidate
    # Only what has the same name is loaded: its module most likely is already, as the object is here.
    attribute = entry.component.target.replace(":", ".").rpartition(".")[2]
    if getattr(candidate, "__name__", None) not in (attribute, entry.component.name):
        return False
    try:
        return load(entry) is candidate
    except PluginError:
        return False

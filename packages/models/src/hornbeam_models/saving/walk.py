"""The parts of a model that files keep apart, and their paths, which are Keras's.

A layer that is an attribute goes by the attribute's name; one in a list goes by its class's name in snake case, numbered.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from hornbeam import Layer
from hornbeam.naming import to_snake_case

__all__ = ["saveables"]


def saveables(root: Any) -> Iterator[tuple[str, Any]]:
    """Everything that keeps variables of its own in `root`, each once, with its path; `root` first, with the path "".

    Example:
        >>> from hornbeam.plugins import registry
        >>> Dense = registry.lookup("layers", "Dense")
        >>> model = registry.lookup("models", "Sequential")([Dense(2), Dense(3, name="head")])
        >>> [path for path, _ in saveables(model)]
        ['', 'layers/dense', 'layers/dense_1']
    """
    yield from _walk(root, "", {})


def _walk(thing: Any, path: str, seen: dict[int, Any]) -> Iterator[tuple[str, Any]]:
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    yield path, thing
    for name, value in _attributes(thing):
        place = f"{path}/{name}" if path else name
        if _saveable(value):
            yield from _walk(value, place, seen)
        elif isinstance(value, (list, tuple, dict)):
            yield from _walk_container(value, place, seen)


def _walk_container(container: Any, path: str, seen: dict[int, Any]) -> Iterator[tuple[str, Any]]:
    if id(container) in seen:
        return
    seen[id(container)] = container  # which keeps it: the next list shall not get its id
    counts: dict[str, int] = {}
    for value in container.values() if isinstance(container, dict) else container:
        one = _saveable(value)
        if not one and not isinstance(value, (list, tuple, dict)):
            continue
        kind = type(value).__name__
        name = to_snake_case(OTHERWISE.get(kind, kind)) if one else "container"
        count = counts.get(name, 0)
        counts[name] = count + 1
        place = f"{path}/{name}_{count}" if count else f"{path}/{name}"
        yield from (_walk if one else _walk_container)(value, place, seen)


def _saveable(value: Any) -> bool:
    return isinstance(value, Layer) or (
        hasattr(value, "save_own_variables") and hasattr(value, "load_own_variables") and not isinstance(value, type)
    )


def _attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    """What may hold parts: `layers` of a model of known layers, then attributes in order, private ones last."""
    kind = _kind(thing)
    if kind in ("Sequential", "Functional"):
        yield "layers", thing.layers
    names = set(vars(thing)) if hasattr(thing, "__dict__") else set()
    names |= {n for cls in type(thing).__mro__ for n, v in vars(cls).items() if isinstance(v, property)}
    names -= _usual(kind)
    for name in sorted(names, key=lambda n: f"~{n}" if n.startswith("_") else n):
        try:
            yield name, getattr(thing, name)
        except Exception:  # a property that cannot be read yet has no parts
            continue


def _kind(thing: Any) -> str:
    """Which of the classes that have attributes of their own it derives from."""
    names = [cls.__name__ for cls in type(thing).__mro__ if cls.__module__.startswith("hornbeam")]
    return next((n for n in names if n in ("Sequential", "Functional", "Model", "Layer")), "")


@functools.cache
def _usual(kind: str) -> frozenset[str]:
    """The attributes that every object of a kind has; the optimizer is the one of them that is kept."""
    from hornbeam_models.model import Model
    from hornbeam_models.sequential import Sequential

    if not kind:
        return frozenset()
    found = set(dir(Layer()))
    if kind != "Layer":
        found |= set(dir(Model())) | set(dir(Sequential())) | INNER
    return frozenset(found - {"optimizer"})


OTHERWISE = {"GroupQueryAttention": "GroupedQueryAttention"}  # classes whose name within Keras is another
INNER = {"_inputs", "_outputs", "_nodes", "_operations", "_loss", "_metrics", "operations", "output_names"}

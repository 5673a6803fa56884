"""Nested containers (tuple, list, dict, named tuple): flatten, rebuild, map."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hornbeam.errors import InvalidArgumentError

__all__ = ["Structure", "flatten", "leaves", "map_structure", "unflatten"]

Structure = Any  # a hashable description of the nesting, with LEAF where a value stands
LEAF = "*"


def flatten(tree: Any) -> tuple[list[Any], Structure]:
    """The leaves of nested containers, left to right (dicts in key order), and their hashable structure.

    Example:
        >>> flatten({"b": 1, "a": [2, 3]})
        ([2, 3, 1], ('dict', ('a', 'b'), (('list', ('*', '*')), '*')))
    """
    out: list[Any] = []
    return out, _flatten(tree, out)


def _flatten(tree: Any, out: list[Any]) -> Structure:
    if isinstance(tree, tuple):
        kind: Any = type(tree) if hasattr(tree, "_fields") else "tuple"
        return (kind, tuple(_flatten(t, out) for t in tree))
    if isinstance(tree, list):
        return ("list", tuple(_flatten(t, out) for t in tree))
    if isinstance(tree, dict):
        keys = _sorted_keys(tree)
        return ("dict", keys, tuple(_flatten(tree[k], out) for k in keys))
    if tree is None:
        return None
    out.append(tree)
    return LEAF


def _sorted_keys(tree: dict[Any, Any]) -> tuple[Any, ...]:
    try:
        return tuple(sorted(tree))
    except TypeError:
        return tuple(sorted(tree, key=lambda k: (type(k).__name__, str(k))))


def unflatten(structure: Structure, values: Any) -> Any:
    """Put `values` back where the leaves of `structure` stood.

    Raises:
        InvalidArgumentError: there are more or fewer values than leaves.

    Example:
        >>> import hornbeam as hb
        >>> leaves, structure = hb.tree.flatten({"b": [1, 2], "a": 3})
        >>> hb.tree.unflatten(structure, [10 * leaf for leaf in leaves])
        {'a': 30, 'b': [10, 20]}
    """
    iterator = iter(values)
    try:
        tree = _unflatten(structure, iterator)
    except StopIteration:
        raise InvalidArgumentError(f"too few values for the structure {structure}") from None
    if next(iterator, iterator) is not iterator:
        raise InvalidArgumentError(f"too many values for the structure {structure}")
    return tree


def _unflatten(structure: Structure, values: Iterator[Any]) -> Any:
    if structure is None:
        return None
    if structure == LEAF:
        return next(values)
    if structure[0] == "dict":
        return {k: _unflatten(s, values) for k, s in zip(structure[1], structure[2], strict=True)}
    items = [_unflatten(s, values) for s in structure[1]]
    if structure[0] == "list":
        return items
    return tuple(items) if structure[0] == "tuple" else structure[0](*items)


def leaves(tree: Any) -> list[Any]:
    """The leaves of nested containers, left to right.

    Example:
        >>> import hornbeam as hb
        >>> hb.tree.leaves({"b": [1, 2], "a": 3})
        [3, 1, 2]
    """
    return flatten(tree)[0]


def map_structure(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Apply `function` leaf by leaf over one tree, or over several of the same structure.

    Raises:
        InvalidArgumentError: the structures differ.

    Example:
        >>> map_structure(lambda a, b: a + b, [1, (2,)], [10, (20,)])
        [11, (22,)]
    """
    first, structure = flatten(tree)
    rest = []
    for other in others:
        values, found = flatten(other)
        if found != structure:
            raise InvalidArgumentError(f"the structures differ: {structure} and {found}")
        rest.append(values)
    return unflatten(structure, [function(*group) for group in zip(first, *rest, strict=True)])

"""Functions of hb.ops draw Functional models: given a KerasTensor, they record their call."""

from __future__ import annotations

import types
from typing import Any

from hornbeam.ops.elementwise.define import Elementwise
from hornbeam.ops.keys import get_item
from hornbeam.symbolic import drawing

__all__ = ["draw_all", "draw_members"]

ANSWERS = frozenset({
    "broadcast_shapes", "can_cast",
    "convert_to_numpy", "dtype", "finfo", "from_dlpack", "iinfo", "is_tensor", "isdtype", "issubdtype", "ndim",
    "promote_types", "result_type", "shape", "size",
})  # fmt: skip
"""Functions whose answer is no tensor, and needs no value."""

drawing(get_item, "get_item")  # what `t[...]` calls


def draw_all(namespace: dict[str, Any], prefix: str = "") -> None:
    """Put functions that draw in the place of a namespace's public functions."""
    for name, function in list(namespace.items()):
        if name.startswith("_") or name in ANSWERS or not isinstance(function, (types.FunctionType, Elementwise)):
            continue
        namespace[name] = drawing(function, prefix + name)


def draw_members(namespace: type, prefix: str) -> None:
    """Put functions that draw in the place of a class's static methods."""
    for name, member in list(vars(namespace).items()):
        if isinstance(member, staticmethod):
            setattr(namespace, name, staticmethod(drawing(member.__func__, prefix + name.lstrip("_"))))

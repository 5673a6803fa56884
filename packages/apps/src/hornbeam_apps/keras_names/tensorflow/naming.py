"""TensorFlow's names of arguments on functions that have others."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

__all__ = ["renamed", "same"]


def renamed(op: Callable[..., Any], **names: str) -> Callable[..., Any]:
    """The function, which takes arguments by TensorFlow's names too, lists of axes, and `name=`, which changes nothing.

    Args:
        op: of `hornbeam.ops`.
        **names: TensorFlow's name = its own.

    Example:
        >>> from hornbeam import ops
        >>> float(renamed(ops.sum, input_tensor="x")(input_tensor=[1.0, 2.0], axis=[0], name="total"))
        3.0
    """

    @functools.wraps(op)
    def call(*args: Any, name: str | None = None, **kwargs: Any) -> Any:
        found = {names.get(key, key): value for key, value in kwargs.items()}
        if isinstance(found.get("axis"), list):
            found["axis"] = tuple(found["axis"])
        return op(*(tuple(a) if i == 1 and isinstance(a, list) else a for i, a in enumerate(args)), **found)

    return call


def same(op: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which takes `name=` too."""
    return renamed(op)

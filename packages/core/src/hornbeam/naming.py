"""Names of layers: snake case, and numbers where a name is taken (as in Keras); and of functions, for messages."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["clear_session", "name_of", "to_snake_case", "unique_name"]

_counts: dict[str, int] = {}
_lock = threading.Lock()


@functools.lru_cache(maxsize=4096)
def to_snake_case(name: str) -> str:
    """A class name in Keras's snake case.

    Example:
        >>> to_snake_case("MaxPooling2D"), to_snake_case("LSTMCell")
        ('max_pooling2d', 'lstm_cell')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_name(prefix: str) -> str:
    """`prefix` at its first use, then prefix_1, prefix_2, ..."""
    with _lock:
        count = _counts.get(prefix, 0)
        _counts[prefix] = count + 1
    return f"{prefix}_{count}" if count else prefix


def clear_session(free_memory: bool = True) -> None:
    """Start numbering layers anew."""
    _counts.clear()


def name_of(function: Callable[..., Any]) -> str:
    """What messages call a function."""
    return getattr(function, "__name__", type(function).__name__)

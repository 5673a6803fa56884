"""What scripts for TensorFlow say around their computations, and has no counterpart here: scopes, strategies, switches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from hornbeam import ops
from hornbeam.errors import InvalidArgumentError

__all__ = [
    "TensorArray", "TensorShape", "TensorSpec", "autograph", "case", "control_dependencies", "disable_v2_behavior",
    "enable_eager_execution", "enable_v2_behavior", "group", "init_scope", "logging", "switch_case", "timestamp", "version",
]  # fmt: skip


def _nothing(*args: Any, **options: Any) -> None:
    """Nothing."""


@contextmanager
def init_scope() -> Iterator[None]:
    """A with block like any other."""
    yield


@contextmanager
def control_dependencies(control_inputs: Any) -> Iterator[None]:
    """A with block like any other: operations run in the order in which they are written."""
    yield


enable_eager_execution = enable_v2_behavior = disable_v2_behavior = group = _nothing
version = SimpleNamespace(VERSION="2.20.0")
autograph = SimpleNamespace(
    experimental=SimpleNamespace(do_not_convert=lambda func=None, **options: func or (lambda f: f)),
    set_verbosity=_nothing,
)
logging = SimpleNamespace(set_verbosity=_nothing, DEBUG=10, ERROR=40, FATAL=50, INFO=20, WARN=30)


def timestamp() -> Any:
    """Seconds since 1970."""
    return ops.asarray(time.time(), dtype="float64")


class TensorShape(tuple[Any, ...]):
    """Sizes; None for unknown ones."""

    def __new__(cls, dims: Any) -> TensorShape:
        """Of a list of sizes."""
        return super().__new__(cls, dims)

    @property
    def rank(self) -> int:
        """How many axes there are."""
        return len(self)

    def as_list(self) -> list[Any]:
        """A list of the sizes."""
        return list(self)


class TensorSpec:
    """What a tensor looks like.

    Args:
        shape: sizes; None for unknown ones.
        dtype: of its values.
        name: for errors.
    """

    def __init__(self, shape: Any = None, dtype: Any = "float32", name: str | None = None) -> None:
        self.shape, self.dtype, self.name = None if shape is None else TensorShape(shape), dtype, name


class TensorArray:
    """A list of tensors, written one by one; the loop that writes is one of Python.

    Args:
        dtype: of the tensors.
        size: how many there are at first.
        **options: what concerns TensorFlow's loops.
    """

    def __init__(self, dtype: Any, size: Any = 0, **options: Any) -> None:
        self.dtype = dtype
        self._items: list[Any] = [None] * int(size)

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Put a tensor into a place."""
        index = int(index)
        self._items += [None] * (index + 1 - len(self._items))
        self._items[index] = ops.cast(value, self.dtype)
        return self

    def read(self, index: Any, name: str | None = None) -> Any:
        """The tensor in a place."""
        return self._items[int(index)]

    def stack(self, name: str | None = None) -> Any:
        """All along a first axis."""
        missing = [i for i, item in enumerate(self._items) if item is None]
        if missing:
            raise InvalidArgumentError(f"TensorArray.stack: nothing was written to {missing}")
        return ops.stack(self._items)

    def concat(self, name: str | None = None) -> Any:
        """All along their first axis."""
        return ops.concatenate(self._items)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The rows of a tensor, instead of what was there."""
        self._items = list(ops.unstack(value))
        return self

    def size(self, name: str | None = None) -> int:
        """How many there are."""
        return len(self._items)


def switch_case(branch_index: Any, branch_fns: Any, default: Any = None, name: str | None = None) -> Any:
    """What one of several functions gives; the last one, or `default`, for a number that none has."""
    functions = list(branch_fns.values()) if isinstance(branch_fns, dict) else list(branch_fns)
    functions = [f[1] if isinstance(f, tuple) else f for f in functions] + ([default] if default else [])
    last = len(functions) - 1
    index = ops.cast(branch_index, "int32")
    return ops.switch(ops.where((index < 0) | (index > last), last, index), functions)


def case(pred_fn_pairs: Any, default: Callable[[], Any] | None = None, **options: Any) -> Any:
    """What the function of the first true condition gives, else `default`."""
    pairs = list(pred_fn_pairs.items()) if isinstance(pred_fn_pairs, dict) else list(pred_fn_pairs)
    (condition, function), *rest = pairs
    if not rest and default is None:
        return function()
    return ops.cond(condition, function, (lambda: case(rest, default)) if rest or default is None else default)

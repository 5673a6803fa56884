"""What tf has besides tensors: printing, devices, checks."""

from __future__ import annotations

import builtins
import logging as _logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hornbeam import ops
from hornbeam.interpret import capturing

__all__ = [
    "assert_equal", "device", "executing_eagerly", "get_logger", "name_scope", "no_op", "print",
]  # fmt: skip


def executing_eagerly() -> Any:
    """Whether operations are run now, and not captured."""
    return not capturing()


@contextmanager
def device(device_name: Any) -> Iterator[None]:
    """A with block like any other: Hornbeam chooses its backend by itself."""
    yield


@contextmanager
def name_scope(name: str) -> Iterator[None]:
    """A with block like any other."""
    yield


def get_logger() -> Any:
    """A logger whose level changes nothing."""
    return _logging.getLogger("hornbeam.tensorflow")


def print(*values: Any, output_stream: Any = None, **options: Any) -> None:  # noqa: A001
    """Show values; within tf.function only at its first call."""
    builtins.print(*(v.numpy() if ops.is_tensor(v) and hasattr(v, "numpy") else v for v in values))


def no_op(*args: Any, **options: Any) -> None:
    """Nothing."""


def assert_equal(x: Any, y: Any, message: str | None = None, **options: Any) -> None:
    """Raise where values differ."""
    if not ops.all(ops.equal(x, y)):
        raise AssertionError(message or f"{x} and {y} differ")

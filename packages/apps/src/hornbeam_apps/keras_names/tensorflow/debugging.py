"""tf.debugging: checks of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hornbeam import ops
from hornbeam.errors import InvalidArgumentError

__all__ = [
    "assert_equal", "assert_greater", "assert_greater_equal", "assert_less", "assert_less_equal", "assert_near", "assert_rank",
]  # fmt: skip


def _asserting(holds: Callable[[Any, Any], Any], what: str) -> Callable[..., None]:
    def check(x: Any, y: Any, message: str | None = None, **options: Any) -> None:
        """Raise where the values do not agree. Not within tf.function."""
        if not bool(ops.all(holds(x, y))):
            raise InvalidArgumentError(message or f"{x} is not {what} {y} everywhere")

    return check


assert_equal = _asserting(ops.equal, "equal to")
assert_greater, assert_greater_equal = (
    _asserting(ops.greater, "greater than"),
    _asserting(ops.greater_equal, "at least"),
)
assert_less, assert_less_equal = _asserting(ops.less, "less than"), _asserting(ops.less_equal, "at most")


def assert_near(
    x: Any, y: Any, rtol: float = 1e-6, atol: float = 1e-6, message: str | None = None, **options: Any
) -> None:
    """Raise where values differ by more than a little. Not within tf.function."""
    if not np.allclose(ops.convert_to_numpy(x), ops.convert_to_numpy(y), rtol, atol):
        raise InvalidArgumentError(message or f"{x} is not near {y} everywhere")


def assert_rank(x: Any, rank: int, message: str | None = None, **options: Any) -> None:
    """Raise where there are more axes, or fewer."""
    if len(ops.shape(x)) != int(rank):
        raise InvalidArgumentError(message or f"{tuple(ops.shape(x))} has not {rank} axes")

"""What processes that train together do together: a hook which a package for distributed training fills.

Layers whose statistics are to be those of all processes (`BatchNormalization(synchronized=True)`) call `sum` here. Nobody
has filled the hook in a process that trains alone: then `sum` gives back what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from hornbeam.tensor import Tensor

__all__ = ["several", "sum", "summing"]

_sum: ContextVar[Callable[[Tensor], Tensor] | None] = ContextVar("hornbeam_collective_sum", default=None)


def several() -> bool:
    """Whether this process trains together with others."""
    return _sum.get() is not None


def sum(x: Any) -> Tensor:  # noqa: A001 - of all processes, as the built-in one is of all elements
    """The sum of x over all processes that train together; x itself where there is one."""
    function = _sum.get()
    return x if function is None else function(x)


@contextmanager
def summing(function: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """A with block in which `sum` calls this function.

    Args:
        function: takes a tensor and gives the sum over all processes, of the same shape; differentiable: the gradient of the
            sum is the sum of the gradients.

    Example:
        >>> import hornbeam as hb
        >>> with summing(lambda x: x * 2):  # two processes with the same numbers
        ...     float(sum(hb.ops.asarray(3.0)))
        6.0
    """
    token = _sum.set(function)
    try:
        yield
    finally:
        _sum.reset(token)

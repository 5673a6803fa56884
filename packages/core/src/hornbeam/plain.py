"""Numbers of NumPy among the arguments of a constructor become Python's, so that they are kept, compared and saved as such."""

from __future__ import annotations

import inspect
from abc import ABCMeta
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

__all__ = ["PlainArguments", "plain"]


def plain(value: Any) -> Any:
    """A number, or a list or tuple of numbers, as Python's own; anything else as it is.

    Example:
        >>> import numpy as np
        >>> plain((np.int64(3), None)), plain(np.float32(0.5)), plain("same")
        ((3, None), 0.5, 'same')
    """
    kind = type(value)
    if kind in (int, float, bool, str) or value is None:
        return value
    if kind in (list, tuple):
        found = [plain(v) for v in value]
        return value if all(a is b for a, b in zip(found, value, strict=True)) else kind(found)
    if isinstance(value, Integral) and not isinstance(value, int):
        return int(value)
    return float(value) if isinstance(value, Real) and not isinstance(value, (int, float)) else value


class PlainArguments(ABCMeta):
    """A class whose constructor is given Python's numbers: `Dense(labels.max() + 1)` has an int, whatever `labels` is."""

    if not TYPE_CHECKING:  # checkers look at the constructors themselves

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            """A new object."""
            return super().__call__(*(plain(a) for a in args), **{name: plain(a) for name, a in kwargs.items()})

    @property
    def __signature__(cls) -> inspect.Signature:
        """The constructor's, which `inspect` would not find behind `__call__`."""
        whole = inspect.signature(type.__getattribute__(cls, "__init__"))
        return whole.replace(parameters=list(whole.parameters.values())[1:])

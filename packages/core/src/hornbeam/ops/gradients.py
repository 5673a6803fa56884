"""Keras's names of what autodiff does."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam import autodiff
from hornbeam.gradient_rules import custom_vjp
from hornbeam.gradient_rules import stop_gradient as stop_gradient

__all__ = ["custom_gradient", "jvp", "stop_gradient"]


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function with a gradient rule of its own.

    Args:
        f: returns its value, and a function that takes the cotangent of the value and returns one for each argument.

    Example:
        >>> import hornbeam as hb
        >>> @hb.ops.custom_gradient
        ... def doubled_slope(x):
        ...     return x, lambda upstream: upstream * 2.0
        >>> float(hb.grad(doubled_slope)(1.0))
        2.0
    """

    def value(*args: Any) -> Any:
        return f(*args)[0]

    def backward(pull: Callable[[Any], Any], ct: Any) -> tuple[Any, ...]:
        found = pull(ct)
        return tuple(found) if isinstance(found, (tuple, list)) else (found,)

    rule = custom_vjp(functools.wraps(f)(value))
    rule.defvjp(f, backward)
    return rule


def jvp(fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """The value of a function, and its derivative along a direction.

    Args:
        fun: takes the primals.
        primals: where.
        tangents: the direction, one part for each primal.
        has_aux: whether `fun` returns a pair, whose second member is not differentiated.

    Returns:
        (value, derivative), and the second member where `has_aux`.

    Example:
        >>> import hornbeam as hb
        >>> value, slope = hb.ops.jvp(hb.ops.square, (3.0,), (1.0,))
        >>> float(value), float(slope)
        (9.0, 6.0)
    """
    if not has_aux:
        return autodiff.jvp(fun, primals, tangents)
    aux: list[Any] = []

    def value_of(*args: Any) -> Any:
        value, extra = fun(*args)
        aux[:] = [extra]
        return value

    return (*autodiff.jvp(value_of, primals, tangents), aux[0])

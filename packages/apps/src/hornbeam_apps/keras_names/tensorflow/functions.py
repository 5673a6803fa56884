"""@tf.function: a function compiled by `hornbeam.jit`."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import hornbeam as hb
from hornbeam.errors import CaptureError
from hornbeam.tree import flatten, unflatten

__all__ = ["function", "stop_gradient"]

stop_gradient = hb.stop_gradient


def function(func: Any = None, **options: Any) -> Any:
    """Decorator: the function runs compiled from its second call on.

    The first call runs operation by operation: it builds layers and optimizers, as TensorFlow's own first call may. A function
    that cannot be compiled, because it branches on a value, goes on like that, with a warning.

    Args:
        func: the function, or a method.
        **options: what concerns TensorFlow's way of tracing: signatures, autograph, reduce_retracing, jit_compile.
    """
    if func is None:
        return functools.partial(function, **options)
    state: dict[str, Any] = {"calls": 0, "compiled": {}}

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        state["calls"] += 1
        if state["calls"] == 1 or state["compiled"] is None:
            return func(*args, **kwargs)
        leaves, structure = flatten((args, kwargs))
        fixed = tuple(None if _varies(leaf) else leaf for leaf in leaves)
        key = (
            structure,
            tuple(id(leaf) if leaf is not None and not isinstance(leaf, (int, float, str)) else leaf for leaf in fixed),
        )
        if key not in state["compiled"]:

            def run(*tensors: Any) -> Any:
                coming = iter(tensors)
                whole = unflatten(structure, [next(coming) if f is None else f for f in fixed])
                return func(*whole[0], **whole[1])

            state["compiled"][key] = hb.jit(run)
        try:
            return state["compiled"][key](*(leaf for leaf in leaves if _varies(leaf)))
        except CaptureError as error:
            warnings.warn(
                f"tf.function: {func.__name__} cannot be compiled and runs operation by operation, which is slower: {error}",
                stacklevel=2,
            )
            state["compiled"] = None
            return func(*args, **kwargs)

    return call


def _varies(leaf: Any) -> bool:
    """Whether it is an input, and no setting."""
    return leaf is None or hasattr(leaf, "shape") and not isinstance(leaf, hb.Variable)

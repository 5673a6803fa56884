"""TensorFlow's names of arguments on functions that have others."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam.interpret import capturing, running
from hornbeam.interpreters.evaluate import Evaluate

from hornbeam_apps.keras_names.tensorflow.text import Text

__all__ = ["renamed", "same", "sizes"]

MOST_SIZES = 64  # a tensor of integers that is no longer may be one of sizes


def renamed(op: Callable[..., Any], **names: str) -> Callable[..., Any]:
    """The function, which takes arguments by TensorFlow's names too, lists of axes, and `name=`, which changes nothing.

    Texts are given to NumPy's function of the name. Within what is compiled, a function of sizes alone is run at once, so that
    they remain known: `tf.concat([tf.shape(x)[:1], [3]], 0)`.

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
        args = tuple(tuple(a) if i == 1 and isinstance(a, list) else a for i, a in enumerate(args))
        if _holds_text(args[0] if args else next(iter(found.values()), None)):
            made = getattr(np, op.__name__)(*(args or (found.pop(next(iter(found))),)), **found)
            return made.view(Text) if isinstance(made, np.ndarray) and made.dtype.kind == "O" else made
        if capturing() and args and all(map(_known, (*args, *found.values()))):
            with running(Evaluate()):
                return op(*args, **found)
        return op(*args, **found)

    return call


def _holds_text(value: Any) -> bool:
    return isinstance(value, Text) or (isinstance(value, (list, tuple)) and any(isinstance(v, Text) for v in value))


def _known(value: Any) -> bool:
    """Whether it is made of a few integers whose values are known."""
    if isinstance(value, (list, tuple)):
        return all(map(_known, value))
    if isinstance(value, hb.Tensor):
        return not value.owner.symbolic and value.dtype.kind in ("int", "uint") and value.size <= MOST_SIZES
    return isinstance(value, (int, str, np.integer)) or value is None


def same(op: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which takes `name=` too."""
    return renamed(op)


def sizes(shape: Any) -> tuple[int, ...]:
    """Sizes that are given as a number, a list of numbers and tensors, or a tensor."""
    found = shape.tolist() if isinstance(shape, hb.Tensor) else shape
    return tuple(int(n) for n in ((found,) if isinstance(found, int) else found))

"""What a model is called on, beside what its Input says."""

from __future__ import annotations

from typing import Any

from hornbeam import KerasTensor, ops
from hornbeam.dtypes import string
from hornbeam.errors import DTypeError, HornbeamError, ShapeError
from hornbeam.host_calls import is_text

__all__ = ["batch_size_of", "fitted"]


def batch_size_of(model: Any) -> int | None:
    """How many samples a model takes at once, where its inputs say it, as those of stateful layers do."""
    try:
        tensors = model.inputs
    except (AttributeError, HornbeamError):  # a model without inputs, or without them yet
        return None
    sizes = {t.shape[0] for t in tensors if t.shape}
    return None if len(sizes) != 1 else sizes.pop()


def fitted(model: str, tensor: KerasTensor, value: Any) -> Any:
    """The value for an input; a last axis of size 1 is added or taken away, as Keras does.

    Args:
        model: name, for messages.
        tensor: the input.
        value: what is given for it.

    Raises:
        DTypeError: it is no array, or holds strings where the input does not, or the other way round.
        ShapeError: its shape is not the input's.
    """
    if not hasattr(value, "shape"):
        raise DTypeError(
            f"model {model!r}: input {tensor.name!r} expects an array of shape {tensor.shape}; got {type(value).__name__}"
        )
    strings = is_text(value)
    if strings != (tensor.dtype is string):
        what = "strings" if strings else "numbers"
        hint = (
            "Strings are for Input(..., dtype='string')" if strings else "Encode numbers as strings, or leave out dtype"
        )
        raise DTypeError(
            f"model {model!r}: data must be {'numbers' if strings else 'strings'}; got {what} for input {tensor.name!r}. {hint}."
        )
    shape, expected = tuple(value.shape), tensor.shape
    if len(shape) == len(expected) + 1 and shape[-1] == 1 and _fits(shape[:-1], expected):
        return value.reshape(shape[:-1]) if strings else ops.squeeze(value, -1)
    if len(shape) + 1 == len(expected) and expected[-1] == 1 and _fits(shape, expected[:-1]):
        return value.reshape((*shape, 1)) if strings else ops.expand_dims(value, -1)
    if not _fits(shape, expected):
        one = " For a single sample, write x[None]." if shape == expected[1:] else ""
        raise ShapeError(f"model {model!r}: input {tensor.name!r} expects shape {expected}; got {shape}.{one}")
    return value


def _fits(shape: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    same = len(shape) == len(expected)
    return same and all(a is None or b is None or a == b for a, b in zip(shape, expected, strict=True))

"""Optimizers by name, and as plain data."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.serialization import serialize_keras_object

from hornbeam_optimizers import forms
from hornbeam_optimizers.optimizers.base import Optimizer

__all__ = ["deserialize", "get", "serialize"]


def get(identifier: Any) -> Any:
    """The optimizer that a name, a class, a saved form or an object stands for; None for None.

    Raises:
        UnknownNameError: no optimizer has that name.
        InvalidArgumentError: it is none of these.

    Example:
        >>> get("adam").name, get({"class_name": "SGD", "config": {"momentum": 0.9}}).momentum
        ('adam', 0.9)
    """
    optimizer = forms.found(identifier, "optimizers")
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise InvalidArgumentError(
            f"an optimizer is a name such as 'adam', or an object such as Adam(); got {identifier!r}"
        )
    return optimizer


def serialize(optimizer: Any) -> Any:
    """An optimizer as plain data, without its state."""
    return serialize_keras_object(optimizer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The optimizer that `serialize` made data of.

    Args:
        config: its result.
        custom_objects: your own classes, by name.

    Raises:
        SerializationError: it is not such data, or names what is not known here.

    Example:
        >>> from hornbeam_optimizers import AdamW
        >>> deserialize(serialize(AdamW(weight_decay=0.01))).weight_decay
        0.01
    """
    return forms.from_form(config, "optimizers", custom_objects)

"""Layers as saved forms: Keras's `layers.serialize` and `layers.deserialize`."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer
from hornbeam.errors import SerializationError
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object

__all__ = ["deserialize", "serialize"]


def serialize(layer: Any) -> dict[str, Any]:
    """The saved form of a layer: its class and its arguments, without weights.

    Example:
        >>> import hornbeam as hb
        >>> serialize(hb.layers.Dense(3))["class_name"]
        'Dense'
    """
    return dict(serialize_keras_object(layer))


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The layer of what `serialize` returned, with new weights.

    Args:
        config: the saved form.
        custom_objects: classes of your own, by name.

    Raises:
        SerializationError: it is of something else, or of a class that is not known.

    Example:
        >>> import hornbeam as hb
        >>> deserialize(serialize(hb.layers.Dense(3))).units
        3
    """
    found = deserialize_keras_object(config, custom_objects, kind="layers")
    if not isinstance(found, Layer):
        raise SerializationError(f"expected the saved form of a layer; got {str(config)[:80]}")
    return found

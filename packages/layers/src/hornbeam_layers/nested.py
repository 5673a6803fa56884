"""Layers inside layers: building them, and their configurations."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object

__all__ = ["build_inside", "layer_of", "saved_form"]


def build_inside(owner: Layer, layer: Layer, shape: Any) -> None:
    """Build a layer as part of another; the paths of its weights begin with the owner's name then."""
    if layer.built:
        return
    layer.build(shape)
    layer._build_shapes = shape
    layer.built = True
    for weight in layer.weights:
        weight.path = f"{owner.name}/{weight.path}"


def saved_form(layer: Layer) -> dict[str, Any]:
    """A layer in the configuration of another."""
    return dict(serialize_keras_object(layer))


def layer_of(saved: Any) -> Any:
    """The layer of what `saved_form` returned; a layer stays as it is."""
    return deserialize_keras_object(saved, kind="layers") if isinstance(saved, dict) else saved

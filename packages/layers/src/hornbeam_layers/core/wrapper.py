"""Wrapper: a layer around another. The base class of those that change what a layer does."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.nested import build_inside, layer_of, saved_form

__all__ = ["Wrapper"]


class Wrapper(Layer):
    """Holds a layer, builds it, and saves it with itself; subclasses say what is computed.

    Args:
        layer: the layer within.

    Raises:
        InvalidArgumentError: it is no layer.

    Example:
        >>> import hornbeam as hb
        >>> class Twice(Wrapper):
        ...     def call(self, inputs):
        ...         return self.layer(self.layer(inputs))
        >>> Twice(hb.layers.ReLU())(hb.ops.asarray([-1.0, 2.0])).numpy().tolist()
        [0.0, 2.0]
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        layer = layer_of(layer)
        if not isinstance(layer, Layer):
            raise InvalidArgumentError(f"{type(self).__name__} {self.name!r}: layer must be a layer; got {layer!r}")
        self.layer = layer

    def build(self, input_shape: Any) -> None:
        """Build the layer within."""
        build_inside(self, self.layer, input_shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "layer": saved_form(self.layer)}

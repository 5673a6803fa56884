"""Layers one after the other."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer

from hornbeam_layers.nested import layer_of, saved_form
from hornbeam_layers.preprocessing.arguments import wrong
from hornbeam_layers.preprocessing.host import HostLayer

__all__ = ["Pipeline"]


class Pipeline(Layer):
    """Applies layers one after the other, as to the data before a model; images and what belongs to them pass through in a dict.

    Args:
        layers: a list of layers.
        name: default: "pipeline".

    Example:
        >>> import hornbeam as hb
        >>> layers = hb.layers
        >>> prepare = layers.Pipeline([layers.Resizing(8, 8), layers.Rescaling(1 / 255)])
        >>> prepare(hb.ops.ones((1, 20, 30, 3))).shape
        (1, 8, 8, 3)
    """

    def __init__(self, layers: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if not isinstance(layers, (list, tuple)) or not all(isinstance(layer, Layer) for layer in layers):
            raise wrong(self, "layers", "a list of layers", layers)
        self.chain = list(layers)
        self.built = True

    @property
    def layers(self) -> list[Layer]:
        """The layers."""
        return self.chain

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As of every layer; what only a layer for the host takes, such as strings, reaches it as it is."""
        if self.chain and isinstance(self.chain[0], HostLayer):
            return self.call(*args, **kwargs)
        return super().__call__(*args, **kwargs)

    def call(self, inputs: Any, training: bool = True, mask: Any = None) -> Any:
        """What the last layer gives."""
        for number, layer in enumerate(self.chain):
            how: dict[str, Any] = {} if isinstance(layer, HostLayer) else {"training": training}
            if mask is not None and not number:
                how["mask"] = mask
            inputs = layer(inputs, **how)
        return inputs

    def get_config(self) -> dict[str, Any]:
        """The layers in saved form."""
        return {"layers": [saved_form(layer) for layer in self.chain], "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A pipeline of what `get_config` returned."""
        return cls(**{**config, "layers": [layer_of(saved) for saved in config["layers"]]})

"""ActivationRecorder: what the layers inside gave, epoch by epoch."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import leaves

from hornbeam_models.callbacks.base import Callback

__all__ = ["ActivationRecorder", "activations", "all_layers"]


def activations(model: Any, x: Any, layers: Any = None) -> dict[str, Any]:
    """What the layers of a model give for inputs, as NumPy arrays by the layers' names.

    Args:
        model: any model, built or not.
        x: its inputs.
        layers: names; default: all. A layer that is called several times counts with its last call, nested ones by their own name.

    Raises:
        InvalidArgumentError: no layer of that name is called.

    Example:
        >>> import hornbeam as hb
        >>> from hornbeam.plugins import registry
        >>> from hornbeam_models import Sequential
        >>> dense = registry.lookup("layers", "Dense")(2, name="first")
        >>> activations(Sequential([dense]), hb.ops.ones((3, 4)))["first"].shape
        (3, 2)
    """
    found: dict[str, Any] = {}
    inside = list(all_layers(model))
    for layer in inside:
        layer._compute = _noting(layer, found)
    try:
        with hb.no_grad():
            model(x, training=False)
    finally:
        for layer in inside:
            del layer._compute
        model.clear_losses()
    wanted = list(found) if layers is None else [layers] if isinstance(layers, str) else list(layers)
    missing = [name for name in wanted if name not in found]
    if missing:
        raise InvalidArgumentError(f"no layer named {missing} was called; there are {sorted(found)}")
    return {name: found[name] for name in wanted}


def _noting(layer: Layer, found: dict[str, Any]) -> Any:
    plain = type(layer)._compute

    def compute(*args: Any, **kwargs: Any) -> Any:
        out = plain(layer, *args, **kwargs)
        if not any(t.owner.symbolic for t in leaves(out)):  # as while a model that was not built finds out shapes
            arrays = [t.numpy() for t in leaves(out)]
            found[layer.name] = arrays[0] if len(arrays) == 1 else arrays
        return out

    return compute


def all_layers(layer: Layer) -> Any:
    """The layers inside, and inside those."""
    for inner in layer._sublayers():
        yield inner
        yield from all_layers(inner)


class ActivationRecorder(Callback):
    """Records what layers give for the same inputs, before training and after every so many epochs.

    Args:
        x: inputs, as `predict` takes them: a few samples.
        layers: names; default: all.
        freq: epochs between two records.

    Attributes:
        epochs: at whose ends records were taken; -1: before training.
        records: for each of them, arrays by layer name.
    """

    def __init__(self, x: Any, layers: Any = None, freq: int = 1) -> None:
        self.x, self.layers, self.freq = x, layers, freq
        self.epochs: list[int] = []
        self.records: list[dict[str, Any]] = []

    def _record(self, epoch: int) -> None:
        self.epochs.append(epoch)
        self.records.append(activations(self.model, self.x, self.layers))

    def on_train_begin(self, logs: Any = None) -> None:
        """The first record."""
        self.epochs, self.records = [], []
        self._record(-1)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Another."""
        if (epoch + 1) % self.freq == 0:
            self._record(epoch)

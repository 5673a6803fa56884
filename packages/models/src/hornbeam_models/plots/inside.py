"""What a model looks at: gradients of an output with respect to the inputs, and to the maps of a layer."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_models.callbacks.activations import all_layers

__all__ = ["grad_cam_map", "saliency_map"]


def _score(pred: Any, unit: Any) -> Any:
    """The sum over samples of the output of a unit: the given one, or each sample's largest."""
    if pred.ndim != 2:
        raise ShapeError(
            f"the model has to give one row of outputs for each sample; it gives shape {tuple(pred.shape)}"
        )
    if unit is None:
        return hb.ops.sum(hb.ops.max(pred, axis=1))
    if not -pred.shape[1] <= unit < pred.shape[1]:
        raise InvalidArgumentError(f"the model has {pred.shape[1]} outputs; there is no output {unit}")
    return hb.ops.sum(pred[:, unit])


def saliency_map(model: Any, x: Any, unit: int | None = None) -> Any:
    """How much each part of each input matters for an output: the size of the gradient, the largest over the channels.

    Args:
        model: gives one row of outputs a sample.
        x: inputs, [batch, ..., channels].
        unit: number of the output; default: each sample's largest.

    Returns:
        A NumPy array, [batch, ...].

    Source: Simonyan, Vedaldi & Zisserman 2014, "Deep Inside Convolutional Networks".
    """
    grad = hb.grad(lambda inputs: _score(model(inputs, training=False), unit))(hb.ops.asarray(x, dtype="float32"))
    model.clear_losses()
    return np.abs(grad.numpy()).max(-1)


def grad_cam_map(model: Any, x: Any, layer: str | None = None, unit: int | None = None) -> Any:
    """Where the maps of a convolutional layer speak for an output.

    Args:
        model: gives one row of outputs a sample.
        x: inputs.
        layer: name of a layer that gives [batch, height, width, channels]; default: the last that does.
        unit: number of the output; default: each sample's largest.

    Returns:
        A NumPy array, [batch, height, width] of the layer, at least 0.

    Raises:
        InvalidArgumentError: there is no such layer.

    Source: Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization".
    """
    chosen = _chosen(model, x, layer)
    seen: list[Any] = []
    plain = type(chosen)._compute

    def shifted(shift: Any) -> Any:
        def compute(*args: Any, **kwargs: Any) -> Any:
            out = plain(chosen, *args, **kwargs)
            seen.append(out)
            return out if shift is None else out + shift

        chosen._compute = compute  # type: ignore[method-assign]
        try:
            return model(x, training=False)
        finally:
            del chosen._compute
            model.clear_losses()

    with hb.no_grad():
        shifted(None)
    maps = seen[-1].numpy()
    grads = hb.grad(lambda shift: _score(shifted(shift), unit))(hb.ops.zeros(maps.shape, maps.dtype)).numpy()
    weights = grads.mean((1, 2), keepdims=True)
    return np.maximum((maps * weights).sum(-1), 0)


def _chosen(model: Any, x: Any, name: str | None) -> Layer:
    from hornbeam_models.callbacks.activations import activations

    shapes = {key: value.shape for key, value in activations(model, x[:1]).items() if not isinstance(value, list)}
    inside = {layer.name: layer for layer in all_layers(model) if not hasattr(layer, "layers")}
    fitting = [n for n, shape in shapes.items() if len(shape) == 4 and n in inside]
    if name is None and fitting:
        return inside[fitting[-1]]
    if name not in fitting:
        raise InvalidArgumentError(
            f"no layer {name!r} gives maps [batch, height, width, channels]; those that do: {fitting}"
        )
    return inside[name]

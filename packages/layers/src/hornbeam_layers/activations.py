"""Activation functions by their Keras names, and `get`, which takes names, functions and None."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from hornbeam import ops
from hornbeam.errors import UnknownNameError
from hornbeam.ops import celu as celu
from hornbeam.ops import elu as elu
from hornbeam.ops import glu as glu
from hornbeam.ops import hard_shrink as hard_shrink
from hornbeam.ops import hard_sigmoid as hard_sigmoid
from hornbeam.ops import hard_silu as hard_silu
from hornbeam.ops import hard_tanh as hard_tanh
from hornbeam.ops import leaky_relu as leaky_relu
from hornbeam.ops import log_sigmoid as log_sigmoid
from hornbeam.ops import log_softmax as log_softmax
from hornbeam.ops import mish as mish
from hornbeam.ops import relu6 as relu6
from hornbeam.ops import selu as selu
from hornbeam.ops import silu as silu
from hornbeam.ops import soft_shrink as soft_shrink
from hornbeam.ops import softplus as softplus
from hornbeam.ops import softsign as softsign
from hornbeam.ops import sparse_plus as sparse_plus
from hornbeam.ops import sparse_sigmoid as sparse_sigmoid
from hornbeam.ops import sparsemax as sparsemax
from hornbeam.ops import squareplus as squareplus
from hornbeam.ops import tanh as tanh
from hornbeam.ops import tanh_shrink as tanh_shrink
from hornbeam.ops import threshold as threshold
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.tensor import note_activation

Activation = Callable[..., Any]

__all__ = [
    "celu", "deserialize", "elu", "exponential", "gelu", "get", "glu", "hard_shrink", "hard_sigmoid", "hard_silu",
    "hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu",
    "serialize", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid",
    "sparsemax", "squareplus", "swish", "tanh", "tanh_shrink", "threshold",
]  # fmt: skip
NAMES = tuple(name for name in __all__ if name not in ("deserialize", "get", "serialize"))
swish, hard_swish = silu, hard_silu


def linear(x: Any) -> Any:
    """The value itself."""
    return x


def sigmoid(x: Any) -> Any:
    """1 / (1 + e**-x); cross-entropies of the result start from x, without loss of accuracy."""
    return _noted(ops.sigmoid(x), "sigmoid", x)


def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x) normalised to sum 1 over an axis; cross-entropies of the result start from x, without loss of accuracy."""
    if isinstance(axis, int) and len(getattr(x, "shape", ())) > 1 and x.shape[axis] == 1:
        warnings.warn(
            f"softmax over axis {axis} of shape {x.shape}, which has size 1, is 1 everywhere. Did you mean sigmoid?",
            stacklevel=2,
        )
    out = ops.softmax(x, axis)
    return _noted(out, "softmax", x) if axis == -1 else out


def _noted(out: Any, name: str, x: Any) -> Any:
    logits = ops.asarray(x)
    return note_activation(out, name, logits) if logits.dtype == out.dtype else out


def gelu(x: Any, approximate: bool = False) -> Any:
    """x times the normal distribution function; by tanh where `approximate`."""
    return ops.gelu(x, approximate)


def exponential(x: Any) -> Any:
    """e**x."""
    return ops.exp(x)


def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """The rectifier: x above the threshold, negative_slope * (x - threshold) below it.

    Args:
        x: tensor.
        negative_slope: slope below the threshold.
        max_value: upper limit; None: none.
        threshold: where the function bends.
    """
    if threshold == 0.0 and negative_slope == 0.0:
        out = ops.relu(x)
    else:
        below = (x - threshold) * negative_slope if negative_slope else 0.0
        out = ops.where(ops.greater(x, threshold), x, below)
    return out if max_value is None else ops.minimum(out, max_value)


def get(identifier: Any) -> Activation:
    """The activation that a name, a function, a layer, a saved form or None (linear) stands for.

    Raises:
        UnknownNameError: no activation has that name.

    Example:
        >>> get("relu") is relu, get(None) is linear
        (True, True)
    """
    if identifier is None:
        return linear
    if callable(identifier):
        return identifier
    if isinstance(identifier, dict):
        return get(deserialize_keras_object(identifier, kind="activations"))
    if isinstance(identifier, str):
        if identifier in NAMES:
            return globals()[identifier]
        from hornbeam.plugins import registry

        return registry.lookup("activations", identifier)
    raise UnknownNameError("activation", identifier, NAMES)


def serialize(activation: Any) -> Any:
    """The name of an activation, for a configuration; the saved form of one that is a layer."""
    if hasattr(activation, "get_config"):
        return serialize_keras_object(activation)
    return "linear" if activation is None else getattr(activation, "__name__", str(activation))


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Activation:
    """The activation of what `serialize` returned.

    Args:
        config: a name, or a saved form.
        custom_objects: functions of your own, by name.

    Raises:
        UnknownNameError: no activation has that name.

    Example:
        >>> deserialize("relu") is relu
        True
    """
    found = (custom_objects or {}).get(config) if isinstance(config, str) else None
    return get(config) if found is None else found

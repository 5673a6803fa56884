"""clone_model: the same architecture with new weights."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hornbeam import Layer
from hornbeam.errors import DTypeError, HornbeamError
from hornbeam.plugins import registry
from hornbeam.symbolic import OpNode, symbolic_call
from hornbeam.tree import leaves, unflatten

from hornbeam_models.functional import Functional
from hornbeam_models.model import Model
from hornbeam_models.sequential import Sequential

__all__ = ["clone_model"]


def clone_model(model: Any, clone_function: Callable[[Layer], Layer] | None = None) -> Any:
    """A model of equal layers, with weights of its own, freshly initialised.

    Args:
        model: a Sequential or Functional model, or another layer with `get_config`. It is left as it is. If it is compiled, so is
            the copy, with an optimizer and metrics of its own, unless by functions that cannot be written down.
        clone_function: makes the layer that stands in the new model for a given one; default: an equal one.

    Raises:
        DTypeError: `model` is no model.

    Example:
        >>> from hornbeam.plugins import registry
        >>> Dense, InputLayer = (registry.lookup("layers", name) for name in ("Dense", "InputLayer"))
        >>> clone_model(Sequential([InputLayer((3,)), Dense(4)])).count_params()
        16
    """
    if not isinstance(model, Model):
        raise DTypeError(f"clone_model takes a model; got {type(model).__name__}")
    copy = _copy(model, clone_function or _equal)
    if model.compiled and not copy.compiled:
        with suppress(HornbeamError):
            copy.compile_from_config(model.get_compile_config())
    return copy


def _copy(model: Any, make: Callable[[Layer], Any]) -> Any:
    if isinstance(model, Sequential):
        start = [] if model._input is None else [_input(model._input)]
        return type(model)([*start, *map(make, model.layers)], name=model.name, trainable=model.trainable)
    if isinstance(model, Functional):
        return _redrawn(model, make)
    return _equal(model)


def _equal(layer: Layer) -> Any:
    if isinstance(layer, (Sequential, Functional)):
        return clone_model(layer)
    return type(layer).from_config(layer.get_config())


def _input(tensor: Any) -> Any:
    return registry.lookup("layers", "InputLayer")(
        batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name
    ).output


def _redrawn(model: Functional, make: Callable[[Layer], Layer]) -> Any:
    """A Functional model of the same calls of other layers."""
    copies: dict[int, Any] = {}
    inputs = [_input(t) for t in model.inputs]
    known = {id(old): new for old, new in zip(model.inputs, inputs, strict=True)}
    for node in model._nodes:
        arguments = [known.get(id(a), a) for a in node.arguments]
        args, kwargs = unflatten(node.structure, arguments)
        if isinstance(node.operation, OpNode):
            out = symbolic_call(OpNode(node.operation.function_name, node.operation.name), args, kwargs)
        else:
            if id(node.operation) not in copies:
                copies[id(node.operation)] = make(node.operation)
            out = copies[id(node.operation)](*args, **kwargs)
        known.update({id(old): new for old, new in zip(node.outputs, leaves(out), strict=True)})
    outputs = unflatten(model._output_structure, [known[id(t)] for t in model.outputs])
    start = unflatten(model._input_structure, inputs)
    return type(model)(start, outputs, name=model.name, trainable=model.trainable)

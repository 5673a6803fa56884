"""The configuration of a Functional model: its layers, and the calls between its inputs and its outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam import DType, KerasTensor, Layer, Tensor
from hornbeam.errors import HornbeamError, SerializationError
from hornbeam.plugins import registry
from hornbeam.symbolic import OPERATIONS, Node, OpNode, symbolic_call
from hornbeam.tree import flatten, unflatten

from hornbeam_models.saving import deserialize, serialize, tuples

__all__ = ["functional_config", "functional_from_config"]


def functional_config(model: Any) -> dict[str, Any]:
    """Layers and calls of a Functional model."""
    tensors: dict[int, list[int]] = {id(tensor): [-1, i] for i, tensor in enumerate(model.inputs)}
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    nodes = []
    for number, node in enumerate(model._nodes):
        nodes.append({**_called(node, layers), "arguments": _arguments(node, tensors), "structure": node.structure})
        tensors.update({id(tensor): [number, i] for i, tensor in enumerate(node.outputs)})
    return {
        "name": model.name,
        "trainable": model.trainable,
        "inputs": [{"shape": list(t.shape), "dtype": str(t.dtype), "name": t.name} for t in model.inputs],
        "input_structure": model._input_structure,
        "layers": [serialize(layer) for layer in layers],
        "nodes": nodes,
        "outputs": [tensors[id(t)] for t in model.outputs],
        "output_structure": model._output_structure,
    }


def functional_from_config(cls: Any, config: dict[str, Any]) -> Any:
    """A Functional model of `functional_config`'s result.

    Raises:
        SerializationError: it applies a function that `hb.ops` does not have.
    """
    make = registry.lookup("layers", "InputLayer")
    inputs = [make(batch_shape=tuple(i["shape"]), dtype=i["dtype"], name=i["name"]).output for i in config["inputs"]]
    layers = [deserialize(saved, "layers") for saved in config["layers"]]
    made: dict[tuple[int, int], Any] = {(-1, i): t for i, t in enumerate(inputs)}
    for number, node in enumerate(config["nodes"]):
        values = [made[tuple(a["tensor"])] if "tensor" in a else _decoded(a) for a in node["arguments"]]
        args, kwargs = unflatten(tuples(node["structure"]), values)
        if "layer" in node:
            out = layers[node["layer"]](*args, **kwargs)
        elif node["function"] in OPERATIONS:
            out = symbolic_call(OpNode(node["function"], node["name"]), args, kwargs)
        else:
            raise SerializationError(f"the model applies hb.ops.{node['function']}, which this version does not have")
        made.update({(number, i): tensor for i, tensor in enumerate(flatten(out)[0])})
    outputs = unflatten(tuples(config["output_structure"]), [made[tuple(o)] for o in config["outputs"]])
    trainable = config.get("trainable", True)
    return cls(unflatten(tuples(config["input_structure"]), inputs), outputs, name=config["name"], trainable=trainable)


def _called(node: Node, layers: list[Layer]) -> dict[str, Any]:
    if isinstance(node.operation, OpNode):
        return {"function": node.operation.function_name, "name": node.operation.name}
    return {"layer": layers.index(node.operation)}


def _arguments(node: Node, tensors: dict[int, list[int]]) -> list[dict[str, Any]]:
    try:
        return [{"tensor": tensors[id(a)]} if isinstance(a, KerasTensor) else _encoded(a) for a in node.arguments]
    except SerializationError as error:
        raise SerializationError(f"the call of {node.operation.name!r} cannot be saved: {error}") from None


def _encoded(value: Any) -> dict[str, Any]:
    """An argument that is no KerasTensor, as JSON knows it."""
    if isinstance(value, DType):
        return {"value": str(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"value": value}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, slice):
        return {"slice": [None if s is None else int(s) for s in (value.start, value.stop, value.step)]}
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        try:
            array = np.asarray(value)
        except HornbeamError as error:
            raise SerializationError(str(error)) from None
        if array.dtype.kind in "biuf":
            return {"array": array.tolist(), "dtype": str(array.dtype)}
    raise SerializationError(
        f"its argument {value!r} is neither a number, a text, a slice nor an array. Put the computation into the call() of a "
        "layer with get_config()."
    )


def _decoded(saved: dict[str, Any]) -> Any:
    if "slice" in saved:
        return slice(*saved["slice"])
    if "array" in saved:
        return np.asarray(saved["array"], saved["dtype"])
    return Ellipsis if "ellipsis" in saved else saved["value"]

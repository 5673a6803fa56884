"""The graph of a model as TensorBoard shows it: a GraphDef of its layers."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer

from hornbeam_models.callbacks.tensorboard.records import field

__all__ = ["graph_def"]


def graph_def(model: Any) -> bytes:
    """The layers of a model and which feeds which, nested models as groups."""
    nodes: list[bytes] = []
    _add(model, "", None, nodes)
    return b"".join(field(1, node) for node in nodes) + field(4, field(1, 22))


def _add(model: Any, prefix: str, feeds: list[str] | None, nodes: list[bytes]) -> list[str]:
    """Add a model's nodes; returns the names of those that give its outputs."""
    if hasattr(model, "_nodes"):
        return _functional(model, prefix, feeds, nodes)
    layers = [layer for layer in getattr(model, "layers", []) if isinstance(layer, Layer)]
    last = feeds
    if last is None:
        shape = getattr(model, "input_shape", None) if hasattr(model, "_stack") else None
        last = [_node(f"{prefix}input", "Input", [], shape, nodes)]
    for layer in layers:
        last = _layer(layer, f"{prefix}{layer.name}", last, None, nodes)
    return last


def _functional(model: Any, prefix: str, feeds: list[str] | None, nodes: list[bytes]) -> list[str]:
    known: dict[int, str] = {}
    for index, tensor in enumerate(model.inputs):
        given = feeds[min(index, len(feeds) - 1)] if feeds else None
        known[id(tensor)] = given or _node(f"{prefix}{tensor.name}", "Input", [], tensor.shape, nodes)
    used: dict[str, int] = {}
    for node in model._nodes:
        name = f"{prefix}{node.operation.name}"
        count = used[name] = used.get(name, -1) + 1
        inputs = [known[id(t)] for t in node.inputs]
        shape = ", ".join(str(t.shape) for t in node.outputs)
        outs = _layer(node.operation, name if not count else f"{name}_{count}", inputs, shape, nodes)
        known.update((id(t), outs[min(i, len(outs) - 1)]) for i, t in enumerate(node.outputs))
    return [known[id(t)] for t in model.outputs]


def _layer(layer: Any, name: str, inputs: list[str], shape: Any, nodes: list[bytes]) -> list[str]:
    if hasattr(layer, "_nodes") or hasattr(layer, "_stack"):
        return _add(layer, f"{name}/", inputs, nodes)
    kind = type(layer).__name__ if isinstance(layer, Layer) else layer.function_name
    parameters = layer.count_params() if isinstance(layer, Layer) and layer.built else 0
    return [_node(name, kind, inputs, shape, nodes, parameters)]


def _node(name: str, op: str, inputs: list[str], shape: Any, nodes: list[bytes], parameters: int = 0) -> str:
    parts = [field(1, name), field(2, op), *(field(3, given) for given in inputs)]
    if shape is not None:
        parts.append(_attribute("output_shape", str(shape)))
    if parameters:
        parts.append(_attribute("parameters", f"{parameters:,}"))
    nodes.append(b"".join(parts))
    return name


def _attribute(key: str, value: str) -> bytes:
    return field(5, field(1, key) + field(2, field(2, value)))

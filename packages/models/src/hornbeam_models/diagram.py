"""Diagram: the calls that a model is made of, as boxes and what feeds them. Tables and pictures of models start from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hornbeam import Layer
from hornbeam.tree import leaves

__all__ = ["Box", "boxes", "is_model"]


@dataclass
class Box:
    """One call of a layer, or of a function of `hb.ops`.

    Attributes:
        path: unique; names of nested models, "/" between them, then the layer's name, numbered from the second call on.
        kind: the layer's class, the function's name, or "Input".
        operation: the layer or function; None for an input of no layer.
        feeds: paths of the boxes whose outputs go in.
        inputs: shapes that go in; empty where they are not known.
        outputs: shapes that come out, likewise.
        node: the recorded call, where there is one.
    """

    path: str
    kind: str
    operation: Any
    feeds: list[str] = field(default_factory=list)
    inputs: list[Any] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)
    node: Any = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def groups(self) -> tuple[str, ...]:
        """The paths of the nested models that it lies in, outermost first."""
        parts = self.path.split("/")[:-1]
        return tuple("/".join(parts[: i + 1]) for i in range(len(parts)))

    @property
    def parameters(self) -> int | None:
        """Numbers of the layer's weights; None before it is built."""
        if not isinstance(self.operation, Layer):
            return 0
        return self.operation.count_params() if self.operation.built else None


def is_model(operation: Any) -> bool:
    """Whether the calls inside are known: it is Functional or Sequential."""
    return hasattr(operation, "_nodes") or hasattr(operation, "_stack")


def boxes(model: Any, expand_nested: bool = False) -> list[Box]:
    """The calls of a model, in order; the layers alone, with nothing between them, where it is written as a class.

    Args:
        model: any model.
        expand_nested: whether nested models are boxes themselves, or what is in them.
    """
    found: list[Box] = []
    _inside(model, "", None, expand_nested, found)
    return found


def _inside(model: Any, prefix: str, given: list[Box] | None, expand: bool, found: list[Box]) -> list[Box]:
    """Add a model's boxes; returns those that give its outputs."""
    if hasattr(model, "_nodes"):
        return _functional(model, prefix, given, expand, found)
    if hasattr(model, "_stack"):
        return _sequential(model, prefix, given, expand, found)
    for layer in model.layers:
        inputs, outputs = _built_for(layer), _guessed(layer)
        found.append(Box(f"{prefix}{layer.name}", type(layer).__name__, layer, [], inputs, outputs))
    return []


def _functional(model: Any, prefix: str, given: list[Box] | None, expand: bool, found: list[Box]) -> list[Box]:
    known: dict[int, Box] = {}
    for index, tensor in enumerate(model.inputs):
        if given:
            known[id(tensor)] = given[min(index, len(given) - 1)]
        else:
            known[id(tensor)] = _input(tensor, prefix, found)
    called: dict[str, int] = {}
    for node in model._nodes:
        path = f"{prefix}{node.operation.name}"
        count = called[path] = called.get(path, -1) + 1
        feeding = [known[id(t)] for t in node.inputs]
        shapes = [t.shape for t in node.inputs], [t.shape for t in node.outputs]
        outs = _call(node.operation, path if not count else f"{path}_{count}", feeding, shapes, node, expand, found)
        known.update((id(t), outs[min(i, len(outs) - 1)]) for i, t in enumerate(node.outputs))
    return [known[id(t)] for t in model.outputs]


def _sequential(model: Any, prefix: str, given: list[Box] | None, expand: bool, found: list[Box]) -> list[Box]:
    tensor, last = model._input, given
    shape = None if tensor is None else tensor.shape
    if last is None:
        last = [] if tensor is None else [_input(tensor, prefix, found)]
    outputs = list(model._outputs) or [None] * len(model.layers)
    for layer, out in zip(model.layers, outputs, strict=True):
        after = [] if out is None else [t.shape for t in leaves(out)]
        before = _built_for(layer) if shape is None else [shape]
        last = _call(layer, f"{prefix}{layer.name}", last, (before, after or _guessed(layer)), None, expand, found)
        shape = after[0] if len(after) == 1 else None
    return last


def _call(
    operation: Any,
    path: str,
    feeding: list[Box],
    shapes: tuple[list[Any], list[Any]],
    node: Any,
    expand: bool,
    found: list[Box],
) -> list[Box]:
    if expand and is_model(operation):
        return _inside(operation, f"{path}/", feeding, expand, found) or feeding
    kind = type(operation).__name__ if isinstance(operation, Layer) else operation.function_name
    box = Box(path, kind, operation, list(dict.fromkeys(b.path for b in feeding)), *shapes, node)
    found.append(box)
    return [box]


def _input(tensor: Any, prefix: str, found: list[Box]) -> Box:
    maker = tensor.history.operation if tensor.history is not None else None
    box = Box(f"{prefix}{tensor.name}", "Input", maker, outputs=[tensor.shape])
    found.append(box)
    return box


def _built_for(layer: Layer) -> list[Any]:
    """The shape of the only input that the layer was built for, for any number of samples."""
    shape = layer._build_shapes
    if not isinstance(shape, tuple) or not shape or not all(s is None or isinstance(s, int) for s in shape):
        return []
    return [(None, *shape[1:])]


def _guessed(layer: Layer) -> list[Any]:
    """The shape of the output for the input that the layer was built for, where that can be found out."""
    inputs = _built_for(layer)
    if not inputs:
        return []
    try:
        shapes = layer.compute_output_shape(inputs[0])
    except Exception:  # a layer of somebody else's may raise anything for a shape that it was not called on
        return []
    return list(shapes.values()) if isinstance(shapes, dict) else shapes if isinstance(shapes, list) else [shapes]

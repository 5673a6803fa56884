"""The configuration of a Functional model, in Keras's form: its layers, and the calls between its inputs and its outputs."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam import KerasTensor, Layer
from hornbeam.errors import HornbeamError, SerializationError
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.symbolic import Node, OpNode, symbolic_call
from hornbeam.tree import leaves, map_structure, unflatten

from hornbeam_models.saving.operations import is_operation, operation_call, operation_form, operation_of

__all__ = ["functional_config", "functional_from_config"]


# ---- writing


class _Places:
    """Which call of which layer makes each tensor, among the calls that belong to the model."""

    def __init__(self, model: Any) -> None:
        self.known: dict[int, tuple[Any, list[Any]]] = {}
        self.calls: dict[int, list[Node]] = {}
        ours = {id(node) for node in model._nodes}
        for operation in model.operations:
            nodes = [node for node in operation.inbound_nodes if id(node) in ours]
            self.calls[id(operation)] = nodes
            for index, node in enumerate(nodes):
                for i, tensor in enumerate(node.outputs):
                    self.known[id(tensor)] = operation, [operation.name, index, i]
        for tensor in model.inputs:  # also where the model starts in the middle of what was drawn
            maker: Any = None if tensor.history is None else tensor.history.operation
            name = maker.name if type(maker).__name__ == "InputLayer" else tensor.name
            self.known[id(tensor)] = maker, [name, 0, 0]

    def form(self, tensor: KerasTensor) -> dict[str, Any]:
        config = {"shape": list(tensor.shape), "dtype": str(tensor.dtype), "keras_history": self.known[id(tensor)][1]}
        return {"class_name": "__keras_tensor__", "config": config}

    def end(self, tensor: KerasTensor) -> list[Any]:
        """A tensor among the model's outputs; a model inside counts its calls from 1 there, as Keras does."""
        operation, (name, index, i) = self.known[id(tensor)]
        return [name, index + ("Functional" in (c.__name__ for c in type(operation).__mro__)), i]


def functional_config(model: Any) -> dict[str, Any]:
    """Layers and calls of a Functional model."""
    places = _Places(model)
    layers = []
    for tensor in model.inputs:
        if tensor.history is None or type(tensor.history.operation).__name__ != "InputLayer":
            layers.append(_start(tensor))
    for operation in model.operations:
        calls = places.calls[id(operation)]
        if isinstance(operation, OpNode):
            layers += [_operation(operation, node, places) for node in calls]
            continue
        form = dict(serialize_keras_object(operation))
        nodes = [_call(node, unflatten(node.structure, node.arguments), places) for node in calls]
        layers.append({**form, "name": operation.name, "inbound_nodes": nodes})
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": layers,
        "input_layers": map_structure(places.end, model.input),
        "output_layers": map_structure(places.end, model.output),
    }


def _start(tensor: KerasTensor) -> dict[str, Any]:
    """An input for a tensor that another model computes."""
    config = {"batch_shape": list(tensor.shape), "dtype": str(tensor.dtype), "name": tensor.name}
    form = {"module": "keras.layers", "class_name": "InputLayer", "config": config, "registered_name": None}
    return {**form, "name": tensor.name, "inbound_nodes": []}


def _operation(operation: OpNode, node: Node, places: _Places) -> dict[str, Any]:
    form, args, kwargs = operation_form(operation, *unflatten(node.structure, node.arguments))
    return {**form, "name": operation.name, "inbound_nodes": [_call(node, (args, kwargs), places)]}


def _call(node: Node, called: Any, places: _Places) -> dict[str, Any]:
    def form(tree: Any) -> Any:
        if isinstance(tree, KerasTensor):
            return places.form(tree)
        if isinstance(tree, dict):
            return {key: form(value) for key, value in tree.items()}
        if callable(tree) and not hasattr(tree, "get_config"):
            raise SerializationError(f"its argument {tree!r} is code, which files do not hold")
        return [form(value) for value in tree] if isinstance(tree, (list, tuple)) else serialize_keras_object(tree)

    try:
        found = {"args": form(list(called[0])), "kwargs": form(called[1])}
        return found if "training" not in called[1] else {**found, "said": ["training"]}
    except (HornbeamError, UnicodeDecodeError) as error:
        raise SerializationError(
            f"the call of {node.operation.name!r} cannot be saved: {error}. Put the computation into the call() of a layer with "
            "get_config()."
        ) from None


# ---- reading


class _NotYet(Exception):
    """A call needs a tensor that no call has made so far."""


class _Drawing:
    """The layers of a model being read, and the calls that have been made."""

    def __init__(self, entries: Any) -> None:
        self.made: dict[str, Any] = {}
        self.forms: dict[str, dict[str, Any]] = {}
        self.outputs: dict[str, list[list[Any]]] = {}
        for entry in entries:
            name = entry.get("name") or entry["config"]["name"]
            if name in self.made:
                raise SerializationError(f"two layers of the model are called {name!r}")
            self.made[name] = operation_of(entry) if is_operation(entry) else _layer(entry)
            self.forms[name], self.outputs[name] = entry, []
            if type(self.made[name]).__name__ == "InputLayer":
                self.outputs[name].append([self.made[name].output])

    def tensor(self, place: Any, offset: int = 0) -> Any:
        """The tensor at [layer, call, output]."""
        if not isinstance(place, (list, tuple)) or len(place) < 3 or place[0] not in self.outputs:
            raise SerializationError(f"the model has no layer for the tensor {place!r}")
        name, call, index = place[:3]
        calls = self.outputs[name]
        if not 0 <= call - offset < len(calls):
            raise _NotYet(place)
        return calls[call - offset][index]

    def end(self, tree: Any) -> Any:
        """The tensors of nested places."""
        if isinstance(tree, dict):
            return {key: self.end(value) for key, value in tree.items()}
        if len(tree) == 3 and isinstance(tree[0], str):
            inner = "Functional" in (c.__name__ for c in type(self.made.get(tree[0])).__mro__)
            return self.tensor(tree, offset=int(inner and tree[1] > 0))
        return [self.end(value) for value in tree]

    def call(self, name: str, node: Any) -> None:
        """Make a call."""
        args, kwargs = self._arguments(node)
        operation = self.made[name]
        if isinstance(operation, OpNode):
            args, kwargs = operation_call(operation, self.forms[name], args, kwargs)
            out = symbolic_call(operation, tuple(args), kwargs)
        else:
            out = operation(*args, **_said(operation, node, kwargs))
        self.outputs[name].append(leaves(out))

    def _arguments(self, node: Any) -> tuple[list[Any], dict[str, Any]]:
        if isinstance(node, list):  # Keras 2: a list of [layer, call, output, arguments]
            tensors = [self.tensor(place) for place in node]
            named = node[0][3] if node and len(node[0]) > 3 else {}
            kwargs = {key: self._old(value) for key, value in named.items()}
            return [tensors[0] if len(tensors) == 1 else tensors], kwargs
        if not isinstance(node, dict) or "args" not in node:
            raise SerializationError(f"expected a call of a layer; got {str(node)[:80]}")
        return [self._read(value) for value in node["args"]], self._read(node.get("kwargs", {}))

    def _old(self, value: Any) -> Any:
        """An argument of a call in a file of Keras 2, which may be a tensor, as [layer, call, output]."""
        place = isinstance(value, list) and len(value) == 3 and value[0] in self.made
        return self.tensor(value) if place else self._read(value)

    def _read(self, form: Any) -> Any:
        if isinstance(form, list):
            return [self._read(value) for value in form]
        if not isinstance(form, dict):
            return form
        if form.get("class_name") == "__keras_tensor__":
            return self.tensor(form["config"]["keras_history"])
        if "class_name" in form:
            return deserialize_keras_object(form)
        return {key: self._read(value) for key, value in form.items()}


def _said(operation: Layer, node: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call without what Keras notes though nobody said it: no mask, and no training."""
    if isinstance(node, dict) and "said" in node:
        return kwargs
    taken = inspect.signature(operation.call).parameters
    known = taken if all(p.kind is not p.VAR_KEYWORD for p in taken.values()) else kwargs
    kept = {name: value for name, value in kwargs.items() if value is not None or name in known}
    usual = (False, taken["training"].default) if "training" in taken else (False,)
    return {name: value for name, value in kept.items() if name != "training" or value not in usual}


def _layer(entry: dict[str, Any]) -> Layer:
    found = deserialize_keras_object(entry, kind="layers")
    if not isinstance(found, Layer):
        raise SerializationError(f"expected a layer; the file has {str(entry)[:80]}")
    return found


def functional_from_config(cls: Any, config: dict[str, Any]) -> Any:
    """A Functional model of `functional_config`'s or Keras's result.

    Raises:
        SerializationError: the calls do not lead from the inputs to the outputs.
    """
    rest = {key: value for key, value in config.items() if key not in ("layers", "input_layers", "output_layers")}
    drawing = _Drawing(config["layers"])
    waiting = {name: list(form.get("inbound_nodes", [])) for name, form in drawing.forms.items()}
    waiting = {name: nodes for name, nodes in waiting.items() if nodes}
    while waiting:
        before = sum(map(len, waiting.values()))
        for name, nodes in list(waiting.items()):
            try:
                while nodes:
                    drawing.call(name, nodes[0])
                    del nodes[0]
                del waiting[name]
            except _NotYet:
                continue
        if sum(map(len, waiting.values())) == before:
            raise SerializationError(f"the calls of {sorted(waiting)} need tensors that no other call makes")
    try:
        inputs, outputs = drawing.end(config["input_layers"]), drawing.end(config["output_layers"])
    except _NotYet as error:
        raise SerializationError(f"no call makes the model's tensor {error.args[0]}") from None
    for name in ("name", "trainable"):
        if rest.get(name, ...) is None:
            del rest[name]
    rest.pop("dtype", None)
    return cls(_single(inputs), _single(outputs), **rest)


def _single(tensors: Any) -> Any:
    """The only one of a list: a model of one input takes it as it is."""
    return tensors[0] if isinstance(tensors, list) and len(tensors) == 1 else tensors

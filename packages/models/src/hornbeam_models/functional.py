"""Functional: the model of the calls that lead from some KerasTensors to others."""

from __future__ import annotations

from typing import Any

from hornbeam import KerasTensor, Layer
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.symbolic import Node
from hornbeam.tree import flatten, leaves, unflatten

from hornbeam_models.model import Model

__all__ = ["Functional"]


class Functional(Model):
    """Any directed graph of layers: several inputs and outputs, shared layers, branches.

    Args:
        inputs: KerasTensors made by Input, in nested containers.
        outputs: KerasTensors computed from them, in nested containers.
        name: default "functional".

    Raises:
        InvalidArgumentError: an output does not depend on the inputs alone, or a name is used twice.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        for tensor in [*leaves(inputs), *leaves(outputs)]:
            if not isinstance(tensor, KerasTensor):
                raise InvalidArgumentError(
                    f"Model(inputs, outputs) takes KerasTensors, which Input makes; got {type(tensor).__name__}"
                )
        self._inputs, self._input_structure = flatten(inputs)
        self._outputs, self._output_structure = flatten(outputs)
        self._nodes = _order(self._inputs, self._outputs)
        self._stack = list(dict.fromkeys(n.operation for n in self._nodes if isinstance(n.operation, Layer)))
        names = [layer.name for layer in self._stack]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise InvalidArgumentError(f"layer names must be unique in a model; used twice: {twice}")
        self._build_shapes = None
        self.built = True

    @property
    def layers(self) -> list[Layer]:
        """The layers, inputs included, in the order of computation."""
        return [*(t.history.operation for t in self._inputs if t.history), *self._stack]

    @property
    def inputs(self) -> list[KerasTensor]:
        """The tensors that the model starts from."""
        return list(self._inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The tensors that the model computes."""
        return list(self._outputs)

    @property
    def input_shape(self) -> Any:
        """The inputs' shapes, in their structure."""
        return unflatten_shapes(self._input_structure, self._inputs)

    def _sublayers(self) -> Any:
        return iter(self._stack)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Run every node, in order."""
        values = self._match(inputs)
        known = {id(t): v for t, v in zip(self._inputs, values, strict=True)}
        for node in self._nodes:
            extra = {"training": training} if isinstance(node.operation, Layer) and training is not None else {}
            out = node.call_with([known[id(t)] for t in node.inputs], **extra)
            known.update((id(t), v) for t, v in zip(node.outputs, leaves(out), strict=True))
        return unflatten(self._output_structure, [known[id(t)] for t in self._outputs])

    def _match(self, inputs: Any) -> list[Any]:
        """The data of each input: in the inputs' structure, or a dict by input names."""
        if isinstance(inputs, dict) and self._input_structure != flatten(inputs)[1]:
            missing = [t.name for t in self._inputs if t.name not in inputs]
            if missing:
                raise InvalidArgumentError(
                    f"model {self.name!r}: no data for the inputs {missing}; given: {sorted(inputs)}"
                )
            values = [inputs[t.name] for t in self._inputs]
        else:
            values = leaves(inputs)
        if len(values) != len(self._inputs):
            raise InvalidArgumentError(
                f"model {self.name!r} has {len(self._inputs)} inputs; {len(values)} arrays were given"
            )
        for tensor, value in zip(self._inputs, values, strict=True):
            fits = len(tensor.shape) == len(value.shape) and all(
                a is None or b is None or a == b for a, b in zip(tensor.shape, value.shape, strict=True)
            )
            if not fits:
                raise ShapeError(
                    f"model {self.name!r}: input {tensor.name!r} expects shape {tensor.shape}; got {tuple(value.shape)}"
                )
        return values

    def get_config(self) -> dict[str, Any]:
        """The layers and the calls between them."""
        from hornbeam_models.saving import functional_config

        return functional_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A model of `get_config`'s result."""
        from hornbeam_models.saving import functional_from_config

        return functional_from_config(cls, config)


def unflatten_shapes(structure: Any, tensors: list[KerasTensor]) -> Any:
    """The shape of one input, or a list of several."""
    return tensors[0].shape if structure == "*" else [t.shape for t in tensors]


def _order(inputs: list[KerasTensor], outputs: list[KerasTensor]) -> list[Node]:
    """The nodes between inputs and outputs, each after what it needs."""
    given = {id(t) for t in inputs}
    done: dict[int, Node] = {}

    def visit(tensor: KerasTensor) -> None:
        stack: list[tuple[KerasTensor, bool]] = [(tensor, False)]
        while stack:
            current, ready = stack.pop()
            if id(current) in given:
                continue
            history = current.history
            if history is None:
                raise InvalidArgumentError(f"{current!r} was not computed from the model's inputs")
            node = history.operation.inbound_nodes[history.node_index]
            if id(node) in done:
                continue
            if ready:
                done[id(node)] = node
                continue
            if not node.inputs:
                raise InvalidArgumentError(
                    f"the outputs depend on input {current.name!r}, which is not among the model's inputs"
                )
            stack.append((current, True))
            stack.extend((t, False) for t in reversed(node.inputs))

    for tensor in outputs:
        visit(tensor)
    return list(done.values())

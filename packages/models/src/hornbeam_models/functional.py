"""Functional: the model of the calls that lead from some KerasTensors to others."""

from __future__ import annotations

from typing import Any

from hornbeam import KerasTensor, Layer
from hornbeam.errors import InvalidArgumentError
from hornbeam.layer import map_structure_shapes
from hornbeam.symbolic import Node, is_symbolic
from hornbeam.tree import flatten, leaves, unflatten

from hornbeam_models.inputs import fitted
from hornbeam_models.model import Model
from hornbeam_models.order import ordered

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

    keras_module = "keras.src.models.functional"

    def __init__(self, inputs: Any, outputs: Any = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if outputs is None:
            raise InvalidArgumentError(
                "Model(inputs, outputs) needs the outputs too: KerasTensors that layers made of the inputs"
            )
        for tensor in [*leaves(inputs), *leaves(outputs)]:
            if not isinstance(tensor, KerasTensor):
                raise InvalidArgumentError(
                    f"Model(inputs, outputs) takes KerasTensors, which Input makes; got {type(tensor).__name__}"
                )
        self._inputs, self._input_structure = flatten(inputs)
        self._outputs, self._output_structure = flatten(outputs)
        self._nodes, self._operations = ordered(self._inputs, self._outputs)
        self._loss_tensors: list[KerasTensor] = []
        self._loss_nodes: list[Node] = []
        names = [layer.name for layer in self.layers]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise InvalidArgumentError(f"layer names must be unique in a model; used twice: {twice}")
        self._build_shapes = None
        self.built = True

    @property
    def layers(self) -> list[Layer]:
        """The layers, inputs included, in the order of computation."""
        return [operation for operation in self._operations if isinstance(operation, Layer)]

    @property
    def operations(self) -> list[Any]:
        """The layers, and the functions of `hb.ops` between them, in the order of computation."""
        return list(self._operations)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The tensors that the model starts from."""
        return list(self._inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The tensors that the model computes."""
        return list(self._outputs)

    @property
    def input(self) -> Any:
        """The tensors that the model starts from, in their structure."""
        return unflatten(self._input_structure, self._inputs)

    @property
    def output(self) -> Any:
        """The tensors that the model computes, in their structure."""
        return unflatten(self._output_structure, self._outputs)

    @property
    def output_names(self) -> list[str]:
        """What the outputs are called in losses, metrics and labels: by their keys in a dict, else by the layers that make them."""
        structure = self._output_structure
        if isinstance(structure, tuple) and structure[0] == "dict":
            return [str(key) for key in structure[1]]
        names = [t.history.operation.name for t in self._outputs if t.history]
        return [f"{n}_{names[:i].count(n)}" if n in names[:i] else n for i, n in enumerate(names)]

    @property
    def input_shape(self) -> Any:
        """The input's shape, or the shapes of several in their structure."""
        return map_structure_shapes(self.input if len(self._inputs) > 1 else self._inputs[0])

    @property
    def output_shape(self) -> Any:
        """The output's shape, or the shapes of several in their structure."""
        return map_structure_shapes(self.output if len(self._outputs) > 1 else self._outputs[0])

    def _sublayers(self) -> Any:
        return iter(self.layers)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Run every node, in order. The output of a list or tuple of one is returned without it, as in Keras."""
        values = self._match(inputs)
        known = {id(t): v for t, v in zip(self._inputs, values, strict=True)}
        for node in (*self._nodes, *self._loss_nodes):
            extra = {"training": training} if isinstance(node.operation, Layer) and training is not None else {}
            out = node.call_with([known[id(t)] for t in node.inputs], **extra)
            known.update((id(t), v) for t, v in zip(node.outputs, leaves(out), strict=True))
        super().add_loss([known[id(t)] for t in self._loss_tensors])
        found = unflatten(self._output_structure, [known[id(t)] for t in self._outputs])
        return found[0] if isinstance(found, (list, tuple)) and len(found) == 1 else found

    def _drawn(self, *args: Any, **kwargs: Any) -> Any:
        """On KerasTensors, also a list of one stays one."""
        return unflatten(self._output_structure, leaves(super()._drawn(*args, **kwargs)))

    def add_loss(self, loss: Any) -> None:
        """Add a number to the loss: during `call`, or drawn once.

        Args:
            loss: a tensor of shape (); or a KerasTensor computed from the model's tensors, which each call computes from then on.
                It is not saved with the model.

        Raises:
            InvalidArgumentError: the KerasTensor does not depend on the model's inputs alone.

        Example:
            >>> import hornbeam as hb
            >>> x = hb.Input((2,))
            >>> y = hb.layers.Dense(2)(x)
            >>> model = hb.Model(x, y)
            >>> model.add_loss(hb.ops.mean(hb.ops.square(x - y)))
            >>> model.compile("sgd")  # needs no other loss
        """
        if not is_symbolic(loss):
            return super().add_loss(loss)
        self._loss_tensors += leaves(loss)
        nodes, _ = ordered(self._inputs, [*self._outputs, *self._loss_tensors])
        known = {id(node) for node in self._nodes}
        self._loss_nodes = [node for node in nodes if id(node) not in known]
        return None

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
        return [fitted(self.name, tensor, value) for tensor, value in zip(self._inputs, values, strict=True)]

    def get_config(self) -> dict[str, Any]:
        """The layers and the calls between them."""
        from hornbeam_models.saving.graph import functional_config

        return functional_config(self)

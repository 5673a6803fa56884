"""Recurrent layers found in a graph, with the products that core keeps outside of them: what cuDNN can compute whole.

Core's composites get the inputs times the kernel and give the cotangent of that; cuDNN wants the inputs and the kernel, and keeps to
itself what its gradient needs. So a layer is taken over where its surroundings are known: z is a product, perhaps with a bias; the
gates go to the one gradient alone, and the cotangent of z to the gradients of x, kernels and biases alone. All else (masks, dropout of
the state, other activations, gradients of the gates) remains as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from hornbeam.graph.ir import Graph, Node, Value

from hornbeam_cuda.library import Call, Recurrent
from hornbeam_cuda.lower.products import FLOATS
from hornbeam_cuda.precision import precision_of

__all__ = ["FORMS", "Form", "Layer", "Search"]


class Form(NamedTuple):
    """Where a composite and its gradient have what: h is the first result, dz the first of the gradient's."""

    states: int  # how many first states, after z and the recurrent kernel
    last: int  # which result the first of the last states is
    kept: tuple[int, ...]  # results for the gradient alone
    saved: int  # the result that is the gradient's second input
    first: int  # which of the gradient's results is the cotangent of the first state
    cotangents: tuple[str, ...]  # names of y's and of the last states'


FORMS = {
    "lstm": Form(2, 3, (1, 2), 2, 1, ("dh", "dlast_h", "dlast_c")),
    "gru": Form(1, 2, (1,), 1, 2, ("dh", "dlast")),
    "simple_rnn": Form(1, 1, (), 0, 1, ("dh", "dlast")),
}
_CELLS = {
    ("lstm", "tanh", "sigmoid", None): "lstm",
    ("gru", "tanh", "sigmoid", True): "gru",
    ("simple_rnn", "tanh", None, None): "tanh",
    ("simple_rnn", "relu", None, None): "relu",
}


class Layer(NamedTuple):
    """A layer as it stands in the graph.

    Attributes:
        node: the composite.
        form: where it has what.
        call: what cuDNN computes forward.
        x, kernel, bias, recurrent_bias: what z and the gates are made of; None for a bias that there is not.
        gradient: the composite of its gradient; None where there is none.
        roles: which node computes the gradient of "x", "kernel", "recurrent", "bias" and "recurrent_bias".
    """

    node: Node
    form: Form
    call: Recurrent
    x: Value
    kernel: Value
    bias: Value | None
    recurrent_bias: Value | None
    gradient: Node | None = None
    roles: dict[str, Node] = {}


class Search:
    """Looks for layers.

    Args:
        graph: with its composites; equal nodes are one.
        supports: whether the device's libraries can run a call.
    """

    def __init__(self, graph: Graph, supports: Callable[[Call], bool]) -> None:
        self.supports = supports
        self.makers, self.users = graph.producers(), graph.users()
        self.results = set(graph.outputs)

    def layer(self, node: Node) -> Layer | None:
        """The layer that a recurrent composite is; None where cuDNN cannot compute it, or something else reads what it keeps."""
        layer = self._described(node)
        if layer is None:
            return None
        saved = node.outputs[layer.form.saved]
        name = f"{node.primitive.name}_grad"
        gradients = [u for u in self.users.get(saved, []) if u.primitive.name == name and u.inputs[1] is saved]
        kept = [self._readers(node.outputs[i]) for i in layer.form.kept]
        if len(gradients) > 1 or any(found is None or not set(found) <= set(gradients) for found in kept):
            return None
        roles = self._roles(layer, gradients[0]) if gradients else {}
        call = replace(layer.call, training=bool(gradients))
        directions = ("forward", "data", "weights") if gradients else ("forward",)
        if roles is None or not all(self.supports(replace(call, direction=d)) for d in directions):
            return None
        return layer._replace(call=call, gradient=gradients[0] if gradients else None, roles=roles)

    def _root(self, value: Value) -> Value:
        while (node := self._made(value, "identity")) is not None:
            value = node.inputs[0]
        return value

    def _made(self, value: Value, name: str) -> Node | None:
        node = self.makers.get(value)
        return node if node is not None and node.primitive.name == name else None

    def _same(self, one: Value, other: Value) -> bool:
        return self._root(one) is self._root(other)

    def _readers(self, value: Value) -> list[Node] | None:
        """What reads a value; None if the graph gives it away."""
        return None if value in self.results else self.users.get(value, [])

    def _described(self, node: Node) -> Layer | None:
        """The layer; None where cuDNN has no such cell, or z is no product of inputs in its sense."""
        name, params, form = node.primitive.name, node.params, FORMS[node.primitive.name]
        key = (name, params["activation"], params.get("recurrent_activation"), params.get("reset_after"))
        z, recurrent = node.inputs[:2]
        dtype = str(z.dtype)
        if key not in _CELLS or not set(params["extra"]) <= {"recurrent_bias"} or dtype not in FLOATS:
            return None
        product, bias = self._made(z, "dot_general"), None
        add = self._made(z, "add")
        for one, other in (add.inputs, add.inputs[::-1]) if add is not None else ():
            spread = self._made(other, "broadcast_to")
            if spread is not None and spread.inputs[0].shape == z.shape[-1:]:
                product, bias = self._made(one, "dot_general"), spread.inputs[0]
        if product is None or product.params != {"contracting": ((2,), (0,)), "batch": ((), ())}:
            return None
        x, kernel = product.inputs
        after = node.inputs[2 + form.states] if params["extra"] else None
        (time, batch, features), units = x.shape, recurrent.shape[0]
        sizes = (time, batch, features, units)
        biases = (bias is not None, after is not None)
        call = Recurrent("forward", _CELLS[key], dtype, sizes, biases, precision=precision_of(dtype))
        return Layer(node, form, call, x, kernel, bias, after) if all(sizes) else None

    def _roles(self, layer: Layer, gradient: Node) -> dict[str, Node] | None:
        """Which node computes the gradient of what from the cotangent of z; None where something else reads it."""
        node = layer.node
        known, asked = (({k: v for k, v in n.params.items() if k != "extra"}) for n in (node, gradient))
        fits = known == asked and set(gradient.params["extra"]) <= set(layer.form.cotangents)
        readers = self._cotangents(layer, gradient)
        if not fits or readers is None or not self._same(gradient.inputs[0], node.inputs[1]):
            return None
        found: dict[str, Node] = {}
        for reader, value, of_inputs, of_state in readers:
            role = self._role(layer, reader, value, of_inputs, of_state)
            if role is None or role in found:
                return None
            found[role] = reader
        return found

    def _cotangents(self, layer: Layer, gradient: Node) -> list[tuple[Node, Value, bool, bool]] | None:
        """What reads the cotangents of the products: the node, the value, and whether that is of the inputs' or the state's."""
        node, dz = layer.node, gradient.outputs[0]
        readers = self._readers(dz)
        if readers is None:
            return None
        if layer.call.cell != "gru":
            from_c = layer.call.cell == "lstm" and not (
                gradient.inputs[2] is node.outputs[1] and self._same(gradient.inputs[3], node.inputs[3])
            )
            return None if from_c else [(r, dz, True, True) for r in readers]
        dm = gradient.outputs[1]
        joins = self._readers(dm)
        if joins is None or len(joins) > 1 or not self._is_before(layer, gradient.inputs[2]):
            return None
        if not joins:
            return [(r, dz, True, False) for r in readers]
        (join,) = (
            joins  # the cotangents of the products with the state: of two gates they are those of z, of the third dm
        )
        inner, part = join.outputs[0], self._made(join.inputs[0], "slice")
        if join.primitive.name != "concatenate" or part is None or part.inputs[0] is not dz:
            return None
        of_state = self._readers(inner)
        if self._readers(part.output) != joins or of_state is None:
            return None
        return [(r, dz, True, False) for r in readers if r is not part] + [(r, inner, False, True) for r in of_state]

    def _role(self, layer: Layer, reader: Node, value: Value, of_inputs: bool, of_state: bool) -> str | None:
        """What a node computes the gradient of."""
        name, params = reader.primitive.name, reader.params
        if name == "reduce_sum" and params["axes"] == (0, 1):
            if of_inputs and layer.bias is not None:
                return "bias"
            return "recurrent_bias" if of_state and layer.recurrent_bias is not None else None
        if name != "dot_general" or params["batch"] != ((), ()):
            return None
        (one, other), along = reader.inputs, params["contracting"]
        if other is value and along == ((0, 1), (0, 1)):
            if of_inputs and self._same(one, layer.x):
                return "kernel"
            return "recurrent" if of_state and self._is_before(layer, one) else None
        through = of_inputs and one is value and along == ((2,), (1,)) and self._same(other, layer.kernel)
        return "x" if through else None

    def _is_before(self, layer: Layer, value: Value) -> bool:
        """Whether a value is the state from which each step started."""
        joined, reverse = self._made(value, "concatenate"), layer.node.params["reverse"]
        if joined is None or joined.params["axis"] != 0 or len(joined.inputs) != 2:
            return False
        first, rest = joined.inputs[::-1] if reverse else joined.inputs
        start, rows = self._made(first, "reshape"), self._made(rest, "slice")
        if start is None or rows is None or not self._same(start.inputs[0], layer.node.inputs[2]):
            return False
        return rows.inputs[0] is layer.node.outputs[0] and rows.params["start"][0] == int(reverse)

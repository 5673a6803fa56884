"""Recurrent layers found in a graph, as operations that cuDNN computes whole, with the products that core keeps outside of them.

Core's composites get the inputs times the kernel and give the cotangent of that; cuDNN wants the inputs and the kernel, and keeps to
itself what its gradient needs. So a layer is taken over where its surroundings are known: z is a product, perhaps with a bias; the
gates go to the one gradient alone, and the cotangent of z to the gradients of x, kernels and biases alone. All else (masks, dropout of
the state, other activations, gradients of the gates) remains as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.passes.dead import dead_code
from hornbeam.graph.passes.share import share
from hornbeam.ops.convert import constant
from hornbeam.primitive import primitives, specs_of

from hornbeam_cuda.library import Call, Recurrent
from hornbeam_cuda.lower.products import FLOATS
from hornbeam_cuda.lower.recurrent import GRADIENT, LAYER
from hornbeam_cuda.precision import precision_of

__all__ = ["whole_layers"]


class _Form(NamedTuple):
    """Where a composite and its gradient have what: h is the first result, dz the first of the gradient's."""

    states: int  # how many first states, after z and the recurrent kernel
    last: int  # which result the first of the last states is
    kept: tuple[int, ...]  # results for the gradient alone
    saved: int  # the result that is the gradient's second input
    first: int  # which of the gradient's results is the cotangent of the first state
    cotangents: tuple[str, ...]  # names of y's and of the last states'


_FORMS = {
    "lstm": _Form(2, 3, (1, 2), 2, 1, ("dh", "dlast_h", "dlast_c")),
    "gru": _Form(1, 2, (1,), 1, 2, ("dh", "dlast")),
    "simple_rnn": _Form(1, 1, (), 0, 1, ("dh", "dlast")),
}
_CELLS = {
    ("lstm", "tanh", "sigmoid", None): "lstm",
    ("gru", "tanh", "sigmoid", True): "gru",
    ("simple_rnn", "tanh", None, None): "tanh",
    ("simple_rnn", "relu", None, None): "relu",
}


def whole_layers(graph: Graph, supports: Callable[[Call], bool]) -> Graph:
    """The graph with the recurrent layers that cuDNN can compute; as it is with HORNBEAM_CUDA_RECURRENT=own.

    Args:
        graph: as captured, with its composites.
        supports: whether the device's libraries can run a call.
    """
    own = os.environ.get("HORNBEAM_CUDA_RECURRENT") == "own"
    if own or not any(node.primitive.name in _FORMS for node in graph.nodes):
        return graph
    return _Search(share(dead_code(graph)), supports).run()


class _Layer(NamedTuple):
    """A layer as it stands in the graph."""

    node: Node
    form: _Form
    call: Recurrent
    x: Value
    kernel: Value
    bias: Value | None
    recurrent_bias: Value | None


class _Search:
    def __init__(self, graph: Graph, supports: Callable[[Call], bool]) -> None:
        self.graph, self.supports = graph, supports
        self.makers, self.users = graph.producers(), graph.users()
        self.results = set(graph.outputs)
        self.constants = list(graph.constants)
        self.replaced: dict[Node, list[Node]] = {}

    def run(self) -> Graph:
        """The graph with every layer that can be taken over."""
        for node in self.graph.nodes:
            if node.primitive.name in _FORMS:
                self._layer(node)
        nodes = [new for node in self.graph.nodes for new in self.replaced.get(node, [node])]
        return dead_code(self.graph.with_nodes(nodes, constants=self.constants))

    # ---- looking

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

    def _layer(self, node: Node) -> None:
        """Take a layer over, if all fits."""
        layer = self._described(node)
        if layer is None:
            return
        form = layer.form
        saved = node.outputs[form.saved]
        name = f"{node.primitive.name}_grad"
        gradients = [u for u in self.users.get(saved, []) if u.primitive.name == name and u.inputs[1] is saved]
        kept = [self._readers(node.outputs[i]) for i in form.kept]
        if len(gradients) > 1 or any(found is None or not set(found) <= set(gradients) for found in kept):
            return
        roles = self._roles(layer, gradients[0]) if gradients else {}
        call = replace(layer.call, training=bool(gradients))
        directions = ("forward", "data", "weights") if gradients else ("forward",)
        if roles is None or not all(self.supports(replace(call, direction=d)) for d in directions):
            return
        y = self._forward(layer._replace(call=call))
        if gradients:
            self._backward(layer._replace(call=replace(call, direction="data")), gradients[0], roles, y)

    def _described(self, node: Node) -> _Layer | None:
        """The layer; None where cuDNN has no such cell, or z is no product of inputs in its sense."""
        name, params, form = node.primitive.name, node.params, _FORMS[node.primitive.name]
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
        return _Layer(node, form, call, x, kernel, bias, after) if all(sizes) else None

    def _roles(self, layer: _Layer, gradient: Node) -> dict[str, Node] | None:
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

    def _cotangents(self, layer: _Layer, gradient: Node) -> list[tuple[Node, Value, bool, bool]] | None:
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
        inner = joins[0].outputs[
            0
        ]  # the cotangents of the products with the state: of two gates like those of z, and dm
        part = self._made(joins[0].inputs[0], "slice")
        if joins[0].primitive.name != "concatenate" or part is None or part.inputs[0] is not dz:
            return None
        of_state = self._readers(inner)
        if self._readers(part.output) != joins or of_state is None:
            return None
        return [(r, dz, True, False) for r in readers if r is not part] + [(r, inner, False, True) for r in of_state]

    def _role(self, layer: _Layer, reader: Node, value: Value, of_inputs: bool, of_state: bool) -> str | None:
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

    def _is_before(self, layer: _Layer, value: Value) -> bool:
        """Whether a value is the state from which each step started."""
        joined, reverse = self._made(value, "concatenate"), layer.node.params["reverse"]
        if joined is None or joined.params["axis"] != 0 or len(joined.inputs) != 2:
            return False
        first, rest = joined.inputs[::-1] if reverse else joined.inputs
        start, rows = self._made(first, "reshape"), self._made(rest, "slice")
        if start is None or rows is None or not self._same(start.inputs[0], layer.node.inputs[2]):
            return False
        return rows.inputs[0] is layer.node.outputs[0] and rows.params["start"][0] == int(reverse)

    # ---- taking over

    def _forward(self, layer: _Layer) -> Value:
        """Put the call in the place of the layer; y as the call writes it."""
        node, form, call = layer.node, layer.form, layer.call
        before, after = list[Node](), list[Node]()
        reverse = node.params["reverse"]
        x, h = self._turned(layer.x, before, reverse), node.outputs[0]
        y = Value(h.shape, h.dtype) if reverse else h
        if reverse:
            after.append(Node(primitives()["flip"], (y,), {"axes": (0,)}, (h,), node.where))
        biases = [b for b in (layer.bias, layer.recurrent_bias) if b is not None]
        inputs = (x, *node.inputs[2 : 2 + form.states], layer.kernel, node.inputs[1], *biases)
        outputs = (y, *node.outputs[form.last : form.last + form.states])
        self.replaced[node] = [*before, Node(LAYER, inputs, {"call": call}, outputs, node.where), *after]
        return y

    def _backward(self, layer: _Layer, gradient: Node, roles: dict[str, Node], y: Value) -> None:
        """Put the calls in the place of the gradient and of what is computed from it."""
        node, form, call = layer.node, layer.form, layer.call
        given = dict(zip(gradient.params["extra"], gradient.inputs[-len(gradient.params["extra"]) :], strict=False))
        before, after = list[Node](), list[Node]()
        reverse = node.params["reverse"]
        shapes = [v.shape for v in (y, *node.outputs[form.last :])]
        cts = [given.get(n) or self._zeros(s, y, before) for n, s in zip(form.cotangents, shapes, strict=True)]
        cts[0] = self._turned(cts[0], before, reverse)
        x = self._turned(layer.x, before, reverse)
        inputs = (x, *node.inputs[2 : 2 + form.states], y, *cts)
        wanted = ["kernel", "recurrent", *["bias"] * call.biases[0], *["recurrent_bias"] * call.biases[1]]
        specs = GRADIENT.infer(*specs_of(inputs), call=call)
        dx = Value(specs[0].shape, specs[0].dtype)
        firsts = gradient.outputs[form.first : form.first + form.states]
        found = [
            roles[n].output if n in roles else Value(s.shape, s.dtype)
            for n, s in zip(wanted, specs[1 + form.states :], strict=True)
        ]
        if "x" in roles and reverse:
            after.append(Node(primitives()["flip"], (dx,), {"axes": (0,)}, (roles["x"].output,), gradient.where))
        elif "x" in roles:
            dx = roles["x"].output
        self.replaced |= {reader: [] for reader in roles.values()}
        made = Node(GRADIENT, inputs, {"call": call}, (dx, *firsts, *found), gradient.where)
        self.replaced[gradient] = [*before, made, *after]

    def _turned(self, value: Value, nodes: list[Node], reverse: bool) -> Value:
        """The value, its steps from the last to the first where the layer walks that way."""
        if not reverse:
            return value
        turned = Value(value.shape, value.dtype)
        nodes.append(Node(primitives()["flip"], (value,), {"axes": (0,)}, (turned,)))
        return turned

    def _zeros(self, shape: tuple[int, ...], like: Value, nodes: list[Node]) -> Value:
        zero = Value((), like.dtype, data=constant(0, like.dtype))
        self.constants.append(zero)
        made = Value(shape, like.dtype)
        nodes.append(Node(primitives()["broadcast_to"], (zero,), {"shape": shape}, (made,)))
        return made

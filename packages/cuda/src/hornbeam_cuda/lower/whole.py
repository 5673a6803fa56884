"""Recurrent layers in a graph as operations of their own, which become cuDNN's calls."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.passes.dead import dead_code
from hornbeam.graph.passes.share import share
from hornbeam.ops.convert import constant
from hornbeam.primitive import primitives, specs_of

from hornbeam_cuda.library import Call
from hornbeam_cuda.lower.recognition import FORMS, Layer, Search
from hornbeam_cuda.lower.recurrent import GRADIENT, LAYER

__all__ = ["whole_layers"]


def whole_layers(graph: Graph, supports: Callable[[Call], bool]) -> Graph:
    """The graph with the recurrent layers that cuDNN can compute; as it is with HORNBEAM_CUDA_RECURRENT=own.

    Args:
        graph: as captured, with its composites.
        supports: whether the device's libraries can run a call.
    """
    own = os.environ.get("HORNBEAM_CUDA_RECURRENT") == "own"
    if own or not any(node.primitive.name in FORMS for node in graph.nodes):
        return graph
    return _Exchange(share(dead_code(graph))).run(supports)


class _Exchange:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.constants = list(graph.constants)
        self.replaced: dict[Node, list[Node]] = {}

    def run(self, supports: Callable[[Call], bool]) -> Graph:
        """The graph with every layer that can be taken over."""
        search = Search(self.graph, supports)
        for node in self.graph.nodes:
            layer = search.layer(node) if node.primitive.name in FORMS else None
            if layer is not None:
                y = self._forward(layer)
                if layer.gradient is not None:
                    self._backward(layer, layer.gradient, y)
        nodes = [new for node in self.graph.nodes for new in self.replaced.get(node, [node])]
        return dead_code(self.graph.with_nodes(nodes, constants=self.constants))

    def _forward(self, layer: Layer) -> Value:
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

    def _backward(self, layer: Layer, gradient: Node, y: Value) -> None:
        """Put the calls in the place of the gradient and of what is computed from it."""
        node, form, roles = layer.node, layer.form, layer.roles
        call = replace(layer.call, direction="data")
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

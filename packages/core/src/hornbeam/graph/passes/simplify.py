"""Algebra: operations that change nothing are left out, and chains of movements become one."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.ir import Graph, Node, Value

__all__ = ["simplify"]


def simplify(graph: Graph) -> Graph:
    """The graph without identities, x + 0, x * 1, doubled transposes, reshapes of reshapes and the like."""
    producers: dict[Value, Node] = {}
    renamed: dict[Value, Value] = {}
    numbers = {c: c.data.item() for c in graph.constants if not c.shape and not c.data.owner.symbolic}
    nodes = []

    def number(value: Value) -> Any:
        """The number that a value is filled with, if it is known."""
        while value in producers and producers[value].primitive.name in ("broadcast_to", "reshape"):
            value = producers[value].inputs[0]
        return numbers.get(value)

    for node in graph.nodes:
        inputs = tuple(renamed.get(v, v) for v in node.inputs)
        node = Node(node.primitive, inputs, node.params, node.outputs, node.where)
        same = _same(node, producers, number)
        if same is not None:
            renamed[node.output] = same
            continue
        node = _merge(node, producers)
        nodes.append(node)
        producers.update((out, node) for out in node.outputs)
    return graph.with_nodes(nodes, [renamed.get(v, v) for v in graph.outputs])


def _same(node: Node, producers: dict[Value, Node], number: Any) -> Value | None:
    """The value that the node's result equals, if there is one already."""
    name, inputs = node.primitive.name, node.inputs
    if name in ("identity", "stop_gradient"):
        return inputs[0]
    if name in ("reshape", "broadcast_to") and inputs[0].shape == node.output.shape:
        return inputs[0]
    if name == "transpose":
        if node.params["axes"] == tuple(range(len(inputs[0].shape))):
            return inputs[0]
        before = producers.get(inputs[0])
        if before is not None and before.primitive.name == "transpose":
            composed = tuple(before.params["axes"][a] for a in node.params["axes"])
            if composed == tuple(range(len(composed))):
                return before.inputs[0]
    if name == "cast" and inputs[0].dtype == node.params["dtype"]:
        return inputs[0]
    if name in ("add", "multiply") and node.output.dtype != "bool":
        neutral = 0 if name == "add" else 1
        for one, other in (inputs, inputs[::-1]):
            if number(one) == neutral and not _negative_zero(number(one)):
                return other
    if name in ("subtract", "divide", "pow") and number(inputs[1]) == (0 if name == "subtract" else 1):
        return inputs[0]
    return None


def _negative_zero(value: Any) -> bool:
    return isinstance(value, float) and str(value) == "-0.0"


def _merge(node: Node, producers: dict[Value, Node]) -> Node:
    """The node applied to its input's input, where two movements make one."""
    before = producers.get(node.inputs[0]) if node.inputs else None
    if before is None or before.primitive is not node.primitive:
        return node
    if node.primitive.name == "reshape":
        return Node(node.primitive, before.inputs, node.params, node.outputs, node.where)
    if node.primitive.name == "transpose":
        axes = tuple(before.params["axes"][a] for a in node.params["axes"])
        return Node(node.primitive, before.inputs, {"axes": axes}, node.outputs, node.where)
    return node

"""Slices of cheap results become cheap results of slices, so that what reads them is in one loop with what makes them.

The gates of a recurrent cell are slices of a sum: with the sum taken slice by slice, a step is a product and one loop.
"""

from __future__ import annotations

from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.passes.dead import dead_code

__all__ = ["sliced_first"]

CHEAP = frozenset(("add", "cast", "maximum", "minimum", "multiply", "negative", "subtract"))


def sliced_first(graph: Graph) -> Graph:
    """The graph with slices before the operations whose results nobody else reads."""
    makers, users = graph.producers(), graph.users()
    outputs = set(graph.outputs)

    def moves(value: Value) -> bool:
        node = makers.get(value)
        if node is None or node.primitive.name not in CHEAP or value in outputs:
            return False
        alike = all(v.shape == value.shape or v.data is not None and v.size == 1 for v in node.inputs)
        return alike and all(user.primitive.name == "slice" for user in users[value])

    nodes: list[Node] = []
    for node in graph.nodes:
        if node.primitive.name != "slice" or not moves(node.inputs[0]):
            nodes.append(node)
            continue
        maker = makers[node.inputs[0]]
        parts = []
        for value in maker.inputs:
            if value.shape != node.inputs[0].shape:
                parts.append(value)
                continue
            part = Value(node.output.shape, value.dtype)
            nodes.append(Node(node.primitive, (value,), node.params, (part,), node.where))
            parts.append(part)
        nodes.append(Node(maker.primitive, tuple(parts), maker.params, node.outputs, maker.where))
    return dead_code(graph.with_nodes(nodes))

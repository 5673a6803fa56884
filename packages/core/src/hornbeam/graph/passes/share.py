"""Compute the same thing once: common subexpressions and equal constants."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.ir import Graph, Node, Value

__all__ = ["share"]


def share(graph: Graph) -> Graph:
    """The graph with equal nodes (same primitive, inputs, parameters) and equal scalar constants merged."""
    from hornbeam.graph.passes import is_pure

    renamed: dict[Value, Value] = {}
    scalars: dict[Any, Value] = {}
    constants = []
    for constant in graph.constants:
        if not constant.shape and not constant.data.owner.symbolic:
            number: Any = (constant.dtype, repr(constant.data.item()))
            same = scalars.setdefault(number, constant)
            if same is not constant:
                renamed[constant] = same
                continue
        constants.append(constant)
    seen: dict[Any, Node] = {}
    nodes = []
    for node in graph.nodes:
        inputs, params = node.inputs, node.params
        if not renamed.keys().isdisjoint(inputs):
            inputs = tuple([renamed.get(v, v) for v in inputs])
            node = Node(node.primitive, inputs, params, node.outputs, node.where)
        key = (node.primitive, inputs, tuple(sorted(params.items())) if len(params) > 1 else tuple(params.items()))
        found = seen.setdefault(key, node) if is_pure(node) else node
        if found is node:
            nodes.append(node)
        else:
            renamed.update(zip(node.outputs, found.outputs, strict=True))
    return graph.with_nodes(nodes, [renamed.get(v, v) for v in graph.outputs], constants)

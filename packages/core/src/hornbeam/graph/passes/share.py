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
    for constant in graph.constants:
        if not constant.shape and not constant.data.owner.symbolic:
            number: Any = (constant.dtype, repr(constant.data.item()))
            renamed[constant] = scalars.setdefault(number, constant)
    seen: dict[Any, Node] = {}
    nodes = []
    for node in graph.nodes:
        inputs = tuple(renamed.get(v, v) for v in node.inputs)
        params = node.params
        key = (node.primitive.name, inputs, tuple(sorted(params.items())) if len(params) > 1 else tuple(params.items()))
        found = seen.get(key) if is_pure(node) else None
        if found is not None:
            renamed.update(zip(node.outputs, found.outputs, strict=True))
            continue
        kept = Node(node.primitive, inputs, node.params, node.outputs, node.where)
        seen[key] = kept
        nodes.append(kept)
    return graph.with_nodes(nodes, [renamed.get(v, v) for v in graph.outputs])

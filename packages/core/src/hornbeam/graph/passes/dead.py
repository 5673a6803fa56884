"""Leave out what no output depends on."""

from __future__ import annotations

from hornbeam.graph.ir import Graph

__all__ = ["dead_code"]


def dead_code(graph: Graph) -> Graph:
    """The graph without nodes and constants that no output needs."""
    needed = set(graph.outputs)
    kept = []
    for node in reversed(graph.nodes):
        if not needed.isdisjoint(node.outputs):
            kept.append(node)
            needed.update(node.inputs)
    return graph.with_nodes(reversed(kept), constants=[c for c in graph.constants if c in needed])

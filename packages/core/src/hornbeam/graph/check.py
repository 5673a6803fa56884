"""Check a graph: every value defined before use, every result of the shape and dtype its primitive infers."""

from __future__ import annotations

from hornbeam.errors import GraphError
from hornbeam.graph.ir import Graph, Node, Value

__all__ = ["check"]


def check(graph: Graph, after: str = "capture") -> Graph:
    """Return `graph` if it is well formed.

    Args:
        graph: what to check, bodies of loops and branches included.
        after: which pass made it, for the message.

    Raises:
        GraphError: it is not; the message shows the node and what feeds it.
    """
    known: set[Value] = {*graph.inputs, *graph.constants}
    if len(set(graph.inputs)) != len(graph.inputs):
        raise GraphError(f"after {after}: {graph.name} has the same value twice among its inputs")
    for node in graph.nodes:
        for value in node.inputs:
            if value not in known:
                raise GraphError(f"after {after}: {graph.name} reads a value before it is made.\n{_show(graph, node)}")
        inferred = node.primitive.infer(*node.inputs, **node.params)
        specs = inferred if node.primitive.multiple else (inferred,)
        found = [(v.shape, v.dtype) for v in node.outputs]
        if [(s.shape, s.dtype) for s in specs] != found:
            raise GraphError(
                f"after {after}: {node.primitive} infers {specs}, the graph says {found}.\n{_show(graph, node)}"
            )
        for value in node.outputs:
            if value in known:
                raise GraphError(f"after {after}: {graph.name} makes a value twice.\n{_show(graph, node)}")
            known.add(value)
        for body in node.graphs:
            check(body, after)
    for value in graph.outputs:
        if value not in known:
            raise GraphError(f"after {after}: an output of {graph.name} is never made: {value!r}")
    for out, into in graph.donated.items():
        if (graph.outputs[out].shape, graph.outputs[out].dtype) != (graph.inputs[into].shape, graph.inputs[into].dtype):
            raise GraphError(
                f"after {after}: output {out} of {graph.name} cannot take over input {into}: they differ in type"
            )
    return graph


def _show(graph: Graph, node: Node) -> str:
    producers = graph.producers()
    feeding = [producers[v] for v in node.inputs if v in producers]
    part = graph.with_nodes([*dict.fromkeys(feeding), node], outputs=node.outputs)
    return f"{part}\nat {node.where or 'an unknown line'}"

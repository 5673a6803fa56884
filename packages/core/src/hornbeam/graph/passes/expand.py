"""Replace composites by their decompositions, where the backend has no kernel of its own for them."""

from __future__ import annotations

from collections.abc import Callable, Container

from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.primitive import Composite, specs_of

__all__ = ["Keep", "expand"]

# Which composites stay: those of these names, or the nodes of which a function says so.
Keep = Container[str] | Callable[[Node], bool]


def expand(graph: Graph, keep: Keep = ()) -> Graph:
    """The graph with every composite that is not to be kept written out, also inside one another."""
    from hornbeam.interpreters.capture import capture_specs

    kept = keep if callable(keep) else lambda node: node.primitive.name in keep

    nodes: list[Node] = []
    constants = list(graph.constants)
    renamed: dict[Value, Value] = {}

    def inline(node: Node) -> None:
        inputs = tuple(renamed.get(v, v) for v in node.inputs)
        primitive = node.primitive
        if not isinstance(primitive, Composite) or kept(node):
            nodes.append(Node(primitive, inputs, node.params, node.outputs, node.where))
            return
        body = capture_specs(primitive.decomposition, specs_of(inputs), node.params, node.where)
        constants.extend(body.constants)
        renamed.update(zip(body.inputs, inputs, strict=True))
        for inner in body.nodes:
            inline(inner)
        renamed.update((out, renamed.get(v, v)) for out, v in zip(node.outputs, body.outputs, strict=True))

    for node in graph.nodes:
        inline(node)
    return graph.with_nodes(nodes, [renamed.get(v, v) for v in graph.outputs], constants)

"""Replace composites by their decompositions, where the backend has no kernel of its own for them."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable

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
    bodies: dict[Hashable, Graph] = {}  # of composites of equal operands and parameters, captured once

    def body_of(node: Node) -> Graph:
        key = (node.primitive, specs_of(node.inputs), tuple(sorted(node.params.items())))
        found = bodies.get(key)
        if found is None:
            assert isinstance(node.primitive, Composite)
            found = bodies[key] = capture_specs(node.primitive.decomposition, key[1], node.params, node.where)
            constants.extend(found.constants)
        return found

    def written_out(node: Node, inputs: tuple[Value, ...], where: str) -> tuple[Value, ...]:
        """Add what a composite consists of; returns the results."""
        body = body_of(node)
        known = dict(zip(body.inputs, inputs, strict=True))
        for inner in body.nodes:
            operands = tuple([known.get(v, v) for v in inner.inputs])
            if isinstance(inner.primitive, Composite) and not kept(inner):
                made = written_out(inner, operands, where)
            else:
                made = tuple([Value(v.shape, v.dtype) for v in inner.outputs])
                nodes.append(Node(inner.primitive, operands, inner.params, made, where))
            known.update(zip(inner.outputs, made, strict=True))
        return tuple([known.get(v, v) for v in body.outputs])

    renamed: dict[Value, Value] = {}
    for node in graph.nodes:
        if not renamed.keys().isdisjoint(node.inputs):
            inputs = tuple([renamed.get(v, v) for v in node.inputs])
            node = Node(node.primitive, inputs, node.params, node.outputs, node.where)
        if isinstance(node.primitive, Composite) and not kept(node):
            renamed.update(zip(node.outputs, written_out(node, node.inputs, node.where), strict=True))
        else:
            nodes.append(node)
    return graph.with_nodes(nodes, [renamed.get(v, v) for v in graph.outputs], constants)

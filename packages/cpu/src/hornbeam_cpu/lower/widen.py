"""What a graph is before it is lowered: optimised, complex numbers in two parts, products of half floats in single precision."""

from __future__ import annotations

from hornbeam.dtypes import as_dtype
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.passes import optimize
from hornbeam.primitive import primitives

from hornbeam_cpu.kernels.scalars import NARROW
from hornbeam_cpu.lower.complex import parted
from hornbeam_cpu.lower.rules import keeps

__all__ = ["WIDENED", "prepare"]

# Their kernels know single and double precision. Conversions around them become part of the loops before and behind.
WIDENED = frozenset((
    "attention", "attention_grad", "conv_general", "conv_input_grad", "conv_kernel_grad", "dot_general", "window_gather",
    "window_max", "window_scatter", "window_spread", "window_sum",
))  # fmt: skip


def prepare(graph: Graph) -> Graph:
    """The graph that is lowered: each of these operations rounds once, when it is done."""
    graph = parted(optimize(graph, keeps))
    if not any(map(_is_narrow, graph.nodes)):
        return graph
    wide: dict[Value, Value] = {}
    nodes: list[Node] = []
    for node in graph.nodes:
        if not _is_narrow(node):
            nodes.append(node)
            continue
        for value in node.inputs:
            if str(value.dtype) in NARROW and value not in wide:
                wide[value] = Value(value.shape, as_dtype("float32"))
                nodes.append(_cast(value, wide[value], node))
        made = tuple(Value(v.shape, as_dtype("float32")) if str(v.dtype) in NARROW else v for v in node.outputs)
        nodes.append(Node(node.primitive, tuple(wide.get(v, v) for v in node.inputs), node.params, made, node.where))
        nodes += [_cast(new, v, node) for new, v in zip(made, node.outputs, strict=True) if new is not v]
    return graph.with_nodes(nodes)


def _is_narrow(node: Node) -> bool:
    return node.primitive.name in WIDENED and any(str(v.dtype) in NARROW for v in node.inputs)


def _cast(source: Value, result: Value, node: Node) -> Node:
    return Node(primitives()["cast"], (source,), {"dtype": result.dtype}, (result,), node.where)

"""Products whose results lie in another order of their axes than C's, so that nobody has to copy them.

A product of a transposed tensor is one of matrices where its rows are taken as they lie; and a product that is handed out transposed
is written so at once. Element-wise readers, and outputs, look through the strides.
"""

from __future__ import annotations

from collections import Counter

from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.views import layout_of
from hornbeam.ops.contraction import free_axes

from hornbeam_cpu.lower.stage import Layout, contiguous

__all__ = ["arranged"]

ROW = 32  # elements of a row at least, for readers that go from row to row


def arranged(graph: Graph) -> dict[Value, Layout]:
    """Where the results of such products are, each in memory of its own."""
    producers = graph.producers()
    readers: dict[Value, list[Node]] = {}
    for node in graph.nodes:
        for value in dict.fromkeys(node.inputs):
            readers.setdefault(value, []).append(node)
    outputs = Counter(graph.outputs)
    found: dict[Value, Layout] = {}
    seen: dict[Value, Layout] = {}
    for node in graph.nodes:
        if node.primitive.name != "dot_general" or str(node.output.dtype) not in ("float32", "float64"):
            continue
        out, reading = node.output, readers.get(node.output, [])
        if not out.size or len(out.shape) < 3 or out.shape[-1] < ROW or out in outputs or _right(node) != 1:
            continue
        order = None
        if [n.primitive.name for n in reading] == ["transpose"]:
            handed = reading[0].output
            if outputs[handed] == 1 and not readers.get(handed):
                order = reading[0].params["axes"]
        elif reading and all(n.primitive.elementwise for n in reading) and not node.params["batch"][0]:
            left = layout_of(node.inputs[0], producers, seen)
            free = free_axes(len(node.inputs[0].shape), node.params["contracting"][0], ())
            order = (*sorted(range(len(free)), key=lambda a: -abs(left.strides[free[a]])), len(free))
        if order is not None and order[-1] == len(order) - 1 and order != tuple(range(len(order))):
            memory = Value(tuple(out.shape[a] for a in order), out.dtype)
            strides = dict(zip(order, contiguous(memory.shape), strict=True))
            found[out] = Layout(memory, 0, tuple(strides[a] for a in range(len(order))))
    return found


def _right(node: Node) -> int:
    """How many axes of the result are the right operand's alone."""
    contracting, batch = node.params["contracting"][1], node.params["batch"][1]
    return len(free_axes(len(node.inputs[1].shape), contracting, batch))

"""How many arithmetic operations a layer needs for one sample: counted in the graph of its call."""

from __future__ import annotations

import math
from typing import Any

import hornbeam as hb
from hornbeam.graph.ir import Graph, Node
from hornbeam.graph.passes import expand
from hornbeam.graph.passes.dead import dead_code

from hornbeam_models.diagram import Box

__all__ = ["graph_operations", "graph_steps", "operations"]

_MOVES = frozenset(
    {
        *(
            "reshape",
            "transpose",
            "broadcast_to",
            "slice",
            "concatenate",
            "pad",
            "flip",
            "identity",
            "barrier",
            "gather",
        ),
        *("take", "astype", "cast", "random_bits", "iota"),
    }
)


def graph_operations(graph: Graph) -> int:
    """The arithmetic operations of a graph: a product and a sum count as two, moving data as none.

    Example:
        >>> x, w = hb.ops.ones((2, 3)), hb.ops.ones((3, 5))
        >>> graph_operations(hb.capture(hb.ops.matmul, x, w))
        60
    """
    return sum(map(_node_operations, dead_code(expand(graph)).nodes))


def graph_steps(graph: Graph) -> int:
    """How many operations a graph is when they are run one by one: those of a loop's body count once for each of its rounds.

    Example:
        >>> rounds = hb.capture(lambda x: hb.ops.scan(lambda s, row: (s + row, None), x[0] * 0, x)[0], hb.ops.ones((50, 3)))
        >>> graph_steps(rounds) >= 50
        True
    """

    def steps(node: Node) -> int:
        return 1 + int(node.params.get("length", 1)) * sum(map(graph_steps, node.graphs))

    return sum(map(steps, expand(graph).nodes))


def _node_operations(node: Node) -> int:
    name, params = node.primitive.name, node.params
    out = sum(value.size for value in node.outputs)
    if name in _MOVES:
        return 0
    if name == "dot_general":
        return 2 * out * math.prod(node.inputs[0].shape[axis] for axis in params["contracting"][0])
    if name == "conv_general":  # a kernel is [*window, channels in a group, channels out]
        return 2 * out * math.prod(node.inputs[1].shape[:-1])
    if name == "scan":
        return int(params["length"]) * sum(map(graph_operations, node.graphs))
    if name.startswith("window"):
        return out * math.prod(params["window"])
    return sum(value.size for value in node.inputs) if name.startswith("reduce") else out


def operations(box: Box) -> int | None:
    """The operations of one call for a single sample; None where they cannot be counted.

    Sizes besides the batch that are not known count as one.
    """
    if box.kind == "Input":
        return 0
    if not box.inputs:
        return None
    samples = [hb.ops.zeros([1, *(s or 1 for s in shape[1:])]) for shape in box.inputs]
    call: Any = box.operation if box.node is None else box.node.call_with
    try:
        return graph_operations(hb.capture(call, samples[0] if box.node is None else samples))
    except hb.HornbeamError:
        return None

"""What is known before a run: small constants are computed now, and one number is not computed over and over."""

from __future__ import annotations

from hornbeam.backends.base import current_backend
from hornbeam.errors import HornbeamError
from hornbeam.graph.ir import Node, Value
from hornbeam.graph.passes.rewrite import MOVEMENT, Rewriter, Rules
from hornbeam.tensor import Tensor

__all__ = ["RULES"]

SMALL = 4096  # elements of a constant that is worth its memory
KEPT = frozenset(("barrier", "broadcast_to"))


def fold(g: Rewriter, node: Node) -> Value | None:
    """An operation on constants alone, computed by the backend that would run it."""
    for value in node.inputs:
        if value.data is None:
            return None
    if node.primitive.name in KEPT or not node.inputs or node.output.size > SMALL or any(True for _ in node.graphs):
        return None
    backend = current_backend()
    if backend.symbolic or any(v.data.owner.symbolic for v in node.inputs):
        return None
    from hornbeam.interpreters.evaluate import adopt

    try:
        array = backend.run(node.primitive, [adopt(v.data, backend) for v in node.inputs], node.params)
    except HornbeamError:
        return None  # it is reported when the graph runs, if it runs
    return g.constant(Tensor(array, node.output.shape, node.output.dtype, backend))


def fold_fills(g: Rewriter, node: Node) -> Value | None:
    """Element by element on operands that are filled with one value each: once is enough."""
    if not node.output.shape:
        return None
    fills = []
    for value in node.inputs:
        filled = g.fill(value)
        if filled is None:
            return None
        fills.append(filled)
    once = g.emit(node.primitive.name, *fills, **node.params)
    return g.emit("broadcast_to", once, shape=node.output.shape)


def move_fill(g: Rewriter, node: Node) -> Value | None:
    """A value filled with one number looks the same from everywhere."""
    filled = g.fill(node.inputs[0])
    if filled is None or (node.primitive.name == "broadcast_to" and node.inputs[0] is filled):
        return None
    return g.emit("broadcast_to", filled, shape=node.output.shape)


RULES: Rules = {"any": (fold,), "elementwise": (fold_fills,), **{name: (move_fill,) for name in MOVEMENT}}

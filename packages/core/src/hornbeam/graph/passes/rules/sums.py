"""Reductions and products: over nothing, over one element, of what was repeated, one after the other.

Sums may be taken in another order, and a sum of n equal elements is n times the element.
"""

from __future__ import annotations

import math

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.passes.rewrite import Rewriter, Rules

__all__ = ["RULES"]

IDEMPOTENT = ("reduce_max", "reduce_min", "reduce_any", "reduce_all")


def reduction(g: Rewriter, node: Node) -> Value | None:
    """Axes of size 1 are taken away by a reshape; a reduction of the same kind of reduction is one."""
    x, axes, name = node.inputs[0], node.params["axes"], node.primitive.name
    if x.dtype != node.output.dtype:
        return None
    wide = tuple(a for a in axes if x.shape[a] != 1)
    if not wide:
        return g.emit("reshape", x, shape=node.output.shape)
    if wide != axes:
        shape = tuple(s for a, s in enumerate(x.shape) if a not in axes or a in wide)
        kept = [a for a in range(len(x.shape)) if a not in axes or a in wide]
        moved = g.emit("reshape", x, shape=shape)
        return g.emit(name, moved, axes=tuple(kept.index(a) for a in wide))
    inner = g.made(x, name)
    if inner is not None and g.once(x):
        rest = [a for a in range(len(inner.inputs[0].shape)) if a not in inner.params["axes"]]
        both = tuple(sorted((*inner.params["axes"], *(rest[a] for a in axes))))
        return g.emit(name, inner.inputs[0], axes=both)
    return None


def of_broadcast(g: Rewriter, node: Node) -> Value | None:
    """A reduction over axes along which the elements are equal: the elements themselves, or that many times them."""
    x, axes, name = node.inputs[0], node.params["axes"], node.primitive.name
    spread = g.made(x, "broadcast_to")
    if spread is None or not x.size or x.dtype != node.output.dtype:
        return None
    source = spread.inputs[0]
    lead = len(x.shape) - len(source.shape)
    equal = {a for a in axes if a < lead or source.shape[a - lead] != x.shape[a]}
    if not equal or (name not in IDEMPOTENT and not x.dtype.is_floating):
        return None
    kept = [a for a in range(len(x.shape)) if a not in equal]
    axes_kept = [a - lead for a in kept if a >= lead]
    small = g.emit("reshape", source, shape=tuple(source.shape[a] for a in axes_kept))
    shrunk = g.emit("broadcast_to", small, shape=tuple(x.shape[a] for a in kept))
    rest = tuple(kept.index(a) for a in axes if a not in equal)
    out = g.emit(name, shrunk, axes=rest) if rest else shrunk
    count = math.prod(x.shape[a] for a in equal)
    return out if name in IDEMPOTENT else g.emit("multiply", out, g.full(float(count), out))


def dot_general(g: Rewriter, node: Node) -> Value | None:
    """Over nothing, or over axes of size 1: a product element by element."""
    x, y = node.inputs
    contracting, batch = node.params["contracting"], node.params["batch"]
    if math.prod(x.shape[a] for a in contracting[0]) != 1:
        return None
    free = [a for a in range(len(x.shape)) if a not in contracting[0] and a not in batch[0]]
    other = [a for a in range(len(y.shape)) if a not in contracting[1] and a not in batch[1]]
    common = tuple(x.shape[a] for a in batch[0])
    left, right = tuple(x.shape[a] for a in free), tuple(y.shape[a] for a in other)
    one = g.emit("transpose", x, axes=(*batch[0], *free, *contracting[0]))
    two = g.emit("transpose", y, axes=(*batch[1], *other, *contracting[1]))
    one = g.emit("reshape", one, shape=(*common, *left, *(1,) * len(right)))
    two = g.emit("reshape", two, shape=(*common, *(1,) * len(left), *right))
    shape = node.output.shape
    return g.emit("multiply", g.emit("broadcast_to", one, shape=shape), g.emit("broadcast_to", two, shape=shape))


def cumulative(g: Rewriter, node: Node) -> Value | None:
    """Along an axis of size 1."""
    return node.inputs[0] if node.inputs[0].shape[node.params["axis"]] == 1 else None


REDUCTIONS = ("reduce_sum", "reduce_prod", *IDEMPOTENT)
RULES: Rules = {
    **{name: (reduction,) for name in REDUCTIONS},
    **{name: (reduction, of_broadcast) for name in ("reduce_sum", *IDEMPOTENT)},
    "dot_general": (dot_general,),
    "cumulative_sum": (cumulative,),
}

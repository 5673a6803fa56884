"""Layout: transposes move towards the results, where they meet others and fall away, or into operations that take any order of axes.

A convolution with the channels first is written as one with the channels last between two transposes; those of neighbouring layers
meet and are gone. Reshapes move in the same way. Nothing here changes a number.
"""

from __future__ import annotations

from collections.abc import Sequence

from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.passes.rewrite import Rewriter, Rules, rewrite
from hornbeam.graph.passes.simplify import RULES as ALGEBRA
from hornbeam.graph.passes.simplify import merged
from hornbeam.ops.contraction import free_axes

__all__ = ["RULES", "layout"]


def _inverse(axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(axes.index(a) for a in range(len(axes)))


def _before(g: Rewriter, value: Value, axes: tuple[int, ...]) -> Value | None:
    """What gives `value` when it is transposed by `axes`, if that costs nothing: it was transposed so, or only repeated."""
    node = g.made(value, "transpose", "broadcast_to")
    if node is None:
        return None
    source = node.inputs[0]
    if node.primitive.name == "transpose":
        return source if node.params["axes"] == axes else None
    inverse = _inverse(axes)
    shape = tuple(value.shape[a] for a in inverse)
    sizes = (1,) * (len(shape) - len(source.shape)) + source.shape
    wide = [a for a in inverse if sizes[a] != 1]
    if wide != sorted(wide):
        return None
    turned = g.emit("reshape", source, shape=tuple(sizes[a] for a in inverse))
    return g.emit("broadcast_to", turned, shape=shape)


def through_elementwise(g: Rewriter, node: Node) -> Value | None:
    """f(x^T, y^T) = f(x, y)^T, where what was only repeated is repeated in the other order."""
    turned = g.first_made(node, "transpose")
    if turned is None:
        return None
    axes = turned.params["axes"]
    if any(g.made(v, "transpose", "broadcast_to") is None for v in node.inputs):
        return None
    sources = [_before(g, v, axes) for v in node.inputs]
    if any(s is None for s in sources):
        return None
    out = g.emit(node.primitive.name, *(s for s in sources if s is not None), **node.params)
    return g.emit("transpose", out, axes=axes)


def reshapes_through_elementwise(g: Rewriter, node: Node) -> Value | None:
    """The same for elements under another shape: operands that were reshaped from one shape, beside single numbers."""
    if g.first_made(node, "reshape") is None:
        return None
    made = [g.made(v, "reshape") for v in node.inputs]
    shapes = {n.inputs[0].shape for n in made if n is not None}
    if len(shapes) != 1 or any(n is None and g.fill(v) is None for n, v in zip(made, node.inputs, strict=True)):
        return None
    (shape,) = shapes
    sources = []
    for value, reshape in zip(node.inputs, made, strict=True):
        filled = g.fill(value)
        if reshape is not None:
            sources.append(reshape.inputs[0])
        elif filled is not None:
            sources.append(g.emit("broadcast_to", filled, shape=shape))
    return g.emit("reshape", g.emit(node.primitive.name, *sources, **node.params), shape=node.output.shape)


def into_reduction(g: Rewriter, node: Node) -> Value | None:
    """A reduction over some axes of x^T is one over others of x."""
    turned = g.made(node.inputs[0], "transpose")
    if turned is None:
        return None
    order, axes = turned.params["axes"], node.params["axes"]
    kept = [order[a] for a in range(len(order)) if a not in axes]
    out = g.emit(node.primitive.name, turned.inputs[0], axes=tuple(sorted(order[a] for a in axes)))
    return g.emit("transpose", out, axes=tuple(sorted(kept).index(a) for a in kept))


def into_position(g: Rewriter, node: Node) -> Value | None:
    """The same for the place of the largest or smallest along an axis."""
    turned = g.made(node.inputs[0], "transpose")
    if turned is None:
        return None
    order, axis = turned.params["axes"], node.params["axis"]
    kept = [a for i, a in enumerate(order) if i != axis]
    out = g.emit(node.primitive.name, turned.inputs[0], axis=order[axis])
    return g.emit("transpose", out, axes=tuple(sorted(kept).index(a) for a in kept))


def through_cumulative(g: Rewriter, node: Node) -> Value | None:
    """Running sums along an axis of x^T are those along another of x."""
    turned = g.made(node.inputs[0], "transpose")
    if turned is None:
        return None
    order = turned.params["axes"]
    out = g.emit(node.primitive.name, turned.inputs[0], axis=order[node.params["axis"]])
    return g.emit("transpose", out, axes=order)


def through_movement(g: Rewriter, node: Node) -> Value | None:
    """A slice, a border or a flip of x^T is that of x, transposed."""
    turned = g.made(node.inputs[0], "transpose")
    if turned is None:
        return None
    order = turned.params["axes"]
    inverse = _inverse(order)
    if node.primitive.name == "flip":
        params = {"axes": tuple(sorted(order[a] for a in node.params["axes"]))}
    else:
        params = {name: tuple(value[a] for a in inverse) for name, value in node.params.items()}
    out = g.emit(node.primitive.name, turned.inputs[0], *node.inputs[1:], **params)
    return g.emit("transpose", out, axes=order)


def through_concatenate(g: Rewriter, node: Node) -> Value | None:
    """Pieces that are all transposed in the same way are put together before."""
    made = [g.made(v, "transpose") for v in node.inputs]
    first = made[0]
    if first is None or any(n is None or n.params["axes"] != first.params["axes"] for n in made):
        return None
    order = first.params["axes"]
    out = g.emit("concatenate", *(n.inputs[0] for n in made if n is not None), axis=order[node.params["axis"]])
    return g.emit("transpose", out, axes=order)


def into_product(g: Rewriter, node: Node) -> Value | None:
    """A product takes the axes of its operands in any order, as long as those that stay keep theirs."""
    inputs, contracting, batch = list(node.inputs), list(node.params["contracting"]), list(node.params["batch"])
    changed = False
    for i, value in enumerate(inputs):
        turned = g.made(value, "transpose")
        if turned is None:
            continue
        order = turned.params["axes"]
        free = [order[a] for a in free_axes(len(order), contracting[i], batch[i])]
        if free != sorted(free):
            continue
        inputs[i] = turned.inputs[0]
        contracting[i], batch[i] = tuple(order[a] for a in contracting[i]), tuple(order[a] for a in batch[i])
        changed = True
    return g.emit("dot_general", *inputs, contracting=tuple(contracting), batch=tuple(batch)) if changed else None


def of_product(g: Rewriter, node: Node) -> Value | None:
    """(x y)^T = y^T x^T: a product that nobody else reads is made in the order that is wanted."""
    product = g.made(node.inputs[0], "dot_general")
    if product is None or not g.once(node.inputs[0]):
        return None
    (x, y), axes = product.inputs, node.params["axes"]
    contracting, batch = product.params["contracting"], product.params["batch"]
    common = len(batch[0])
    left = len(free_axes(len(x.shape), contracting[0], batch[0]))
    exchanged = (*range(common + left, len(axes)), *range(common, common + left))
    lead, rest = axes[:common], axes[common:]
    if any(a >= common for a in lead) or rest not in (exchanged, tuple(range(common, len(axes)))):
        return None
    batch = tuple(tuple(b[a] for a in lead) for b in batch)
    if rest == exchanged:
        x, y, contracting, batch = y, x, contracting[::-1], batch[::-1]
    return g.emit("dot_general", x, y, contracting=contracting, batch=batch)


def past_ones(g: Rewriter, node: Node) -> Value | None:
    """A transpose of a reshape that only adds or takes away axes of size 1 meets the transpose before it."""
    reshaped = g.made(node.inputs[0], "reshape")
    if reshaped is None or g.made(reshaped.inputs[0], "transpose") is None:
        return None
    source = reshaped.inputs[0]
    wide = [a for a, s in enumerate(source.shape) if s != 1]
    new = [a for a, s in enumerate(reshaped.output.shape) if s != 1]
    if [source.shape[a] for a in wide] != [reshaped.output.shape[a] for a in new]:
        return None
    order = [wide[new.index(a)] for a in node.params["axes"] if a in new]
    order += [a for a, s in enumerate(source.shape) if s == 1]
    turned = g.emit("transpose", source, axes=tuple(order))
    return g.emit("reshape", turned, shape=node.output.shape)


def into_gather(g: Rewriter, node: Node) -> Value | None:
    """Rows that nobody reads in the order of the index are picked in the order that is wanted."""
    picked, axes = g.made(node.inputs[0], "gather"), node.params["axes"]
    if picked is None or not g.once(node.inputs[0]):
        return None
    table, index = picked.inputs
    lead = len(index.shape)
    if axes[lead:] != tuple(range(lead, len(axes))):
        return None
    return g.emit("gather", table, g.emit("transpose", index, axes=axes[:lead]))


def into_scatter(g: Rewriter, node: Node) -> Value | None:
    """Rows that are added in can come in any order, as long as the index has the same."""
    table, index, updates = node.inputs
    rows = g.made(updates, "reshape")
    turned = rows and g.made(rows.inputs[0], "transpose")
    if not turned or node.params["mode"] != "add":
        return None
    source, axes = turned.inputs[0], turned.params["axes"]
    lead = len(axes) - len(table.shape) + 1
    shape = turned.output.shape
    if lead < 1 or shape[lead:] != table.shape[1:] or axes[lead:] != tuple(range(lead, len(axes))):
        return None
    arranged = g.emit("transpose", g.emit("reshape", index, shape=shape[:lead]), axes=_inverse(axes[:lead]))
    index = g.emit("reshape", arranged, shape=index.shape)
    return g.emit("scatter", table, index, g.emit("reshape", source, shape=updates.shape), mode="add")


RULES: Rules = {
    "elementwise": (through_elementwise, reshapes_through_elementwise),
    **{f"reduce_{name}": (into_reduction,) for name in ("sum", "prod", "max", "min", "any", "all")},
    "argmax": (into_position,),
    "argmin": (into_position,),
    "cumulative_sum": (through_cumulative,),
    "slice": (through_movement,),
    "pad": (through_movement,),
    "flip": (through_movement,),
    "concatenate": (through_concatenate,),
    "dot_general": (into_product,),
    "transpose": (of_product, past_ones, into_gather),
    "scatter": (into_scatter,),
}
BOTH = merged(ALGEBRA, RULES)


def layout(graph: Graph) -> Graph:
    """The graph by these rules and those of `simplify`.

    Example:
        >>> import hornbeam as hb
        >>> from hornbeam.graph.passes.dead import dead_code
        >>> print(dead_code(layout(hb.capture(lambda x: hb.ops.exp(x.T).T + 1.0, hb.ops.zeros((2, 3))))))
        <lambda>(%0: float32[2,3]) -> (float32[2,3]):
          %1: float32[2,3] = exp(%0)
          %2: float32[2,3] = broadcast_to(1.0:float32, shape=(2, 3))
          %3: float32[2,3] = add(%1, %2)
          return %3
    """
    return rewrite(graph, BOTH)

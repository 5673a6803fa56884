"""Movement: what changes nothing is left out, two in a row become one, and a part is taken from where it lies. All exact."""

from __future__ import annotations

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.passes.rewrite import Rewriter, Rules

__all__ = ["RULES"]


def reshape(g: Rewriter, node: Node) -> Value | None:
    """To the shape that is there; of a reshape."""
    x = node.inputs[0]
    if x.shape == node.output.shape:
        return x
    inner = g.made(x, "reshape")
    return None if inner is None else g.emit("reshape", inner.inputs[0], shape=node.output.shape)


def transpose(g: Rewriter, node: Node) -> Value | None:
    """To the order that is there; of a transpose; where only axes of size 1 change places, it is a reshape."""
    x, axes = node.inputs[0], node.params["axes"]
    if axes == tuple(range(len(axes))):
        return x
    inner = g.made(x, "transpose")
    if inner is not None:
        return g.emit("transpose", inner.inputs[0], axes=tuple(inner.params["axes"][a] for a in axes))
    wide = [a for a in axes if x.shape[a] != 1]
    return g.emit("reshape", x, shape=node.output.shape) if wide == sorted(wide) else None


def broadcast_to(g: Rewriter, node: Node) -> Value | None:
    """To the shape that is there; of a broadcast; of a reshape that only puts axes of size 1 in front."""
    x, shape = node.inputs[0], node.output.shape
    if x.shape == shape:
        return x
    inner = g.made(x, "broadcast_to", "reshape")
    if inner is None:
        return None
    source = inner.inputs[0]
    if inner.primitive.name == "broadcast_to" or x.shape == (1,) * (len(x.shape) - len(source.shape)) + source.shape:
        return g.emit("broadcast_to", source, shape=shape)
    return None


def slices(g: Rewriter, node: Node) -> Value | None:
    """All of it; a slice of a slice; a part of one piece of a concatenation; the inside of a border."""
    x, start, stop, strides = node.inputs[0], node.params["start"], node.params["stop"], node.params["strides"]
    if x.shape == node.output.shape:
        return x  # each axis keeps its size only if nothing is left out
    inner = g.made(x, "slice", "concatenate", "pad")
    if inner is None:
        return None
    if inner.primitive.name == "slice":
        first, step = inner.params["start"], inner.params["strides"]
        low = tuple(a + s * b for a, s, b in zip(first, step, start, strict=True))
        both = tuple(s * t for s, t in zip(step, strides, strict=True))
        sizes = node.output.shape
        high = tuple(a + (n - 1) * t + 1 if n else a for a, n, t in zip(low, sizes, both, strict=True))
        return g.emit("slice", inner.inputs[0], start=low, stop=high, strides=both)
    if inner.primitive.name == "concatenate":
        axis, begin = inner.params["axis"], 0
        for piece in inner.inputs:
            end = begin + piece.shape[axis]
            if begin <= start[axis] and stop[axis] <= end:
                return _shifted(g, node, piece, axis, begin)
            begin = end
        return None
    source, low = inner.inputs[0], inner.params["low"]
    inside = all(
        a >= lo and b <= lo + s
        for a, b, lo, s in zip(start, stop, low, source.shape, strict=True)
    )  # fmt: skip
    if not inside or any(inner.params["interior"]) or min((*low, 0)) < 0:
        return None
    moved = {name: tuple(v - lo for v, lo in zip(node.params[name], low, strict=True)) for name in ("start", "stop")}
    return g.emit("slice", source, strides=strides, **moved)


def _shifted(g: Rewriter, node: Node, piece: Value, axis: int, by: int) -> Value:
    moved = {
        name: tuple(v - by * (a == axis) for a, v in enumerate(node.params[name])) for name in ("start", "stop")
    }  # fmt: skip
    return g.emit("slice", piece, strides=node.params["strides"], **moved)


def pad(g: Rewriter, node: Node) -> Value | None:
    """By nothing; of a pad with the same number, where neither cuts nor spreads."""
    x, value = node.inputs
    low, high, interior = (node.params[name] for name in ("low", "high", "interior"))
    if not any((*low, *high, *(i for i, s in zip(interior, x.shape, strict=True) if s > 1))):
        return x
    inner = g.made(x, "pad")
    if inner is None or inner.inputs[1] is not value or any((*interior, *inner.params["interior"])):
        return None
    if min((*low, *high, *inner.params["low"], *inner.params["high"])) < 0:
        return None
    low = tuple(a + b for a, b in zip(low, inner.params["low"], strict=True))
    high = tuple(a + b for a, b in zip(high, inner.params["high"], strict=True))
    return g.emit("pad", inner.inputs[0], value, low=low, high=high, interior=interior)


def concatenate(g: Rewriter, node: Node) -> Value | None:
    """Of one; empty pieces; pieces that are slices of one value, side by side."""
    axis = node.params["axis"]
    pieces = [v for v in node.inputs if v.shape[axis]] or [node.inputs[0]]
    if len(pieces) == 1:
        return pieces[0]
    if len(pieces) < len(node.inputs):
        return g.emit("concatenate", *pieces, axis=axis)
    parts = [g.made(v, "slice") for v in pieces]
    first, last = parts[0], parts[-1]
    if first is None or last is None:
        return None
    at = None
    for part in parts:
        if part is None or part.inputs[0] is not first.inputs[0] or part.params["strides"][axis] != 1:
            return None
        others = [
            (p.params[name][:axis], p.params[name][axis + 1 :]) for p in (part, first) for name in ("start", "stop", "strides")
        ]  # fmt: skip
        if others[:3] != others[3:] or part.params["start"][axis] != (part.params["start"][axis] if at is None else at):
            return None
        at = part.params["stop"][axis]
    stop = tuple(last.params["stop"][a] if a == axis else s for a, s in enumerate(first.params["stop"]))
    return g.emit("slice", first.inputs[0], start=first.params["start"], stop=stop, strides=first.params["strides"])


def flip(g: Rewriter, node: Node) -> Value | None:
    """Of axes of size 1; of a flip."""
    x = node.inputs[0]
    axes = tuple(a for a in node.params["axes"] if x.shape[a] > 1)
    if not axes:
        return x
    inner = g.made(x, "flip")
    if inner is not None:
        both = tuple(sorted({*axes} ^ {*inner.params["axes"]}))
        return g.emit("flip", inner.inputs[0], axes=both)
    return g.emit("flip", x, axes=axes) if axes != node.params["axes"] else None


RULES: Rules = {
    "reshape": (reshape,),
    "transpose": (transpose,),
    "broadcast_to": (broadcast_to,),
    "slice": (slices,),
    "pad": (pad,),
    "concatenate": (concatenate,),
    "flip": (flip,),
}

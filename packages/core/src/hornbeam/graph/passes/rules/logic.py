"""Choices, truth values, and conversions that undo one another. All of these are exact."""

from __future__ import annotations

from hornbeam.dtypes import DType
from hornbeam.graph.ir import Node, Value
from hornbeam.graph.passes.rewrite import Rewriter, Rules

__all__ = ["RULES"]

MANTISSA = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}
EXPONENT = {"float16": 5, "bfloat16": 8, "float32": 8, "float64": 11}


def same(g: Rewriter, node: Node) -> Value | None:
    """Operations that change nothing."""
    return node.inputs[0]


def where(g: Rewriter, node: Node) -> Value | None:
    """A condition that is known, two equal choices, a condition that is negated, and the same condition within."""
    condition, x, y = node.inputs
    known = g.number(condition)
    if known is not None:
        return x if known else y
    if x is y:
        return x
    negated = g.made(condition, "logical_not")
    if negated is not None and negated.inputs[0].dtype == "bool":
        return g.emit("where", negated.inputs[0], y, x)
    inner, other = g.made(x, "where"), g.made(y, "where")
    if inner is not None and inner.inputs[0] is condition:
        return g.emit("where", condition, inner.inputs[1], y)
    if other is not None and other.inputs[0] is condition:
        return g.emit("where", condition, x, other.inputs[2])
    return None


def both_or_either(g: Rewriter, node: Node) -> Value | None:
    """x and true, x or false: x; x and false: false; x or true: true; x and x, x or x: x."""
    if any(v.dtype != "bool" for v in node.inputs):
        return None
    neutral = node.primitive.name == "logical_and"
    for x, y in (node.inputs, node.inputs[::-1]):
        known = g.number(y)
        if known is not None:
            return x if known is neutral else y
        if x is y:
            return x
    return None


def logical_not(g: Rewriter, node: Node) -> Value | None:
    """Not not x."""
    inner = g.made(node.inputs[0], "logical_not")
    return inner.inputs[0] if inner is not None and inner.inputs[0].dtype == "bool" else None


def cast(g: Rewriter, node: Node) -> Value | None:
    """A conversion to the dtype that is there, or by way of one that holds every number of the first."""
    x, target = node.inputs[0], node.params["dtype"]
    if x.dtype == target:
        return x
    inner = g.made(x, "cast")
    if inner is None or not holds(x.dtype, inner.inputs[0].dtype):
        return None
    first = inner.inputs[0].dtype
    if first.is_integer and x.dtype.is_floating and target.is_integer and not holds(target, first):
        return None  # floats out of range become integers in another way
    return g.emit("cast", inner.inputs[0], dtype=target)


def holds(wide: DType, narrow: DType) -> bool:
    """Whether every number of dtype `narrow` is one of dtype `wide`.

    Example:
        >>> from hornbeam.dtypes import as_dtype
        >>> holds(as_dtype("float32"), as_dtype("int16")), holds(as_dtype("float32"), as_dtype("int32"))
        (True, False)
    """
    if wide == narrow or narrow == "bool":
        return wide != "bool" or narrow == "bool"
    if narrow.is_integer and wide.is_floating:
        return 8 * narrow.itemsize - (narrow.kind == "int") <= MANTISSA[wide]
    if narrow.is_integer and wide.is_integer:
        return wide.itemsize > narrow.itemsize and (wide.kind == "int" or narrow.kind == "uint")
    if narrow.is_floating and wide.is_floating:
        return MANTISSA[wide] >= MANTISSA[narrow] and EXPONENT[wide] >= EXPONENT[narrow]
    return False


def parts(g: Rewriter, node: Node) -> Value | None:
    """The real part of what is real, or of what was put together; the conjugate of the conjugate."""
    x, name = node.inputs[0], node.primitive.name
    if x.dtype.kind != "complex":
        return g.full(0, x) if name == "imag" else x
    inner = g.made(x, "complex", "conj")
    if inner is not None and name == "conj" and inner.primitive.name == "conj":
        return inner.inputs[0]
    return None


RULES: Rules = {
    "identity": (same,),
    "stop_gradient": (same,),
    "positive": (same,),
    "where": (where,),
    "logical_and": (both_or_either,),
    "logical_or": (both_or_either,),
    "logical_not": (logical_not,),
    "cast": (cast,),
    "conj": (parts,),
    "real": (parts,),
    "imag": (parts,),
}

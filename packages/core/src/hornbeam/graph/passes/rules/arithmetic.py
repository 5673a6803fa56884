"""Arithmetic: neutral numbers, signs, powers, and numbers that follow one another.

NaN and infinity go through every rule. Two things may change: the sign of a zero that comes of x + 0, 0 - x or -(x - y), and the
last bits where products with numbers, or powers, are computed in another order.
"""

from __future__ import annotations

import math
from typing import Any

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.passes.rewrite import Rewriter, Rules

__all__ = ["RULES"]

EVEN = ("abs", "square", "cos", "cosh")
LARGEST_POWER = 4


def add(g: Rewriter, node: Node) -> Value | None:
    """x + 0 = x; x + (-y) = x - y."""
    if node.output.dtype == "bool":
        return None
    for x, y in (node.inputs, node.inputs[::-1]):
        if g.number(y) == 0:
            return x
    for x, y in (node.inputs, node.inputs[::-1]):
        negated = g.made(y, "negative")
        if negated is not None:
            return g.emit("subtract", x, negated.inputs[0])
    return None


def subtract(g: Rewriter, node: Node) -> Value | None:
    """x - 0 = x; 0 - x = -x; x - (-y) = x + y; and x - x = 0 for integers."""
    x, y = node.inputs
    if g.number(y) == 0:
        return x
    if g.number(x) == 0 and y.dtype.kind != "uint":
        return g.emit("negative", y)
    if x is y and x.dtype.is_integer:
        return g.full(0, node.output)
    negated = g.made(y, "negative")
    return None if negated is None else g.emit("add", x, negated.inputs[0])


def negative(g: Rewriter, node: Node) -> Value | None:
    """-(-x) = x; -(x - y) = y - x."""
    inner = g.made(node.inputs[0], "negative", "subtract")
    if inner is None:
        return None
    return inner.inputs[0] if inner.primitive.name == "negative" else g.emit("subtract", *inner.inputs[::-1])


def multiply(g: Rewriter, node: Node) -> Value | None:
    """x 1 = x; x (-1) = -x; x 0 = 0 for integers; x x = x^2; (-x) (-y) = x y; (-x) c = x (-c); (x c) d = x (c d)."""
    dtype = node.output.dtype
    for x, y in (node.inputs, node.inputs[::-1]):
        number = g.number(y)
        if number is None:
            continue
        if number == 1:
            return x
        if dtype == "bool":
            continue
        if number == 0 and dtype.is_integer:
            return y
        if number == -1 and dtype.kind != "uint":
            return g.emit("negative", x)
        negated = g.made(x, "negative")
        if negated is not None and dtype.is_floating:
            return g.emit("multiply", negated.inputs[0], g.full(-number, y))
        scaled = _scaled(g, x)
        if scaled is not None and _safe(scaled[1] * number, dtype):
            return g.emit("multiply", scaled[0], g.full(scaled[1] * number, y))
    if dtype == "bool":
        return None
    x, y = node.inputs
    if x is y:
        return g.emit("square", x)
    signs = [g.made(v, "negative") for v in node.inputs]
    if all(signs):
        return g.emit("multiply", *(n.inputs[0] for n in signs if n is not None))
    return None


def _scaled(g: Rewriter, value: Value) -> tuple[Value, Any] | None:
    """x and c, where a float value is x c."""
    node = g.made(value, "multiply") if value.dtype.is_floating else None
    if node is not None:
        for x, y in (node.inputs, node.inputs[::-1]):
            number = g.number(y)
            if number is not None:
                return x, number
    return None


def _safe(number: float, dtype: Any) -> bool:
    """Whether a factor is far from overflow and underflow in every float dtype."""
    low, high = (1e-4, 1e4) if dtype.itemsize == 2 else (1e-30, 1e30)
    return low < abs(number) < high


def divide(g: Rewriter, node: Node) -> Value | None:
    """x / 1 = x; x / c = x (1 / c) where 1 / c is exact, for powers of 2; (-x) / (-y) = x / y; 1 / sqrt(x) is rsqrt."""
    x, y = node.inputs
    number = g.number(y)
    if number == 1:
        return x
    # of a single number, such as a mean, nothing is gained: batches of 128 samples shall have the graph of those of 96
    several = node.output.shape != ()
    if several and isinstance(number, float) and _safe(number, y.dtype) and abs(math.frexp(number)[0]) == 0.5:
        return g.emit("multiply", x, g.full(1 / number, y))
    signs = [g.made(v, "negative") for v in node.inputs]
    if all(signs):
        return g.emit("divide", *(n.inputs[0] for n in signs if n is not None))
    if g.number(x) == 1 and y.dtype.is_floating:
        return g.emit("reciprocal", y)
    return None


def reciprocal(g: Rewriter, node: Node) -> Value | None:
    """1 / sqrt(x) is rsqrt; 1 / (1 / x) is left alone, for 0 and infinity."""
    root = g.made(node.inputs[0], "sqrt")
    return None if root is None or not root.output.dtype.is_floating else g.emit("rsqrt", root.inputs[0])


def power(g: Rewriter, node: Node) -> Value | None:
    """Powers by small integers are products."""
    x, y = node.inputs
    exponent = g.number(y)
    if exponent == 1:
        return x
    if isinstance(exponent, complex) or exponent is None or exponent != int(_finite(exponent)):
        return None
    if exponent == 0:
        return g.full(1, node.output)
    size = abs(int(exponent))
    if size > LARGEST_POWER or (exponent < 0 and not x.dtype.is_floating):
        return None
    squared = x if size == 1 else g.emit("square", x)
    out = {1: lambda: x, 2: lambda: squared, 3: lambda: g.emit("multiply", squared, x)}.get(
        size, lambda: g.emit("square", squared)
    )()
    return g.emit("reciprocal", out) if exponent < 0 else out


def _finite(number: float) -> float:
    return number if math.isfinite(number) else 0.5


def even(g: Rewriter, node: Node) -> Value | None:
    """f(-x) = f(x) = f(|x|); and |x| = x where x is a square or an absolute value."""
    inner = g.made(node.inputs[0], "negative", "abs", "square")
    if inner is None or inner.inputs[0].dtype.kind == "complex":
        return None
    if inner.primitive.name == "square":
        return inner.output if node.primitive.name == "abs" and inner.output.dtype.is_floating else None
    if node.primitive.name == "abs" and inner.primitive.name == "abs":
        return inner.output
    return g.emit(node.primitive.name, inner.inputs[0])


def extreme(g: Rewriter, node: Node) -> Value | None:
    """max(x, x) = x; max(max(x, y), y) = max(x, y); max(x, -infinity) = x."""
    name = node.primitive.name
    for x, y in (node.inputs, node.inputs[::-1]):
        if x is y or (x.dtype.is_floating and g.number(y) == (-math.inf if name == "maximum" else math.inf)):
            return x
        inner = g.made(x, name)
        if inner is not None and y in inner.inputs:
            return x
    return None


RULES: Rules = {
    "add": (add,),
    "subtract": (subtract,),
    "negative": (negative,),
    "multiply": (multiply,),
    "divide": (divide,),
    "reciprocal": (reciprocal,),
    "pow": (power,),
    "maximum": (extreme,),
    "minimum": (extreme,),
    **{name: (even,) for name in EVEN},
}

"""Complex numbers as pairs of real ones: their arithmetic becomes real arithmetic, which fuses as all other does.

A complex value is put together only where something needs it whole: an output, a view, or an operation that is not taken apart here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hornbeam.dtypes import as_dtype
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.passes.dead import dead_code
from hornbeam.host import native_dtype
from hornbeam.ops.convert import constant
from hornbeam.primitive import primitives

from hornbeam_cpu.lower import fourier
from hornbeam_cpu.lower.loops import COMPLEX, copy_layout
from hornbeam_cpu.lower.stage import Context, Layout, Pointer, contiguous

__all__ = ["lower_complex", "lower_part", "parted"]

Pair = tuple[Value, Value]


class _Parts:
    """A graph that is written anew with complex values in two parts."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: list[Node] = []
        self.constants = list(graph.constants)
        self.known: dict[Value, Pair] = {}
        self.where = ""

    def emit(self, name: str, *inputs: Value, **params: Any) -> Value:
        """The result of an operation."""
        primitive = primitives()[name]
        spec = primitive.infer(*inputs, **params)
        out = Value(spec.shape, spec.dtype)
        self.nodes.append(Node(primitive, inputs, params, (out,), self.where))
        return out

    def constant(self, array: Any, like: Value) -> Value:
        """An array in the dtype of a value."""
        data = constant(np.asarray(array, native_dtype(like.dtype)), like.dtype)
        found = Value(data.shape, data.dtype, data=data)
        self.constants.append(found)
        return found

    def of(self, value: Value) -> Pair:
        """The parts of a complex value; a real one, and zeros."""
        if value not in self.known:
            if value.dtype.kind == "complex":
                self.known[value] = self.emit("real", value), self.emit("imag", value)
            else:
                zero = Value((), value.dtype, data=constant(0, value.dtype))
                self.constants.append(zero)
                self.known[value] = value, self.emit("broadcast_to", zero, shape=value.shape)
        return self.known[value]

    def run(self) -> Graph:
        """The new graph."""
        renamed: dict[Value, Value] = {}
        for old in self.graph.nodes:
            inputs = tuple(renamed.get(v, v) for v in old.inputs)
            node = Node(old.primitive, inputs, old.params, old.outputs, old.where)
            self.where = node.where
            rule = _RULES.get(node.primitive.name)
            complex = any(v.dtype.kind == "complex" for v in (*node.inputs, *node.outputs))
            if rule is None or not complex or "fft" in node.primitive.name and not fourier.suits(node):
                self.nodes.append(node)
                continue
            found = rule(self, node)
            if isinstance(found, Value):
                renamed[node.output] = found
            else:
                self.known[node.output] = found
                self.nodes.append(Node(primitives()["complex"], found, {}, node.outputs, node.where))
        outputs = [renamed.get(v, v) for v in self.graph.outputs]
        return dead_code(self.graph.with_nodes(self.nodes, outputs, self.constants))


def _each(p: _Parts, node: Node) -> Pair:
    """The operation on the real parts, and on the imaginary ones."""
    parts = [p.of(v) for v in node.inputs]
    re, im = (p.emit(node.primitive.name, *(pair[i] for pair in parts), **node.params) for i in (0, 1))
    return re, im


def _product(p: _Parts, x: Value, y: Value) -> Pair:
    (a, b), (c, d) = p.of(x), p.of(y)
    re = p.emit("subtract", p.emit("multiply", a, c), p.emit("multiply", b, d))
    return re, p.emit("add", p.emit("multiply", a, d), p.emit("multiply", b, c))


def _quotient(p: _Parts, x: Value, y: Value) -> Pair:
    """As NumPy divides, so that squares of large and small numbers do not come up.

    Source: Smith 1962, "Algorithm 116: Complex division".
    """
    (a, b), (c, d) = p.of(x), p.of(y)
    zeros = p.emit("broadcast_to", p.constant(0.0, c), shape=c.shape)
    turned = p.emit("less", p.emit("abs", c), p.emit("abs", d))
    large, small = p.emit("where", turned, d, c), p.emit("where", turned, c, d)
    none = p.emit("equal", large, zeros)
    ratio = p.emit("where", none, zeros, p.emit("divide", small, large))
    whole = p.emit("add", large, p.emit("multiply", small, ratio))

    def part(first: Value, second: Value, sign: str) -> Value:
        """(first + second * ratio) / whole, or what it is with the divisor's parts exchanged; `sign` is that of second."""
        straight = p.emit(sign, first, p.emit("multiply", second, ratio))
        crossed = p.emit(sign, p.emit("multiply", first, ratio), second)
        return p.emit("divide", p.emit("where", turned, crossed, straight), whole)

    return part(a, b, "add"), part(b, a, "subtract")


def _where(p: _Parts, node: Node) -> Pair:
    condition, x, y = node.inputs
    (a, b), (c, d) = p.of(x), p.of(y)
    return p.emit("where", condition, a, c), p.emit("where", condition, b, d)


def _cast(p: _Parts, node: Node) -> Pair | Value:
    (x,) = node.inputs
    dtype = node.params["dtype"]
    if dtype.kind != "complex":  # to a truth value
        a, b = p.of(x)
        return p.emit("logical_or", p.emit("cast", a, dtype=dtype), p.emit("cast", b, dtype=dtype))
    part = as_dtype(COMPLEX[str(dtype)])
    if x.dtype.kind == "complex":
        re, im = (p.emit("cast", v, dtype=part) for v in p.of(x))
        return re, im
    return p.of(p.emit("cast", x, dtype=part))


def _compared(both: str) -> Callable[[_Parts, Node], Value]:
    def rule(p: _Parts, node: Node) -> Value:
        (a, b), (c, d) = (p.of(v) for v in node.inputs)
        name = node.primitive.name
        return p.emit(both, p.emit(name, a, c), p.emit(name, b, d))

    return rule


def _fft(p: _Parts, node: Node) -> Pair:
    (x,) = node.inputs
    parts = p.of(x) if x.dtype.kind == "complex" else (x, None)
    return fourier.transform(p, parts, **node.params)


_RULES: dict[str, Callable[[_Parts, Node], Pair | Value]] = {
    **dict.fromkeys(("add", "subtract", "negative", "positive", "reduce_sum", "stop_gradient"), _each),
    "complex": lambda p, node: (node.inputs[0], node.inputs[1]),
    "real": lambda p, node: p.of(node.inputs[0])[0],
    "imag": lambda p, node: p.of(node.inputs[0])[1],
    "conj": lambda p, node: (p.of(node.inputs[0])[0], p.emit("negative", p.of(node.inputs[0])[1])),
    "multiply": lambda p, node: _product(p, *node.inputs),
    "divide": lambda p, node: _quotient(p, *node.inputs),
    "square": lambda p, node: _product(p, node.inputs[0], node.inputs[0]),
    "abs": lambda p, node: p.emit("hypot", *p.of(node.inputs[0])),
    "where": _where,
    "cast": _cast,
    "fft": _fft,
    "rfft": lambda p, node: fourier.transform_real(p, node.inputs[0], **node.params),
    "irfft": lambda p, node: fourier.inverse_real(p, p.of(node.inputs[0]), **node.params),
    "equal": _compared("logical_and"),
    "not_equal": _compared("logical_or"),
}


def parted(graph: Graph) -> Graph:
    """The graph with the arithmetic of complex numbers in real numbers."""
    values = (*graph.inputs, *graph.constants, *(v for node in graph.nodes for v in node.outputs))
    return _Parts(graph).run() if any(v.dtype.kind == "complex" for v in values) else graph


def lower_part(node: Node, context: Context) -> bool:
    """real and imag: every other number."""
    (x,) = node.inputs
    if str(x.dtype) not in COMPLEX:
        return False
    seen = context.layout(x)
    offset = 2 * seen.offset + (node.primitive.name == "imag")
    layout = Layout(seen.base, offset, tuple(2 * by for by in seen.strides))
    out = node.output
    copy_layout(layout, out.shape, out.dtype, Pointer(out), contiguous(out.shape), context)
    return True


def lower_complex(node: Node, context: Context) -> bool:
    """complex: each part is copied to its places."""
    out = node.output
    size = out.dtype.itemsize // 2
    strides = tuple(2 * by for by in contiguous(out.shape))
    for i, part in enumerate(node.inputs):
        copy_layout(context.layout(part), part.shape, part.dtype, Pointer(out, i * size), strides, context)
    return True

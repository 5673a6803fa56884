"""Rewriting: a graph is built anew, node by node, and rules put something simpler in a node's place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from hornbeam.dtypes import DType
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.ops.convert import constant
from hornbeam.primitive import Primitive, primitives

__all__ = ["MOVEMENT", "Rewriter", "Rule", "Rules", "rewrite"]

MOVEMENT = frozenset(("reshape", "transpose", "broadcast_to", "slice", "flip"))


class Rewriter:
    """The graph that is being built, seen by rules.

    Attributes:
        makers: the node that makes each value, as it is now.
        uses: how many nodes and outputs read each value.
        where: the user's line of the node that is being rewritten.
    """

    def __init__(self, graph: Graph, rules: Rules) -> None:
        self.rules = rules
        self.applying: dict[Primitive, tuple[Rule, ...]] = {}  # the rules, in order, as far as they were asked for
        self.nodes: list[Node] = []
        self.constants = list(graph.constants)
        self.makers: dict[Value, Node] = {}
        self.uses: Counter[Value] = Counter(graph.outputs)
        self.uses.update(chain.from_iterable(map(set, [node.inputs for node in graph.nodes])))
        self.where = ""
        self.numbers: dict[Value, Any] = {}
        self.scalars: dict[tuple[str, str], Value] = {}
        for value in graph.constants:
            if not value.shape and not value.data.owner.symbolic:
                self.numbers[value] = value.data.item()
                self.scalars.setdefault((str(value.dtype), repr(self.numbers[value])), value)

    def made(self, value: Value, *names: str) -> Node | None:
        """The node that makes a value, if it is one of those operations."""
        node = self.makers.get(value)
        return node if node is not None and node.primitive.name in names else None

    def first_made(self, node: Node, name: str) -> Node | None:
        """The node that makes the first of a node's operands that is made by that operation."""
        for value in node.inputs:
            maker = self.makers.get(value)
            if maker is not None and maker.primitive.name == name:
                return maker
        return None

    def once(self, value: Value) -> bool:
        """Whether a value has one reader, so that what makes it will be left out if that reader does without."""
        return self.uses[value] <= 1

    def fill(self, value: Value) -> Value | None:
        """The value without axes that all elements of a value are, where that is known."""
        while value.shape:
            node = self.makers.get(value)
            if node is None or node.primitive.name not in MOVEMENT:
                return None
            value = node.inputs[0]
        return value

    def number(self, value: Value) -> Any:
        """The Python number that all elements of a value are; None where that is not known."""
        filled = self.fill(value)
        return None if filled is None else self.numbers.get(filled)

    def scalar(self, number: Any, dtype: DType) -> Value:
        """A constant without axes."""
        key = (str(dtype), repr(number))
        found = self.scalars.get(key)
        if found is None:
            found = self.scalars[key] = self.constant(constant(number, dtype))
        return found

    def constant(self, tensor: Any) -> Value:
        """A new constant of the graph."""
        value = Value(tensor.shape, tensor.dtype, data=tensor)
        self.constants.append(value)
        if not value.shape:
            self.numbers[value] = tensor.item()
        return value

    def full(self, number: Any, like: Value) -> Value:
        """The shape and dtype of a value, filled with a number."""
        return self.emit("broadcast_to", self.scalar(number, like.dtype), shape=like.shape)

    def emit(self, name: str, *inputs: Value, **params: Any) -> Value:
        """The result of an operation, in its simplest form."""
        primitive = primitives()[name]
        spec = primitive.infer(*inputs, **params)
        return self.add(Node(primitive, inputs, params, (Value(spec.shape, spec.dtype),), self.where))

    def add(self, node: Node) -> Value:
        """The result of a node of one result: the node itself, or what the first rule that applies puts in its place."""
        primitive = node.primitive
        rules = self.applying.get(primitive)
        if rules is None:
            kinds = (primitive.name, "elementwise" if primitive.elementwise else "", "any")
            rules = self.applying[primitive] = tuple(rule for kind in kinds for rule in self.rules.get(kind, ()))
        for rule in rules:
            found = rule(self, node)
            if found is not None:
                return found
        self.nodes.append(node)
        out = node.outputs[0]
        self.makers[out] = node
        return out


Rule = Callable[[Rewriter, Node], "Value | None"]
Rules = Mapping[str, Sequence[Rule]]


def rewrite(graph: Graph, rules: Rules) -> Graph:
    """The graph with the first rule that applies applied to each node, and to what the rules make.

    Args:
        graph: what to rewrite.
        rules: for a primitive's name, for all that are "elementwise", or for "any": functions `(rewriter, node)` that return
            the value to use in the place of the node's result, or None. Nodes of several results are left as they are.
    """
    rewriter = Rewriter(graph, rules)
    renamed = {v: rewriter.scalar(n, v.dtype) for v, n in rewriter.numbers.items()}  # equal numbers are one constant
    renamed = {v: same for v, same in renamed.items() if v is not same}
    for node in graph.nodes:
        if not renamed.keys().isdisjoint(node.inputs):
            inputs = tuple([renamed.get(v, v) for v in node.inputs])
            node = Node(node.primitive, inputs, node.params, node.outputs, node.where)
        if node.primitive.multiple:
            rewriter.nodes.append(node)
            rewriter.makers.update((out, node) for out in node.outputs)
            continue
        rewriter.where = node.where
        out, found = node.outputs[0], rewriter.add(node)
        if found is not out:
            renamed[out] = found
            rewriter.uses[found] += rewriter.uses[out]
    return graph.with_nodes(rewriter.nodes, [renamed.get(v, v) for v in graph.outputs], rewriter.constants)

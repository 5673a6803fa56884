"""The intermediate form of a captured function: typed values, nodes in order, and a stable print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hornbeam.dtypes import DType
from hornbeam.primitive import Primitive

__all__ = ["Graph", "Node", "Value"]


class Value:
    """One tensor of a graph: an input, a constant, or the result of a node."""

    __slots__ = ("data", "dtype", "name", "shape")

    def __init__(self, shape: tuple[int, ...], dtype: DType, name: str = "", data: Any = None) -> None:
        self.shape = shape
        self.dtype = dtype
        self.name = name
        self.data = data  # a constant's Tensor; None otherwise

    @property
    def size(self) -> int:
        """Number of elements."""
        n = 1
        for s in self.shape:
            n *= s
        return n

    @property
    def nbytes(self) -> int:
        """Bytes that the elements take."""
        return self.size * self.dtype.itemsize

    def __repr__(self) -> str:
        """dtype and shape, as graphs print them."""
        return f"{self.dtype}[{','.join(map(str, self.shape))}]"


class Node:
    """One operation of a graph."""

    __slots__ = ("inputs", "outputs", "params", "primitive", "where")

    def __init__(
        self,
        primitive: Primitive,
        inputs: tuple[Value, ...],
        params: dict[str, Any],
        outputs: tuple[Value, ...],
        where: str = "",
    ) -> None:
        self.primitive = primitive
        self.inputs = inputs
        self.params = params
        self.outputs = outputs
        self.where = where  # the user's line

    @property
    def output(self) -> Value:
        """The result, where there is just one."""
        (out,) = self.outputs
        return out

    @property
    def graphs(self) -> Iterator[Graph]:
        """The graphs among its parameters: bodies of loops and branches."""
        return (g for v in self.params.values() for g in (v if isinstance(v, tuple) else (v,)) if isinstance(g, Graph))


class Graph:
    """A captured function.

    Attributes:
        inputs: values given at each run.
        constants: values known at capture; `Value.data` holds the tensor.
        nodes: operations, in an order in which they can run.
        outputs: the results.
        donated: index of an output -> index of the input whose memory it may take over.
        name: the function's name.
        resized: `resized(size, other)` captures the function again, for arguments whose first axis has another size where it has
            one now; None where that is not known.
    """

    resized: Callable[[int, int], Graph] | None = None

    def __init__(
        self,
        inputs: Iterable[Value],
        constants: Iterable[Value],
        nodes: Iterable[Node],
        outputs: Iterable[Value],
        name: str = "graph",
        donated: dict[int, int] | None = None,
    ) -> None:
        self.inputs = tuple(inputs)
        self.constants = tuple(constants)
        self.nodes = list(nodes)
        self.outputs = tuple(outputs)
        self.name = name
        self.donated = dict(donated or {})

    def with_nodes(self, nodes: Iterable[Node], outputs: Iterable[Value] | None = None, constants: Any = None) -> Graph:
        """The same function with other nodes: what a pass returns."""
        constants = self.constants if constants is None else constants
        outputs = self.outputs if outputs is None else outputs
        made = Graph(self.inputs, constants, nodes, outputs, self.name, self.donated)
        made.resized = self.resized
        return made

    def users(self) -> dict[Value, list[Node]]:
        """The nodes that read each value; each node once."""
        found: dict[Value, list[Node]] = {}
        for node in self.nodes:
            for value in dict.fromkeys(node.inputs):
                found.setdefault(value, []).append(node)
        return found

    def producers(self) -> dict[Value, Node]:
        """The node that makes each value."""
        return {out: node for node in self.nodes for out in node.outputs}

    def names(self) -> dict[Value, str]:
        """A short unique name of every value: %0, %1, ... in order of appearance; constants c0, c1, ..."""
        found = {v: f"c{i}" for i, v in enumerate(self.constants)}
        for value in (*self.inputs, *(out for node in self.nodes for out in node.outputs)):
            if value not in found:
                found[value] = f"%{len(found) - len(self.constants)}"
        return found

    def __str__(self) -> str:
        """A stable text: one line a node, typed."""
        names = self.names()

        def show(value: Value) -> str:
            if value.data is not None and not value.shape and not value.data.owner.symbolic:
                return f"{value.data.item()!r}:{value.dtype}"
            return names.get(value, "?")

        head = ", ".join(f"{names[v]}{'=' + v.name if v.name else ''}: {v!r}" for v in self.inputs)
        lines = [f"{self.name}({head}) -> ({', '.join(repr(v) for v in self.outputs)}):"]
        lines += [f"  {names[v]}: {v!r} = constant" for v in self.constants if v.shape]
        for node in self.nodes:
            params = "".join(f", {k}={_show_param(v)}" for k, v in sorted(node.params.items()))
            outs = ", ".join(f"{names[v]}: {v!r}" for v in node.outputs)
            lines.append(f"  {outs} = {node.primitive.name}({', '.join(map(show, node.inputs))}{params})")
            for body in node.graphs:
                lines += ["    | " + line for line in str(body).splitlines()]
        lines.append(f"  return {', '.join(map(show, self.outputs))}")
        return "\n".join(lines)

    __repr__ = __str__


def _show_param(value: Any) -> str:
    if isinstance(value, Graph):
        return f"<{value.name}>"
    if isinstance(value, DType):
        return str(value)
    return repr(value)

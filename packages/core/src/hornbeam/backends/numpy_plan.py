"""A graph as a list of NumPy calls: slots for values, kernels bound to their parameters, results written where planned."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from hornbeam.backends.base import Executable
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.passes import optimize
from hornbeam.host import native_dtype

__all__ = ["NumpyExecutable"]

UFUNCS = {
    **{
        name: getattr(np, name)
        for name in ("add", "subtract", "multiply", "divide", "negative", "exp", "expm1", "log", "log1p")
    },
    **{
        name: getattr(np, name)
        for name in ("sqrt", "square", "tanh", "sin", "cos", "maximum", "minimum", "floor", "ceil", "sign")
    },
    **{
        name: getattr(np, name)
        for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "abs")
    },
    **{"pow": np.power, "atan2": np.arctan2, "logaddexp": np.logaddexp, "hypot": np.hypot},
}
VIEWS = {"reshape", "transpose", "broadcast_to", "slice", "identity", "barrier", "stop_gradient", "flip"}


class NumpyExecutable(Executable):
    """Runs a graph node by node; element-wise results and products go into buffers that are used again.

    A buffer is free for another value once nothing reads it, or a view of it, any more. Outputs get memory of their own;
    an updated variable is written into its own memory where the caller donates it.
    """

    def __init__(self, graph: Graph, backend: Any) -> None:
        super().__init__(optimize(graph, backend.kernels), backend)
        self.lock = threading.Lock()
        self.slots: dict[Value, int] = {}
        for value in (*self.graph.inputs, *self.graph.constants):
            self.slots[value] = len(self.slots)
        from hornbeam.interpreters.evaluate import adopt

        self.constants = [adopt(c.data, backend) for c in self.graph.constants]
        for node in self.graph.nodes:
            for out in node.outputs:
                self.slots[out] = len(self.slots)
        self._plan()

    def _plan(self) -> None:
        """Choose, for every node, where its result goes and which values die with it."""
        nodes = self.graph.nodes
        root: dict[Value, Value] = {}  # the value whose memory a view shares
        for node in nodes:
            if node.primitive.name in VIEWS:
                root[node.output] = root.get(node.inputs[0], node.inputs[0])
        last: dict[Value, int] = {}
        for index, node in enumerate(nodes):
            for value in node.inputs:
                last[root.get(value, value)] = index
        kept = {root.get(v, v) for v in self.graph.outputs}
        free: dict[tuple[Any, tuple[int, ...]], list[Any]] = {}
        buffer: dict[Value, Any] = {}
        self.steps: list[tuple[Callable[..., Any], tuple[int, ...], tuple[int, ...], bool]] = []
        for index, node in enumerate(nodes):
            out = None
            if self._writes(node) and node.output not in kept:
                key = (native_dtype(node.output.dtype), node.output.shape)
                dying = [v for v in node.inputs if v in buffer and last.get(v) == index and v not in root]
                reusable = [v for v in dying if (v.dtype, v.shape) == (node.output.dtype, node.output.shape)]
                if node.primitive.name in UFUNCS and reusable:
                    out = buffer[reusable[0]]  # element by element: the result may overwrite an operand
                    del buffer[reusable[0]]
                elif free.get(key):
                    out = free[key].pop()
                else:
                    out = np.empty(node.output.shape, key[0])
                buffer[node.output] = out
            sources = tuple(self.slots[v] for v in node.inputs)
            targets = tuple(self.slots[v] for v in node.outputs)
            self.steps.append((self._call(node, out), sources, targets, node.primitive.multiple))
            for value in dict.fromkeys(root.get(v, v) for v in node.inputs):
                if last.get(value) == index and value in buffer:
                    array = buffer.pop(value)
                    free.setdefault((array.dtype, array.shape), []).append(array)

    def _writes(self, node: Node) -> bool:
        name = node.primitive.name
        return (
            name in UFUNCS or name in ("sigmoid", "where", "reduce_sum") or _is_plain_product(node)
        ) and node.output.size > 0

    def _call(self, node: Node, out: Any) -> Callable[..., Any]:
        name = node.primitive.name
        if out is not None:
            if name in UFUNCS:
                return partial(UFUNCS[name], out=out)
            if name == "reduce_sum":
                return partial(_sum_into, out, node.params["axes"])
            if name == "sigmoid":
                return partial(_sigmoid_into, out)
            if name == "where":
                return partial(_where_into, out)
            return partial(_product_into, out, node.params["contracting"])
        return partial(_general, self.backend, node.primitive, node.params)

    def __call__(self, arrays: Sequence[Any], donate: Sequence[bool] = ()) -> list[Any]:
        """Run; see `Executable`."""
        with self.lock, np.errstate(all="ignore"):
            values: list[Any] = [None] * len(self.slots)
            values[: len(arrays)] = arrays
            values[len(arrays) : len(arrays) + len(self.constants)] = self.constants
            for call, sources, targets, multiple in self.steps:
                result = call(*[values[s] for s in sources])
                if multiple:
                    for target, part in zip(targets, result, strict=True):
                        values[target] = part
                else:
                    values[targets[0]] = result
            return self._outputs(values, arrays, donate)

    def _outputs(self, values: list[Any], arrays: Sequence[Any], donate: Sequence[bool]) -> list[Any]:
        """The results, in memory that belongs to nobody else."""
        results = []
        own: set[int] = set()
        for index, value in enumerate(self.graph.outputs):
            array = values[self.slots[value]]
            into = self.graph.donated.get(index)
            if into is not None and donate and donate[into] and array.base is None and id(array) not in own:
                own.add(id(array))
            elif (
                array.base is not None
                or id(array) in own
                or any(array is a for a in arrays)
                or value in self.graph.constants
            ):
                array = np.array(array)
            own.add(id(array))
            results.append(array)
        return results


def _is_plain_product(node: Node) -> bool:
    if node.primitive.name != "dot_general":
        return False
    x, y = node.inputs
    return len(x.shape) == len(y.shape) == 2 and not node.params["batch"][0] and len(node.params["contracting"][0]) == 1


def _product_into(out: Any, contracting: Any, x: Any, y: Any) -> Any:
    return np.matmul(x.T if contracting[0][0] == 0 else x, y if contracting[1][0] == 0 else y.T, out=out)


def _sum_into(out: Any, axes: tuple[int, ...], x: Any) -> Any:
    return np.sum(x, axis=axes, dtype=x.dtype, out=out)


def _sigmoid_into(out: Any, x: Any) -> Any:
    np.multiply(x, 0.5, out=out)
    np.tanh(out, out=out)
    np.multiply(out, 0.5, out=out)
    return np.add(out, 0.5, out=out)


def _where_into(out: Any, condition: Any, x: Any, y: Any) -> Any:
    np.copyto(out, y)
    np.copyto(out, x, where=condition)
    return out


def _general(backend: Any, primitive: Any, params: dict[str, Any], *arrays: Any) -> Any:
    return backend.run(primitive, arrays, params)

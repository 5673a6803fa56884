"""A graph as a list of NumPy calls: slots for values, kernels bound to their parameters, results written where planned."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from hornbeam.backends.base import Executable
from hornbeam.backends.numpy_arena import Borrower
from hornbeam.backends.numpy_kernels.basic import power
from hornbeam.backends.numpy_kernels.bfloat16 import AS_IT_IS, in_float32
from hornbeam.debug import show
from hornbeam.dtypes import bfloat16
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.memory import lifetimes, plan_memory
from hornbeam.graph.passes import optimize
from hornbeam.graph.passes.dead import dead_code
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
    **{"pow": power, "atan2": np.arctan2, "logaddexp": np.logaddexp, "hypot": np.hypot},
}
Step = tuple[
    Callable[..., Any], tuple[int, ...], tuple[int, ...], bool
]  # call, slots it reads and writes, whether several
RAISES = {"cholesky", "eigh", "index_within", "pinv", "solve", "svd"}  # operations that can stop a run half-way
IN_ORDER = {"reshape", "identity", "barrier", "stop_gradient"}  # views whose elements lie as in the whole
VIEWS = {*IN_ORDER, "transpose", "broadcast_to", "slice", "flip"}


class NumpyExecutable(Executable):
    """Runs a graph node by node; element-wise results and products go into buffers that are used again.

    The buffers lie in one arena (see `plan_memory`), borrowed for each run. Outputs get memory of their own;
    an updated variable is written into its own memory where the caller donates it, after the last operation that could fail:
    a step that raises leaves every variable as it was.
    """

    def __init__(self, graph: Graph, backend: Any) -> None:
        super().__init__(dead_code(_without_broadcasts(optimize(graph, backend.kernels))), backend)
        self.lock = threading.Lock()
        self.donated: list[Any] = []
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
        """Choose, for every node, where its result goes."""
        graph = self.graph
        views = {node.output: node.inputs[0] for node in graph.nodes if node.primitive.name in VIEWS}
        crooked: set[Value] = set()  # views whose elements do not lie one after the other
        for node in graph.nodes:
            if node.primitive.name in VIEWS and (node.primitive.name not in IN_ORDER or node.inputs[0] in crooked):
                crooked.add(node.output)
        donated = self._donations(views)
        written = {n.output: n for i, n in enumerate(graph.nodes) if i not in donated and self._writes(n)}
        elsewhere = {v for node in graph.nodes for v in node.outputs if v not in written}
        plan = plan_memory(graph, views, {v: _overwritable(n, crooked) for v, n in written.items()}, elsewhere)
        show("memory", plan)
        self.into, self.offsets, self.borrower = donated, plan.offsets, Borrower(plan.size)

    def _steps(self, arena: Any) -> list[Step]:
        """The calls, with results in that memory."""
        steps: list[Step] = []
        for index, node in enumerate(self.graph.nodes):
            out: Any = self.into.get(index)
            start = self.offsets.get(node.outputs[0])
            if start is not None:
                value = node.output
                out = arena[start : start + value.nbytes].view(native_dtype(value.dtype)).reshape(value.shape)
            sources = tuple(self.slots[v] for v in node.inputs)
            targets = tuple(self.slots[v] for v in node.outputs)
            steps.append((self._call(node, out), sources, targets, node.primitive.multiple))
        return steps

    def _donations(self, views: dict[Value, Value]) -> dict[int, _Donated]:
        """The nodes that write a new value of a variable into the memory of the old one, which nothing reads later."""
        nodes, found = self.graph.nodes, {}
        root, last = lifetimes(self.graph, views)
        kept = {root.get(v, v) for v in self.graph.outputs}
        makers = {out: index for index, node in enumerate(nodes) for out in node.outputs}
        safe = max(
            (i for i, n in enumerate(nodes) if n.primitive.name in RAISES or any(True for _ in n.graphs)), default=-1
        )
        for output, place in self.graph.donated.items():
            value, old = self.graph.outputs[output], self.graph.inputs[place]
            index = makers.get(value, -1)
            if (
                index <= safe
                or nodes[index].primitive.name not in UFUNCS
                or _is_narrow(nodes[index])
                or self.graph.outputs.count(value) > 1
            ):
                continue
            beside = [v for v in nodes[index].inputs if v is not old and root.get(v, v) is old]
            if last.get(old, -1) <= index and not beside and old not in kept:
                found[index] = _Donated(self, place, value)
        return found

    def _writes(self, node: Node) -> bool:
        name = node.primitive.name
        if _is_narrow(node):
            return False
        return (
            name in UFUNCS
            or name in ("sigmoid", "where", "reduce_sum")
            or _is_plain_product(node)
            or (name == "cast" and node.output.dtype.is_floating and node.inputs[0].dtype.kind != "complex")
        ) and node.output.size > 0

    def _call(self, node: Node, out: Any) -> Callable[..., Any]:
        name = node.primitive.name
        if isinstance(out, _Donated):
            return partial(out.write, UFUNCS[name])
        if out is not None:
            if name == "cast":
                return partial(_cast_into, out)
            if name in UFUNCS:
                return partial(UFUNCS[name], out=out)
            if name == "reduce_sum":
                return partial(_sum_into, out, node.params["axes"])
            if name == "sigmoid":
                return partial(_sigmoid_into, out)
            if name == "where":
                return partial(_where_into, out)
            return partial(_product_into, out, node.params["contracting"])
        kernel = self.backend.kernels.get(name) or node.primitive.generic_kernel
        if kernel is None:
            return partial(_general, self.backend, node.primitive, node.params)
        first = self.backend if node.primitive.uses_backend else np
        bound = partial(kernel, first, **node.params)
        if _is_narrow(node):
            bound = partial(_in_float32, bound, native_dtype(bfloat16))
        return partial(_as_arrays if node.primitive.multiple else _as_array, bound)

    def _bound(self, arena: Any) -> list[Step]:
        """The calls; made anew where other memory was borrowed than for the run before."""
        bound = self.borrower.bound
        if bound is None or bound[0] is not arena:
            bound = self.borrower.bound = arena, self._steps(arena)
        steps: list[Step] = bound[1]
        return steps

    def __call__(self, arrays: Sequence[Any], donate: Sequence[bool] = ()) -> list[Any]:
        """Run; see `Executable`."""
        with self.lock, np.errstate(all="ignore"), self.borrower as arena:
            steps = self._bound(arena.memory)
            values: list[Any] = [None] * len(self.slots)
            values[: len(arrays)] = arrays
            self.donated = [a if given and a.base is None else None for a, given in zip(arrays, donate, strict=False)]
            values[len(arrays) : len(arrays) + len(self.constants)] = self.constants
            try:
                for call, sources, targets, multiple in steps:
                    result = call(*[values[s] for s in sources])
                    if multiple:
                        for target, part in zip(targets, result, strict=True):
                            values[target] = part
                    else:
                        values[targets[0]] = result
                return self._outputs(values, arrays, donate)
            finally:
                self.donated = []  # hold nothing between runs

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


class _Donated:
    """The memory of a variable's old value, for its new one: known anew at each run, and None where it may not be used."""

    def __init__(self, executable: NumpyExecutable, place: int, value: Value) -> None:
        self.executable, self.place = executable, place
        self.dtype, self.shape = native_dtype(value.dtype), value.shape

    def write(self, ufunc: Callable[..., Any], *arrays: Any) -> Any:
        """The result of `ufunc`, in that memory if it was given."""
        donated = self.executable.donated
        out = donated[self.place] if donated else None
        return ufunc(*arrays, out=np.empty(self.shape, self.dtype) if out is None else out)


def _without_broadcasts(graph: Graph) -> Graph:
    """Element-wise functions read what was not broadcast: NumPy does that itself, and faster."""
    source = {n.output: n.inputs[0] for n in graph.nodes if n.primitive.name == "broadcast_to"}
    nodes = []
    for node in graph.nodes:
        inputs = tuple(source.get(v, v) for v in node.inputs) if node.primitive.name in UFUNCS else node.inputs
        whole = any(v.shape == node.outputs[0].shape for v in inputs)
        nodes.append(Node(node.primitive, inputs if whole else node.inputs, node.params, node.outputs, node.where))
    return graph.with_nodes(nodes)


def _overwritable(node: Node, crooked: set[Value]) -> list[Value]:
    """The operands that may be overwritten: each element is read before the result's at the same place is written."""
    name = node.primitive.name
    if name not in UFUNCS and name not in ("sigmoid", "where"):
        return []
    operands = node.inputs[-1:] if name == "where" else node.inputs
    wanted = (node.output.shape, node.output.dtype)
    return [v for v in operands if (v.shape, v.dtype) == wanted and v not in crooked]


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


def _cast_into(out: Any, x: Any) -> Any:
    np.copyto(out, x, casting="unsafe")
    return out


def _where_into(out: Any, condition: Any, x: Any, y: Any) -> Any:
    if out.dtype.kind == "c":
        np.copyto(out, y)
        np.copyto(out, x, where=condition)
        return out
    # On bits, y ^ ((x ^ y) & mask): a masked copy goes element by element, which is ten times slower.
    bits = f"i{out.itemsize}"
    others = y.view(bits)  # its memory may be that of out
    change = np.asarray(np.bitwise_xor(x.view(bits), others))  # without axes NumPy gives a number
    np.bitwise_and(change, np.negative(condition.view("i1"), dtype=bits), out=change)
    np.bitwise_xor(others, change, out=out.view(bits))
    return out


def _is_narrow(node: Node) -> bool:
    """Whether it computes with bfloat16 numbers, which takes a detour."""
    return node.primitive.name not in AS_IT_IS and any(v.dtype is bfloat16 for v in node.inputs)


def _in_float32(kernel: Callable[..., Any], narrow: Any, *arrays: Any) -> Any:
    return in_float32(kernel, narrow, arrays)


def _as_array(kernel: Callable[..., Any], *arrays: Any) -> Any:
    out = kernel(*arrays)
    return out if type(out) is np.ndarray else np.asarray(out)


def _as_arrays(kernel: Callable[..., Any], *arrays: Any) -> Any:
    return tuple(np.asarray(o) for o in kernel(*arrays))


def _general(backend: Any, primitive: Any, params: dict[str, Any], *arrays: Any) -> Any:
    return backend.run(primitive, arrays, params)

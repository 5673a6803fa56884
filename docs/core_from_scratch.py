"""The idea of Hornbeam's core, in one file that runs: tensors, primitives, three interpreters, gradients, graphs.

Every name is the real one; `packages/core/src/hornbeam/` has the whole of each. Run it: `python docs/core_from_scratch.py`.
It needs NumPy only, and ends by learning the exclusive or with a training step that is captured once and then replayed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

import numpy as np

# ---- 1. A tensor is a value, and an identity by which gradients and graphs know it (hornbeam/tensor.py)

new_uid = count().__next__


class Tensor:
    """A value: an array, or while a function is captured, the Value of a graph that stands for one."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.uid = new_uid()

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    # Operators are sugar over operations.
    def __add__(self, other: Any) -> Tensor:
        return add(self, other)

    def __sub__(self, other: Any) -> Tensor:
        return add(self, multiply(other, -1.0))

    def __mul__(self, other: Any) -> Tensor:
        return multiply(self, other)

    def __matmul__(self, other: Any) -> Tensor:
        return matmul(self, other)


def as_tensor(x: Any) -> Tensor:
    return x if isinstance(x, Tensor) else Tensor(np.asarray(x, float))


# ---- 2. A primitive is one operation: a shape rule, a kernel, and a gradient rule (hornbeam/primitive.py)


class Primitive:
    """What all interpreters know by name. `vjp(ct, out, *inputs, **params)` gives the cotangent of each input, in operations."""

    def __init__(self, name: str, infer: Callable, kernel: Callable, vjp: Callable) -> None:
        self.name, self.infer, self.kernel, self.vjp = name, infer, kernel, vjp


# ---- 3. bind is the one point through which everything passes; who acts is decided by context (hornbeam/interpret.py)

interpreter: ContextVar[Any] = ContextVar("interpreter")


def bind(primitive: Primitive, *inputs: Any, **params: Any) -> Tensor:
    return interpreter.get().process(primitive, tuple(as_tensor(x) for x in inputs), params)


@contextmanager
def running(one: Any):
    token = interpreter.set(one)
    try:
        yield one
    finally:  # whatever happens inside, the one before acts again
        interpreter.reset(token)


class Evaluate:
    """Run the kernel now (hornbeam/interpreters/evaluate.py)."""

    def process(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: dict) -> Tensor:
        out = np.asarray(primitive.kernel(*(t.value for t in inputs), **params))
        assert out.shape == primitive.infer(*(t.shape for t in inputs), **params), primitive.name
        return Tensor(out)


interpreter.set(Evaluate())


# ---- 4. A tape lets the interpreter below carry an operation out, and remembers it (hornbeam/interpreters/tape.py)


class Tape:
    """Records what depends on the tensors that are differentiated. Tapes stack: hence gradients of gradients."""

    def __init__(self, below: Any) -> None:
        self.below = below
        self.tracked: set[int] = set()
        self.records: list[tuple] = []

    def process(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: dict) -> Tensor:
        with running(self.below):
            out = bind(primitive, *inputs, **params)
        if any(t.uid in self.tracked for t in inputs):
            self.tracked.add(out.uid)
            self.records.append((primitive, inputs, params, out))
        return out

    def pull_back(self, out: Tensor, ct: Tensor) -> dict[int, Tensor]:
        """Walk backwards. It runs below this tape, so the tapes below record the walk itself."""
        cotangents = {out.uid: ct}
        for primitive, inputs, params, result in reversed(self.records):
            if result.uid not in cotangents:
                continue
            found = primitive.vjp(cotangents[result.uid], result, *inputs, **params)
            for tensor, part in zip(inputs, found, strict=True):
                if tensor.uid in self.tracked:
                    before = cotangents.get(tensor.uid)
                    cotangents[tensor.uid] = part if before is None else before + part
        return cotangents


def value_and_grad(function: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, list[Tensor]]]:
    """(hornbeam/autodiff.py)"""

    def wrapped(*args: Any) -> tuple[Tensor, list[Tensor]]:
        inputs = [
            multiply(a, 1.0) for a in args
        ]  # identities of their own, and the tapes outside see where they come from
        tape = Tape(interpreter.get())
        tape.tracked.update(t.uid for t in inputs)
        with running(tape):
            out = function(*inputs)
        assert out.shape == (), "only a single number has a gradient"
        found = tape.pull_back(out, as_tensor(1.0))
        return out, [found.get(t.uid, multiply(t, 0.0)) for t in inputs]

    return wrapped


def grad(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda *args: value_and_grad(function)(*args)[1][0]


# ---- 5. Capture makes each operation a node of a graph instead of running it (hornbeam/interpreters/capture.py)


class Value:
    """A place in a graph: an input, a constant, or the result of a node."""

    def __init__(self, shape: tuple[int, ...], data: Any = None) -> None:
        self.shape, self.data = shape, data


class Capture:
    def __init__(self) -> None:
        self.nodes: list[tuple] = []

    def value_of(self, tensor: Tensor) -> Value:
        known = isinstance(tensor.value, Value)
        return tensor.value if known else Value(tensor.shape, tensor.value)  # from outside: a constant

    def process(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: dict) -> Tensor:
        operands = [self.value_of(t) for t in inputs]
        out = Value(primitive.infer(*(v.shape for v in operands), **params))  # a wrong shape is found here
        self.nodes.append((primitive, operands, params, out))
        return Tensor(out)


class Graph:
    """A captured function (hornbeam/graph/ir.py). Passes would simplify it, and an engine compile it; here it is replayed."""

    def __init__(self, inputs: list[Value], nodes: list[tuple], outputs: list[Value]) -> None:
        self.inputs, self.outputs = inputs, outputs
        needed = set(outputs)
        self.nodes = []
        for node in reversed(nodes):  # the first pass: leave out what no output depends on (graph/passes/dead.py)
            if node[3] in needed:
                needed.update(node[1])
                self.nodes.insert(0, node)

    def __str__(self) -> str:
        names: dict[Value, str] = {}

        def name(v: Value) -> str:
            return names.setdefault(v, f"%{len(names)}" if v.data is None else f"constant{list(v.shape)}")

        lines = [f"({', '.join(f'{name(v)}{list(v.shape)}' for v in self.inputs)}):"]
        for p, operands, params, out in self.nodes:
            given = ", ".join([*map(name, operands), *(f"{k}={v}" for k, v in params.items())])
            lines.append(f"  {name(out)}{list(out.shape)} = {p.name}({given})")
        return "\n".join([*lines, f"  return {', '.join(map(name, self.outputs))}"])

    def __call__(self, *arrays: Any) -> list[Any]:
        values = dict(zip(self.inputs, arrays, strict=True))
        for primitive, operands, params, out in self.nodes:  # nothing but kernels: no tensors, tapes or rules any more
            values[out] = primitive.kernel(*(values.get(v, v.data) for v in operands), **params)
        return [values.get(v, v.data) for v in self.outputs]


def capture(function: Callable[..., Any], *args: Any) -> Graph:
    recorder = Capture()
    inputs = [Value(as_tensor(a).shape) for a in args]
    with running(recorder):
        out = function(*map(Tensor, inputs))
    outputs = [recorder.value_of(t) for t in (out if isinstance(out, (list, tuple)) else [out])]
    return Graph(inputs, recorder.nodes, outputs)


def jit(function: Callable[..., Any]) -> Callable[..., list[Tensor]]:
    """Capture once for each set of shapes, then replay (hornbeam/jit.py)."""
    graphs: dict[Any, Graph] = {}

    def wrapped(*args: Any) -> list[Tensor]:
        tensors = [as_tensor(a) for a in args]
        key = tuple(t.shape for t in tensors)
        if key not in graphs:
            graphs[key] = capture(function, *tensors)
        return [Tensor(a) for a in graphs[key](*(t.value for t in tensors))]

    return wrapped


# ---- 6. Six primitives are enough for a network; rules are written in operations, so they differentiate again (hornbeam/ops/)


def same(a: tuple, b: tuple = ()) -> tuple:
    return np.broadcast_shapes(a, b)


add_p = Primitive("add", same, np.add, lambda ct, out, x, y: (fit(ct, x.shape), fit(ct, y.shape)))
multiply_p = Primitive(
    "multiply", same, np.multiply, lambda ct, out, x, y: (fit(ct * y, x.shape), fit(ct * x, y.shape))
)
tanh_p = Primitive("tanh", same, np.tanh, lambda ct, out, x: (ct * (as_tensor(1.0) - out * out),))
matmul_p = Primitive(
    "matmul", lambda a, b: (a[0], b[1]), np.matmul, lambda ct, out, x, y: (ct @ transpose(y), transpose(x) @ ct)
)
transpose_p = Primitive("transpose", lambda a: a[::-1], np.transpose, lambda ct, out, x: (transpose(ct),))


def _fit_kernel(x: Any, shape: tuple[int, ...]) -> Any:
    """Sum over what was broadcast, or broadcast what was summed."""
    extra = x.ndim - len(shape)
    if extra > 0 or any(n != m for n, m in zip(x.shape, shape, strict=False) if m == 1):
        axes = tuple(i for i in range(x.ndim) if i < extra or shape[i - extra] == 1)
        x = x.sum(axes, keepdims=True).reshape(shape)
    return np.broadcast_to(x, shape)


fit_p = Primitive("fit", lambda a, shape: shape, _fit_kernel, lambda ct, out, x, shape: (fit(ct, x.shape),))


def add(x: Any, y: Any) -> Tensor:
    return bind(add_p, x, y)


def multiply(x: Any, y: Any) -> Tensor:
    return bind(multiply_p, x, y)


def tanh(x: Any) -> Tensor:
    return bind(tanh_p, x)


def matmul(x: Any, y: Any) -> Tensor:
    return bind(matmul_p, x, y)


def transpose(x: Any) -> Tensor:
    return bind(transpose_p, x)


def fit(x: Any, shape: tuple[int, ...]) -> Tensor:
    return bind(fit_p, x, shape=shape)


def total(x: Any) -> Tensor:
    return fit(x, ())


# ---- 7. And now train: forward, backward and update are one graph


def main() -> float:
    """Learn the exclusive or; gives the last loss."""
    assert abs(grad(tanh)(0.5).value - (1 - np.tanh(0.5) ** 2)) < 1e-12
    third = grad(grad(grad(lambda x: x * x * x * x)))(2.0)  # 24 x
    assert third.value == 48.0

    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    y = np.array([[0], [1], [1], [0]], float)
    rng = np.random.default_rng(0)
    weights = [Tensor(a) for a in (rng.normal(size=(2, 8)), np.zeros(8), rng.normal(size=(8, 1)), np.zeros(1))]

    def loss(w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
        error = tanh(as_tensor(x) @ w1 + b1) @ w2 + b2 - as_tensor(y)
        return total(error * error)

    def step(*ws: Tensor) -> list[Tensor]:
        value, gradients = value_and_grad(loss)(*ws)
        return [value, *(w - g * 0.05 for w, g in zip(ws, gradients, strict=True))]

    print(f"A training step is this graph:\n{capture(step, *weights)}\n")
    step = jit(step)
    for n in range(301):
        value, *weights = step(*weights)
        if n % 100 == 0:
            print(f"step {n:3d}  loss {float(value.value):.6f}")
    return float(value.value)


if __name__ == "__main__":
    main()

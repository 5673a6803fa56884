"""jit: capture a function once per signature, compile it, and run the compiled form."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

from hornbeam.backends.base import Executable, current_backend
from hornbeam.collector import Uncollected
from hornbeam.debug import enabled, show
from hornbeam.dtypes import string
from hornbeam.graph.check import check
from hornbeam.graph.ir import Graph
from hornbeam.host_calls import HostPart, Text, is_text
from hornbeam.interpret import current, running
from hornbeam.interpreters.capture import Capture
from hornbeam.interpreters.evaluate import Evaluate, adopt
from hornbeam.interrupts import Uninterrupted
from hornbeam.ops.convert import as_tensor
from hornbeam.primitive import Spec
from hornbeam.tensor import Tensor
from hornbeam.tree import LEAF, Structure, flatten, unflatten

__all__ = ["capture", "jit"]

compiling = threading.RLock()  # one function at a time is captured and compiled, also in the background
_STATIC = (bool, int, float, complex, str, bytes, type(None))


class _Compiled:
    """One signature's executable, and what it reads and writes besides its arguments."""

    def __init__(self, capture: Capture, graph: Graph, structure: Structure, results: list[Any], backend: Any) -> None:
        self.reads = list(capture.reads)
        self.host = capture.host if capture.host is not None and capture.host.calls else None
        self.structure = structure
        self.strings = {i: result for i, result in enumerate(results) if isinstance(result, Text)}
        self.count = len(results) - len(self.strings)  # new values of variables follow
        self.assigned = list(capture.assigned)[: len(graph.outputs) - self.count]
        self.backend = backend
        show("graph", graph)
        self.executable: Executable = backend.compile(graph)
        position = {id(v): i for i, v in enumerate(graph.inputs)}
        donated = set(graph.donated.values())
        order = [position[id(capture.reads[v])] for v in self.reads]
        self.variables = [(i, v, i in donated) for i, v in zip(order, self.reads, strict=True)]
        self.arguments = [i for i in range(len(graph.inputs)) if i not in set(order)]
        self.specs = [Spec(v.shape, v.dtype) for v in graph.outputs]

    def __call__(self, tensors: list[Tensor], texts: Sequence[Any] = ()) -> Any:
        backend = self.backend
        arrays: list[Any] = [None] * (len(self.variables) + len(self.arguments))
        donate = [False] * len(arrays)
        for i, tensor in zip(self.arguments, tensors, strict=True):
            arrays[i] = adopt(tensor, backend)
        for i, variable, replaced in self.variables:
            arrays[i] = adopt(variable.stored, backend)
            donate[i] = replaced and not variable.shared
        with Uninterrupted() if self.assigned else nullcontext():
            out = self.executable(arrays, donate)
            news = zip(self.assigned, out[self.count :], self.specs[self.count :], strict=True)
            for variable, array, spec in news:
                if variable.shared or variable.stored.value is not array:  # else it was written where it is
                    variable.store(Tensor(array, spec.shape, spec.dtype, backend), shared=False)
            pairs = zip(out[: self.count], self.specs, strict=False)
            results: list[Any] = [Tensor(array, spec.shape, spec.dtype, backend) for array, spec in pairs]
        for i, text in self.strings.items():
            results.insert(i, texts[text.source].reshape(text.shape))
        return unflatten(self.structure, results)


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the same results that is captured as one graph, compiled, and then run without Python in between.

    Tensors and arrays among the arguments (in nested containers) are inputs; numbers, strings and other hashable values are
    part of the signature, so another value compiles again: pass a number that changes as a tensor. Variables that the
    function reads or assigns are state: they go in and come out by themselves. Inside another jit, grad or vjp the function
    simply becomes part of that. Its method `prepare` compiles for arguments like those given, and runs nothing. Arrays of
    strings are inputs of what the function calls on the host (`host_call`), which happens before each run of the graph.

    Raises:
        CaptureError: the function needs a value while it is captured, as in `if x > 0:`.

    Example:
        >>> import hornbeam as hb
        >>> step = hb.jit(lambda x: hb.ops.sum(x * x))
        >>> float(step(hb.ops.asarray([1.0, 2.0])))
        5.0
    """
    compiled: dict[Any, _Compiled] = {}

    def made(leaves: list[Any], structure: Structure, backend: Any, key: Any, results: Any = ()) -> _Compiled:
        """The compiled form for a signature, and for what the calls on the host return."""
        found = compiled.get((*key, *results))
        if found is None:
            with compiling, Uncollected():
                found = compiled.get((*key, *results))
                if found is None:
                    found = compiled[*key, *results] = _compile(function, leaves, structure, backend)
                    if found.host is not None:
                        compiled[*key, *found.host.settle()] = found
        return found

    def find(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[_Compiled, list[Tensor], list[Any]]:
        leaves, structure = flatten((args, kwargs))
        tensors: list[Tensor] = []
        texts: list[Any] = []
        signature: list[Any] = []
        for leaf in leaves:
            if isinstance(leaf, _STATIC) or callable(leaf) and not hasattr(leaf, "shape"):
                signature.append((type(leaf), leaf))
            elif type(leaf) is not Tensor and is_text(leaf):
                texts.append(leaf)
                signature.append((leaf.shape, string))
            else:
                tensor = as_tensor(leaf)
                tensors.append(tensor)
                signature.append((tensor.shape, tensor.dtype))
        backend = current_backend()
        key = (structure, tuple(signature), backend.name)
        found = made(leaves, structure, backend, key)
        if found.host is None:
            return found, tensors, texts
        run = found.host.run(tensors, texts)
        return made(leaves, structure, backend, key, found.host.signature(run)), run.tensors, run.texts

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not isinstance(current(), Evaluate):
            return function(*args, **kwargs)
        found, tensors, texts = find(args, kwargs)
        return found(tensors, texts)

    def prepare(*args: Any, **kwargs: Any) -> None:
        """Capture and compile for arguments like these, and run nothing."""
        find(args, kwargs)

    wrapped.compiled = compiled  # type: ignore[attr-defined]
    wrapped.prepare = prepare  # type: ignore[attr-defined]
    return wrapped


def _trace(
    function: Callable[..., Any], leaves: list[Any], structure: Structure, backend: Any, values: bool = True
) -> tuple[Capture, Graph, Structure, list[Any]]:
    """The capture of a function, its graph, and its results; without values of the arguments nothing is called on the host."""
    capture = Capture(getattr(function, "__name__", "function"))
    tensors: list[Any] = []
    texts: list[Any] = []
    replaced: list[Any] = []
    for leaf in leaves:
        if isinstance(leaf, _STATIC) or callable(leaf) and not hasattr(leaf, "shape"):
            replaced.append(leaf)
        elif is_text(leaf):
            replaced.append(Text(capture, len(texts), leaf.shape))
            texts.append(leaf)
        else:
            tensors.append(leaf if isinstance(leaf, Spec) else as_tensor(leaf))
            replaced.append(capture.input(tensors[-1]))

    def part(tensor: Tensor) -> _Compiled:
        return _Compiled(capture, capture.graph_of(tensor), LEAF, [tensor], backend)

    if values:
        capture.host = HostPart(capture, tensors, texts, part)
    args, kwargs = unflatten(structure, replaced)
    with running(capture):
        out, out_structure = flatten(function(*args, **kwargs))
        results = [o if isinstance(o, Text) else as_tensor(o) for o in out]
    graph = capture.finish([r for r in results if isinstance(r, Tensor)])
    return capture, check(graph) if enabled("check") else graph, out_structure, results


def _compile(function: Callable[..., Any], leaves: list[Any], structure: Structure, backend: Any) -> _Compiled:
    traced = _trace(function, leaves, structure, backend)
    known = [_without_values(leaf) for leaf in leaves]  # the arguments themselves are not kept

    def resized(size: int, other: int) -> Graph:
        given = [_as_long(leaf, size, other) for leaf in known]
        with compiling, Uncollected():
            return _trace(function, given, structure, backend, values=False)[1]

    traced[1].resized = resized
    return _Compiled(*traced, backend)


def _without_values(leaf: Any) -> Any:
    if isinstance(leaf, _STATIC) or callable(leaf) and not hasattr(leaf, "shape"):
        return leaf
    if is_text(leaf):
        return Text(Capture(""), -1, leaf.shape)
    tensor = as_tensor(leaf)
    return Spec(tensor.shape, tensor.dtype)


def _as_long(leaf: Any, size: int, other: int) -> Any:
    """An argument whose first axis has another size, where it has that one."""
    if not isinstance(leaf, Spec | Text) or tuple(leaf.shape[:1]) != (size,):
        return leaf
    shape = (other, *leaf.shape[1:])
    return leaf.reshape(shape) if isinstance(leaf, Text) else Spec(shape, leaf.dtype)


def capture(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Graph:
    """The graph of a function for arguments like these, to look at.

    Example:
        >>> import hornbeam as hb
        >>> print(hb.capture(lambda x: hb.ops.exp(x), hb.ops.zeros((2,))))
        <lambda>(%0: float32[2]) -> (float32[2]):
          %1: float32[2] = exp(%0)
          return %1
    """
    leaves, structure = flatten((args, kwargs))
    return _trace(function, leaves, structure, current_backend())[1]

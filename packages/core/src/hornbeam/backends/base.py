"""The backend protocol, at two depths: kernels for single operations, and `compile` for whole graphs."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from hornbeam.dtypes import DType
from hornbeam.errors import BackendError
from hornbeam.primitive import Composite, Primitive

if TYPE_CHECKING:
    from hornbeam.graph.ir import Graph

__all__ = ["Backend", "Executable", "backend", "current_backend", "set_backend", "using_backend"]


class Backend:
    """Arrays and kernels; a subclass fills in the array library, and may compile graphs.

    The default implementation of everything but the transfers works on any array-API namespace.

    Attributes:
        name: what `hb.set_backend` takes.
        device: where its arrays live, such as "cpu".
        xp: the array-API namespace that generic kernels are written against.
        kernels: kernels of its own, by primitive name: `kernel(xp, *arrays, **params)`; where absent, the generic one runs.
    """

    name = "backend"
    device = "cpu"
    symbolic = False
    xp: Any = None

    def __init__(self) -> None:
        self.kernels: dict[str, Callable[..., Any]] = {}
        self._executables: WeakKeyDictionary[Graph, Executable] = WeakKeyDictionary()

    def describe(self) -> str:
        """What computes, for people: its device."""
        return self.device

    # ---- transfers

    def from_host(self, array: Any, dtype: DType) -> Any:
        """A host (NumPy) array as an array of this backend."""
        return self.xp.asarray(array)

    def to_host(self, array: Any) -> Any:
        """An array of this backend as a read-only NumPy array."""
        raise BackendError(f"backend {self.name} cannot move arrays to the host")

    def native(self, dtype: DType) -> Any:
        """The array library's dtype of that name."""
        found = getattr(self.xp, str(dtype), None)
        if found is None:
            raise BackendError(f"backend {self.name} has no dtype {dtype}")
        return found

    def dlpack(self, array: Any, **options: Any) -> Any:
        """The array as a DLPack capsule."""
        return array.__dlpack__(**options)

    def dlpack_device(self, array: Any) -> tuple[int, int]:
        """DLPack's device type and number of the array."""
        return array.__dlpack_device__()

    def share(self, array: Any) -> Any:
        """Another library's array as one of this backend's, in the same memory, through DLPack; None where it has to be copied."""
        return None

    def receive(self, receiver: Any, primitive: Any, inputs: Any, params: Any) -> None:
        """A tensor of this backend is used by another one: it will be moved through the host."""

    # ---- single operations

    def run(self, primitive: Primitive, arrays: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run one primitive now.

        Returns:
            An array, or a tuple of arrays where `primitive.multiple`.

        Raises:
            BackendError: there is no kernel for it.
        """
        kernel = self.kernels.get(primitive.name)
        if kernel is None:
            if isinstance(primitive, Composite):
                return self._decompose(primitive, arrays, params)
            kernel = primitive.generic_kernel
            if kernel is None:
                raise BackendError(f"backend {self.name} has no kernel for {primitive.name}")
        return kernel(self if primitive.uses_backend else self.xp, *arrays, **params)

    def _decompose(self, primitive: Composite, arrays: Sequence[Any], params: dict[str, Any]) -> Any:
        from hornbeam.graph.passes import expand
        from hornbeam.interpreters.capture import capture_specs
        from hornbeam.primitive import Spec

        specs = [Spec(tuple(a.shape), self.dtype_of(a)) for a in arrays]
        results = self.run_graph(expand(capture_specs(primitive.decomposition, specs, params), self.kernels), arrays)
        return tuple(results) if primitive.multiple else results[0]

    def dtype_of(self, array: Any) -> DType:
        """The DType of one of this backend's arrays."""
        from hornbeam.dtypes import as_dtype

        return as_dtype(array.dtype)

    # ---- what the kernels of loops and branches use

    def executable(self, graph: Graph) -> Executable:
        """The compiled form of a loop's or branch's body, made at the first call."""
        found = self._executables.get(graph)
        if found is None:
            found = self._executables[graph] = self.compile(graph)
        return found

    def copy(self, array: Any) -> Any:
        """An array of the same elements in memory of its own."""
        return self.xp.asarray(array, copy=True)

    def row(self, array: Any, index: int) -> Any:
        """The part of an array at one place of the first axis."""
        return array[index, ...]

    def stack(self, rows: Sequence[Any], spec: Any) -> Any:
        """Arrays of shape and dtype `spec`, one below the other; there may be none."""
        if not rows:
            return self.xp.zeros((0, *spec.shape), dtype=self.native(spec.dtype))
        return self.xp.stack(rows)

    # ---- graphs

    def peaks(self) -> tuple[float, float]:
        """Operations a second and bytes a second that the machine reaches at best; zeros where that is not known."""
        return 0.0, 0.0

    def run_graph(self, graph: Graph, arrays: Sequence[Any]) -> list[Any]:
        """Run a graph node by node: what `compile` falls back on, and what loops and branches run their bodies with."""
        from hornbeam.interpreters.evaluate import adopt

        values: dict[Any, Any] = dict(zip(graph.inputs, arrays, strict=True))
        values.update((c, adopt(c.data, self)) for c in graph.constants)
        for node in graph.nodes:
            out = self.run(node.primitive, [values[v] for v in node.inputs], node.params)
            values.update(zip(node.outputs, out if node.primitive.multiple else (out,), strict=True))
        return [values[v] for v in graph.outputs]

    def compile(self, graph: Graph) -> Executable:
        """Turn a graph into something that runs it."""
        return Executable(graph, self)


class Executable:
    """A graph, ready to run on a backend. The default interprets it; engines override `__call__`."""

    def __init__(self, graph: Graph, backend: Backend) -> None:
        self.graph = graph
        self.backend = backend

    def __call__(self, arrays: Sequence[Any], donate: Sequence[bool] = ()) -> list[Any]:
        """Run.

        Args:
            arrays: one per input of the graph.
            donate: for each input, whether its memory may be overwritten (only those in `graph.donated` can be True).

        Returns:
            One array per output of the graph; none shares memory with the executable.
        """
        return self.backend.run_graph(self.graph, arrays)


_chosen: list[Backend] = []
_made: dict[str, Backend] = {}


def current_backend() -> Backend:
    """The backend on which operations run now."""
    if not _chosen:
        set_backend(os.environ.get("HORNBEAM_BACKEND") or _best())
    return _chosen[0]


def backend() -> str:
    """The name of the current backend.

    Example:
        >>> import hornbeam as hb
        >>> isinstance(hb.backend(), str)
        True
    """
    return current_backend().name


def set_backend(name: str | Backend) -> None:
    """Choose the backend for everything that follows; existing tensors move to it when they are used.

    Args:
        name: such as "numpy", "cpu", "cuda", or "cuda:1" for a backend's second device; `hornbeam doctor` lists what is
            there. Default: the best usable one, or the environment variable HORNBEAM_BACKEND.

    Raises:
        UnknownNameError: no backend has that name.
        BackendError: it cannot be used here; the message says why.
    """
    _chosen[:] = [name if isinstance(name, Backend) else make_backend(name)]


@contextmanager
def using_backend(name: str | Backend) -> Iterator[Backend]:
    """Use another backend for the duration of a with block."""
    before = list(_chosen)
    set_backend(name)
    try:
        yield _chosen[0]
    finally:
        _chosen[:] = before


def make_backend(name: str) -> Backend:
    """The backend of that name, made at the first call, with the kernels that plugins offer for it."""
    from hornbeam.plugins import registry

    plain, _, number = name.partition(":")
    if number and not number.isdecimal():
        raise BackendError(f"backend {name!r}: a device is named by its number, such as {plain}:1")
    entry = registry.component("backends", plain)
    label = f"{entry.label}:{int(number)}" if number and int(number) else entry.label
    if label not in _made:
        reason = next(status.reason for status in registry.backends() if status.entry == entry)
        if reason:
            raise BackendError(f"backend {name!r} cannot be used here: {reason}")
        kind = registry.load_entry(entry)
        if label != entry.label and not inspect.signature(kind).parameters:
            raise BackendError(f"backend {plain!r} has one device; {name!r} is not there")
        made: Backend = kind(int(number)) if label != entry.label else kind()
        for primitive, offer in registry.kernels(entry.component.name).items():
            made.kernels[primitive] = registry.load_entry(offer)
        _made[label] = made
    return _made[label]


def _best() -> str:
    from hornbeam.plugins import registry

    return registry.best_backend().label

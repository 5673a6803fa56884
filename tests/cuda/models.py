"""The models by which speed is measured, in their full sizes, and the plans of their training steps: nothing of them is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

import hornbeam as hb
import numpy as np
from hornbeam.backends.base import Executable, using_backend
from hornbeam.backends.numpy import NumpyBackend
from hornbeam.graph.ir import Graph
from hornbeam.host import native_dtype
from hornbeam.policy import dtype_policy, set_dtype_policy
from hornbeam.primitive import Primitive, Spec
from hornbeam_cuda.device.base import Properties
from hornbeam_cuda.lower.plan import prepare
from hornbeam_cuda.plan import Plan

from tests.cuda.emulator.recurrent import spaces

SMALL = 4096  # elements up to which values are computed, so that constants are known


class Planned:
    """A device that plans are made for; it has no memory and runs nothing.

    Args:
        memory: bytes that it has in all.
        refused: kinds of calls that no library can run.
    """

    name, architecture = "cuda:0", "sm_90"

    def __init__(self, memory: int = 80 * 2**30, refused: tuple[type, ...] = ()) -> None:
        self.properties = Properties(132, 227 * 1024, memory, "planned for")
        self.refused = refused

    def supports(self, call: Any) -> bool:
        """Whether a library can run a call."""
        return not isinstance(call, self.refused)

    def spaces(self, call: Any) -> Any:
        """What a recurrent layer needs beside its arrays."""
        return spaces(call)

    def workspace(self, call: Any) -> int:
        """Bytes that a call needs: what cuBLASLt recommends."""
        return 32 * 2**20


class Sketching(NumpyBackend):
    """Computes what is small; what is large is a single zero, repeated. Keeps the graphs that it is asked to compile."""

    name = "sketching"

    def __init__(self) -> None:
        super().__init__()
        self.graphs: list[Graph] = []

    def from_host(self, array: Any, dtype: Any) -> Any:
        """The array, or its shape."""
        return super().from_host(array, dtype) if array.size <= SMALL else _blank(array.shape, dtype)

    def copy(self, array: Any) -> Any:
        """The same array."""
        return array

    def run(self, primitive: Primitive, arrays: Sequence[Any], params: dict[str, Any]) -> Any:
        """The result, or its shape."""
        specs = primitive.infer(*[Spec(a.shape, self.dtype_of(a)) for a in arrays], **params)
        made = specs if primitive.multiple else (specs,)
        if sum(a.size for a in arrays) + sum(_size(s.shape) for s in made) <= SMALL:
            return super().run(primitive, arrays, params)
        found = tuple(_blank(s.shape, s.dtype) for s in made)
        return found if primitive.multiple else found[0]

    def compile(self, graph: Graph) -> Executable:
        """Keep the graph; running it gives shapes."""
        self.graphs.append(graph)
        return _Sketch(graph, self)


class _Sketch(Executable):
    def __call__(self, arrays: Sequence[Any], donate: Sequence[bool] = ()) -> list[Any]:
        return [_blank(v.shape, v.dtype) for v in self.graph.outputs]


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def _blank(shape: tuple[int, ...], dtype: Any) -> Any:
    return np.broadcast_to(np.zeros((), native_dtype(dtype)), shape)


def _module(path: str) -> Any:
    """A file of the benchmarks as a module."""
    spec = spec_from_file_location(f"benchmarks_{Path(path).stem}", Path(__file__).parents[2] / "benchmarks" / path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Workload(NamedTuple):
    """A model and how it is trained: batch, shape and kind of the inputs and of the labels, and the dtype policy."""

    build: Callable[[], Any]
    batch: int
    input: tuple[int, ...]
    words: int = 0
    labels: tuple[int, ...] = ()
    label: str = "int32"
    policy: str = "float32"


LARGE = _module("gpu/models.py")
RESNET50 = {"image": 224, "classes": 1000}
GPT2 = {"layers": 12, "width": 768, "heads": 12, "length": 1024, "vocabulary": 50304}

WORKLOADS = {
    "mlp": Workload(_module("ours/mlp.py").model, 128, (784,)),
    "convnet": Workload(_module("ours/convnet.py").model, 128, (28, 28, 1)),
    "imdb": Workload(_module("ours/imdb.py").model, 64, (400,), words=5000, labels=(1,), label="float32"),
    "characters": Workload(_module("ours/characters.py").model, 128, (40, 60), labels=(60,), label="float32"),
    "transformer": Workload(_module("ours/transformer.py").model, 32, (200,), words=20000),
    "resnet50": Workload(lambda: LARGE.compiled(hb, "resnet50", RESNET50), 256, (224, 224, 3), policy="mixed_bfloat16"),
    "gpt2": Workload(
        lambda: LARGE.compiled(hb, "gpt2", GPT2), 16, (1024,), words=50304, labels=(1024,), policy="mixed_bfloat16"
    ),
}


def graph_of(work: Workload) -> Graph:
    """The training step of a workload."""
    backend = Sketching()
    before = dtype_policy()
    set_dtype_policy(work.policy)
    try:
        with using_backend(backend):
            made = work.build()
            kind = "int32" if work.words else "float32"
            x, y = np.zeros((work.batch, *work.input), kind), np.zeros((work.batch, *work.labels), work.label)
            made.train_on_batch(x, y)
    finally:
        set_dtype_policy(before)
    return max(backend.graphs, key=lambda g: len(g.nodes))


@cache
def plan(name: str, refused: tuple[type, ...] = ()) -> Plan:
    """The plan of its training step."""
    device = Planned(refused=refused)
    return Plan(prepare(graph_of(WORKLOADS[name]), device.supports), device)

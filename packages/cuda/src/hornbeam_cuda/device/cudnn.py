"""cuDNN by its frontend: graphs of one operation, planned once, kept on disk, run by address.

The frontend is the package nvidia-cudnn-frontend, 1.18 to 1.24: later ones need packages of hundreds of megabytes.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam import kernel_cache
from hornbeam.debug import show
from hornbeam.errors import BackendError

from hornbeam_cuda.device.libraries import MissingLibraryError
from hornbeam_cuda.device.products import WORKSPACE
from hornbeam_cuda.device.tuning import CANDIDATES, Clock, Tuning
from hornbeam_cuda.library import Call
from hornbeam_cuda.precision import deterministic

__all__ = ["Cudnn", "frontend"]

Builder = Callable[[Any, Any, Any], None]
"""`(cudnn, graph, call)`: adds tensors, whose uids are their places among the call's addresses from 1 on, and the operation."""


def frontend() -> Any:
    """The module `cudnn`.

    Raises:
        MissingLibraryError: it or cuDNN itself is not there.
    """
    try:
        return importlib.import_module("cudnn")
    except (ImportError, OSError, RuntimeError) as error:
        raise MissingLibraryError(
            f"cuDNN's frontend cannot be imported ({error}). "
            "Run: pip install 'nvidia-cudnn-frontend>=1.18,<1.25' nvidia-cudnn-cu13"
        ) from error


class Cudnn:
    """Runs calls of one kind on one device.

    Args:
        cudnn: the frontend's module.
        build: makes the graph of a call.
        device: what the plans are made for, such as "NVIDIA H100 sm_90": part of their names on disk.
        options: of the graphs, in place of a handle: for planning without a device.
        clock: the device, on which the fastest engine is found by measuring; None: cuDNN's first suggestion is taken.
    """

    def __init__(
        self,
        cudnn: Any,
        build: Builder,
        device: str,
        options: dict[str, Any] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._cudnn = cudnn
        self._build = build
        self._device = device
        self._options = options
        self._handle: int | None = None
        self._stream: int | None = None
        self._plans: dict[tuple[Call, bool], Any] = {}
        self._open: dict[tuple[Call, bool], list[int]] = {}  # engines of which the fastest is not known yet
        self._tuning = Tuning(clock, self._versions, device) if clock is not None else None

    def supports(self, call: Call) -> bool:
        """Whether cuDNN has an engine for a call."""
        return self.plan(call) is not None

    def workspace(self, call: Call) -> int:
        """Bytes that a call needs beside its arrays."""
        plan = self.plan(call)
        sizes = [plan.get_workspace_size_plan_at_index(i) for i in self._open.get((call, deterministic()), ())]
        return max(int(plan.get_workspace_size()), *sizes, 0)

    def run(self, call: Call, addresses: Sequence[int], workspace: int, stream: int) -> None:
        """Launch a call that is supported."""
        plan = self.plan(call)
        if stream != self._stream:
            self._cudnn.set_stream(handle=self._handle, stream=stream)
            self._stream = stream
        if (call, deterministic()) in self._open:
            self._choose(call, plan, dict(enumerate(addresses, 1)), workspace)
        plan.execute(dict(enumerate(addresses, 1)), workspace, handle=self._handle)

    def plan(self, call: Call) -> Any:
        """The planned graph of a call; None where cuDNN has no engine for it."""
        key = call, deterministic()
        if key not in self._plans:
            if self._options is None:
                self._handle = self._handle or self._cudnn.create_handle()
                self._options = {"handle": self._handle}
            try:
                self._plans[key] = self._stored(call) or self._planned(call)
            except (self._cudnn.cudnnGraphNotSupportedError, RuntimeError) as error:
                show("kernels", f"cuDNN has no engine for {call}: {error}")
                self._plans[key] = None
        return self._plans[key]

    # ---- planning

    def _planned(self, call: Call) -> Any:
        cudnn = self._cudnn
        graph = self._graph(call)
        graph.validate()
        graph.build_operation_graph()
        graph.create_execution_plans([cudnn.heur_mode.A, cudnn.heur_mode.FALLBACK])
        graph.deselect_numeric_notes(self._refused(call))
        graph.check_support()
        graph.build_plans()
        engines = self._engines(graph) if self._tuning is not None and self._tuning.pays(call, 2) else []
        if len(engines) > 1:
            self._open[call, deterministic()] = engines
        else:
            kernel_cache.write(self._key(call), bytes(graph.serialize()))
        return graph

    def _engines(self, graph: Any) -> list[int]:
        """The numbers of a graph's first engines that can be built and want no more workspace than others do, too."""
        room, found = max(WORKSPACE, graph.get_workspace_size()), []
        for number in range(min(CANDIDATES, graph.get_execution_plan_count())):
            try:
                graph.build_plan_at_index(number)
            except (self._cudnn.cudnnGraphNotSupportedError, RuntimeError):
                continue
            if graph.get_workspace_size_plan_at_index(number) <= room:
                found.append(number)
        if found:
            graph.build_plan_at_index(found[0])  # the one that was built last is run
        return found

    def _choose(self, call: Call, graph: Any, places: dict[int, int], workspace: int) -> None:
        """Find the fastest engine of a graph, with which it is run and stored from now on."""
        assert self._tuning is not None
        engines = self._open[call, deterministic()]

        def run(number: int) -> None:
            try:
                graph.execute_plan_at_index(places, workspace, engines[number], handle=self._handle)
            except self._cudnn.cudnnGraphNotSupportedError as error:
                raise BackendError(str(error)) from error

        best = self._tuning.choice(call, "engines", len(engines), run)
        if best is not None:
            graph.build_plan_at_index(engines[best])
            del self._open[call, deterministic()]
            kernel_cache.write(self._key(call), bytes(graph.serialize()))

    def _stored(self, call: Call) -> Any:
        """The plan that an earlier process has left on disk; None where there is none, or this cuDNN refuses it."""
        data = kernel_cache.read(self._key(call))
        if data is None or self._handle is None:
            return None
        graph = self._cudnn.pygraph(handle=self._handle)
        try:
            graph.deserialize(self._handle, list(data))
        except (self._cudnn.cudnnGraphNotSupportedError, RuntimeError) as error:
            show("kernels", f"a stored plan of cuDNN is made anew: {error}")
            return None
        return graph

    def _graph(self, call: Call) -> Any:
        data_type = self._cudnn.data_type
        options: dict[str, Any] = self._options or {}
        kind = data_types(self._cudnn)[call.dtype]
        graph = self._cudnn.pygraph(
            io_data_type=kind,
            intermediate_data_type=data_type.FLOAT,
            compute_data_type=data_type.FLOAT,
            **options,
        )
        self._build(self._cudnn, graph, call)
        return graph

    def _refused(self, call: Call) -> list[Any]:
        """The numerical notes of engines that are not wanted."""
        note = self._cudnn.numerical_note
        refused = [note.DOWN_CONVERT_INPUTS, note.REDUCED_PRECISION_REDUCTION]
        if call.dtype == "float32" and getattr(call, "precision", "highest") != "tf32":
            refused.append(note.TENSOR_CORE)  # they round to TF32
        if deterministic():
            refused.append(note.NONDETERMINISTIC)
        return refused

    @property
    def _versions(self) -> str:
        return f"{self._cudnn.backend_version()} {self._cudnn.__version__}"

    def _key(self, call: Call) -> str:
        fastest = self._tuning is not None and self._tuning.pays(call, 2)
        text = f"cudnn {self._versions} {self._device} {deterministic()} {fastest} {call!r}"
        return hashlib.sha256(text.encode()).hexdigest()


def data_types(cudnn: Any) -> dict[str, Any]:
    """cuDNN's names of dtypes."""
    kind = cudnn.data_type
    return {"float32": kind.FLOAT, "float16": kind.HALF, "bfloat16": kind.BFLOAT16, "float64": kind.DOUBLE}

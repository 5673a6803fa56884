"""A compiled graph: steps over one arena, recorded as CUDA graphs and replayed; eager kernels for what cannot be compiled."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from hornbeam.backends.base import Executable
from hornbeam.debug import enabled, show
from hornbeam.graph.ir import Graph

from hornbeam_cuda.device.base import Device
from hornbeam_cuda.lower.plan import prepare
from hornbeam_cuda.lower.stage import Fallback
from hornbeam_cuda.plan import Plan
from hornbeam_cuda.runner import Runner

__all__ = ["CudaExecutable"]


class CudaExecutable(Executable):
    """Runs a graph on a device.

    The first run launches every step; the second one records what it launches between two eager kernels as a CUDA graph, and
    from then on these are replayed. A recorded graph holds addresses, so everything lies where it lay before: what is in between in
    the arena, state that the caller donates in its own memory, where it is updated, and inputs that come from elsewhere each time
    are copied to a place of their own first. Outputs are copied to fresh memory.
    """

    def __init__(self, graph: Graph, backend: Any, device: Device) -> None:
        super().__init__(prepare(graph, device.supports), backend)
        self.device = device
        self.lock = threading.Lock()
        self.plan = Plan(self.graph, device)
        self.runner: Runner | None = None
        self._tell()

    def __call__(self, arrays: Sequence[Any], donate: Sequence[bool] = ()) -> list[Any]:
        """Run; see `Executable`."""
        with self.lock:
            if self.runner is None:
                self.runner = Runner(self.plan, self.backend, self.device)
            return self.runner.run(arrays, donate)

    def _tell(self) -> None:
        show("kernels", self.plan)
        if enabled("fallbacks"):
            names = [str(s.node.primitive) for s in self.plan.steps if isinstance(s, Fallback)]
            show("fallbacks", f"{self.graph.name}: " + (", ".join(names) or "none"))
        if enabled("memory"):
            found = self.plan.places
            show("memory", f"memory of {self.graph.name}: {found.size} bytes, at least {found.least}")
            for value, offset in sorted(found.offsets.items(), key=lambda p: p[1]):
                show("memory", f"  {value!r} at {offset}, steps {self.plan.lives[value]}")

    def __str__(self) -> str:
        """The plan, a line for each step."""
        return str(self.plan)

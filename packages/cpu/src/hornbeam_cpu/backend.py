"""The CPU backend: NumPy's arrays and kernels for single operations, native code for captured graphs."""

from __future__ import annotations

from typing import Any

from hornbeam.backends.base import Executable
from hornbeam.backends.numpy import NumpyBackend
from hornbeam.dtypes import DType

from hornbeam_cpu.memory import empty

__all__ = ["CpuBackend"]


class CpuBackend(NumpyBackend):
    """Arrays are numpy.ndarray; graphs become native code."""

    name = "cpu"

    def from_host(self, array: Any, dtype: DType) -> Any:
        """A private copy in C order, in memory that begins on a cache line."""
        copy = empty(array.shape, self.native(dtype))
        copy[...] = array
        return copy

    def compile(self, graph: Any) -> Executable:
        """A program that runs the graph on all threads."""
        from hornbeam_cpu.executable import CpuExecutable

        return CpuExecutable(graph, self)

    def peaks(self) -> tuple[float, float]:
        """Measured at the first call."""
        from hornbeam_cpu.peaks import peaks

        return peaks()

"""The GPU engine on the emulated device, as a backend: NumPy's arrays and kernels, and graphs compiled to CUDA C."""

from __future__ import annotations

from typing import Any

from hornbeam.backends.base import Executable
from hornbeam.backends.numpy import NumpyBackend
from hornbeam_cuda.executable import CudaExecutable

from tests.cuda.emulator.device import EmulatedDevice

__all__ = ["EmulatedBackend"]


class EmulatedBackend(NumpyBackend):
    """Arrays are numpy.ndarray; graphs run on an emulated GPU.

    Args:
        device: default: one of its own.
    """

    name = "emulated"

    def __init__(self, device: EmulatedDevice | None = None) -> None:
        super().__init__()
        self.target = device or EmulatedDevice()

    def compile(self, graph: Any) -> Executable:
        """What the GPU engine makes of a graph."""
        return CudaExecutable(graph, self, self.target)

"""The CUDA backend: CuPy's arrays and kernels for single operations, compiled graphs replayed on the GPU."""

from __future__ import annotations

from typing import Any

from hornbeam.backends.base import Backend, Executable
from hornbeam.dtypes import DType

__all__ = ["CudaBackend"]


class CudaBackend(Backend):
    """Arrays are cupy.ndarray; graphs are compiled.

    Args:
        number: of the GPU.
    """

    name = "cuda"

    def __init__(self, number: int = 0) -> None:
        super().__init__()
        from hornbeam_cuda.device.cupy import CupyDevice

        self.target = CupyDevice(number)
        self.device = self.target.name
        self.xp = self.target.xp

    def from_host(self, array: Any, dtype: DType) -> Any:
        """A copy on the GPU."""
        from hornbeam.host import native_dtype

        return self.target.upload(array.astype(native_dtype(dtype), copy=False))

    def to_host(self, array: Any) -> Any:
        """A read-only copy in the host's memory."""
        host = self.target.download(array)
        host.flags.writeable = False
        return host

    def native(self, dtype: DType) -> Any:
        """NumPy's dtype of that name, which is CuPy's."""
        from hornbeam.host import native_dtype

        return native_dtype(dtype)

    def compile(self, graph: Any) -> Executable:
        """A plan of kernels and library calls, replayed as one CUDA graph."""
        from hornbeam_cuda.executable import CudaExecutable

        return CudaExecutable(graph, self, self.target)

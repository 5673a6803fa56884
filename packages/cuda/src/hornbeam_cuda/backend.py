"""The CUDA backend: CuPy's arrays and kernels for single operations, compiled graphs replayed on the GPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from hornbeam.backends.base import Backend, Executable
from hornbeam.dtypes import DType
from hornbeam.host import native_dtype
from hornbeam.primitive import Primitive

from hornbeam_cuda.eager import narrow
from hornbeam_cuda.eager.kernels import kernels
from hornbeam_cuda.eager.namespace import Namespace

__all__ = ["CudaBackend"]


class CudaBackend(Backend):
    """Arrays are cupy.ndarray; graphs are compiled.

    Args:
        number: of the GPU: 1 is "cuda:1".

    Raises:
        BackendError: there is no GPU of that number.
    """

    name = "cuda"

    def __init__(self, number: int = 0) -> None:
        super().__init__()
        from hornbeam_cuda.device.cupy import CupyDevice

        self.target = CupyDevice(number)
        self.device = self.target.name
        cupy, cupyx = import_module("cupy"), import_module("cupyx")
        self._use(cupy, import_module("cupyx.scipy.special"), lambda: cupyx.errstate(linalg="raise"))

    def _use(self, cupy: Any, special: Any, checked: Callable[[], Any]) -> None:
        self._cupy = cupy
        self.xp = Namespace(cupy, self.target, checked)
        self.kernels.update(kernels(self.target, special))

    def describe(self) -> str:
        """The GPU by its number and its name."""
        return f"{self.device} ({self.target.properties.description})"

    # ---- transfers

    def from_host(self, array: Any, dtype: DType) -> Any:
        """A copy on the GPU, made beside what it computes."""
        return self.target.upload(array.astype(native_dtype(dtype), copy=False))

    def to_host(self, array: Any) -> Any:
        """A read-only copy in the host's memory."""
        host = self.target.download(array)
        host.flags.writeable = False
        return host

    def native(self, dtype: DType) -> Any:
        """NumPy's dtype of that name, which is CuPy's."""
        return native_dtype(dtype)

    def dlpack(self, array: Any, **options: Any) -> Any:
        """The array as a DLPack capsule; the consumer's stream waits for what was launched here."""
        with self.target.active():
            return array.__dlpack__(**options)

    def share(self, array: Any) -> Any:
        """Another library's array on this GPU as one of ours, in the same memory; None where it lies elsewhere."""
        if tuple(map(int, array.__dlpack_device__())) != (2, self.target.number):  # 2: kDLCUDA
            return None
        with self.target.active():
            return self._cupy.from_dlpack(array)

    # ---- single operations

    def run(self, primitive: Primitive, arrays: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run one primitive on the GPU's stream; bfloat16 is moved as it is, or computed in float32."""
        run = super().run
        with self.target.active():
            return narrow.run(primitive.name, lambda *xs: run(primitive, xs, params), arrays, self._cupy.uint16)

    def copy(self, array: Any) -> Any:
        """An array of the same elements in memory of its own."""
        with self.target.active():
            return super().copy(array)

    def row(self, array: Any, index: int) -> Any:
        """The part of an array at one place of the first axis."""
        with self.target.active():
            return super().row(array, index)

    def stack(self, rows: Sequence[Any], spec: Any) -> Any:
        """Arrays of shape and dtype `spec`, one below the other; there may be none."""
        with self.target.active():
            if spec.dtype != "bfloat16" or not rows:
                return super().stack(rows, spec)
            bits = [row.view(self._cupy.uint16) for row in rows]  # moved as it is: see `narrow`
            return super().stack(bits, spec).view(self.native(spec.dtype))

    # ---- graphs

    def compile(self, graph: Any) -> Executable:
        """A plan of kernels and library calls, replayed as one CUDA graph."""
        from hornbeam_cuda.executable import CudaExecutable

        return CudaExecutable(graph, self, self.target)

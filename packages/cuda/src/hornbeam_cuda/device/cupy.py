"""A GPU by way of CuPy: its arrays, its pools of memory, its streams and graphs; libraries are called by address."""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from hornbeam.dtypes import as_dtype
from hornbeam.errors import BackendError
from hornbeam.host import native_dtype

from hornbeam_cuda.device.base import Properties
from hornbeam_cuda.device.errors import translated
from hornbeam_cuda.device.libraries import MissingLibraryError
from hornbeam_cuda.device.uploads import Uploads
from hornbeam_cuda.library import Attention, Call, Convolution, Product, Recurrent, Spaces
from hornbeam_cuda.source.kernel import Kernel

__all__ = ["CupyDevice"]

_TYPES: dict[str, Any] = {
    **{f"{sign}int{bits}": getattr(ctypes, f"c_{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{"pointer": ctypes.c_uint64, "bool": ctypes.c_bool, "float32": ctypes.c_float, "float64": ctypes.c_double},
}
_PLAIN_SHARED = 48 << 10  # bytes of shared memory that a kernel may have unasked
_MAX_DYNAMIC_SHARED = 8  # CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES


class _Memory:
    """Bytes of CuPy's pool."""

    def __init__(self, pointer: Any, size: int) -> None:
        self.pointer = pointer
        self.address = int(pointer.ptr)
        self.size = size


class _Loaded:
    """A kernel's function and the types of its parameters."""

    def __init__(self, module: Any, kernel: Kernel) -> None:
        self.module = module  # its code is unloaded with it
        self.function = module.get_function(kernel.name)
        self.parameters = kernel.parameters
        self.shared = _PLAIN_SHARED


def _cell(kind: str, given: Any) -> Any:
    """A parameter as the driver wants it: memory that holds its value."""
    if kind.startswith("bytes "):
        return ctypes.create_string_buffer(bytes(given), int(kind[6:]))
    return _TYPES[kind](given)


class _Recorded:
    """A graph, once its capture has ended."""

    def __init__(self, device: CupyDevice) -> None:
        self._device = device
        self.graph: Any = None

    def replay(self) -> None:
        """Launch the graph on the device's stream."""
        with self._device.active():
            self.graph.launch(self._device.stream)


class CupyDevice:
    """One GPU; implements `hornbeam_cuda.device.base.Device`.

    Args:
        number: of the GPU, among those that CUDA_VISIBLE_DEVICES leaves.
        cupy: the module; default: imported here.

    Raises:
        BackendError: there is no GPU of that number.
    """

    def __init__(self, number: int = 0, cupy: Any = None) -> None:
        cupy = cupy or importlib.import_module("cupy")
        self.number = number
        self.name = f"cuda:{number}"
        self._cupy = cupy
        with translated(self.name):
            count = cupy.cuda.runtime.getDeviceCount()
            if not 0 <= number < count:
                known = ", ".join(f"cuda:{i}" for i in range(count))
                raise BackendError(f"there is no GPU {self.name}; there are: {known or 'none'}")
            self._device = cupy.cuda.Device(number)
            facts = cupy.cuda.runtime.getDeviceProperties(number)
            self.architecture = f"sm_{facts['major']}{facts['minor']}"
            self.properties = Properties(
                facts["multiProcessorCount"],
                facts["sharedMemPerBlockOptin"],
                facts["totalGlobalMem"],
                facts["name"].decode() if isinstance(facts["name"], bytes) else facts["name"],
            )
            with self._device:
                self.stream = cupy.cuda.Stream(non_blocking=True)
                self._uploads = Uploads(cupy, self.stream, number)
        self._runners: dict[type, Any] = {}
        self._capturing = False

    # ---- being current

    @contextmanager
    def active(self) -> Iterator[None]:
        """Make the GPU and its stream CuPy's current ones in this thread; errors are Hornbeam's."""
        with translated(self.name), self._device, self.stream:
            yield

    # ---- memory

    def allocate(self, size: int) -> _Memory:
        """Memory of the pool; where there is too little, what is kept for reuse is given back first."""
        with self.active():
            return _Memory(self._reserve(size), size)

    def _reserve(self, size: int) -> Any:
        self._refuse_in_capture()
        try:
            return self._cupy.cuda.alloc(size)
        except MemoryError:
            self._uploads.release()
            self._cupy.get_default_memory_pool().free_all_blocks()
            return self._cupy.cuda.alloc(size)

    def _refuse_in_capture(self, *_: Any) -> Any:
        """Memory handed out while a graph is recorded would be handed out again afterwards, and the graph would write to it."""
        if self._capturing:
            raise BackendError(
                f"{self.name}: memory was asked for while a graph is being captured: an error in the plan"
            )

    def shared(self, count: int) -> tuple[int, Any]:
        """See `Device`: pinned host memory, which the GPU reaches at the same address."""
        with self.active():
            memory = self._cupy.cuda.alloc_pinned_memory(max(4, 4 * count))
        array = np.frombuffer(memory, np.int32, count)
        array[:] = 0
        return int(memory.ptr), array

    def array(self, memory: Any, offset: int, shape: tuple[int, ...], dtype: str) -> Any:
        """See `Device`."""
        return self._cupy.ndarray(shape, native_dtype(as_dtype(dtype)), memory.pointer + offset)

    def empty(self, shape: tuple[int, ...], dtype: str) -> Any:
        """See `Device`."""
        native = native_dtype(as_dtype(dtype))
        size = int(np.prod(shape, dtype=np.int64)) * native.itemsize
        with self.active():
            return self._cupy.ndarray(shape, native, self._reserve(size))

    def contiguous(self, array: Any) -> Any:
        """See `Device`."""
        with self.active():
            return self._cupy.ascontiguousarray(array).reshape(array.shape)

    def address(self, array: Any) -> int:
        """See `Device`."""
        return int(array.data.ptr)

    def upload(self, host: Any) -> Any:
        """See `Device`; copied beside what is being computed."""
        with self.active():
            self._refuse_in_capture()
            try:
                return self._uploads.upload(host)
            except MemoryError:
                self._uploads.release()
                self._cupy.get_default_memory_pool().free_all_blocks()
                return self._uploads.upload(host)

    def download(self, array: Any) -> Any:
        """See `Device`."""
        with self.active():
            return array.get(stream=self.stream)

    # ---- kernels

    def load(self, kernels: Sequence[Kernel]) -> Sequence[_Loaded]:
        """See `Device`."""
        compile_kernels = importlib.import_module("hornbeam_cuda.compiler").compile_kernels
        cubins = compile_kernels(kernels, self.architecture)
        loaded = []
        with self.active():
            for kernel, cubin in zip(kernels, cubins, strict=True):
                module = self._cupy.cuda.function.Module()
                module.load(cubin)
                loaded.append(_Loaded(module, kernel))
        return loaded

    def launch(
        self,
        loaded: _Loaded,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        shared: int,
        arguments: Sequence[int | float | bytes],
    ) -> None:
        """See `Device`; by the driver, since CuPy passes no structures."""
        if len(arguments) != len(loaded.parameters):
            raise BackendError(f"a kernel of {len(loaded.parameters)} parameters was given {len(arguments)} arguments")
        driver = self._cupy.cuda.driver
        cells = [_cell(kind, given) for kind, given in zip(loaded.parameters, arguments, strict=True)]
        places = (ctypes.c_void_p * max(1, len(cells)))(*map(ctypes.addressof, cells))
        function = loaded.function.ptr
        with self.active():
            if shared > loaded.shared:
                driver.funcSetAttribute(function, _MAX_DYNAMIC_SHARED, shared)
                loaded.shared = shared
            driver.launchKernel(function, *grid, *block, shared, self.stream.ptr, ctypes.addressof(places), 0)

    def copy(self, destination: int, source: int, size: int) -> None:
        """See `Device`."""
        runtime = self._cupy.cuda.runtime
        with self.active():
            runtime.memcpyAsync(destination, source, size, runtime.memcpyDeviceToDevice, self.stream.ptr)

    def fill(self, destination: int, value: int, size: int) -> None:
        """See `Device`."""
        with self.active():
            self._cupy.cuda.runtime.memsetAsync(destination, value, size, self.stream.ptr)

    # ---- libraries

    def supports(self, call: Call) -> bool:
        """See `Device`; False where the library is not installed."""
        try:
            with self.active():
                return bool(self._runner(call).supports(call))
        except MissingLibraryError:
            return False

    def spaces(self, call: Recurrent) -> Spaces:
        """See `Device`."""
        with self.active():
            found: Spaces = self._runner(call).spaces(call)
            return found

    def workspace(self, call: Call) -> int:
        """See `Device`."""
        with self.active():
            return int(self._runner(call).workspace(call))

    def library(self, call: Call, addresses: Sequence[int], workspace: int) -> None:
        """See `Device`."""
        with self.active():
            self._runner(call).run(call, addresses, workspace, self.stream.ptr)

    def _runner(self, call: Call) -> Any:
        kind = type(call)
        if kind not in self._runners:
            self._runners[kind] = self._made(kind)
        return self._runners[kind]

    def _made(self, kind: type) -> Any:
        if kind is Product:
            from hornbeam_cuda.device.libraries import load
            from hornbeam_cuda.device.products import Products

            return Products(load("cublasLt"), self, self._model)
        if kind is Recurrent:
            from hornbeam_cuda.device.libraries import load
            from hornbeam_cuda.device.recurrents import Recurrents

            return Recurrents(load("cudnn"), self.fill)
        from hornbeam_cuda.device import attentions, convolutions
        from hornbeam_cuda.device.cudnn import Cudnn, frontend

        builders: dict[type, Any] = {Convolution: convolutions.build, Attention: attentions.build}
        return Cudnn(frontend(), builders[kind], self._model, clock=self)

    @property
    def _model(self) -> str:
        return f"{self.properties.description} {self.architecture}"

    # ---- graphs

    @contextmanager
    def capture(self) -> Iterator[_Recorded]:
        """See `Device`; memory cannot be had within."""
        recorded = _Recorded(self)
        with self.active():
            self.stream.begin_capture()  # relaxed: modules may be loaded, other threads may allocate
            self._capturing = True
            try:
                with self._cupy.cuda.using_allocator(self._refuse_in_capture):
                    yield recorded
            except BaseException:
                with suppress(RuntimeError):  # what was recorded is thrown away; why it failed is what counts
                    self.stream.end_capture()
                raise
            finally:
                self._capturing = False
            graph = self.stream.end_capture()
            graph.upload(self.stream)
            recorded.graph = graph

    @property
    def capturing(self) -> bool:
        """Whether a graph is being recorded."""
        return self._capturing

    def seconds(self, work: Callable[[], None], repeats: int) -> float:
        """How long what is launched takes on the GPU, recorded that often, so that the host's pace does not count."""
        event = self._cupy.cuda.Event
        with self.active():
            work()  # it is loaded now
            with self.capture() as recorded:
                for _ in range(repeats):
                    work()
            found = []
            for _ in range(2):  # the first one warms up
                begin, end = event(disable_timing=False), event(disable_timing=False)
                begin.record(self.stream)
                recorded.replay()
                end.record(self.stream)
                end.synchronize()
                found.append(self._cupy.cuda.get_elapsed_time(begin, end))
        return float(found[-1]) / 1e3 / repeats

    def synchronize(self) -> None:
        """See `Device`."""
        with self.active():
            self.stream.synchronize()

    # ---- what remains is for people

    def memory_left(self) -> int:
        """Bytes that can still be had: free on the GPU, or in the pool."""
        with self.active():
            free, _ = self._cupy.cuda.runtime.memGetInfo()
            return int(free) + int(self._cupy.get_default_memory_pool().free_bytes())

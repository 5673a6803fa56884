"""A device on the host: memory of NumPy, kernels compiled by g++, library calls computed in double precision."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np
from hornbeam_cuda.device.base import Properties
from hornbeam_cuda.source.kernel import Kernel

from tests.cuda.emulator.compiled import compiled, runtime
from tests.cuda.emulator.library import run
from tests.cuda.emulator.recurrent import spaces

__all__ = ["Counts", "EmulatedDevice"]

_TYPES = {
    **{"pointer": ctypes.c_uint64, "int8": ctypes.c_int8, "uint8": ctypes.c_uint8, "int16": ctypes.c_int16},
    **{"uint16": ctypes.c_uint16, "int32": ctypes.c_int32, "uint32": ctypes.c_uint32, "int64": ctypes.c_int64},
    **{"uint64": ctypes.c_uint64, "float32": ctypes.c_float, "float64": ctypes.c_double},
}


class Counts(NamedTuple):
    """What kernels did since the last look: accesses of global memory, and the bytes of them."""

    loads: int
    stores: int
    loaded: int
    stored: int


def as_numpy(dtype: str) -> np.dtype[Any]:
    """NumPy's dtype of a name."""
    return np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


class _Memory:
    """Bytes at a multiple of 256, at first all set: as floating-point numbers, NaN."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.bytes = np.full(size + 256, 0xFF, np.uint8)
        self.address = -(-self.bytes.ctypes.data // 256) * 256
        _know(self, self.address, max(size, 1))

    def seen(self, offset: int, shape: tuple[int, ...], dtype: str) -> np.ndarray[Any, Any]:
        """Part of it as an array."""
        kind = as_numpy(dtype)
        start = self.address - self.bytes.ctypes.data + offset
        size = kind.itemsize * int(np.prod(shape, dtype=np.int64))
        return self.bytes[start : start + size].view(kind).reshape(shape)


def _know(owner: Any, address: int, size: int) -> None:
    """Let kernels touch some memory as long as its owner is there."""
    runtime().know(address, address + size)
    weakref.finalize(owner, runtime().forget, address + size)


class _Recorded:
    """Launches in order."""

    def __init__(self) -> None:
        self.launches: list[Callable[[], None]] = []

    def replay(self) -> None:
        """Run them all."""
        for run_one in self.launches:
            run_one()


class EmulatedDevice:
    """See `hornbeam_cuda.device.base.Device`.

    Args:
        memory: bytes that it has in all.
        backwards: whether blocks and threads run from the last to the first, which no correct kernel can tell.
        libraries: whether it has any.
    """

    def __init__(self, memory: int = 2**33, backwards: bool = False, libraries: bool = True) -> None:
        self.name, self.architecture = "cuda:0", "sm_90"
        self.properties = Properties(132, 227 * 1024, memory, "emulated")
        self.backwards, self.libraries = backwards, libraries
        self.recording: _Recorded | None = None
        self.used = 0
        self.launched = 0
        self._known: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()

    # ---- memory

    def allocate(self, size: int) -> _Memory:
        """Memory of its own."""
        if self.used + size > self.properties.memory:
            raise MemoryError(f"{size} bytes asked for, {self.properties.memory - self.used} left")
        memory = _Memory(size)
        self.used += size
        weakref.finalize(memory, self._freed, size)
        return memory

    def shared(self, count: int) -> tuple[int, np.ndarray[Any, Any]]:
        """Numbers that both see."""
        array = np.zeros(count, np.int32)
        return self.address(array), array

    def _freed(self, size: int) -> None:
        self.used -= size

    def array(self, memory: _Memory, offset: int, shape: tuple[int, ...], dtype: str) -> np.ndarray[Any, Any]:
        """Part of a memory as an array, which keeps it."""
        seen = memory.seen(offset, shape, dtype)
        return _Kept.of(seen, memory)

    def empty(self, shape: tuple[int, ...], dtype: str) -> np.ndarray[Any, Any]:
        """An array with memory of its own."""
        return self.array(
            self.allocate(as_numpy(dtype).itemsize * int(np.prod(shape, dtype=np.int64))), 0, shape, dtype
        )

    def contiguous(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The array in C order."""
        return array if array.flags.c_contiguous else self.upload(array)

    def address(self, array: np.ndarray[Any, Any]) -> int:
        """Where its first element is; kernels may touch it from now on."""
        at = array.ctypes.data
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        if not isinstance(array, _Kept) and self._known.get(id(owner)) is not owner and owner.nbytes:
            self._known[id(owner)] = owner
            _know(owner, owner.ctypes.data, owner.nbytes)
        return int(at)

    def upload(self, host: Any) -> np.ndarray[Any, Any]:
        """A copy in the device's memory."""
        host = np.asarray(host)
        goal = self.empty(host.shape, host.dtype.name)
        goal[...] = host
        return goal

    def download(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """A copy in plain memory."""
        return np.array(array, subok=False)

    # ---- what is launched

    def _do(self, work: Callable[[], None]) -> None:
        if self.recording is not None:
            self.recording.launches.append(work)
        else:
            work()

    def load(self, kernels: Sequence[Kernel]) -> list[Any]:
        """Kernels that can be launched."""
        return list(zip(kernels, compiled(kernels), strict=True))

    def launch(
        self,
        loaded: Any,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        shared: int,
        arguments: Sequence[int | float | bytes],
    ) -> None:
        """Launch a kernel."""
        kernel, entry = loaded
        assert len(arguments) == len(kernel.parameters), f"{kernel.name} takes {kernel.parameters}"
        assert 0 < block[0] * block[1] * block[2] <= 1024 and block[0] * block[1] * block[2] % 32 == 0, block
        assert 0 < grid[0] < 2**31 and 0 < grid[1] < 65536 and 0 < grid[2] < 65536, grid
        assert shared <= self.properties.shared, f"{shared} bytes of shared memory"
        cells = [_cell(kind, given) for kind, given in zip(kernel.parameters, arguments, strict=True)]
        places = (ctypes.c_void_p * max(1, len(cells)))(*(ctypes.addressof(cell) for cell in cells))
        sizes = (ctypes.c_uint * 3)(*grid), (ctypes.c_uint * 3)(*block)

        def work() -> None:
            assert cells is not None  # they live as long as this does
            self.launched += 1
            problem = runtime().launch(entry, places, *sizes, ctypes.c_bool(self.backwards))
            if problem:
                raise RuntimeError(f"{kernel.name}: {problem.decode()}")

        self._do(work)

    def copy(self, destination: int, source: int, size: int) -> None:
        """Copy bytes."""
        self._do(lambda: _checked(ctypes.memmove, destination, source, size))

    def fill(self, destination: int, value: int, size: int) -> None:
        """Set bytes."""
        self._do(lambda: _checked(ctypes.memset, destination, value, size))

    def supports(self, call: Any) -> bool:
        """Whether a library can run a call: here, all or none."""
        return self.libraries

    def spaces(self, call: Any) -> Any:
        """What a recurrent layer needs beside its arrays."""
        return spaces(call)

    def workspace(self, call: Any) -> int:
        """Bytes that a call needs: here, none."""
        return 0

    def library(self, call: Any, addresses: Sequence[int], workspace: int) -> None:
        """Launch a library call."""
        self._do(lambda: run(call, addresses))

    @contextmanager
    def capture(self) -> Iterator[_Recorded]:
        """Record what is launched within."""
        assert self.recording is None, "a recording within a recording"
        self.recording = recorded = _Recorded()
        try:
            yield recorded
        finally:
            self.recording = None

    def synchronize(self) -> None:
        """Everything is done at once."""

    def counts(self) -> Counts:
        """What kernels did since the last call."""
        found = (ctypes.c_longlong * 4)()
        runtime().count(found)
        return Counts(*found)


class _Kept(np.ndarray[Any, Any]):
    """An array that keeps the memory it is part of."""

    memory: Any = None

    @classmethod
    def of(cls, array: np.ndarray[Any, Any], memory: Any) -> np.ndarray[Any, Any]:
        """The array, keeping a memory."""
        seen = array.view(cls)
        seen.memory = memory
        return seen

    def __array_finalize__(self, source: Any) -> None:
        self.memory = getattr(source, "memory", None)


def _cell(kind: str, given: Any) -> Any:
    if kind.startswith("bytes"):
        size = int(kind.split()[1])
        assert len(given) == size, f"a structure of {size} bytes got {len(given)}"
        return (ctypes.c_char * size)(*(given[i : i + 1] for i in range(size)))
    return _TYPES[kind](given)


def _checked(work: Callable[[int, int, int], Any], first: int, second: int, size: int) -> None:
    if size:
        work(first, second, size)

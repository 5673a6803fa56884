"""A CuPy on the host whose streams run late and in any order that their events allow: what a race would spoil is spoilt here.

Only what `hornbeam_cuda.device` uses. Operations wait in the queues of their streams until somebody synchronizes; then streams
take turns at random. Memory that is freed is handed out again at once, to the stream that had it, as CuPy's pool does.
"""

from __future__ import annotations

import ctypes
import random
from collections import deque
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np


class CUDARuntimeError(RuntimeError):
    """As CuPy raises them."""

    def __init__(self, status: int) -> None:
        super().__init__(f"error {status}")
        self.status = status


class OutOfMemory(MemoryError):
    """As CuPy's pool raises it."""


class FakeCupy:
    """The module."""

    def __init__(self, seed: int = 0, *, devices: int = 2, room: int = 1 << 20) -> None:
        self.rng = random.Random(seed)
        self.log: list[Any] = []
        self.streams: list[Stream] = []
        self.current: list[Stream] = []
        self.device: list[int] = [0]
        self.free: dict[tuple[Any, int], list[Any]] = {}
        self.room = room
        self.chunks: dict[int, Any] = {}
        self.failure = 0
        self.sizes: tuple[int, ...] = ()
        self.clock = 0.0  # seconds that work on the GPU has taken
        runtime = SimpleNamespace(
            getDeviceCount=lambda: devices,
            getDeviceProperties=self._properties,
            memcpyAsync=self._copy,
            memsetAsync=self._fill,
            memcpyDeviceToDevice=3,
            memGetInfo=lambda: (self.room, 1 << 20),
        )
        self.cuda = SimpleNamespace(
            runtime=runtime,
            driver=SimpleNamespace(
                funcSetAttribute=lambda *a: self.log.append(("attribute", *a)), launchKernel=self._launch
            ),
            function=SimpleNamespace(Module=lambda: Module(self)),
            Device=lambda number: Device(self, number),
            Stream=lambda non_blocking: Stream(self),
            Event=lambda disable_timing: Event(self),
            get_elapsed_time=lambda begin, end: 1e3 * (end.mark["passed at"] - begin.mark["passed at"]),
            alloc=self.alloc,
            alloc_pinned_memory=pinned,
            MemoryPointer=lambda kept, offset: Pointer(self, kept, kept.ptr + offset),
            UnownedMemory=lambda ptr, size, owner, device: SimpleNamespace(ptr=ptr, owner=owner),
            using_allocator=self._using,
        )
        self.allocator: Any = None

    # ---- memory

    def alloc(self, size: int) -> Pointer:
        if self.allocator is not None:
            self.allocator(size)
            raise AssertionError("an allocator that refuses")
        kept = self.free.get((self.current[-1], size))
        if kept:
            return Pointer(self, Chunk(self, self.current[-1], kept.pop()), None)
        if size > self.room:
            raise OutOfMemory(f"allocating {size} bytes")
        self.room -= size
        return Pointer(self, Chunk(self, self.current[-1], np.zeros(size + 256, np.uint8)), None)

    def get_default_memory_pool(self) -> Any:
        return SimpleNamespace(free_all_blocks=self._free_all, free_bytes=lambda: 0)

    def _free_all(self) -> None:
        self.run_all()
        self.room += sum(size * len(kept) for (_, size), kept in self.free.items())
        self.free.clear()

    @contextmanager
    def _using(self, allocator: Any) -> Any:
        self.allocator = allocator
        try:
            yield
        finally:
            self.allocator = None

    # ---- arrays

    def ndarray(self, shape: Any, dtype: Any, pointer: Any) -> Array:
        return Array(self, shape, dtype, pointer)

    def empty(self, shape: Any, dtype: Any) -> Array:
        return Array(self, shape, dtype, self.alloc(max(1, int(np.prod(shape)) * np.dtype(dtype).itemsize)))

    def ascontiguousarray(self, array: Any) -> Any:
        return array

    # ---- operations

    def enqueue(self, stream: Any, work: Any) -> None:
        if self.failure:
            raise CUDARuntimeError(self.failure)
        target = stream if isinstance(stream, Stream) else next(s for s in self.streams if s.ptr == stream)
        if target.recording is not None:
            target.recording.append(work)
        else:
            target.queue.append(work)

    def _copy(self, destination: int, source: int, size: int, kind: int, stream: int) -> None:
        assert kind == 3
        self.enqueue(stream, lambda: ctypes.memmove(destination, source, size))

    def _fill(self, destination: int, value: int, size: int, stream: int) -> None:
        self.enqueue(stream, lambda: ctypes.memset(destination, value, size))

    def _launch(self, function: int, *how: Any) -> None:
        """Read the parameters now, as the driver does; `sizes` says how many bytes each has."""
        grid, block, (shared, stream, places, extra) = how[:3], how[3:6], how[6:]
        assert extra == 0
        addresses = (ctypes.c_void_p * len(self.sizes)).from_address(places)
        read = [ctypes.string_at(a, n) for a, n in zip(addresses, self.sizes, strict=True)]
        launched = (function, grid, block, shared, read, self.device[-1])
        self.enqueue(stream, lambda: self.log.append(launched))

    def _properties(self, number: int) -> dict[str, Any]:
        return {
            "major": 9, "minor": 0, "multiProcessorCount": 132, "sharedMemPerBlockOptin": 232448,
            "totalGlobalMem": 1 << 20, "name": b"NVIDIA H100",
        }  # fmt: skip

    def run_until(self, done: Any) -> None:
        """Let streams take turns until something is so."""
        while not done():
            able = [s for s in self.streams if s.queue and s.able()]
            assert able, "streams wait for one another for ever"
            self.rng.choice(able).step()

    def run_all(self) -> None:
        self.run_until(lambda: not any(s.queue for s in self.streams))


class Chunk:
    """Memory of the pool; goes back to the stream that had it when nothing holds it."""

    def __init__(self, cupy: FakeCupy, stream: Any, raw: Any) -> None:
        self.cupy, self.stream, self.raw = cupy, stream, raw
        self.ptr = raw.ctypes.data + -raw.ctypes.data % 256

    def __del__(self) -> None:
        self.cupy.free.setdefault((self.stream, len(self.raw) - 256), []).append(self.raw)


class Pointer:
    """An address that keeps its memory."""

    def __init__(self, cupy: FakeCupy, mem: Any, ptr: Any) -> None:
        self.cupy, self.mem = cupy, mem
        self.ptr = mem.ptr if ptr is None else ptr

    def __add__(self, offset: int) -> Pointer:
        return Pointer(self.cupy, self.mem, self.ptr + offset)

    def copy_from_host_async(self, source: int, size: int, stream: Any) -> None:
        target = self.ptr
        self.cupy.enqueue(stream, lambda: ctypes.memmove(target, source, size))


def pinned(size: int) -> Any:
    """Host memory, as a buffer, that copies read when they run."""
    kind = type("Pinned", (ctypes.c_char * size,), {"ptr": property(ctypes.addressof)})
    return kind()


class Array:
    """An array of the GPU."""

    def __init__(self, cupy: FakeCupy, shape: Any, dtype: Any, data: Any) -> None:
        self.cupy, self.shape, self.dtype, self.data = cupy, tuple(shape), np.dtype(dtype), data

    def reshape(self, shape: Any) -> Array:
        return Array(self.cupy, shape, self.dtype, self.data)

    def get(self, stream: Any) -> Any:
        stream.synchronize()
        size = int(np.prod(self.shape)) * self.dtype.itemsize
        memory = (ctypes.c_char * size).from_address(self.data.ptr) if size else b""
        return np.frombuffer(memory, self.dtype).reshape(self.shape).copy()


class Event:
    """A mark in a stream."""

    def __init__(self, cupy: FakeCupy) -> None:
        self.cupy = cupy
        self.mark: dict[str, Any] = {"passed": True}

    def record(self, stream: Any) -> None:
        mark = self.mark = {"passed": False}
        self.cupy.enqueue(stream, lambda: mark.update({"passed": True, "passed at": self.cupy.clock}))

    @property
    def done(self) -> bool:
        return self.mark["passed"]

    def synchronize(self) -> None:
        mark = self.mark
        self.cupy.run_until(lambda: mark["passed"])


class Wait:
    """Work of a stream that cannot be done before a mark of another is passed."""

    def __init__(self, mark: dict[str, Any]) -> None:
        self.mark = mark

    def __call__(self) -> None:
        assert self.mark["passed"]


class Stream:
    """A queue."""

    def __init__(self, cupy: FakeCupy) -> None:
        self.cupy = cupy
        self.queue: deque[Any] = deque()
        self.recording: list[Any] | None = None
        cupy.streams.append(self)
        self.ptr = 100 + len(cupy.streams)

    def able(self) -> bool:
        head = self.queue[0]
        return head.mark["passed"] if isinstance(head, Wait) else True

    def step(self) -> None:
        self.queue.popleft()()

    def wait_event(self, event: Event) -> None:
        self.cupy.enqueue(self, Wait(event.mark))

    def synchronize(self) -> None:
        assert self.recording is None, "a stream that is being captured cannot be waited for"
        self.cupy.run_until(lambda: not self.queue)

    def begin_capture(self) -> None:
        self.recording = []

    def end_capture(self) -> Graph:
        found, self.recording = self.recording, None
        assert found is not None
        return Graph(self.cupy, found)

    def __enter__(self) -> Stream:
        self.cupy.current.append(self)
        return self

    def __exit__(self, *_: Any) -> None:
        assert self.cupy.current.pop() is self


class Graph:
    """Recorded work."""

    def __init__(self, cupy: FakeCupy, work: list[Any]) -> None:
        self.cupy, self.work = cupy, work

    def upload(self, stream: Any) -> None:
        self.cupy.log.append(("upload", stream.ptr))

    def launch(self, stream: Any) -> None:
        for each in self.work:
            self.cupy.enqueue(stream, each)


class Device:
    """A GPU that is made the current one."""

    def __init__(self, cupy: FakeCupy, number: int) -> None:
        self.cupy, self.id = cupy, number

    def __enter__(self) -> Device:
        self.cupy.device.append(self.id)
        return self

    def __exit__(self, *_: Any) -> None:
        assert self.cupy.device.pop() == self.id


class Module:
    """A loaded cubin."""

    def __init__(self, cupy: FakeCupy) -> None:
        self.cupy = cupy

    def load(self, cubin: bytes) -> None:
        self.cupy.log.append(("load", cubin))

    def get_function(self, name: str) -> Any:
        return SimpleNamespace(ptr=4711, name=name)

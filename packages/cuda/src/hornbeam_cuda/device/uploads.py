"""Arrays from the host to a GPU: through two pinned buffers, on a stream of their own, while the GPU computes."""

from __future__ import annotations

import math
import threading
import weakref
from typing import Any

import numpy as np

__all__ = ["Uploads"]

KEPT = 4
"""How many freed destinations of one size are kept for the next uploads: two batches under way, of inputs and targets."""


class _Slot:
    """A pinned buffer, and the event after the last copy out of it."""

    def __init__(self, cupy: Any) -> None:
        self.event = cupy.cuda.Event(disable_timing=True)
        self.memory: Any = None
        self.size = 0


class _Owner:
    """What an array on the GPU holds of its memory; when it dies, the memory may be written again."""


class Uploads:
    """Copies of host arrays on one GPU.

    A destination is written only after what was launched on the main stream before its array died; the main stream waits for
    the copy. So the copy of the next batch runs beside the step that is under way.

    Args:
        cupy: the module.
        main: the stream on which everything is computed.
        number: of the GPU.
    """

    def __init__(self, cupy: Any, main: Any, number: int) -> None:
        self._cupy = cupy
        self._main = main
        self._number = number
        self._stream = cupy.cuda.Stream(non_blocking=True)
        self._slots = (_Slot(cupy), _Slot(cupy))
        self._turn = 0
        self._free: dict[int, list[tuple[Any, Any]]] = {}
        self._dead: list[tuple[int, Any]] = []
        self._lock = threading.Lock()
        self._staging = threading.Lock()  # a buffer is one thread's until its copy is on the stream

    def upload(self, host: Any) -> Any:
        """The array on the GPU, in C order. Returns as soon as the host's memory has been read."""
        host = np.ascontiguousarray(host).reshape(np.shape(host))
        if not host.size:
            return self._cupy.empty(host.shape, host.dtype)
        memory = self._destination(host.nbytes)
        with self._staging:
            slot = self._slots[self._turn]
            self._turn = 1 - self._turn
            slot.event.synchronize()  # its last copy is over
            if slot.size < host.nbytes:
                size = 1 << math.ceil(math.log2(host.nbytes))
                slot.memory, slot.size = self._cupy.cuda.alloc_pinned_memory(size), size
            staged = np.frombuffer(slot.memory, np.uint8, host.nbytes)
            staged[:] = host.reshape(-1).view(np.uint8)
            memory.copy_from_host_async(slot.memory.ptr, host.nbytes, self._stream)
            slot.event.record(self._stream)
            self._main.wait_event(slot.event)
        owner = _Owner()
        weakref.finalize(owner, self._dead.append, (host.nbytes, memory)).atexit = False
        kept = self._cupy.cuda.UnownedMemory(memory.ptr, host.nbytes, owner, self._number)
        pointer = self._cupy.cuda.MemoryPointer(kept, 0)
        return self._cupy.ndarray(host.shape, host.dtype, pointer)

    def _destination(self, size: int) -> Any:
        """Memory that nothing on the main stream uses when the copy runs."""
        with self._lock:
            self._bury()
            kept = self._free.get(size, [])
            if kept and (
                kept[0][1].done or len(kept) >= KEPT
            ):  # else the step that reads the oldest would be waited for
                memory, event = kept.pop(0)
                self._stream.wait_event(event)
                return memory
        with self._stream:
            return self._cupy.cuda.alloc(size)  # from the pool's part for this stream

    def _bury(self) -> None:
        """Mark where the main stream stands for all memory whose arrays died since the last upload."""
        while self._dead:
            size, memory = self._dead.pop()
            event = self._cupy.cuda.Event(disable_timing=True)
            event.record(self._main)
            kept = self._free.setdefault(size, [])
            kept.append((memory, event))
            while len(kept) > KEPT:
                old, last = kept.pop(0)
                self._stream.wait_event(last)  # the pool may hand it to the next upload at once
                del old

    def release(self) -> None:
        """Give the memory that is kept for the next uploads back to the pool."""
        with self._lock:
            self._bury()
            for kept in self._free.values():
                for _, event in kept:
                    self._stream.wait_event(event)
            self._free.clear()

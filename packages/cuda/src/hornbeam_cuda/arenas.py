"""Memory for what is in between, which plans of one device lend one another: they run one after the other on its stream."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from hornbeam_cuda.device.base import Device, Memory

__all__ = ["lent"]


class _Arenas:
    """The arenas of a device that nobody uses now; a plan that runs within another one gets another arena."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.free: list[Memory] = []

    def take(self, device: Device, size: int) -> Memory:
        """The largest arena; one that is too small gives way to a new one."""
        with self.lock:
            self.free.sort(key=lambda memory: memory.size)
            found = self.free.pop() if self.free else None
            if found is not None and found.size >= size:
                return found
            del found  # before the new one is asked for
            return device.allocate(max(1, size))

    def give(self, memory: Memory) -> None:
        """An arena is free again."""
        with self.lock:
            self.free.append(memory)


_arenas: WeakKeyDictionary[Device, _Arenas] = WeakKeyDictionary()


@contextmanager
def lent(device: Device, size: int) -> Iterator[Memory]:
    """So much memory of a device, for as long as launches are made that use it.

    Raises:
        MemoryError: there is not so much.
    """
    arenas = _arenas.setdefault(device, _Arenas())
    memory = arenas.take(device, size)
    try:
        yield memory
    finally:
        arenas.give(memory)

"""Memory for intermediate values that executables borrow while they run: what does not run at once shares it."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np

from hornbeam.graph.memory import ALIGNMENT

__all__ = ["Borrower", "SharedArena"]


class SharedArena:
    """Bytes, as many as the largest of those who borrow them wants; a borrower finds whatever the last one left there.

    Attributes:
        memory: the bytes; another array each time they were too few.
        address: of the first, a multiple of ALIGNMENT.
        lock: held by the present borrower.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.borrowers: weakref.WeakSet[Borrower] = weakref.WeakSet()
        self._hold(np.empty(0, np.uint8))

    def _hold(self, memory: Any) -> None:
        self.memory, self.address = memory, int(memory.ctypes.data)

    def reserve(self, size: int) -> None:
        """See to it that there are so many bytes; called by who holds the lock."""
        if len(self.memory) < size:
            for borrower in self.borrowers:
                borrower.bound = None
            self._hold(np.empty(0, np.uint8))  # the old ones are free before the new ones are asked for
            array = np.empty(size + ALIGNMENT, np.uint8)
            start = -array.ctypes.data % ALIGNMENT
            self._hold(array[start : start + size])


class Borrower:
    """An executable's way to memory: a with block gives an arena of so many bytes, or more, that nobody else has in the meantime.

    One block in another, and blocks in other threads, get other arenas. An arena lives as long as somebody has borrowed it last.

    Attributes:
        bound: what the borrower keeps that refers to the memory; None again when that is given up.

    Example:
        >>> small, large = Borrower(10), Borrower(1000)
        >>> with small as first, large as second:
        ...     first is second
        False
        >>> with large as first:
        ...     size = len(first.memory)
        >>> with small as second:
        ...     first is second, size >= 1000
        (True, True)
    """

    _known: list[weakref.ref[SharedArena]] = []  # noqa: RUF012 - all, in the order in which they are tried
    _changing = threading.Lock()

    def __init__(self, size: int) -> None:
        self.size = size
        self.arena: SharedArena | None = None
        self.bound: Any = None

    def __enter__(self) -> SharedArena:
        """Borrow."""
        arena = self._free()
        if arena is not self.arena:
            self.arena = arena
            arena.borrowers.add(self)
        arena.reserve(self.size)
        return arena

    def __exit__(self, *error: object) -> None:
        """Give back."""
        assert self.arena is not None
        self.arena.lock.release()

    def _free(self) -> SharedArena:
        """The first arena that nobody has, locked."""
        for known in Borrower._known:
            arena = known()
            if arena is not None and arena.lock.acquire(blocking=False):
                return arena
        arena = SharedArena()
        arena.lock.acquire()
        with Borrower._changing:
            Borrower._known = [*(known for known in Borrower._known if known() is not None), weakref.ref(arena)]
        return arena

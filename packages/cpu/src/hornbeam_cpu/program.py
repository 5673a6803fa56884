"""Groups of stages as one array of words that the native loop walks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from hornbeam.graph.ir import Value

from hornbeam_cpu.llvm.library import Kernel, address
from hornbeam_cpu.lower.plan import Fallback
from hornbeam_cpu.lower.stage import Pointer
from hornbeam_cpu.runtime import pool
from hornbeam_cpu.schedule import Group

__all__ = ["ARENA", "Part", "Program"]

ARENA = -1  # the number, in place of an external array's, of the arena


class Part(NamedTuple):
    """Groups that run without Python in between: where they begin among the words, and how many they are."""

    word: int
    groups: list[Group]


class Program:
    """The words, and which of them are addresses of arrays that come with each run.

    Args:
        groups: what to run.
        locate: for a value, the number of the external array that holds it and 0, or None and its address, or ARENA and its
            offset in the arena.
    """

    def __init__(self, groups: list[Group], locate: Callable[[Value], tuple[int | None, int]]) -> None:
        self.parts: list[Part | Fallback] = []
        self.scratch = 0
        self.version = -1
        words: list[int] = []
        patches: list[tuple[int, int, int]] = []  # word, external array, bytes
        arena: list[int] = []  # words that are offsets in the arena, until that has an address
        inner: list[int] = []  # words that are positions of others, until the array has an address
        pending: list[tuple[int, tuple[int | Pointer | Kernel, ...]]] = []
        run: list[Group] = []

        def close() -> None:
            if not run:
                return
            self.parts.append(Part(len(words), list(run)))
            words.append(len(run))
            for one in run:
                length = 16 + sum(16 + 16 * len(s.calls) for s in one.stages)
                words.extend((sum(s.tasks for s in one.stages), length))
                for stage in one.stages:
                    words.extend((stage.tasks, len(stage.calls)))
                    for call in stage.calls:
                        self.scratch = max(self.scratch, call.scratch)
                        words.extend((address(call.kernel), 0))
                        pending.append((len(words) - 1, call.args))
            run.clear()

        for one in groups:
            if one.fallback:
                close()
                self.parts.append(one.fallback)
            else:
                run.append(one)
        close()
        for word, args in pending:
            words[word] = 8 * len(words)
            inner.append(word)
            for arg in args:
                if isinstance(arg, Pointer):
                    external, where = locate(arg.value)
                    if external == ARENA:
                        arena.append(len(words))
                    elif external is not None:
                        patches.append((len(words), external, arg.offset))
                    words.append(where + arg.offset)
                elif isinstance(arg, Kernel):
                    words.append(address(arg))
                else:
                    words.append(arg)
        self.words = np.array(words or [0], np.int64)
        self.base = int(self.words.ctypes.data)
        self.words[inner] += self.base
        self.arena_words = np.array(arena, np.intp)
        self.arena = 0  # the address that they count from now
        table = np.array(patches or np.zeros((0, 3)), np.int64).reshape(-1, 3)
        self.places, self.which, self.bytes = (np.ascontiguousarray(c) for c in table.T)

    def connect(self, addresses: np.ndarray, version: int, arena: int) -> None:
        """Tell the program where the arena and the external arrays are, unless it knows this version of those."""
        if arena != self.arena:
            self.words[self.arena_words] += arena - self.arena
            self.arena = arena
        if version != self.version:
            self.version = version
            self.words[self.places] = addresses[self.which] + self.bytes

    def run(self, part: Part, clock: int = 0) -> None:
        """Run one part on the threads."""
        pool.run(self.base + 8 * part.word, self.scratch, clock)

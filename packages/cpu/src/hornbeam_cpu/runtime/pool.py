"""Threads that run programs: made at the first use, asleep while there is nothing to do, gone at exit, made anew after a fork."""

from __future__ import annotations

import atexit
import ctypes
import os
import threading
from typing import Any

import numpy as np
from hornbeam import kernel_cache as cache
from hornbeam.interrupts import Uninterrupted
from hornbeam.threads import get_num_threads

from hornbeam_cpu.llvm.compiler import Loaded, compile_ir
from hornbeam_cpu.llvm.library import Kernel, _key
from hornbeam_cpu.llvm.target import host
from hornbeam_cpu.runtime import native

__all__ = ["run"]


class Pool:
    """The helper threads, and the memory that they share with the caller."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.words = np.zeros(native.words(native.MOST) + 8, np.int64)
        self.words = self.words[(-self.words.ctypes.data % 64) // 8 :]  # counters begin on a cache line
        self.threads: list[threading.Thread] = []
        self.scratch = np.empty(0, np.uint8)

    def run(self, program: int, scratch: int, threads: int, clock: int = 0) -> None:
        """Run a program on up to `threads` threads; on this one alone while another caller has the helpers."""
        if threads > 1 and not self.lock.locked():
            with self.lock:
                if len(self.threads) < threads - 1:
                    with Uninterrupted():  # a helper that is counted has to be there: all wait for it
                        self._grow(threads - 1)
                self._start(self.words, program, scratch, threads, clock)
        else:
            words = np.zeros(native.words(1), np.int64)
            self._start(words, program, scratch, 1, clock)

    def _start(self, words: np.ndarray, program: int, scratch: int, threads: int, clock: int) -> None:
        stride = -(-scratch // 4096) * 4096 + 4096  # the threads' parts share no page
        if words is not self.words:
            memory = np.empty(stride, np.uint8)
        else:
            if self.scratch.size < stride * threads:
                self.scratch = np.empty(stride * threads, np.uint8)
            memory = self.scratch
        job = native.JOB
        words[job["program"]], words[job["threads"]] = program, threads
        words[job["scratch"]], words[job["stride"]] = memory.ctypes.data + (-memory.ctypes.data % 64), stride - 64
        words[job["clock"]] = clock
        _functions()[0](words.ctypes.data)

    def _grow(self, helpers: int) -> None:
        while len(self.threads) < helpers:
            me = len(self.threads) + 1
            arguments = (self.words.ctypes.data, me, int(self.words[0]))
            thread = threading.Thread(target=_functions()[1], args=arguments, name=f"hornbeam-{me}", daemon=True)
            self.threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End the helper threads."""
        with self.lock:
            if self.threads:
                self.words[native.JOB["stop"]] = 1
                _functions()[2](self.words.ctypes.data)
                for thread in self.threads:
                    thread.join()
                self.threads.clear()
                self.words[native.JOB["stop"]] = 0


_functions_made: list[tuple[Any, ...]] = []
_making = threading.Lock()


def _functions() -> tuple[Any, ...]:
    """start, work and wake, loaded once a process, also where several threads ask first: the helpers run in what is kept."""
    if not _functions_made:
        with _making:
            if not _functions_made:
                _functions_made.append(_load())
    return _functions_made[0]


def _load() -> tuple[Any, ...]:
    """start, work and wake (ctypes lets other Python threads run during a call)."""
    target = host()
    key = _key(Kernel(native.generate, (), "threads"), target)
    data = cache.read(key)
    if data is None:
        data = compile_ir(str(native.generate(target)), target)
        cache.write(key, data)
    loaded = Loaded(data, target)
    word = ctypes.c_int64
    start = ctypes.CFUNCTYPE(None, word)(loaded.address("start"))
    work = ctypes.CFUNCTYPE(None, word, word, word)(loaded.address("work"))
    wake = ctypes.CFUNCTYPE(None, word)(loaded.address("wake"))
    start.keep = loaded  # type: ignore[attr-defined]
    return start, work, wake


_pool = Pool()


def _renew() -> None:
    """In a forked child the helper threads do not exist."""
    global _pool
    _pool = Pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
atexit.register(lambda: _pool.stop())


def run(program: int, scratch: int, clock: int = 0) -> None:
    """Run a program on the threads that there are.

    Args:
        program: address of it, see `native`.
        scratch: bytes of memory that each thread needs for itself.
        clock: address of an array for the times (in cycles) at the end of each stage, one more than stages; 0: none.
    """
    _pool.run(program, scratch, min(get_num_threads(), native.MOST), clock)

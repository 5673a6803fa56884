"""Which of the algorithms that a library offers is the fastest: measured once on a machine, at the first use, and kept on disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from hornbeam import kernel_cache
from hornbeam.debug import show
from hornbeam.errors import BackendError

from hornbeam_cuda.precision import deterministic

__all__ = ["CANDIDATES", "Tuning", "wanted"]

CANDIDATES = 8
"""Algorithms that are asked for, best first by the library's own estimate."""
LEAST = 1 << 24  # multiplications and additions of a call for which it pays
LONG = 1 << 36  # of all that is run for one measurement: small calls are run more than once


class Clock(Protocol):
    """What a device does for this."""

    @property
    def capturing(self) -> bool:
        """Whether a graph is being recorded: nothing can be measured then."""

    def allocate(self, size: int) -> Any:
        """Memory of its own."""

    def seconds(self, work: Callable[[], None], repeats: int) -> float:
        """How long launches take on the device."""


def wanted() -> bool:
    """Whether algorithms are measured; not with HORNBEAM_CUDA_AUTOTUNE=0."""
    return os.environ.get("HORNBEAM_CUDA_AUTOTUNE") != "0"


class Tuning:
    """Chooses on one device.

    Args:
        clock: the device.
        names: what choices depend on besides the call: the library's version, the device's name.
    """

    def __init__(self, clock: Clock, *names: str) -> None:
        self._clock, self._names = clock, names

    def pays(self, call: Any, count: int) -> bool:
        """Whether to measure: there is a choice, and the call is no small one."""
        return count > 1 and call.flops >= LEAST and wanted()

    def choice(self, call: Any, more: Any, count: int, run: Callable[[int], None]) -> int | None:
        """The number of the fastest algorithm; None while a graph is recorded, if it is not known.

        Args:
            call: the description.
            more: what else the choice depends on.
            count: of algorithms.
            run: launches the call by one of them; may raise BackendError.
        """
        text = f"choice {self._names} {deterministic()} {count} {more!r} {call!r}"
        key = hashlib.sha256(text.encode()).hexdigest()
        stored = kernel_cache.read(key)
        if stored is not None and stored.isdigit() and int(stored) < count:
            return int(stored)
        if self._clock.capturing:
            return None
        repeats = max(1, min(8, LONG // call.flops))
        times = [self._seconds(run, i, repeats) for i in range(count)]
        best = times.index(min(times))
        show("kernels", f"{call}: algorithm {best} of {_microseconds(times)}")
        if times[best] < float("inf"):
            kernel_cache.write(key, str(best).encode())
        return best

    def _seconds(self, run: Callable[[int], None], number: int, repeats: int) -> float:
        try:
            return self._clock.seconds(lambda: run(number), repeats)
        except BackendError:  # the library offers it and cannot run it
            return float("inf")

    def memory(self, size: int) -> Any:
        """Memory for results that are thrown away."""
        return self._clock.allocate(size)


def _microseconds(times: Sequence[float]) -> str:
    return ", ".join(f"{1e6 * t:.1f}" for t in times) + " us"

"""What the engine knows of hardware: a device that has memory, loads kernels, runs them and library calls, and records graphs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from hornbeam_cuda.library import Call, Recurrent, Spaces
from hornbeam_cuda.source.kernel import Kernel

__all__ = ["Device", "Memory", "Properties", "Replay"]


class Properties(NamedTuple):
    """Facts about a device.

    Attributes:
        multiprocessors: how many.
        shared: bytes of shared memory that a block may have.
        memory: bytes in all.
        description: such as "NVIDIA H100".
    """

    multiprocessors: int
    shared: int
    memory: int
    description: str = ""


class Memory(Protocol):
    """Bytes on the device, freed when nothing refers to them any more; the address is a multiple of 256."""

    address: int
    size: int


class Replay(Protocol):
    """What was launched between `with device.capture() as replay:` and its end; nothing of it has run."""

    def replay(self) -> None:
        """Run it all, in order, at the same addresses; returns at once."""


class Device(Protocol):
    """One GPU, or what stands in for it. Everything is launched on one stream, in order; only `download` and `synchronize` wait.

    Attributes:
        name: such as "cuda:0".
        architecture: what kernels are compiled for, such as "sm_90".
        properties: see `Properties`.
    """

    name: str
    architecture: str
    properties: Properties

    def allocate(self, size: int) -> Memory:
        """Memory of its own; raises MemoryError where there is not enough."""

    def shared(self, count: int) -> tuple[int, Any]:
        """So many int32, all 0, that the device writes and the host reads at any time: their address, and a NumPy array of them."""

    def array(self, memory: Memory, offset: int, shape: tuple[int, ...], dtype: str) -> Any:
        """Part of a memory, from a byte on, as an array of the backend in C order; the array keeps the memory."""

    def empty(self, shape: tuple[int, ...], dtype: str) -> Any:
        """An array with memory of its own, in C order, its elements undefined."""

    def contiguous(self, array: Any) -> Any:
        """The array in C order: itself where it is."""

    def address(self, array: Any) -> int:
        """Where an array's first element is."""

    def upload(self, host: Any) -> Any:
        """A NumPy array as an array of the backend."""

    def download(self, array: Any) -> Any:
        """An array of the backend as a NumPy array; waits for what was launched before."""

    def load(self, kernels: Sequence[Kernel]) -> Sequence[Any]:
        """Kernels that can be launched; those not in the cache are compiled together, by several threads."""

    def launch(
        self,
        loaded: Any,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        shared: int,
        arguments: Sequence[int | float],
    ) -> None:
        """Launch a kernel: addresses and numbers in the order of its parameters."""

    def copy(self, destination: int, source: int, size: int) -> None:
        """Copy bytes on the device."""

    def fill(self, destination: int, value: int, size: int) -> None:
        """Set bytes on the device to one value."""

    def supports(self, call: Call) -> bool:
        """Whether the libraries that are there can run a call."""

    def spaces(self, call: Recurrent) -> Spaces:
        """What a recurrent layer that is supported needs beside its arrays."""

    def workspace(self, call: Call) -> int:
        """Bytes that a call needs beside its arrays."""

    def library(self, call: Call, addresses: Sequence[int], workspace: int) -> None:
        """Launch a library call: its arrays in the order that it documents, and the address of its workspace."""

    def capture(self) -> AbstractContextManager[Replay]:
        """Record what is launched within instead of running it."""

    def synchronize(self) -> None:
        """Wait until all that was launched is done."""

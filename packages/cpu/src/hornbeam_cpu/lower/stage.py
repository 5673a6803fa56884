"""What a graph is lowered to: stages of kernel calls, whose tasks the threads share out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.views import Layout, contiguous

from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.llvm.target import Target

__all__ = ["Call", "Context", "Layout", "Pointer", "Rule", "Stage", "contiguous"]


class Pointer(NamedTuple):
    """The address of an array's first byte plus `offset` bytes, known when the program runs."""

    value: Value
    offset: int = 0


class Call(NamedTuple):
    """A kernel and what it is given.

    Attributes:
        kernel: see `Kernel`.
        args: whole numbers, pointers, and kernels (their addresses), in the order that the kernel's generator documents.
        scratch: bytes that a task needs in the calling thread's own memory.
    """

    kernel: Kernel
    args: tuple[int | Pointer | Kernel, ...]
    scratch: int = 0


class Stage(NamedTuple):
    """Calls that run one after another in each task; the tasks are independent, and all threads meet at the end.

    Attributes:
        tasks: how many; follows from shapes alone, never from the number of threads.
        calls: what a task does.
        reads, writes: the values in whose memory it does so.
        flops: floating-point operations, for profiles.
        name: what profiles call it.
        in_place: pairs of a value read and one written that may be the same memory: each element is read before it is written.
    """

    tasks: int
    calls: tuple[Call, ...]
    reads: tuple[Value, ...]
    writes: tuple[Value, ...]
    flops: int = 0
    name: str = ""
    in_place: tuple[tuple[Value, Value], ...] = ()


class Context(Protocol):
    """What a lowering rule may ask for."""

    target: Target
    outside: Context | None  # within a loop: where what is the same at each step is prepared

    def is_invariant(self, value: Value) -> bool:
        """Whether a value is the same at each step of the loop."""

    def layout(self, value: Value) -> Layout:
        """Where a value is; views (transposes, slices, broadcasts) are not copied, so any strides can come."""

    def dense(self, value: Value) -> Value:
        """The value, or a copy of it, in C order in memory of its own."""

    def temporary(self, shape: tuple[int, ...], dtype: Any) -> Value:
        """Memory for what only the stages of this node need, such as packed operands and partial sums."""

    def emit(self, stage: Stage) -> None:
        """Add a stage."""

    def check(self, node: Node, sources: tuple[Value, ...], bad: Value) -> None:
        """Once `bad` is written, and if it holds anything but zeros, run the node's NumPy kernel on `sources`: it raises."""


# Emits the stages that compute `node.outputs` (which are dense) from its inputs; or returns False and emits nothing, where it
# cannot: then the node runs on its NumPy kernel.
Rule = Callable[[Node, Context], bool]

"""A kernel's text, and a launch of it, as plain data: what the templates of this folder make and a device runs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hornbeam_cuda.source.prelude import PRELUDE

__all__ = ["At", "Call", "Kernel", "Parameter", "kernel"]

Parameter = tuple[str, str]  # what it is ("pointer", "int32", "float64", "bytes 4000", ...) and its name in the text


@dataclass(frozen=True)
class Kernel:
    """One function `extern "C" __global__` and all it needs.

    Attributes:
        name: of the function; no other text has it.
        body: CUDA C that follows the prelude.
        parameters: what each one is: "pointer", a dtype ("float32", "int64", ...), or "bytes N" for a structure of N bytes.
    """

    name: str
    body: str
    parameters: tuple[str, ...]

    @property
    def source(self) -> str:
        """The whole translation unit."""
        return PRELUDE + self.body


def kernel(label: str, parameters: Sequence[Parameter], declarations: Sequence[str], text: str, threads: int) -> Kernel:
    """The kernel with a body, named after what it does and after its text.

    Args:
        label: what it does, for profiles.
        parameters: of the function, in order.
        declarations: each parameter as the function declares it.
        text: what stands before the function, the mark `@@`, and what stands in it.
        threads: of a block, at most: how many registers a thread may use follows from it.
    """
    before, _, inside = text.rpartition("@@")
    digest = hashlib.sha256("\n".join((label, *declarations, text, str(threads))).encode()).hexdigest()[:16]
    name = f"{label}_{digest}"
    head = f'extern "C" __global__ void __launch_bounds__({threads}) {name}({", ".join(declarations)})'
    return Kernel(name, f"{before}\n{head} {{\n{inside}\n}}\n", tuple(kind for kind, _ in parameters))


class At(NamedTuple):
    """An address: the first byte of some memory, which lies at a multiple of 256, and `offset` bytes more."""

    base: Any
    offset: int = 0


@dataclass(frozen=True)
class Call:
    """A launch.

    Attributes:
        kernel: what runs.
        grid, block: how many blocks, and threads in each.
        arguments: a number, an `At`, or bytes, for each parameter.
        reads, writes: the memory (`At.base`) in which it does so.
        shared: bytes of dynamic shared memory.
        name: what profiles call it.
        in_place: pairs of memory read and written that may be the same: each element is read before it is written.
    """

    kernel: Kernel
    grid: tuple[int, int, int]
    block: tuple[int, int, int]
    arguments: tuple[Any, ...]
    reads: tuple[Any, ...]
    writes: tuple[Any, ...]
    shared: int = 0
    name: str = ""
    in_place: tuple[tuple[Any, Any], ...] = field(default=())

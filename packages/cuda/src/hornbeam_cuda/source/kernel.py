"""A kernel's text, and a launch of it, as plain data: what the templates of this folder make and a device runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hornbeam_cuda.source.prelude import PRELUDE
from hornbeam_cuda.source.scalars import computed, stored

__all__ = [
    "At",
    "Call",
    "Given",
    "Kernel",
    "Parameter",
    "Table",
    "call",
    "kernel",
    "number",
    "read",
    "resolved",
    "write",
]

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


class Table(NamedTuple):
    """An argument of words of eight bytes, in order: addresses and whole numbers."""

    words: tuple[At | int, ...]


@dataclass(frozen=True)
class Call:
    """A launch.

    Attributes:
        kernel: what runs.
        grid, block: how many blocks, and threads in each.
        arguments: a number, an `At`, or a `Table`, for each parameter.
        reads, writes: the memory (`At.base`) in which it does so.
        shared: bytes of dynamic shared memory.
        name: what profiles call it.
        in_place: pairs of memory read and written that may be the same: each element is read before it is written.
        alone: of a plain map of dense arrays, what it does and where, by which it may join others that do the same.
    """

    kernel: Kernel
    grid: tuple[int, int, int]
    block: tuple[int, int, int]
    arguments: tuple[Any, ...]
    reads: tuple[Any, ...]
    writes: tuple[Any, ...]
    shared: int = 0
    name: str = ""
    in_place: tuple[tuple[Any, Any], ...] = ()
    alone: tuple[Any, tuple[At, ...], tuple[At, ...]] | None = field(default=None, compare=False)


def resolved(arguments: Sequence[Any], address: Callable[[At], int]) -> list[Any]:
    """The arguments of a call as a device takes them: numbers and bytes.

    Args:
        arguments: of a `Call`.
        address: gives the number of an address.
    """

    def word(given: At | int) -> bytes:
        return (address(given) if isinstance(given, At) else given).to_bytes(8, "little", signed=True)

    return [
        address(a) if isinstance(a, At) else b"".join(map(word, a.words)) if isinstance(a, Table) else a
        for a in arguments
    ]


class Given(NamedTuple):
    """One argument of a hand-written kernel: its declaration, its kind and its value; and whether its memory is read or written."""

    declaration: str
    kind: str
    value: Any
    use: str = ""


def read(name: str, dtype: str, at: At) -> Given:
    """An array that is read; dtype may also be a type of C."""
    return Given(f"const {_type(dtype)}* {name}", "pointer", at, "read")


def write(name: str, dtype: str, at: At) -> Given:
    """An array that is written."""
    return Given(f"{_type(dtype)}* {name}", "pointer", at, "write")


def number(name: str, value: int | float, dtype: str = "int64") -> Given:
    """A number."""
    return Given(f"const {computed(dtype)} {name}", dtype, value)


def _type(dtype: str) -> str:
    return dtype if dtype.startswith("uint") and dtype[4:] in ("2", "4") else stored(dtype)


def call(
    name: str, given: Sequence[Given], text: str, blocks: int, threads: int = 256, more: tuple[int, int] = (1, 1)
) -> Call:
    """The launch of a kernel that is written by hand.

    Args:
        name: what it does.
        given: its arguments.
        text: what stands before the function, the mark `@@`, and what stands in it.
        blocks: of the grid along x.
        threads: of a block.
        more: blocks along y and z.
    """
    made = kernel(name, [(g.kind, "") for g in given], [g.declaration for g in given], text, threads)
    used = {use: tuple(dict.fromkeys(g.value.base for g in given if g.use == use)) for use in ("read", "write")}
    grid, block = (max(1, blocks), *more), (threads, 1, 1)
    return Call(made, grid, block, tuple(g.value for g in given), used["read"], used["write"], name=name)

"""What generators of CUDA C give: the text of a kernel, and how it is launched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Argument", "Kernel", "Launch", "Operand", "Work"]


@dataclass(frozen=True)
class Kernel:
    """One `extern "C" __global__` function, with all that its translation unit needs.

    Attributes:
        name: of the function.
        source: the whole text; equal texts are one kernel.
        parameters: the type of each parameter: "pointer", "int64", "int32", "uint32", "float32" or "float64".
    """

    name: str
    source: str
    parameters: tuple[str, ...]


class Operand(NamedTuple):
    """The address of an array that a launch is given.

    Attributes:
        number: among what the generator documents: arrays read, arrays written, then the temporaries of its `Work`.
        offset: in bytes.
    """

    number: int
    offset: int = 0


Argument = Operand | int | float


class Launch(NamedTuple):
    """A kernel, its grid, and one argument for each parameter.

    Attributes:
        kernel: what runs.
        grid: blocks along x, y, z.
        block: threads along x, y, z.
        arguments: addresses and numbers, in the order of the parameters.
        shared: bytes of dynamic shared memory.
    """

    kernel: Kernel
    grid: tuple[int, int, int]
    block: tuple[int, int, int]
    arguments: tuple[Argument, ...]
    shared: int = 0


class Work(NamedTuple):
    """What a generator returns: launches that run one after the other.

    Attributes:
        launches: in order.
        temporaries: bytes of each array that only these launches use; their numbers follow those of the operands.
    """

    launches: tuple[Launch, ...]
    temporaries: tuple[int, ...] = ()

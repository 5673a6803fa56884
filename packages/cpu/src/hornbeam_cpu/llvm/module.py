"""LLVM IR as text: types, typed operands, and modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["BITS", "Module", "Operand", "element", "is_float", "lanes", "vector"]

BITS = {
    "double": 64,
    "float": 32,
    "i128": 128,
    "i64": 64,
    "i32": 32,
    "i16": 16,
    "i8": 8,
    "i1": 1,
    "ptr": 64,
}


class Operand(NamedTuple):
    """A value in the IR: how it is spelled, and its type."""

    text: str
    type: str


def element(type: str) -> str:
    """The type of one lane: "float" of "<16 x float>" and of "float"."""
    return type[1:-1].split(" x ")[1] if type[0] == "<" else type


def lanes(type: str) -> int:
    """Number of lanes; 0 of a scalar."""
    return int(type[1:].split(" x ")[0]) if type[0] == "<" else 0


def vector(type: str, count: int) -> str:
    """The vector type of `count` lanes; the scalar type for 0."""
    return f"<{count} x {type}>" if count else type


def is_float(type: str) -> bool:
    """Whether the lanes are floating-point numbers."""
    return element(type) in ("float", "double")


class Module:
    """A piece of IR to be compiled together: functions, and the intrinsics that they use."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.declared: dict[str, str] = {}
        self.written: set[str] = set()

    def declare(self, name: str, result: str, types: tuple[str, ...]) -> None:
        """Make an intrinsic, or a function of another module, known."""
        self.declared[name] = f"declare {result} @{name}({', '.join(types)})"

    def once(self, name: str, write: Callable[[Module], None]) -> None:
        """Have a function that several places of the module call written by the first of them."""
        if name not in self.written:
            self.written.add(name)
            write(self)

    def first(self, name: str) -> bool:
        """Whether something is to be written for the first time: what several places need is written by the first."""
        known = name in self.written
        self.written.add(name)
        return not known

    def __str__(self) -> str:
        """The whole text."""
        return "\n".join([*self.declared.values(), *self.functions])

"""What a graph is lowered to: steps that the device runs one after the other, and what rules may ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.views import Layout

from hornbeam_cuda.device.base import Device
from hornbeam_cuda.library import Call as Description
from hornbeam_cuda.library import Recurrent, Spaces
from hornbeam_cuda.source.kernel import At, Call

__all__ = ["Context", "Fallback", "Library", "Loop", "Row", "Rule", "Step"]


@dataclass(frozen=True)
class Library:
    """A library call.

    Attributes:
        call: what is computed.
        addresses: of its arrays, in the order that it documents.
        reads, writes: the values in whose memory it does so.
    """

    call: Description
    addresses: tuple[At, ...]
    reads: tuple[Value, ...]
    writes: tuple[Value, ...]

    in_place: tuple[tuple[Value, Value], ...] = ()

    @property
    def name(self) -> str:
        """What profiles call it."""
        return type(self.call).__name__.lower() + f" {self.writes[0]!r}"

    @property
    def flops(self) -> int:
        """Floating-point operations."""
        return self.call.flops


@dataclass(frozen=True)
class Fallback:
    """A node that runs on its eager kernel, between the recorded steps before and after it.

    Attributes:
        node: what to run.
        inputs: what it reads, in C order.
    """

    node: Node
    inputs: tuple[Value, ...]

    in_place: tuple[tuple[Value, Value], ...] = ()
    flops = 0

    @property
    def reads(self) -> tuple[Value, ...]:
        """All that is read."""
        return self.inputs

    @property
    def writes(self) -> tuple[Value, ...]:
        """All that is written."""
        return self.node.outputs

    @property
    def name(self) -> str:
        """What profiles call it."""
        return f"eager: {self.node.primitive.name}"


class Row(NamedTuple):
    """Where a value of a loop's body is in round i: `first` in round 0 where that is given, else `steps` * i bytes after `start`.

    Attributes:
        start: the place in round 0 of what moves, counted also where `first` is given.
        step: bytes from one round to the next.
        first, last: places that rounds 0 and `rounds` - 1 have instead.
    """

    start: At
    step: int
    first: At | None = None
    last: At | None = None
    pair: At | None = None  # the place in odd rounds, of a value that has two by turns

    def at(self, i: int, rounds: int) -> At:
        """The place in round i."""
        if i == 0 and self.first is not None:
            return self.first
        if i == rounds - 1 and self.last is not None:
            return self.last
        if self.pair is not None and i % 2:
            return self.pair
        return At(self.start.base, self.start.offset + i * self.step)


@dataclass(frozen=True)
class Loop:
    """Steps that are repeated, with some values elsewhere each time.

    Attributes:
        rounds: how often.
        steps: of one round.
        places: the values that move.
        reads, writes: the values outside that it touches.
        name: what profiles call it.
    """

    rounds: int
    steps: tuple[Call | Library | Loop, ...]
    places: dict[Value, Row]
    reads: tuple[Value, ...]
    writes: tuple[Value, ...]
    name: str

    in_place: tuple[tuple[Value, Value], ...] = ()

    @property
    def flops(self) -> int:
        """Floating-point operations."""
        return self.rounds * sum(flops(s) for s in self.steps)


Step = Call | Library | Fallback | Loop


def flops(step: Step) -> int:
    """Floating-point operations of a step, as far as it tells."""
    return int(getattr(step, "flops", 0))


class Context(Protocol):
    """What a rule may ask for."""

    device: Device
    multiprocessors: int
    unaligned: set[Value]  # what begins elsewhere than at multiples of 16 bytes
    checks: dict[Value, Node]  # flags, and the nodes whose they are
    turned: dict[Value, Value]  # filters, and their copies with the last axis first
    exact: dict[Value, Value]  # what is known in float32, beside the half floats that the graph has
    reserves: dict[
        Value, tuple[Value, Value]
    ]  # results of recurrent layers; their weights, and what is kept for the gradient

    @property
    def producers(self) -> Mapping[Value, Node]:
        """The node that makes each value."""

    def layout(self, value: Value) -> Layout:
        """Where a value is; views (transposes, slices, broadcasts) are not copied, so any strides can come."""

    def dense(self, value: Value) -> Value:
        """The value, or a copy of it, in C order in memory of its own."""

    def copied(
        self, layout: Layout, shape: tuple[int, ...], dtype: Any, target: At, strides: tuple[int, ...], after: str = ""
    ) -> None:
        """Copy what is seen with one layout to memory that is seen with other strides, and may have another dtype."""

    def convert(self, source: Value, target: Value) -> None:
        """Copy a value in C order to another of the same shape and of another dtype."""

    def check(self, node: Node) -> Value:
        """A flag, one int32 that is 0 before: if it is not afterwards, the node met an index that is out of range."""

    def temporary(self, shape: tuple[int, ...], dtype: Any) -> Value:
        """Memory for what only the steps of this node need."""

    def bytes(self, size: int) -> At:
        """The same, in bytes."""

    def emit(self, *steps: Call | Library | Loop) -> None:
        """Add steps."""

    def supports(self, call: Description) -> bool:
        """Whether the device's libraries can run a call."""

    def spaces(self, call: Recurrent) -> Spaces:
        """What memory a recurrent layer needs beside its arrays."""


# Emits the steps that compute `node.outputs` (which are dense) from its inputs; or returns False and emits nothing, where it
# cannot: then the node runs on its eager kernel.
Rule = Callable[[Node, Context], bool]

Addresses = Sequence[At]

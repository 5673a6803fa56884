"""A plan: the steps of a graph, where every value lies, and what all that needs; made without touching the device's memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from hornbeam.graph.ir import Graph, Value
from hornbeam.graph.views import Layout, contiguous

from hornbeam_cuda.device.base import Device
from hornbeam_cuda.lower.grouping import needed, together
from hornbeam_cuda.lower.plan import Lowering, prepare
from hornbeam_cuda.lower.stage import Fallback, Library, Loop, Step
from hornbeam_cuda.schedule import lifetimes, places
from hornbeam_cuda.source.kernel import At, Call, Kernel

__all__ = ["Plan"]


class Plan:
    """What a graph comes to on a device.

    Attributes:
        graph: prepared.
        steps: in order.
        results: where each output is: a value in C order.
        home: output -> the input in whose memory it ends up: state that the caller donates.
        direct: those of them that are written there at once; the others are copied at the end.
        places: the arena.
        checks: flags in memory that the host sees, and the nodes that set them where an index is out of range.
        batch: the size of the first axis that the inputs share, state aside; 0 where they share none.
    """

    def __init__(self, graph: Graph, device: Device) -> None:
        self.graph, self.device = graph, device
        self.home = dict(graph.donated)
        lowering = Lowering(graph, device)
        steps, results = lowering.run()
        self.results = self._apart(lowering, results)
        self.checks = lowering.checks
        self.steps = together(needed(steps, {*self.results, *self.checks}))
        self.lives = lifetimes(self.steps)
        self.readers = self._readers()
        self.last_fallback = max((i for i, step in enumerate(self.steps) if isinstance(step, Fallback)), default=-1)
        self.direct = {i: place for i, place in self.home.items() if self._may_take(i, graph.inputs[place])}
        self.aliases = {self.results[i]: graph.inputs[place] for i, place in self.direct.items()}
        outside = {*graph.inputs, *graph.constants, *self.aliases, *self.checks}
        for value in self.results:  # what is read after the last step lives to the end
            if value in self.lives and value not in outside:
                self.lives[value] = (self.lives[value][0], len(self.steps))
        self.places = places(self.steps, outside, self.lives)
        state = set(self.home.values())
        firsts = [v.shape[0] for n, v in enumerate(graph.inputs) if n not in state and v.shape]
        self.batch = max(firsts, key=firsts.count, default=0)

    def _apart(self, lowering: Lowering, results: list[Value]) -> list[Value]:
        """The results, those that are state which is replaced as copies, made before it is."""
        state = {self.graph.inputs[place]: place for place in self.home.values()}
        copies: dict[Value, Value] = {}
        for index, value in enumerate(results):
            if value in state and self.home.get(index) != state[value] and value not in copies and value.size:
                copies[value] = lowering.temporary(value.shape, value.dtype)
                strides = contiguous(value.shape)
                lowering.copied(Layout(value, 0, strides), value.shape, value.dtype, At(copies[value]), strides)
        return [v if self.home.get(i) == state.get(v, -1) else copies.get(v, v) for i, v in enumerate(results)]

    def _may_take(self, index: int, old: Value) -> bool:
        """Whether a new value can be written over the old one: nobody reads that later, and no eager kernel can fail any more."""
        value = self.results[index]
        if value not in self.lives or value in self.graph.inputs or value.size != old.size or value.dtype != old.dtype:
            return False
        if self.results.count(value) > 1 or any(v is old for v in self.results):
            return False
        written = self.lives[value][0]
        if self.last_fallback >= written:
            return False
        return all(
            number < written or number == written and (old, value) in self.steps[number].in_place
            for number in self.readers.get(old, ())
        )

    def _readers(self) -> dict[Value, list[int]]:
        """The numbers of the steps that read a value."""
        found: dict[Value, list[int]] = {}
        for number, step in enumerate(self.steps):
            for value in dict.fromkeys(step.reads):
                found.setdefault(value, []).append(number)
        return found

    # ---- what it needs

    @cached_property
    def kernels(self) -> list[Kernel]:
        """Every kernel, once."""
        return list(dict.fromkeys(call.kernel for call in self.calls() if isinstance(call, Call)))

    @cached_property
    def workspace(self) -> int:
        """Bytes that the library call which needs most of it shares with all others."""
        return max((self.device.workspace(c.call) for c in self.calls() if isinstance(c, Library)), default=0)

    @property
    def constants(self) -> int:
        """Bytes of the constants."""
        return sum(v.nbytes for v in self.graph.constants)

    @property
    def inputs(self) -> int:
        """Bytes of the inputs, state and all."""
        return sum(v.nbytes for v in self.graph.inputs)

    @property
    def copies(self) -> int:
        """Bytes of the results that are no state, and of inputs that come from elsewhere each time: they are copied to one place."""
        state = set(self.home.values())
        given = sum(v.nbytes for n, v in enumerate(self.graph.inputs) if n not in state)
        return given + sum(v.nbytes for i, v in enumerate(self.graph.outputs) if i not in self.home)

    @property
    def needs(self) -> int:
        """Bytes in all."""
        return self.places.size + self.inputs + self.copies + self.constants + self.workspace

    def resized(self, batch: int) -> Plan:
        """The plan of the same function for another batch: it is captured again."""
        assert self.graph.resized is not None
        return Plan(prepare(self.graph.resized(self.batch, batch), self.device.supports), self.device)

    def calls(self) -> Iterator[Call | Library]:
        """Every launch and library call, those of loops once."""

        def within(steps: Iterator[Step]) -> Iterator[Call | Library]:
            for step in steps:
                if isinstance(step, Loop):
                    yield from within(iter(step.steps))
                elif not isinstance(step, Fallback):
                    yield step

        return within(iter(self.steps))

    def __str__(self) -> str:
        """A line for each step; t0, t1, ... are temporaries of the engine."""
        names = self.graph.names()
        lines = [
            f"{self.graph.name}: {len(self.steps)} steps, {len(self.kernels)} kernels, arena {self.places.size} bytes"
        ]
        for number, step in enumerate(self.steps):
            for value in (*step.reads, *step.writes):
                names.setdefault(value, f"t{len(names)}")
            reads, writes = (", ".join(names[v] for v in dict.fromkeys(vs)) for vs in (step.reads, step.writes))
            lines.append(f"  {number}: {step.name}: {reads} -> {writes}")
        return "\n".join(lines)

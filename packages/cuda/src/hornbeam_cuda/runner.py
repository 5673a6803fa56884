"""Runs a plan: memory, kernels, recorded graphs, and which of them holds for the addresses of this call."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam import profiler
from hornbeam.debug import enabled, show
from hornbeam.errors import OutOfMemoryError, OutOfRangeError
from hornbeam.graph.ir import Value
from hornbeam.interpreters.evaluate import adopt

from hornbeam_cuda.arenas import lent
from hornbeam_cuda.device.base import Device, Memory, Replay
from hornbeam_cuda.lower.scan import ALIGNED
from hornbeam_cuda.lower.stage import Fallback, Library, Loop, Step, flops
from hornbeam_cuda.needs import explained
from hornbeam_cuda.plan import Plan
from hornbeam_cuda.schedule import ALIGNMENT
from hornbeam_cuda.source.kernel import Call, resolved

__all__ = ["Runner"]

Find = Callable[[Value], int]  # the address of a value

RECORDED = 4  # sets of addresses for which recorded graphs are kept


class Runner:
    """The memory and the recorded graphs of a plan."""

    def __init__(self, plan: Plan, backend: Any, device: Device) -> None:
        self.plan, self.backend, self.device = plan, backend, device
        self.timed = enabled("time")
        self.segments: list[list[Step] | Fallback] = []
        for step in plan.steps:
            if isinstance(step, Fallback):
                self.segments.append(step)
            elif self.segments and isinstance(self.segments[-1], list):
                self.segments[-1].append(step)
            else:
                self.segments.append([step])
        self.arena: Memory | None = None  # while it runs
        self.workspace = -(-plan.places.size // ALIGNMENT) * ALIGNMENT  # in the arena, behind all values
        self.constants: dict[Value, Any] = {}
        self.kernels = dict(zip(plan.kernels, device.load(plan.kernels), strict=True))
        self.staging: dict[int, tuple[Memory, Any]] = {}  # input -> where it is copied to
        self.recorded: OrderedDict[tuple[int, ...], list[Replay | Fallback]] = OrderedDict()
        self.warm = False
        self.flags: Any = None
        self.flag_places: dict[Value, int] = {}
        if plan.checks:
            start, self.flags = device.shared(len(plan.checks))
            self.flag_places = {flag: start + 4 * i for i, flag in enumerate(plan.checks)}
        self.waits = enabled("check")
        self.state = {place: index for index, place in plan.home.items()}
        self.seen: list[Any] = [None] * len(plan.graph.inputs)  # the arrays of the call before
        self.own: list[Any] = list(self.seen)  # the same in C order, aligned
        self.inputs: list[Any] = list(self.seen)  # what is read instead: they, or copies at fixed places
        self.donated: tuple[bool, ...] | None = None
        self.taken: set[int] = set()  # state that is updated in its own memory
        self.homes = {v: number for number, v in enumerate(plan.graph.inputs)}
        self.homes |= {plan.results[i]: place for i, place in plan.direct.items()}
        self.bound: dict[Value, int] = {}
        self.key: tuple[int, ...] = ()

    def _memory(self, size: int) -> Memory:
        try:
            return self.device.allocate(max(1, size))
        except MemoryError as error:
            raise explained(self.plan, self.device) from error

    # ---- a call

    def run(self, arrays: Sequence[Any], donate: Sequence[bool]) -> list[Any]:
        """Run the plan; see `Executable`."""
        self._place(arrays, tuple(donate))
        for number in self.staging:
            if number not in self.taken:
                self._fill(number)
        waits = self.waits or not self.warm
        try:
            with lent(self.device, self.workspace + self.plan.workspace) as self.arena:
                self._run()
                found = [self._result(index, value, arrays) for index, value in enumerate(self.plan.results)]
        except MemoryError as error:
            if isinstance(error, OutOfMemoryError) and self.arena is not None:
                raise
            raise explained(self.plan, self.device) from error
        finally:
            self.arena = None
        self._check(waits)
        return found

    def _place(self, arrays: Sequence[Any], donated: tuple[bool, ...]) -> None:
        """Find out where each input is: only arrays that are not those of the call before are looked at."""
        first = self.donated is None
        moved = [i for i, array in enumerate(arrays) if array is not self.seen[i]]
        if donated != self.donated or not self.state.keys().isdisjoint(moved):
            changed: Sequence[int] = range(len(arrays))
        else:
            changed = moved
        for number in moved:
            self.seen[number] = arrays[number]
            before, self.own[number] = self.own[number], self._plain(arrays[number], self.plan.graph.inputs[number])
            if not first and number not in self.state and self._differ(before, self.own[number]):
                self._stage(number)  # it comes from elsewhere each time
        self.donated = donated
        if changed is not moved:
            self.taken = {i for i in self.state if donated and donated[i] and self.own[i] is arrays[i]}
        values = self.plan.graph.inputs
        for number in changed:
            if number in self.state and number not in self.taken:
                self._stage(number)
            held = number in self.staging and number not in self.taken
            self.inputs[number] = self.staging[number][1] if held else self.own[number]
            self.bound[values[number]] = self.device.address(self.inputs[number])
        if changed:
            self.bound |= {value: self.bound[home] for value, home in self.plan.aliases.items()}
            self.key = (*self.bound.values(), -1, *sorted(self.taken))

    def _plain(self, array: Any, value: Value) -> Any:
        """An array in C order that begins where the widest load can: itself, or a copy, as of a view of another array."""
        found = self.device.contiguous(array)
        if not value.nbytes or self.device.address(found) % ALIGNED == 0:
            return found
        made = self.device.empty(value.shape, str(value.dtype))
        self.device.copy(self.device.address(made), self.device.address(found), value.nbytes)
        return made

    def _differ(self, before: Any, now: Any) -> bool:
        return before is not None and self.device.address(before) != self.device.address(now)

    def _result(self, index: int, value: Value, arrays: Sequence[Any]) -> Any:
        """An output: state in its old memory, all else in memory of its own."""
        home = self.plan.home.get(index, -1)
        return arrays[home] if home in self.taken else self._fresh(value, self.plan.graph.outputs[index])

    def _check(self, waits: bool) -> None:
        """Raise if a flag is up: after the first run it is waited for; later it is seen when the device is that far.

        Raises:
            OutOfRangeError: an index was out of range.
        """
        if self.flags is None:
            return
        if waits:
            self.device.synchronize()
        for flag, node in zip(self.flags, self.plan.checks.values(), strict=True):
            if flag:
                self.flags[:] = 0
                size = node.params["size"]
                where = f", at {node.where}" if node.where else ""
                raise OutOfRangeError(
                    f"an index is out of range for an axis of size {size}: expected -{size} to {size - 1}{where}. "
                    "It was taken as 0; a replayed step tells of it a run or two later (HORNBEAM_DEBUG=check: at once)."
                )

    def _stage(self, number: int) -> None:
        """Give an input a fixed place, if it has none."""
        if number not in self.staging:
            value = self.plan.graph.inputs[number]
            memory = self._memory(value.nbytes)
            self.staging[number] = memory, self.device.array(memory, 0, value.shape, str(value.dtype))

    def _fill(self, number: int) -> None:
        """Copy an input to its fixed place."""
        size = self.plan.graph.inputs[number].nbytes
        if size:
            self.device.copy(self.staging[number][0].address, self.device.address(self.own[number]), size)

    def _fresh(self, source: Value, output: Value) -> Any:
        """An output in memory of its own."""
        made = self.device.empty(output.shape, str(output.dtype))
        if output.nbytes:
            self.device.copy(self.device.address(made), self.address(source), output.nbytes)
        return made

    # ---- steps

    def _run(self) -> None:
        ends = [(i, place) for i, place in self.plan.home.items() if place in self.taken and i not in self.plan.direct]
        profile = profiler.active()
        if profile is not None or self.timed:
            self._timed(profile or profiler.Profile(), ends)
            return
        if not self.warm:  # libraries and kernels are loaded at their first use, which must not be recorded
            for segment in self.segments:
                self._eager(segment) if isinstance(segment, Fallback) else self._launch(segment, self.address)
            self._end(ends)
            self.warm = True
            return
        key = (self._start, *self.key)
        replays = self.recorded.get(key)
        if replays is None:
            replays = self.recorded[key] = self._record(ends)
            if len(self.recorded) > RECORDED:
                self.recorded.popitem(last=False)
        self.recorded.move_to_end(key)
        for part in replays:
            self._eager(part) if isinstance(part, Fallback) else part.replay()

    @property
    def _start(self) -> int:
        """Where the arena begins."""
        assert self.arena is not None
        return self.arena.address

    def _record(self, ends: list[tuple[int, int]]) -> list[Replay | Fallback]:
        """Every segment as a graph; the eager kernels stay between them."""
        found: list[Replay | Fallback] = []
        segments = self.segments if self.segments and isinstance(self.segments[-1], list) else [*self.segments, []]
        for number, segment in enumerate(segments):
            if isinstance(segment, Fallback):
                found.append(segment)
                continue
            last = number == len(segments) - 1
            if segment or last and ends:
                with self.device.capture() as replay:
                    self._launch(segment, self.address)
                    self._end(ends if last else [])
                found.append(replay)
        return found

    def _launch(self, steps: Sequence[Step], find: Find) -> None:
        """Launch steps one after the other."""
        device = self.device
        for step in steps:
            if isinstance(step, Loop):
                self._loop(step, find)
            elif isinstance(step, Library):
                addresses = [find(at.base) + at.offset for at in step.addresses]
                device.library(step.call, addresses, self._start + self.workspace)
            elif isinstance(step, Call):
                arguments = resolved(step.arguments, lambda at: find(at.base) + at.offset)
                device.launch(self.kernels[step.kernel], step.grid, step.block, step.shared, arguments)

    def _loop(self, loop: Loop, find: Find) -> None:
        for i in range(loop.rounds):

            def inside(value: Value, i: int = i) -> int:
                place = loop.places.get(value)
                if place is None:
                    return find(value)
                at = place.at(i, loop.rounds)
                return find(at.base) + at.offset

            self._launch(loop.steps, inside)

    def _end(self, ends: list[tuple[int, int]]) -> None:
        """Copy new state that could not be written in place over the old one."""
        for index, place in ends:
            source, goal = self.plan.results[index], self.plan.graph.inputs[place]
            if goal.nbytes and self.address(source) != self.bound[goal]:
                self.device.copy(self.bound[goal], self.address(source), goal.nbytes)

    def _eager(self, step: Fallback) -> None:
        node = step.node
        inputs = [self._array(v, w.shape) for v, w in zip(step.inputs, node.inputs, strict=True)]
        out = self.backend.run(node.primitive, inputs, node.params)
        for value, array in zip(node.outputs, out if node.primitive.multiple else (out,), strict=True):
            if value.nbytes:
                made = self.device.contiguous(array)
                self.device.copy(self.address(value), self.device.address(made), value.nbytes)

    def _timed(self, profile: profiler.Profile, ends: list[tuple[int, int]]) -> None:
        """Every step by itself, waited for."""
        self.warm = True
        for step in self.plan.steps:
            self.device.synchronize()
            start = time.perf_counter()
            self._eager(step) if isinstance(step, Fallback) else self._launch([step], self.address)
            self.device.synchronize()
            moved = sum(v.nbytes for v in dict.fromkeys((*step.reads, *step.writes)))
            profile.add(step.name, time.perf_counter() - start, flops(step), moved)
        self._end(ends)
        if self.timed:
            show("time", f"{self.plan.graph.name}\n{profile}")

    # ---- where things are

    def _constant(self, value: Value) -> Any:
        if value not in self.constants:
            self.constants[value] = self._plain(adopt(value.data, self.backend), value)
        return self.constants[value]

    def _array(self, value: Value, shape: tuple[int, ...]) -> Any:
        """A value's memory as an array of the backend."""
        if not value.nbytes:
            return self.device.empty(shape, str(value.dtype))
        if value in self.homes:
            return self.inputs[self.homes[value]].reshape(shape)
        if value.data is not None:
            return self._constant(value).reshape(shape)
        assert self.arena is not None
        return self.device.array(self.arena, self.plan.places.offsets[value], shape, str(value.dtype))

    def address(self, value: Value) -> int:
        """Where a value is in this call."""
        if value in self.bound:
            return self.bound[value]
        if value in self.flag_places:
            return self.flag_places[value]
        if not value.nbytes:
            return self._start
        if value.data is not None:
            return self.device.address(self._constant(value))
        return self._start + self.plan.places.offsets[value]

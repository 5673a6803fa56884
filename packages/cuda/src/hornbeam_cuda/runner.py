"""Runs a plan: memory, kernels, recorded graphs, and which of them holds for the addresses of this call."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam import profiler
from hornbeam.debug import enabled, show
from hornbeam.errors import OutOfRangeError
from hornbeam.graph.ir import Value
from hornbeam.interpreters.evaluate import adopt

from hornbeam_cuda.device.base import Device, Memory, Replay
from hornbeam_cuda.lower.stage import Fallback, Library, Loop, Step, flops
from hornbeam_cuda.needs import explained
from hornbeam_cuda.plan import Plan
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
        self.arena = self._memory(plan.places.size)
        self.workspace = self._memory(plan.workspace)
        self.constants: dict[Value, Any] = {}
        self.kernels = dict(zip(plan.kernels, device.load(plan.kernels), strict=True))
        self.staging: dict[int, tuple[Memory, Any]] = {}  # input -> where it is copied to
        self.before: list[int] | None = None  # the addresses of the call before
        self.recorded: OrderedDict[tuple[int, ...], list[Replay | Fallback]] = OrderedDict()
        self.warm = False
        self.flags: Any = None
        self.flag_places: dict[Value, int] = {}
        if plan.checks:
            start, self.flags = device.shared(len(plan.checks))
            self.flag_places = {flag: start + 4 * i for i, flag in enumerate(plan.checks)}
        self.waits = enabled("check")
        self.inputs: list[Any] = []
        self.homes = {v: number for number, v in enumerate(plan.graph.inputs)}
        self.homes |= {plan.results[i]: place for i, place in plan.direct.items()}
        self.bound: dict[Value, int] = {}

    def _memory(self, size: int) -> Memory:
        try:
            return self.device.allocate(max(1, size))
        except MemoryError as error:
            raise explained(self.plan, self.device) from error

    # ---- a call

    def run(self, arrays: Sequence[Any], donate: Sequence[bool]) -> list[Any]:
        """Run the plan; see `Executable`."""
        plan, device = self.plan, self.device
        given = [device.contiguous(a) for a in arrays]
        own = [device.address(a) for a in given]
        state = set(plan.home.values())
        taken = {place for place in state if donate and donate[place] and given[place] is arrays[place]}
        self._notice(own, state)
        self.inputs = [
            array
            if number in taken or number not in state and number not in self.staging
            else self._staged(number, array)
            for number, array in enumerate(given)
        ]
        self.bound = {v: device.address(a) for v, a in zip(plan.graph.inputs, self.inputs, strict=True)}
        self.bound |= {value: self.bound[home] for value, home in plan.aliases.items()}
        ends = [(i, place) for i, place in plan.home.items() if place in taken and i not in plan.direct]
        waits = self.waits or not self.warm
        self._run(ends, tuple(sorted(taken)))
        self._check(waits)
        return [
            arrays[plan.home[i]] if plan.home.get(i, -1) in taken else self._fresh(value, plan.graph.outputs[i])
            for i, value in enumerate(plan.results)
        ]

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

    def _notice(self, own: list[int], state: set[int]) -> None:
        """Find out which inputs come from elsewhere each time: they get a place of their own."""
        if self.before is not None:
            for number, (old, new) in enumerate(zip(self.before, own, strict=True)):
                if old != new and number not in state and number not in self.staging:
                    self._stage(number)
        self.before = own

    def _stage(self, number: int) -> None:
        value = self.plan.graph.inputs[number]
        memory = self._memory(value.nbytes)
        self.staging[number] = memory, self.device.array(memory, 0, value.shape, str(value.dtype))

    def _staged(self, number: int, array: Any) -> Any:
        if number not in self.staging:
            self._stage(number)
        memory, place = self.staging[number]
        size = self.plan.graph.inputs[number].nbytes
        if size:
            self.device.copy(memory.address, self.device.address(array), size)
        return place

    def _fresh(self, source: Value, output: Value) -> Any:
        """An output in memory of its own."""
        made = self.device.empty(output.shape, str(output.dtype))
        if output.nbytes:
            self.device.copy(self.device.address(made), self.address(source), output.nbytes)
        return made

    # ---- steps

    def _run(self, ends: list[tuple[int, int]], taken: tuple[int, ...]) -> None:
        profile = profiler.active()
        if profile is not None or self.timed:
            self._timed(profile or profiler.Profile(), ends)
            return
        if not self.warm:  # libraries and kernels are loaded at their first use, which must not be recorded
            self.warm = True
            for segment in self.segments:
                self._eager(segment) if isinstance(segment, Fallback) else self._launch(segment, self.address)
            self._end(ends)
            return
        key = (*self.bound.values(), -1, *taken)
        replays = self.recorded.get(key)
        if replays is None:
            replays = self.recorded[key] = self._record(ends)
            if len(self.recorded) > RECORDED:
                self.recorded.popitem(last=False)
        self.recorded.move_to_end(key)
        for part in replays:
            self._eager(part) if isinstance(part, Fallback) else part.replay()

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
                device.library(step.call, addresses, self.workspace.address)
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
            self.constants[value] = self.device.contiguous(adopt(value.data, self.backend))
        return self.constants[value]

    def _array(self, value: Value, shape: tuple[int, ...]) -> Any:
        """A value's memory as an array of the backend."""
        if not value.nbytes:
            return self.device.empty(shape, str(value.dtype))
        if value in self.homes:
            return self.inputs[self.homes[value]].reshape(shape)
        if value.data is not None:
            return self._constant(value).reshape(shape)
        return self.device.array(self.arena, self.plan.places.offsets[value], shape, str(value.dtype))

    def address(self, value: Value) -> int:
        """Where a value is in this call."""
        if value in self.bound:
            return self.bound[value]
        if value in self.flag_places:
            return self.flag_places[value]
        if not value.nbytes:
            return self.arena.address
        if value.data is not None:
            return self.device.address(self._constant(value))
        return self.arena.address + self.plan.places.offsets[value]

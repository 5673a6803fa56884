"""A compiled graph: a program of stages over one arena, run by the threads; NumPy kernels for what cannot be compiled."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam import profiler
from hornbeam.backends.base import Executable
from hornbeam.backends.numpy_arena import Borrower, SharedArena
from hornbeam.debug import enabled, show
from hornbeam.graph.ir import Graph, Value
from hornbeam.graph.memory import Arena, Block, assign
from hornbeam.host import native_dtype
from hornbeam.interpreters.evaluate import adopt

from hornbeam_cpu.lower.plan import Fallback, lower
from hornbeam_cpu.lower.stage import Stage
from hornbeam_cpu.lower.widen import prepare
from hornbeam_cpu.outside import Outside
from hornbeam_cpu.program import ARENA, Part, Program
from hornbeam_cpu.schedule import Group, group, lifetimes

__all__ = ["CpuExecutable"]


class CpuExecutable(Executable):
    """Runs a graph as native code.

    Inputs come as arrays, outputs go to arrays of their own; what is in between lives in one arena, borrowed for each run. A
    variable that the caller donates is updated in its own memory where nothing reads it later and nothing can fail any more;
    else its new value is written beside it, and the old memory serves at the next run.
    """

    def __init__(self, graph: Graph, backend: Any) -> None:
        super().__init__(prepare(graph), backend)
        self.lock = threading.Lock()
        self.timed = enabled("time")
        graph = self.graph
        lowered = lower(graph)
        self.results = lowered.results
        self.groups = group(lowered.steps)
        self.lives = lifetimes(self.groups)
        self.constants: dict[Value, Any] = {}
        self.external: dict[Value, int] = {v: i for i, v in enumerate(graph.inputs)}
        self.fresh: dict[int, int] = {}  # output -> number of its array among the external ones
        self.in_place: dict[int, int] = {}  # output -> input whose memory it takes
        self._place_outputs()
        self.shares: dict[Value, Value] = {}  # value -> the one written over it
        self.offsets, self.plan = self._arena()
        self.borrower = Borrower(self.plan.size)
        self.program = Program(self.groups, self._address)
        self.apart: Program | None = None
        self.outside = Outside(graph, self.fresh, self.in_place)
        self._tell()

    # ---- memory

    def _place_outputs(self) -> None:
        """Give every output an array of its own, or the memory of the variable that it replaces."""
        externals = len(self.graph.inputs)
        for index, value in enumerate(self.results):
            if value not in self.lives or value in self.external:
                continue  # an input, a constant, or an output before: copied at the end
            self.external[value] = self.fresh[index] = externals
            externals += 1
        last_fallback = max((i for i, g in enumerate(self.groups) if g.fallback), default=-1)
        replaced = {self.graph.inputs[place] for place in self.graph.donated.values()} - {*self.results}
        readers: dict[Value, list[tuple[int, Stage]]] = {}  # of what is replaced
        for at, one in enumerate(self.groups):
            for stage in one.stages:
                for value in replaced.intersection(stage.reads):
                    readers.setdefault(value, []).append((at, stage))
        for index, place in self.graph.donated.items():
            new, old = self.results[index], self.graph.inputs[place]
            if index not in self.fresh or old not in replaced or new.size != old.size:
                continue
            written = self.lives[new][0]
            later = [(at, stage) for at, stage in readers.get(old, ()) if at >= written]
            if written > last_fallback and all(at == written and (old, new) in stage.in_place for at, stage in later):
                self.in_place[index] = place  # nobody reads the old value later, or only where it is replaced

    def _arena(self) -> tuple[dict[Value, int], Arena]:
        """Offsets of the values in between; one may be written over another that is read there for the last time."""
        blocks: list[Block] = []
        number: dict[Value, int] = {}
        overwritable = self._overwritable()
        for value, (first, last) in self.lives.items():
            if value in self.external:
                continue
            old = next((v for v in overwritable.get(value, ()) if v in number), None)
            if old is None:
                number[value] = len(blocks)
                blocks.append(Block(max(1, value.nbytes), first, last))
            else:
                number[value] = number.pop(old)
                blocks[number[value]] = blocks[number[value]]._replace(last=last)
                self.shares[old] = value
        arena = assign(blocks)
        offsets = {v: arena.offsets[n] for v, n in number.items()}
        for old, value in reversed(self.shares.items()):
            offsets[old] = offsets[value]
        return offsets, arena

    def _overwritable(self) -> dict[Value, list[Value]]:
        """Values whose memory a new one may take: only the stage that writes it still reads them, element by element."""
        found: dict[Value, list[Value]] = {}
        for at, one in enumerate(self.groups):
            pairs = [
                (old, new)
                for stage in one.stages
                for old, new in stage.in_place
                if old.nbytes == new.nbytes and self.lives.get(old, (0, -1))[1] == at == self.lives[new][0]
            ]
            if pairs:
                readers = Counter(value for stage in one.stages for value in {*stage.reads})
                for old, new in pairs:
                    if readers[old] == 1:
                        found.setdefault(new, []).append(old)
        return found

    def _address(self, value: Value) -> tuple[int | None, int]:
        """(number among the external arrays, 0), or (None, address), or (ARENA, offset in the arena)."""
        if value in self.external:
            return self.external[value], 0
        if value.data is not None:
            return None, int(self._constant(value).ctypes.data)
        return ARENA, self.offsets[value]

    def _constant(self, value: Value) -> Any:
        if value not in self.constants:
            self.constants[value] = np.ascontiguousarray(adopt(value.data, self.backend))
        return self.constants[value]

    def _array(self, value: Value, arrays: list[Any], arena: SharedArena) -> Any:
        """A value's memory as a NumPy array."""
        if not value.size:
            return np.empty(value.shape, native_dtype(value.dtype))
        if value in self.external:
            return arrays[self.external[value]].reshape(value.shape)
        if value.data is not None:
            return self._constant(value)
        begin = self.offsets[value]
        return arena.memory[begin : begin + value.nbytes].view(native_dtype(value.dtype)).reshape(value.shape)

    # ---- running

    def __call__(self, arrays: Sequence[Any], donate: Sequence[bool] = ()) -> list[Any]:
        """Run the program; see `Executable`."""
        with self.lock, self.borrower as arena:
            self.outside.take(arrays, donate)
            self._run(self.outside.arrays, arena)
            results = self._results(self.outside.arrays, arena)
            self.outside.release(arrays, donate)
            return results

    def _run(self, outside: list[Any], arena: SharedArena) -> None:
        """The program's parts, and the NumPy kernels between them."""
        taken = profiler.active()
        told = taken is None and self.timed
        if told:
            taken = profiler.Profile()
        program = self.program if taken is None else self._stage_by_stage()
        program.connect(self.outside.addresses, self.outside.version, arena.address)
        for part in program.parts:
            start = time.perf_counter()
            if isinstance(part, Fallback):
                node = part.node
                if part.bad is not None and not self._array(part.bad, outside, arena).any():
                    continue
                inputs = [
                    self._array(v, outside, arena).reshape(w.shape)
                    for v, w in zip(part.inputs, node.inputs, strict=True)
                ]
                out = self.backend.run(node.primitive, inputs, node.params)
                for value, array in zip(node.outputs, out if node.primitive.multiple else (out,), strict=True):
                    np.copyto(self._array(value, outside, arena), array)
                if taken is not None:
                    moved = sum(v.nbytes for v in (*part.inputs, *node.outputs))
                    taken.add(f"NumPy: {node.primitive.name}", time.perf_counter() - start, 0, moved)
            elif taken is None:
                program.run(part)
            else:
                _timed(program, part, taken)
        if told:
            show("time", f"{self.graph.name}\n{taken}")

    def _stage_by_stage(self) -> Program:
        """The same program with a barrier after every stage, so that each can be timed."""
        if self.apart is None:
            groups = [g for one in self.groups for g in ([one] if one.fallback else [Group((s,)) for s in one.stages])]
            self.apart = Program(groups, self._address)
        return self.apart

    def _results(self, outside: list[Any], arena: SharedArena) -> list[Any]:
        found = []
        for index, (value, source) in enumerate(zip(self.graph.outputs, self.results, strict=True)):
            if index in self.fresh:
                array = outside[self.fresh[index]]
                found.append(array if array.shape == value.shape else array.reshape(value.shape))
            else:
                found.append(np.array(self._array(source, outside, arena).reshape(value.shape)))
        return found

    # ---- telling

    def _tell(self) -> None:
        show("kernels", self)
        if enabled("fallbacks"):
            names = [str(g.fallback.node.primitive) for g in self.groups if g.fallback and g.fallback.bad is None]
            show("fallbacks", f"{self.graph.name}: " + (", ".join(names) or "none"))
        if enabled("memory"):
            plain = sum(v.nbytes for v in self.offsets)
            said = f"{self.plan.size} bytes, at least {self.plan.least}, side by side {plain}"
            show("memory", f"memory of {self.graph.name}: {said}")
            for value, offset in sorted(self.offsets.items(), key=lambda p: p[1]):
                show("memory", f"  {value!r} at {offset}, groups {self.lives[value]}")

    def __str__(self) -> str:
        """The program: a line for each stage, those of a group under one number; t0, t1, ... are temporaries of the engine."""
        names = self.graph.names()
        lines = [f"{self.graph.name}: {len(self.groups)} groups, arena {self.plan.size} bytes"]
        for number, one in enumerate(self.groups):
            rows = [("NumPy: " + str(one.fallback.node.primitive), 1, one.fallback)] if one.fallback else []
            rows += [(s.name, s.tasks, s) for s in one.stages]  # type: ignore[misc]
            for name, tasks, step in rows:
                for value in (*step.reads, *step.writes):
                    names.setdefault(value, f"t{len(names)}")
                reads, writes = (", ".join(names[v] for v in dict.fromkeys(vs)) for vs in (step.reads, step.writes))
                lines.append(f"  {number}: {name}, {tasks} task{'s' * (tasks != 1)}: {reads} -> {writes}")
        return "\n".join(lines)


def _timed(program: Program, part: Part, taken: profiler.Profile) -> None:
    """Run a part of single stages, and tell how long each took; what a cycle of the counter is follows from the whole."""
    clock = np.zeros(len(part.groups) + 1, np.int64)
    start = time.perf_counter()
    program.run(part, clock.ctypes.data)
    cycle = (time.perf_counter() - start) / max(1, int(clock[-1] - clock[0]))
    for one, cycles in zip(part.groups, np.diff(clock), strict=True):
        (stage,) = one.stages
        moved = sum(v.nbytes for v in dict.fromkeys((*stage.reads, *stage.writes)))
        taken.add(stage.name, float(cycles) * cycle, stage.flops, moved)

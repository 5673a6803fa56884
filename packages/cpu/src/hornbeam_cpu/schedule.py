"""Stages in groups that run without a barrier between them, and the memory of every value."""

from __future__ import annotations

from typing import NamedTuple

from hornbeam.graph.ir import Value

from hornbeam_cpu.lower.plan import Fallback
from hornbeam_cpu.lower.stage import Stage

__all__ = ["Group", "group", "lifetimes"]


class Group(NamedTuple):
    """Stages whose tasks may run at the same time; or one node that runs on its NumPy kernel."""

    stages: tuple[Stage, ...] = ()
    fallback: Fallback | None = None

    @property
    def reads(self) -> list[Value]:
        """All that is read."""
        return list(self.fallback.reads) if self.fallback else [v for s in self.stages for v in s.reads]

    @property
    def writes(self) -> list[Value]:
        """All that is written."""
        return list(self.fallback.writes) if self.fallback else [v for s in self.stages for v in s.writes]


def group(steps: list[Stage | Fallback]) -> list[Group]:
    """Every step as early as the steps that it depends on let it, together with others that can run then."""
    ready: dict[Value, int] = {}  # the level after which a value is complete
    levels: dict[int, list[Stage]] = {}
    fallbacks: dict[int, list[Fallback]] = {}
    read_at: dict[Value, int] = {}
    for step in steps:
        level = 1 + max((ready.get(v, -1) for v in step.reads), default=-1)
        for value in step.writes:  # parts of one value that are written one after another stay in order
            level = max(level, 1 + ready.get(value, -1), 1 + read_at.get(value, -1))
        for value in step.reads:
            read_at[value] = max(level, read_at.get(value, -1))
        for value in step.writes:
            ready[value] = level
        if isinstance(step, Fallback):
            fallbacks.setdefault(level, []).append(step)
        else:
            levels.setdefault(level, []).append(step)
    found = []
    for level in range(1 + max([*levels, *fallbacks], default=-1)):
        found += [Group(fallback=f) for f in fallbacks.get(level, ())]
        if level in levels:
            found.append(Group(tuple(levels[level])))
    return found


def lifetimes(groups: list[Group]) -> dict[Value, tuple[int, int]]:
    """For each value that is written: the first group that writes it and the last that reads or writes it."""
    found: dict[Value, tuple[int, int]] = {}
    for place, one in enumerate(groups):
        for value in one.writes:
            found[value] = (found.get(value, (place, place))[0], place)
        for value in one.reads:
            if value in found:
                found[value] = (found[value][0], place)
    return found

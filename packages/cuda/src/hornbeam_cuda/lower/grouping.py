"""Updates of many parameters as few launches: maps that are alike and that no later step reads from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from hornbeam_cuda.lower.stage import Step
from hornbeam_cuda.source.kernel import Call
from hornbeam_cuda.source.many import alike, as_one

__all__ = ["together"]


def together(steps: Sequence[Step]) -> list[Step]:
    """The steps, with maps that do the same joined where the last of them stands.

    Only what no later step reads is moved: the new state of an optimizer, above all. So gradients live to the end of the step.
    """
    last_read = {value: number for number, step in enumerate(steps) for value in step.reads}
    groups: dict[Hashable, list[int]] = {}
    for number, step in enumerate(steps):
        if isinstance(step, Call) and step.alone is not None and step.alone[0].size:
            key = alike(step.alone[0])
            if key is not None and all(last_read.get(value, -1) <= number for value in step.writes):
                groups.setdefault(key, []).append(number)
    moved: dict[int, list[Step]] = {}
    for members in groups.values():
        if len(members) > 1:
            calls = [step for number in members if isinstance(step := steps[number], Call)]
            moved |= {number: [] for number in members} | {members[-1]: [*as_one(calls)]}
    return [one for number, step in enumerate(steps) for one in moved.get(number, [step])]

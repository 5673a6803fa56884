"""Many small maps as few launches: those that are alike and can be done together; and steps that nobody needs are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Sequence

from hornbeam.graph.ir import Value

from hornbeam_cuda.lower.stage import Fallback, Step
from hornbeam_cuda.source.kernel import Call
from hornbeam_cuda.source.many import alike, as_one

__all__ = ["needed", "together"]


def needed(steps: Sequence[Step], results: Collection[Value]) -> list[Step]:
    """The steps without those whose results nobody reads; eager kernels stay, for they may raise errors."""
    wanted, kept = set(results), list[Step]()
    for step in reversed(steps):
        if isinstance(step, Fallback) or not wanted.isdisjoint(step.writes):
            wanted.update(step.reads)
            kept.append(step)
    return kept[::-1]


def together(steps: Sequence[Step]) -> list[Step]:
    """The steps, with maps that do the same joined.

    What no later step reads is done where the last of them stands: the new state of an optimizer, above all; so gradients live to
    the end of the step. What reads nothing that a step makes is done where the first stands: weights in half precision.
    """
    last_read = {value: number for number, step in enumerate(steps) for value in step.reads}
    made = Counter(value for step in steps for value in step.writes)
    late: dict[Hashable, list[int]] = {}
    early: dict[Hashable, list[int]] = {}
    for number, step in enumerate(steps):
        single = all(made[value] == 1 for value in step.writes)  # else what is written first and last matters
        if single and isinstance(step, Call) and step.alone is not None and step.alone[0].size:
            key = alike(step.alone[0])
            if key is not None and all(last_read.get(value, -1) <= number for value in step.writes):
                late.setdefault(key, []).append(number)
            elif key is not None and not any(value in made for value in step.reads):
                early.setdefault(key, []).append(number)
    moved: dict[int, list[Step]] = {}
    for groups, place in ((late, -1), (early, 0)):
        for members in groups.values():
            if len(members) > 1:
                calls = [step for number in members if isinstance(step := steps[number], Call)]
                moved |= {number: [] for number in members} | {members[place]: [*as_one(calls)]}
    return [one for number, step in enumerate(steps) for one in moved.get(number, [step])]

"""What a plan needs of a device's memory, said in an error that helps: by what, and which batch would fit."""

from __future__ import annotations

from hornbeam.errors import OutOfMemoryError
from hornbeam.graph.ir import Value

from hornbeam_cuda.device.base import Device
from hornbeam_cuda.plan import Plan

__all__ = ["explained", "fitting_batch"]

SHOWN = 5


def fitting_batch(plan: Plan, memory: int) -> int:
    """The largest batch with which the plan fits that many bytes, about: at each step some of what lives grows with the batch.

    0 where not even one sample fits, or nothing depends on the batch.
    """
    if not plan.batch:
        return 0
    state = set(plan.home.values())
    given = sum(v.nbytes for n, v in enumerate(plan.graph.inputs) if n not in state and _grows(v, plan.batch))
    fixed = plan.inputs - given + plan.constants + plan.workspace
    found: list[float] = []
    for grown, kept in _alive(plan):
        each = (grown + given) / plan.batch
        if each:
            found.append((memory - fixed - kept) / each)
    return max(0, int(min(found, default=0)))


def _grows(value: Value, batch: int) -> bool:
    """Whether a value has an axis for the batch, alone or joined with those behind it."""
    return batch in value.shape or bool(value.shape) and value.shape[0] % batch == 0 and value.shape[0] > 0


def _alive(plan: Plan) -> list[tuple[int, int]]:
    """Bytes that live at each step: those that grow with the batch, and the others."""
    changes = [[0, 0] for _ in range(len(plan.steps) + 2)]
    for value in plan.places.offsets:
        first, last = plan.lives[value]
        kind = 0 if _grows(value, plan.batch) else 1
        first += value in plan.places.over  # the place is counted with the value that was there
        changes[first][kind] += value.nbytes
        changes[max(first, last + 1)][kind] -= value.nbytes
    found, grown, kept = [], 0, 0
    for more, others in changes:
        grown, kept = grown + more, kept + others
        found.append((grown, kept))
    return found


def explained(plan: Plan, device: Device) -> OutOfMemoryError:
    """The error that a plan does not fit the device."""
    largest = sorted(plan.places.offsets, key=lambda v: -v.nbytes)[:SHOWN]
    makers = {v: step.name for step in plan.steps for v in step.writes}
    rows = "".join(f"\n    {_size(v.nbytes):>10}  {v!r}  {makers.get(v, '')}" for v in largest)
    fits = fitting_batch(plan, device.properties.memory)
    if not plan.batch:
        hint = "Make the computation smaller"
    elif fits and fits < plan.batch:
        hint = f"A batch of about {fits} would fit the whole device (now {plan.batch})"
    else:
        hint = f"Free memory that others hold, or use a smaller batch (now {plan.batch})"
    return OutOfMemoryError(
        f"{plan.graph.name} does not fit into the memory of {device.name} ({_size(device.properties.memory)}). It needs\n"
        f"    {_size(plan.places.size):>10}  for values in between\n    {_size(plan.inputs):>10}  for state and inputs\n"
        f"    {_size(plan.constants):>10}  for constants\n    {_size(plan.workspace):>10}  for libraries\n"
        f"  The largest values:{rows}\n  {hint}; mixed precision (hb.mixed_precision.set_dtype_policy) "
        "halves what is in between."
    )


def _size(count: int) -> str:
    return f"{count / 2**30:.2f} GiB" if count >= 2**28 else f"{count / 2**20:.2f} MiB"

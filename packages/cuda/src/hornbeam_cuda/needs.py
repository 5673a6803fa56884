"""What a plan needs of a device's memory, said in an error that helps: by what, and which batch would fit."""

from __future__ import annotations

from hornbeam.errors import OutOfMemoryError
from hornbeam.graph.ir import Value

from hornbeam_cuda.device.base import Device
from hornbeam_cuda.plan import Plan

__all__ = ["explained", "fitting_batch"]

SHOWN = 5


def fitting_batch(plan: Plan, memory: int) -> int:
    """The largest batch with which the plan fits that many bytes, about: what grows with the batch grows in proportion to it.

    0 where not even one sample fits, or nothing depends on the batch.
    """
    if not plan.batch:
        return 0
    moving = sum(v.nbytes for v in _alive(plan) if _grows(v, plan.batch))
    state = set(plan.home.values())
    given = sum(v.nbytes for n, v in enumerate(plan.graph.inputs) if n not in state and _grows(v, plan.batch))
    whole = plan.places.size + plan.inputs + plan.constants + plan.workspace
    each = (moving + given) / plan.batch
    fixed = whole - moving - given
    return max(0, int((memory - fixed) / each)) if each else 0


def _grows(value: Value, batch: int) -> bool:
    return value.size % batch == 0 and value.size > 0


def _alive(plan: Plan) -> list[Value]:
    """What lives at the step at which most does."""
    best: list[Value] = []
    most = -1
    own = [v for v in plan.places.offsets if v not in plan.places.over]
    for number in range(len(plan.steps)):
        alive = [v for v in own if plan.lives[v][0] <= number <= plan.lives[v][1]]
        size = sum(v.nbytes for v in alive)
        if size > most:
            best, most = alive, size
    return best


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
        f"  The largest values:{rows}\n  {hint}; mixed precision (hb.set_dtype_policy('mixed_bfloat16')) halves what is in between."
    )


def _size(count: int) -> str:
    return f"{count / 2**30:.2f} GiB" if count >= 2**28 else f"{count / 2**20:.2f} MiB"

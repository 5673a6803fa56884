"""What a plan needs of a device's memory, said in an error that helps: by what, and which batch would fit."""

from __future__ import annotations

from hornbeam.debug import show
from hornbeam.errors import OutOfMemoryError

from hornbeam_cuda.device.base import Device
from hornbeam_cuda.plan import Plan

__all__ = ["explained", "fitting_batch"]

SHOWN = 5
TRIED = 8  # plans for other batches, at most


def fitting_batch(plan: Plan, memory: int) -> int:
    """The largest batch, or one within a hundredth of it, whose plan needs no more than that many bytes; never above the plan's.

    Plans for other batches are made, without the device's memory: what they need is nearly a line, so the next one is for where
    the line through two that are known meets the memory. 0 where not even one sample fits, or no other batch can be planned.
    """
    known = {plan.batch: plan.needs}
    fits, above = 0, plan.batch  # the largest that fits, the smallest that does not
    if not above or plan.needs <= memory or plan.graph.resized is None:
        return above if plan.needs <= memory else 0
    guess = above // 2
    try:
        while above - fits > 1 + fits // 100 and len(known) <= TRIED:
            known[guess] = plan.resized(guess).needs
            if known[guess] <= memory:
                fits = guess
            else:
                above = guess
            other = fits or min(size for size in known if size > above)
            each = (known[above] - known[other]) / (above - other)
            guess = int(above - (known[above] - memory) / each) if each > 0 else (fits + above) // 2
            guess = min(max(guess, fits + 1), above - 1)
    except Exception as error:  # a function that is made for its batch alone may raise anything
        show("memory", f"{plan.graph.name} cannot be planned for a batch of {guess}: {error}")
    return fits


def explained(plan: Plan, device: Device) -> OutOfMemoryError:
    """The error that a plan does not fit the device."""
    largest = sorted(plan.places.offsets, key=lambda v: -v.nbytes)[:SHOWN]
    makers = {v: step.name for step in plan.steps for v in step.writes}
    rows = "".join(f"\n    {_size(v.nbytes):>10}  {v!r}  {makers.get(v, '')}" for v in largest)
    fits = fitting_batch(plan, device.properties.memory)
    if not plan.batch:
        hint = "Make the computation smaller"
    elif 0 < fits < plan.batch:
        hint = f"A batch of {fits} would fit the whole device (now {plan.batch})"
    elif fits:
        hint = f"Free memory that others hold, or use a smaller batch (now {plan.batch})"
    else:
        hint = f"Use a smaller batch (now {plan.batch}) or a smaller model"
    return OutOfMemoryError(
        f"{plan.graph.name} does not fit into the memory of {device.name} ({_size(device.properties.memory)}). It needs\n"
        f"    {_size(plan.places.size):>10}  for values in between\n    {_size(plan.inputs):>10}  for state and inputs\n"
        f"    {_size(plan.copies):>10}  for results, and copies of inputs\n"
        f"    {_size(plan.constants):>10}  for constants\n    {_size(plan.workspace):>10}  for libraries\n"
        f"  The largest values:{rows}\n  {hint}; mixed precision (hb.mixed_precision.set_dtype_policy) "
        "halves what is in between."
    )


def _size(count: int) -> str:
    return f"{count / 2**30:.2f} GiB" if count >= 2**28 else f"{count / 2**20:.2f} MiB"

"""Masks of time steps: layers put them on tensors, and layers that they are given to hand them on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hornbeam.tensor import Tensor
from hornbeam.tree import flatten, leaves

__all__ = ["attach", "fill_in", "mask_of"]


def mask_of(tree: Any) -> Any:
    """The mask of a tensor; of nested tensors a list of masks, or None if none has one."""
    if isinstance(tree, Tensor):
        return getattr(tree, "mask", None)
    if not isinstance(tree, (list, tuple, dict)):
        return None
    found = [getattr(leaf, "mask", None) for leaf in flatten(tree)[0]]
    return found if any(m is not None for m in found) else None


def fill_in(parameters: Mapping[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Give `call` the masks of its tensors where it takes them and was not given others.

    The mask of an argument `query` goes to `query_mask`, that of the first argument to `mask` too.
    """
    places = list(parameters)[: len(args)]
    given = [*zip(places, args, strict=False), *kwargs.items()]
    for i, (name, value) in enumerate(given):
        found = mask_of(value)
        if found is None:
            continue
        for wanted in (f"{name}_mask", "mask") if i == 0 else (f"{name}_mask",):
            if wanted in parameters and wanted not in places and kwargs.get(wanted) is None:
                kwargs[wanted] = found
                break


def attach(out: Any, mask: Any) -> None:
    """Put a mask on what a layer returned: one on every tensor, or a list of masks on one tensor each."""
    tensors = list(out) if isinstance(out, (list, tuple)) else leaves(out)
    masks = mask if isinstance(mask, (list, tuple)) else [mask] * len(tensors)
    for tensor, one in zip(tensors, masks, strict=False):
        if isinstance(tensor, Tensor) and one is not None:
            tensor.mask = one

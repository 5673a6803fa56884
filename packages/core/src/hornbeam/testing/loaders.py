"""The contract of a loader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.tree import flatten

__all__ = ["check_loader"]


def check_loader(make: Callable[[], Any], samples: int) -> None:
    """Check a loader of batches.

    `len` is the number of batches; an epoch gives every sample once, in batches of equal size but for the last; it can be
    gone through again; a new loader with the same arguments gives the same batches.

    Args:
        make: makes a new loader. Its first tensor must hold different values for different samples.
        samples: how many there are.

    Raises:
        AssertionError: a property does not hold; the message names it.
    """

    def epoch(loader: Any) -> list[Any]:
        return [np.asarray(flatten(batch)[0][0]) for batch in loader]

    loader = make()
    first = epoch(loader)
    assert len(loader) == len(first), f"len is {len(loader)}, but an epoch has {len(first)} batches"
    sizes = [b.shape[0] for b in first]
    assert len(set(sizes[:-1])) <= 1 and sizes[-1] <= sizes[0], f"batches have the sizes {sizes}"
    assert sum(sizes) == samples, f"an epoch gives {sum(sizes)} samples of {samples}"
    rows = {a.tobytes() for a in np.concatenate(first)}
    assert len(rows) == samples, f"an epoch gives {len(rows)} different samples of {samples}"
    second = epoch(loader)
    assert {a.tobytes() for a in np.concatenate(second)} == rows, "the second epoch gives other samples than the first"
    assert all(a.dtype == b.dtype for a, b in zip(first, second, strict=True)), "the dtype changes between epochs"
    for mine, theirs in zip(first, epoch(make()), strict=True):
        assert np.array_equal(mine, theirs), "a new loader with the same arguments gives other batches"

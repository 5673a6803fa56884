"""Functions of samples: map and filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from hornbeam import Tensor, jit
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import map_structure

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, whole_number
from hornbeam_datasets.pipeline.skips import Skips
from hornbeam_datasets.pipeline.workers import in_order, threads

__all__ = ["Filter", "Map"]

AHEAD = 4  # samples begun per worker before they are asked for


def call(function: Callable[..., Any], sample: Any, *more: Any) -> Any:
    """`function` of a sample; the parts of a tuple are its arguments, as in tf.data."""
    return function(*sample, *more) if type(sample) is tuple else function(sample, *more)


class Map(Dataset):
    """A function of each sample. A tuple's parts are its arguments.

    Args:
        parent: what it is applied to.
        function: returns the new sample.
        workers: threads that compute ahead where samples come one after another (a function that waits for files, or whose work
            is done outside of Python, gains). `prefetch(workers=...)` does the same for the whole pipeline before it.
        seed: of a generator (numpy.random.Generator) that the function gets as its last argument; what it gives depends on seed,
            epoch and the sample's number alone. None: no such argument.
        compiled: the function is captured and compiled once for each shape; it takes and returns tensors.
        errors: "raise", or "skip": samples on which the function fails are left out, counted and listed in `skips`.

    Raises:
        InvalidArgumentError: an argument is not among those.
    """

    def __init__(
        self, parent: Dataset, function: Callable[..., Any], workers: int = 0, seed: int | None = None,
        compiled: bool = False, errors: str = "raise",
    ) -> None:  # fmt: skip
        if not callable(function):
            raise InvalidArgumentError(f"map needs a function of a sample; got {function!r}")
        if compiled and seed is not None:
            raise InvalidArgumentError(
                "map: a compiled function takes no NumPy generator; give compiled or seed, not both"
            )
        self.parent, self.function, self.seed, self.compiled = parent, function, seed, compiled
        self.workers = whole_number("workers", workers, 0)
        self.skips = Skips(errors)
        self.complete = parent.complete and errors == "raise"
        self.run: Callable[..., Any] | None = None

    @property
    def by_number(self) -> bool:
        """As the parent."""
        return self.parent.by_number

    @property
    def slots(self) -> int | None:
        """The parent's."""
        return self.parent.slots

    def _apply(self, sample: Any, slot: int, epoch: int) -> Any:
        if sample is SKIPPED:
            return SKIPPED
        more = () if self.seed is None else (np.random.default_rng((self.seed, epoch, slot)),)
        if not self.compiled:
            return self.skips.guard(lambda: call(self.function, sample, *more), f"sample {slot}")
        if self.run is None:
            self.run = jit(self.function)
        run = self.run
        return self.skips.guard(lambda: map_structure(_array, call(run, sample)), f"sample {slot}")

    def at(self, slot: int, epoch: int) -> Any:
        """The function of the parent's sample."""
        return self._apply(self.parent.at(slot, epoch), slot, epoch)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """In order, with `workers` computed ahead."""
        numbered = enumerate(self.parent.walk(epoch, start), start)
        if not self.workers:
            for slot, sample in numbered:
                yield self._apply(sample, slot, epoch)
            return
        with threads(self.workers) as pool:
            tasks = ((sample, slot, epoch) for slot, sample in numbered)
            yield from in_order(pool, self._apply, tasks, AHEAD * self.workers)

    def __getstate__(self) -> dict[str, Any]:
        """For other processes, which compile for themselves."""
        return {**self.__dict__, "run": None}


def _array(x: Any) -> Any:
    return x.numpy() if isinstance(x, Tensor) else x


class Filter(Dataset):
    """The samples for which a function is true. A tuple's parts are its arguments."""

    complete = False

    def __init__(self, parent: Dataset, function: Callable[..., Any]) -> None:
        if not callable(function):
            raise InvalidArgumentError(f"filter needs a function of a sample; got {function!r}")
        self.parent, self.function = parent, function

    @property
    def by_number(self) -> bool:
        """As the parent; a number may be that of a sample that is left out."""
        return self.parent.by_number

    @property
    def slots(self) -> int | None:
        """The parent's."""
        return self.parent.slots

    def _apply(self, sample: Any) -> Any:
        return sample if sample is not SKIPPED and bool(call(self.function, sample)) else SKIPPED

    def at(self, slot: int, epoch: int) -> Any:
        """The parent's sample, if it is kept."""
        return self._apply(self.parent.at(slot, epoch))

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """The parent's samples that are kept."""
        return map(self._apply, self.parent.walk(epoch, start))

"""Several datasets as one: side by side, one after another, in turn, by chance."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, from_slot, whole_number

__all__ = ["Concatenation", "Interleaving", "Mixture", "Zip"]


class _Several(Dataset):
    def __init__(self, parents: Sequence[Any]) -> None:
        wrong = [p for p in parents if not isinstance(p, Dataset)]
        if wrong:
            raise InvalidArgumentError(
                f"{type(self).__name__.lower()}: expected datasets; got a {type(wrong[0]).__name__}"
            )
        self.parents = tuple(parents)
        self.complete = all(p.complete for p in self.parents)

    @property
    def by_number(self) -> bool:
        """Where all of them are and none skips: then numbers say which sample of which is meant."""
        known = all(p.slots is not None for p in self.parents)
        return known and self.complete and all(p.by_number for p in self.parents)


class Zip(_Several):
    """A tuple of a sample of each; as many as the shortest has."""

    @property
    def slots(self) -> int | None:
        """The least of theirs."""
        counts = [p.slots for p in self.parents]
        known = [c for c in counts if c is not None]
        return min(known) if self.complete and len(known) == len(counts) else None

    def at(self, slot: int, epoch: int) -> Any:
        """Theirs of that number."""
        return tuple(p.at(slot, epoch) for p in self.parents)

    def rows(self, slots: Sequence[int], epoch: int) -> Any:
        """Their rows."""
        return tuple(p.rows(slots, epoch) for p in self.parents)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Side by side; what one of them skips is not counted."""
        if self.by_number:
            return super().walk(epoch, start)
        walks = ((s for s in p.walk(epoch) if s is not SKIPPED) for p in self.parents)
        return from_slot(zip(*walks, strict=False), start)


class Concatenation(_Several):
    """All samples of the first, then all of the second, and so on."""

    @property
    def slots(self) -> int | None:
        """Their sum."""
        counts = [p.slots for p in self.parents]
        return None if None in counts else sum(c or 0 for c in counts)

    def _find(self, slot: int) -> tuple[Dataset, int]:
        for parent in self.parents:
            if slot < (parent.slots or 0):
                return parent, slot
            slot -= parent.slots or 0
        raise IndexError(slot)

    def at(self, slot: int, epoch: int) -> Any:
        """The sample of the dataset in which the number falls."""
        parent, inner = self._find(slot)
        return parent.at(inner, epoch)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """One after another; those that are left out at a late start are not read."""
        for number, parent in enumerate(self.parents):
            if parent.slots is None:
                yield from from_slot(itertools.chain.from_iterable(p.walk(epoch) for p in self.parents[number:]), start)
                return
            if start < parent.slots:
                yield from parent.walk(epoch, start)
            start = max(0, start - parent.slots)


class Interleaving(_Several):
    """Blocks of samples of each in turn; one that is through is left out, until all are."""

    def __init__(self, parents: Sequence[Any], block_length: int = 1) -> None:
        super().__init__(parents)
        self.block = whole_number("block_length", block_length, 1)

    @property
    def by_number(self) -> bool:
        """Never: they come in turn."""
        return False

    @property
    def slots(self) -> int | None:
        """Their sum."""
        counts = [p.slots for p in self.parents]
        return None if None in counts else sum(c or 0 for c in counts)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Block after block."""
        return from_slot(self._walk(epoch), start)

    def _walk(self, epoch: int) -> Iterator[Any]:
        walks = [p.walk(epoch) for p in self.parents]
        while walks:
            for walk in list(walks):
                block = list(itertools.islice(walk, self.block))
                yield from block
                if len(block) < self.block:
                    walks.remove(walk)


class Mixture(_Several):
    """Each time a sample of one of them, drawn by weight; one that is through is left out, until all are.

    Args:
        parents: datasets.
        weights: one for each, positive; None: equal ones.
        seed: of the draws, which differ from epoch to epoch.
    """

    def __init__(self, parents: Sequence[Any], weights: Sequence[float] | None, seed: int) -> None:
        super().__init__(parents)
        chances = np.ones(len(parents)) if weights is None else np.asarray(weights, np.float64)
        if chances.shape != (len(parents),) or not (chances > 0).all():
            raise InvalidArgumentError(f"mix: {len(parents)} datasets need as many positive weights; got {weights!r}")
        self.chances, self.seed = chances, whole_number("seed", seed, 0)

    @property
    def by_number(self) -> bool:
        """Never: they come by chance."""
        return False

    @property
    def slots(self) -> int | None:
        """Their sum."""
        counts = [p.slots for p in self.parents]
        return None if None in counts else sum(c or 0 for c in counts)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Draw after draw."""
        return from_slot(self._walk(epoch), start)

    def _walk(self, epoch: int) -> Iterator[Any]:
        draw = np.random.default_rng((self.seed, epoch))
        walks = [p.walk(epoch) for p in self.parents]
        chances = self.chances.copy()
        while chances.any():
            chosen = int(np.searchsorted(np.cumsum(chances), draw.random() * chances.sum(), side="right"))
            try:
                yield next(walks[chosen])
            except StopIteration:
                chances[chosen] = 0.0

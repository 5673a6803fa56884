"""Order: shuffling, parts, selections, repetitions, and drawing by weight."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, from_slot, whole_number

__all__ = ["BufferShuffle", "Part", "Repeat", "Sample", "Select", "Shuffle", "shuffled"]


def shuffled(parent: Dataset, buffer_size: int | None, seed: int, anew: bool, block_size: int = 1) -> Dataset:
    """A permutation where samples can be asked for by number, of all or of blocks, else one within a buffer.

    Raises:
        InvalidArgumentError: samples come one after another and no buffer size is given.
    """
    whole_number("seed", seed, 0)
    if parent.by_number and parent.slots is not None:
        return Shuffle(parent, seed, anew, block_size, buffer_size)
    if block_size != 1:
        raise InvalidArgumentError(
            "shuffle: these samples come one after another, not in blocks: leave block_size out, and give buffer_size"
        )
    if buffer_size is None:
        raise InvalidArgumentError(
            "shuffle: these samples come one after another, so they are mixed within a buffer: give buffer_size, as large as memory allows"
        )
    return BufferShuffle(parent, buffer_size, seed, anew)


class _Numbered(Dataset):
    """Samples of a parent under other numbers: subclasses say which."""

    def __init__(self, parent: Dataset) -> None:
        self.parent = parent
        self.complete = parent.complete

    def where(self, slots: Any, epoch: int) -> Any:
        """The parent's numbers of an array of numbers."""
        raise InvalidArgumentError(f"{type(self).__name__} does not say which of the samples it gives")

    def at(self, slot: int, epoch: int) -> Any:
        """The parent's sample."""
        return self.parent.at(int(self.where(np.asarray(slot), epoch)), epoch)

    def rows(self, slots: Sequence[int], epoch: int) -> Any:
        """The parent's samples as a batch."""
        return self.parent.rows(self.where(np.asarray(slots, np.int64), epoch), epoch)


class Shuffle(_Numbered):
    """A permutation of all samples, another each epoch.

    Args:
        parent: what is shuffled.
        seed: of the permutations: that of epoch e is always the same.
        anew: whether each epoch has one of its own.
        block_size: more than 1: blocks of so many neighbours come in another order, and samples are mixed within a few of them
            at a time. For files whose rows are packed in chunks: give a chunk's rows, and none is unpacked for one row of it.
        buffer_size: how many samples are mixed at a time; None: those of eight blocks. Of no account where block_size is 1.
    """

    def __init__(
        self, parent: Dataset, seed: int, anew: bool, block_size: int = 1, buffer_size: int | None = None
    ) -> None:
        super().__init__(parent)
        self.seed, self.anew, self.block = seed, anew, whole_number("block_size", block_size, 1)
        self.mixed = 8 * self.block if buffer_size is None else whole_number("buffer_size", buffer_size, 1)
        self.order: tuple[int, Any] | None = None

    @property
    def slots(self) -> int | None:
        """The parent's."""
        return self.parent.slots

    def where(self, slots: Any, epoch: int) -> Any:
        """By the epoch's permutation."""
        turn = epoch if self.anew else 0
        order = self.order
        if order is None or order[0] != turn:
            order = self.order = turn, self._permutation(np.random.default_rng((self.seed, turn)))
        return order[1][slots]

    def _permutation(self, draw: np.random.Generator) -> Any:
        count = self.parent.slots or 0
        if self.block == 1:
            return draw.permutation(count)
        blocks = draw.permutation(-(-count // self.block))
        order = (blocks[:, None] * self.block + np.arange(self.block)).ravel()
        order = order[order < count]
        for first in range(0, count, self.mixed):
            draw.shuffle(order[first : first + self.mixed])
        return order

    def __getstate__(self) -> dict[str, Any]:
        """For other processes: they make the permutation themselves."""
        return {**self.__dict__, "order": None}


class BufferShuffle(Dataset):
    """Each sample changes places with one of a buffer: for samples that come one after another."""

    def __init__(self, parent: Dataset, buffer_size: int, seed: int, anew: bool) -> None:
        self.parent, self.size = parent, whole_number("buffer_size", buffer_size, 1)
        self.seed, self.anew, self.complete = seed, anew, parent.complete

    @property
    def slots(self) -> int | None:
        """The parent's."""
        return self.parent.slots

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """From the beginning, as what is in the buffer depends on all that went before."""
        return from_slot(self._walk(epoch), start)

    def _walk(self, epoch: int) -> Iterator[Any]:
        draw = np.random.default_rng((self.seed, epoch if self.anew else 0))
        buffer: list[Any] = []
        for sample in self.parent.walk(epoch):
            if len(buffer) < self.size:
                buffer.append(sample)
                continue
            place = int(draw.integers(self.size))
            buffer[place], sample = sample, buffer[place]
            yield sample
        for place in draw.permutation(len(buffer)):
            yield buffer[place]


class Part(_Numbered):
    """Samples from `start` to `stop`, every `step`-th."""

    def __init__(self, parent: Dataset, start: int, stop: int | None, step: int = 1) -> None:
        super().__init__(parent)
        self.start, self.stop, self.step = start, stop, step

    @property
    def by_number(self) -> bool:
        """As the parent."""
        return self.parent.by_number and self.complete

    @property
    def slots(self) -> int | None:
        """How many of the parent's numbers are in the range; unknown where some of them are skipped."""
        count = self.parent.slots
        if count is None or not self.complete:
            return None
        return len(range(self.start, count if self.stop is None else min(self.stop, count), self.step))

    def where(self, slots: Any, epoch: int) -> Any:
        """Counted from the start."""
        return self.start + slots * self.step

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Those of the parent's samples; what it skips is not counted."""
        if self.by_number:
            return super().walk(epoch, start)
        kept = (sample for sample in self.parent.walk(epoch) if sample is not SKIPPED)
        return from_slot(itertools.islice(kept, self.start, self.stop, self.step), start)


class Select(_Numbered):
    """The samples of given numbers."""

    def __init__(self, parent: Dataset, slots: Any) -> None:
        super().__init__(parent)
        if not parent.by_number or parent.slots is None:
            raise InvalidArgumentError("select: these samples come one after another and have no numbers")
        self.numbers = np.asarray(slots, np.int64)
        low, high = (self.numbers.min(), self.numbers.max()) if self.numbers.size else (0, -1)
        if self.numbers.ndim != 1 or low < 0 or high >= parent.slots:
            raise InvalidArgumentError(f"select: numbers must be from 0 to {parent.slots - 1}; got {low} to {high}")

    @property
    def slots(self) -> int:
        """How many numbers were given."""
        return len(self.numbers)

    def where(self, slots: Any, epoch: int) -> Any:
        """By the list."""
        return self.numbers[slots]


class Sample(_Numbered):
    """Samples drawn by weight, with replacement, anew each epoch.

    Args:
        parent: what is drawn from, by number.
        count: samples an epoch.
        weights: one for each of the parent's samples, not negative; None: equal ones.
        seed: of the draws.
    """

    def __init__(self, parent: Dataset, count: int, weights: Any, seed: int) -> None:
        super().__init__(parent)
        if not parent.by_number or not parent.slots:
            raise InvalidArgumentError("sample: there are no samples that could be asked for by number")
        self.count, self.seed = whole_number("count", count, 0), whole_number("seed", seed, 0)
        chances = np.ones(parent.slots) if weights is None else np.asarray(weights, np.float64)
        if chances.shape != (parent.slots,) or not (chances >= 0).all() or not 0 < chances.sum() < np.inf:
            raise InvalidArgumentError(
                f"sample: weights must be {parent.slots} numbers, none negative, not all 0; got shape {chances.shape}"
            )
        self.limits = np.cumsum(chances / chances.sum())
        self.drawn: tuple[int, Any] | None = None

    @property
    def slots(self) -> int:
        """How many are drawn."""
        return self.count

    def where(self, slots: Any, epoch: int) -> Any:
        """By the epoch's draws."""
        drawn = self.drawn
        if drawn is None or drawn[0] != epoch:
            chances = np.random.default_rng((self.seed, epoch)).random(self.count) * self.limits[-1]
            drawn = self.drawn = epoch, np.searchsorted(self.limits, chances, side="right")
        return drawn[1][slots]


class Repeat(Dataset):
    """The parent several times over; each time is an epoch of its own to it."""

    def __init__(self, parent: Dataset, count: int | None) -> None:
        self.parent = parent
        self.times = None if count is None else whole_number("repeat", count, 0)
        self.complete = parent.complete

    @property
    def by_number(self) -> bool:
        """As the parent, where there is an end."""
        return self.parent.by_number and self.times is not None

    @property
    def slots(self) -> int | None:
        """So many times the parent's."""
        count = self.parent.slots
        return None if count is None or self.times is None else count * self.times

    def _turn(self, epoch: int, turn: int) -> int:
        return turn + epoch * self.times if self.times is not None else turn

    def at(self, slot: int, epoch: int) -> Any:
        """The parent's sample, in the epoch of that turn."""
        turn, inner = divmod(slot, self.parent.slots or 1)
        return self.parent.at(inner, self._turn(epoch, turn))

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Turn after turn; ends where a turn without end gives nothing."""
        count = self.parent.slots
        first, inner = divmod(start, count) if count else (0, 0)
        source = self._walk(epoch, first, inner)
        return source if count else from_slot(source, start)

    def _walk(self, epoch: int, first: int, inner: int) -> Iterator[Any]:
        turns = itertools.count(first) if self.times is None else range(first, self.times)
        for turn in turns:
            empty = True
            for sample in self.parent.walk(self._turn(epoch, turn), inner if turn == first else 0):
                empty = empty and sample is SKIPPED
                yield sample
            if empty and turn != first and self.times is None:
                return

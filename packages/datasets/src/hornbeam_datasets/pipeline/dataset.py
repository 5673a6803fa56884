"""Dataset: samples, by number where the source allows it, else one after another; every step of a pipeline is one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import flatten, map_structure, unflatten

__all__ = ["SKIPPED", "Dataset", "Iteration", "Skipped", "copied", "stack", "whole_number"]


class Skipped:
    """In the place of a sample that was filtered out, or left out because it could not be read."""

    def __repr__(self) -> str:
        """Its name."""
        return "SKIPPED"

    def __reduce__(self) -> str:
        """There is one, in every process."""
        return "SKIPPED"


SKIPPED: Final = Skipped()


class Dataset:
    """Samples, and methods that make other datasets of them. A sample is a number, an array, or a tuple, list or dict of such.

    Iterating gives the samples of an epoch; each time it is another epoch, for what is shuffled or random. The same seed gives
    the same samples, on any number of workers. `fit`, `evaluate` and `predict` take a dataset of batches.

    To write a source, subclass it with `slots` and `at` (samples by number), or with `walk` (samples one after another).

    Example:
        >>> numbers = Dataset.of({"x": np.arange(5), "y": np.arange(5) ** 2})
        >>> batches = numbers.map(lambda s: (s["x"], s["y"])).batch(2)
        >>> [y.tolist() for x, y in batches]
        [[0, 1], [4, 9], [16]]
        >>> len(batches)
        3
    """

    epoch = 0  # of the next iteration
    complete = True  # whether no slot is ever skipped

    # ---- what a source or a step gives

    @property
    def slots(self) -> int | None:
        """How many places for samples there are; None where that is not known. A place may turn out to be skipped."""
        return None

    @property
    def by_number(self) -> bool:
        """Whether samples can be asked for by number."""
        return type(self).at is not Dataset.at

    def at(self, slot: int, epoch: int) -> Any:
        """The sample of a place, or SKIPPED."""
        raise InvalidArgumentError(f"{type(self).__name__} gives samples one after another, not by number")

    def rows(self, slots: Sequence[int], epoch: int) -> Any:
        """The samples of some places, as one batch."""
        return stack([self.at(int(i), epoch) for i in slots])

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Samples and SKIPPED of all places from `start` on."""
        if self.slots is None:
            raise InvalidArgumentError(f"{type(self).__name__} has neither `slots` and `at`, nor `walk`: override them")
        for slot in range(start, self.slots):
            yield self.at(slot, epoch)

    # ---- what a user asks

    def __len__(self) -> int:
        """How many samples an epoch has.

        Raises:
            TypeError: that is not known before they were gone through.
        """
        if self.slots is None or not self.complete:
            raise TypeError(f"how many samples {type(self).__name__} gives is known only after an epoch")
        return self.slots

    def __getitem__(self, slot: int) -> Any:
        """A sample by number, negative from the end; as in the first epoch."""
        if not self.by_number or self.slots is None:
            raise InvalidArgumentError(f"{type(self).__name__} gives samples one after another, not by number")
        if not -self.slots <= slot < self.slots:
            raise IndexError(f"sample {slot} of {self.slots}")
        return self.at(slot % self.slots, 0)

    def __iter__(self) -> Iteration:
        """The samples of the next epoch."""
        self.epoch += 1
        return Iteration(self, self.epoch - 1)

    def iterate(self, state: dict[str, int] | None = None) -> Iteration:
        """The samples from where another iteration was when its `state()` was asked for.

        Example:
            >>> first = iter(Dataset.of(np.arange(6)).shuffle(seed=1))
            >>> _, _, here = next(first), next(first), first.state()
            >>> list(first) == list(Dataset.of(np.arange(6)).shuffle(seed=1).iterate(here))
            True
        """
        if state is None:
            return iter(self)
        self.epoch = state["epoch"] + 1
        return Iteration(self, state["epoch"], state["slot"])

    # ---- making datasets

    @staticmethod
    def of(data: Any) -> Dataset:
        """Samples of arrays in nested containers, all equally long; see `Arrays`."""
        from hornbeam_datasets.pipeline.sources import Arrays

        return Arrays(data)

    @staticmethod
    def from_iterable(make: Callable[[], Any] | Any, slots: int | None = None) -> Dataset:
        """Samples of something that can be iterated over again and again, or of a function that returns such; see `Iterable`."""
        from hornbeam_datasets.pipeline.sources import Iterable

        return Iterable(make, slots)

    # ---- looking

    def describe(self, samples: int = 1000) -> Any:
        """Shapes, dtypes, ranges and values of the first samples, to be printed; see `describe`."""
        from hornbeam_datasets.pipeline.describe import describe

        return describe(self, samples)

    def show(self, samples: int = 16, class_names: Any = None) -> Any:
        """A picture of the first samples, of matplotlib; see `show`."""
        from hornbeam_datasets.pipeline.show import show

        return show(self, samples, class_names)

    # ---- element by element

    def map(self, function: Callable[..., Any], *, workers: int = 0, seed: int | None = None, compiled: bool = False,
            errors: str = "raise") -> Dataset:  # fmt: skip
        """`function` of every sample; see `Map`."""
        from hornbeam_datasets.pipeline.transforms import Map

        return Map(self, function, workers, seed, compiled, errors)

    def filter(self, function: Callable[..., Any]) -> Dataset:
        """The samples for which `function` is true; see `Filter`."""
        from hornbeam_datasets.pipeline.transforms import Filter

        return Filter(self, function)

    # ---- order

    def shuffle(
        self, buffer_size: int | None = None, seed: int = 0, reshuffle_each_iteration: bool = True, block_size: int = 1
    ) -> Dataset:
        """Another order each epoch; see `Shuffle` and `BufferShuffle`."""
        from hornbeam_datasets.pipeline.order import shuffled

        return shuffled(self, buffer_size, seed, reshuffle_each_iteration, block_size)

    def take(self, count: int) -> Dataset:
        """The first samples."""
        from hornbeam_datasets.pipeline.order import Part

        return Part(self, 0, whole_number("take", count, 0))

    def skip(self, count: int) -> Dataset:
        """All but the first samples."""
        from hornbeam_datasets.pipeline.order import Part

        return Part(self, whole_number("skip", count, 0), None)

    def shard(self, num_shards: int, index: int) -> Dataset:
        """Every `num_shards`-th sample, from number `index` on: what one of several machines trains on."""
        from hornbeam_datasets.pipeline.order import Part

        whole_number("num_shards", num_shards, 1)
        if not 0 <= whole_number("index", index, 0) < num_shards:
            raise InvalidArgumentError(f"shard: index must be less than num_shards={num_shards}; got {index}")
        return Part(self, index, None, num_shards)

    def repeat(self, count: int | None = None) -> Dataset:
        """The samples `count` times, each time as another epoch; None: without end."""
        from hornbeam_datasets.pipeline.order import Repeat

        return Repeat(self, count)

    def select(self, slots: Any) -> Dataset:
        """The samples of those numbers, in that order."""
        from hornbeam_datasets.pipeline.order import Select

        return Select(self, slots)

    def split(
        self, *sizes: float, stratify: Any = None, groups: Any = None, time: Any = None, seed: int | None = 0
    ) -> list[Dataset]:
        """Parts that share no sample; see `split`."""
        from hornbeam_datasets.pipeline.splitting import split

        return split(self, sizes, stratify=stratify, groups=groups, time=time, seed=seed)

    # ---- batches

    def batch(self, batch_size: int, drop_remainder: bool = False) -> Dataset:
        """So many samples as one, their arrays stacked; see `Batch`."""
        from hornbeam_datasets.pipeline.batching import Batch

        return Batch(self, batch_size, drop_remainder)

    def padded_batch(
        self, batch_size: int, padding_values: Any = 0, drop_remainder: bool = False, padded_shapes: Any = None
    ) -> Dataset:
        """The same for arrays of different sizes, which are filled up; see `PaddedBatch`."""
        from hornbeam_datasets.pipeline.batching import PaddedBatch

        return PaddedBatch(self, batch_size, padding_values, drop_remainder, padded_shapes)

    def bucket_by_length(self, length: Callable[..., int], boundaries: Sequence[int], batch_sizes: Any, padding_values: Any = 0,
                         drop_remainder: bool = False) -> Dataset:  # fmt: skip
        """Padded batches of samples of about the same length; see `Buckets`."""
        from hornbeam_datasets.pipeline.batching import Buckets

        return Buckets(self, length, boundaries, batch_sizes, padding_values, drop_remainder)

    def unbatch(self) -> Dataset:
        """The rows of every sample as samples."""
        from hornbeam_datasets.pipeline.batching import Unbatch

        return Unbatch(self)

    # ---- together with others

    def zip(self, *others: Dataset) -> Dataset:
        """Tuples of this one's sample and the others', as long as the shortest."""
        from hornbeam_datasets.pipeline.combining import Zip

        return Zip((self, *others))

    def concatenate(self, *others: Dataset) -> Dataset:
        """These samples, then the others'."""
        from hornbeam_datasets.pipeline.combining import Concatenation

        return Concatenation((self, *others))

    def interleave(self, *others: Dataset, block_length: int = 1) -> Dataset:
        """`block_length` samples of each in turn, until all are through; see `Interleaving`."""
        from hornbeam_datasets.pipeline.combining import Interleaving

        return Interleaving((self, *others), block_length)

    def mix(self, *others: Dataset, weights: Sequence[float] | None = None, seed: int = 0) -> Dataset:
        """Each time a sample of one of them by chance; see `Mixture`."""
        from hornbeam_datasets.pipeline.combining import Mixture

        return Mixture((self, *others), weights, seed)

    def sample(self, count: int, weights: Any = None, seed: int = 0) -> Dataset:
        """`count` samples an epoch, drawn by weight and put back; see `Sample`."""
        from hornbeam_datasets.pipeline.order import Sample

        return Sample(self, count, weights, seed)

    # ---- ahead of the training

    def cache(self, folder: Any = None) -> Dataset:
        """What the first epoch computed, kept in memory or in a folder; see `Cache`."""
        from hornbeam_datasets.pipeline.cache import cached

        return cached(self, folder)

    def prefetch(
        self, buffer_size: int = 2, workers: int = 0, processes: bool = False, to_device: bool = False
    ) -> Dataset:
        """Samples made ready while earlier ones are used; see `Prefetch`."""
        from hornbeam_datasets.pipeline.prefetch import Prefetch

        return Prefetch(self, buffer_size, workers, processes, to_device)


class Iteration:
    """An epoch that is being gone through."""

    def __init__(self, dataset: Dataset, epoch: int, slot: int = 0) -> None:
        self.dataset, self.epoch, self.slot = dataset, epoch, slot
        self.source = dataset.walk(epoch, slot)

    def __iter__(self) -> Iteration:
        """Itself."""
        return self

    def __next__(self) -> Any:
        """The next sample that is not skipped."""
        for sample in self.source:
            self.slot += 1
            if sample is not SKIPPED:
                return sample
        raise StopIteration

    def state(self) -> dict[str, int]:
        """Where it is, for `Dataset.iterate`."""
        return {"epoch": self.epoch, "slot": self.slot}

    def close(self) -> None:
        """Let go of workers and files."""
        close = getattr(self.source, "close", None)
        if close is not None:
            close()


def whole_number(what: str, value: Any, least: int) -> int:
    """An argument that must be an integer of at least `least`.

    Raises:
        InvalidArgumentError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise InvalidArgumentError(f"{what} must be an integer of at least {least}; got {value!r}")
    return int(value)


def stack(samples: Sequence[Any]) -> Any:
    """Samples as one batch: every leaf's arrays stacked.

    Raises:
        InvalidArgumentError: the samples differ in structure or in the shape of an array; the message says which and where.

    Example:
        >>> stack([(1, [2.0, 3.0]), (4, [5.0, 6.0])])[0].tolist()
        [1, 4]
    """
    kept = [s for s in samples if s is not SKIPPED]
    if not kept:
        return SKIPPED
    first, structure = flatten(kept[0])
    columns = [[leaf] for leaf in first]
    for number, sample in enumerate(kept[1:], 1):
        found, other = flatten(sample)
        if other != structure:
            raise InvalidArgumentError(
                f"samples of a batch differ in structure: sample 0 is {structure}, sample {number} is {other}"
            )
        for column, leaf in zip(columns, found, strict=True):
            column.append(leaf)
    return unflatten(structure, [_stacked(column) for column in columns])


def _stacked(column: list[Any]) -> Any:
    arrays = [np.asarray(leaf) for leaf in column]
    shape = arrays[0].shape
    odd = next((i for i, a in enumerate(arrays) if a.shape != shape), None)
    if odd is not None:
        raise InvalidArgumentError(
            f"samples of a batch differ in shape: sample 0 has {shape}, sample {odd} has {arrays[odd].shape}. Bring them to one "
            "shape in map(), or use padded_batch()."
        )
    return np.stack(arrays)


def copied(sample: Any) -> Any:
    """A sample whose arrays share no memory with what it is taken from."""
    return map_structure(lambda leaf: leaf.copy() if isinstance(leaf, np.ndarray) else leaf, sample)


def from_slot(source: Iterator[Any], start: int) -> Iterator[Any]:
    """What is left of a walk that cannot begin elsewhere than at its beginning."""
    return itertools.islice(source, start, None) if start else source

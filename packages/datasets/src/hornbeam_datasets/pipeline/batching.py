"""Batches: of samples of one shape, of padded ones, of ones of about the same length; and rows of batches."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import flatten, leaves, map_structure, unflatten

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, from_slot, stack, whole_number
from hornbeam_datasets.pipeline.transforms import call

__all__ = ["Batch", "Buckets", "PaddedBatch", "Unbatch"]


class Batch(Dataset):
    """So many samples as one, each leaf's arrays stacked along a new first axis.

    Args:
        parent: samples.
        batch_size: samples per batch, positive.
        drop_remainder: whether a last batch that is not full is left out.
    """

    def __init__(self, parent: Dataset, batch_size: int, drop_remainder: bool = False) -> None:
        self.parent, self.size, self.drop = parent, whole_number("batch_size", batch_size, 1), drop_remainder
        self.complete = True

    @property
    def by_number(self) -> bool:
        """As the parent, where it skips nothing: a batch is filled up with what comes after."""
        return self.parent.by_number and self.parent.complete and self.parent.slots is not None

    @property
    def slots(self) -> int | None:
        """The number of batches, where the number of samples is known."""
        count = self.parent.slots
        if count is None or not self.parent.complete:
            return None
        return count // self.size if self.drop else -(-count // self.size)

    def at(self, slot: int, epoch: int) -> Any:
        """A batch by number."""
        count = self.parent.slots or 0
        return self.together(range(slot * self.size, min((slot + 1) * self.size, count)), epoch)

    def together(self, slots: Sequence[int], epoch: int) -> Any:
        """The parent's samples as a batch."""
        return self.parent.rows(slots, epoch)

    def joined(self, samples: list[Any]) -> Any:
        """Samples as a batch."""
        return stack(samples)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Batch after batch."""
        return super().walk(epoch, start) if self.by_number else from_slot(self._walk(epoch), start)

    def _walk(self, epoch: int) -> Iterator[Any]:
        waiting: list[Any] = []
        for sample in self.parent.walk(epoch):
            if sample is not SKIPPED:
                waiting.append(sample)
                if len(waiting) == self.size:
                    yield self.joined(waiting)
                    waiting = []
        if waiting and not self.drop:
            yield self.joined(waiting)


class PaddedBatch(Batch):
    """Samples of different sizes as one batch: arrays are filled up at their ends to the largest size in the batch.

    Args:
        parent, batch_size, drop_remainder: as for `Batch`.
        padding_values: what fills up: one value for all, or a tree of values like a sample.
        padded_shapes: a tree of shapes like a sample, to fill up to; None, or None for an axis: the largest in the batch.

    Example:
        >>> from hornbeam_datasets.pipeline.dataset import Dataset
        >>> words = Dataset.from_iterable([[1], [2, 3]])
        >>> next(iter(words.padded_batch(2))).tolist()
        [[1, 0], [2, 3]]
    """

    def __init__(
        self,
        parent: Dataset,
        batch_size: int,
        padding_values: Any = 0,
        drop_remainder: bool = False,
        padded_shapes: Any = None,
    ) -> None:
        super().__init__(parent, batch_size, drop_remainder)
        self.padding, self.shapes = padding_values, padded_shapes

    def together(self, slots: Sequence[int], epoch: int) -> Any:
        """The parent's samples, filled up."""
        return self.joined([self.parent.at(int(i), epoch) for i in slots])

    def joined(self, samples: list[Any]) -> Any:
        """Samples, filled up."""
        return padded([_as_arrays(s) for s in samples], self.padding, self.shapes)


def _as_arrays(sample: Any) -> Any:
    """A sample whose lists of numbers are arrays."""
    if isinstance(sample, list):
        return np.asarray(sample)
    if isinstance(sample, dict):
        return {name: _as_arrays(part) for name, part in sample.items()}
    return tuple(map(_as_arrays, sample)) if type(sample) is tuple else np.asarray(sample)


def padded(samples: list[Any], padding: Any, shapes: Any = None) -> Any:
    """Samples of arrays as one batch, filled up to a common size."""
    _, structure = flatten(samples[0])
    columns = list(zip(*(leaves(s) for s in samples), strict=True))
    values = leaves(padding)
    fills = values if len(values) == len(columns) else values * len(columns)
    wanted: list[Any] = [None] * len(columns) if shapes is None else _shapes(shapes, len(columns))
    return unflatten(structure, [_filled(*args) for args in zip(columns, fills, wanted, strict=True)])


def _shapes(shapes: Any, count: int) -> list[Any]:
    plain = isinstance(shapes, (tuple, list)) and all(n is None or isinstance(n, int) for n in shapes)
    found = [shapes] if plain else list(shapes.values()) if isinstance(shapes, dict) else list(shapes)
    if len(found) != count:
        raise InvalidArgumentError(f"padded_shapes: a sample has {count} arrays; got {len(found)} shapes, {shapes!r}")
    return found


def _filled(column: Sequence[Any], fill: Any, shape: Any) -> Any:
    ranks = {a.ndim for a in column}
    if len(ranks) > 1:
        raise InvalidArgumentError(
            f"padded_batch: arrays of one place in the samples have {sorted(ranks)} axes; they must agree"
        )
    if ranks == {0}:
        return np.stack(column)
    largest = [max(sizes) for sizes in zip(*(a.shape for a in column), strict=True)]
    target = [n if want is None else want for n, want in zip(largest, shape or [None] * len(largest), strict=True)]
    over = next((i for i, a in enumerate(column) if any(n > t for n, t in zip(a.shape, target, strict=True))), None)
    if over is not None:
        raise InvalidArgumentError(
            f"padded_batch: sample {over} of the batch has shape {column[over].shape}, which is more than "
            f"padded_shapes={tuple(target)}. Cut it in map(), or ask for more."
        )
    out = np.full((len(column), *target), fill, np.result_type(*column))
    for row, array in zip(out, column, strict=True):
        row[tuple(slice(n) for n in array.shape)] = array
    return out


class Buckets(Dataset):
    """Padded batches of samples of about the same length, so that little is padding.

    Args:
        parent: samples.
        length: function of a sample: its length.
        boundaries: increasing lengths that part the buckets: bucket i holds lengths of at least boundaries[i - 1] and less than
            boundaries[i].
        batch_sizes: samples per batch, one number or one for each of the len(boundaries) + 1 buckets.
        padding_values, drop_remainder: as for `PaddedBatch`.
    """

    def __init__(
        self, parent: Dataset, length: Callable[..., int], boundaries: Sequence[int], batch_sizes: Any, padding_values: Any = 0,
        drop_remainder: bool = False,
    ) -> None:  # fmt: skip
        self.parent, self.length, self.boundaries = parent, length, list(boundaries)
        if sorted(set(self.boundaries)) != self.boundaries or not self.boundaries:
            raise InvalidArgumentError(f"bucket_by_length: boundaries must increase; got {boundaries!r}")
        count = len(self.boundaries) + 1
        self.sizes = [batch_sizes] * count if isinstance(batch_sizes, int) else list(batch_sizes)
        if len(self.sizes) != count or any(whole_number("batch_sizes", n, 1) < 1 for n in self.sizes):
            raise InvalidArgumentError(
                f"bucket_by_length: {count} buckets need {count} batch sizes; got {batch_sizes!r}"
            )
        self.padding, self.drop = padding_values, drop_remainder

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """A bucket's batch as soon as it is full; what is left at the end, from the shortest to the longest."""
        return from_slot(self._walk(epoch), start)

    def _walk(self, epoch: int) -> Iterator[Any]:
        waiting: list[list[Any]] = [[] for _ in self.sizes]
        for sample in self.parent.walk(epoch):
            if sample is SKIPPED:
                continue
            place = bisect.bisect_right(self.boundaries, int(call(self.length, sample)))
            waiting[place].append(_as_arrays(sample))
            if len(waiting[place]) == self.sizes[place]:
                yield padded(waiting[place], self.padding)
                waiting[place] = []
        for samples in waiting:
            if samples and not self.drop:
                yield padded(samples, self.padding)


class Unbatch(Dataset):
    """Each row of each sample as a sample."""

    def __init__(self, parent: Dataset) -> None:
        self.parent = parent

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Row after row."""
        return from_slot(self._walk(epoch), start)

    def _walk(self, epoch: int) -> Iterator[Any]:
        for sample in self.parent.walk(epoch):
            if sample is SKIPPED:
                continue
            single = next((a for a in leaves(sample) if isinstance(a, (str, bytes)) or not hasattr(a, "__len__")), None)
            if single is not None:
                raise InvalidArgumentError(f"unbatch: samples must be of arrays; got {single!r} in one")
            lengths = {len(a) for a in leaves(sample)}
            if len(lengths) != 1:
                raise InvalidArgumentError(f"unbatch: arrays of a sample have {sorted(lengths)} rows; they must agree")
            for row in range(lengths.pop()):
                yield map_structure(lambda a, row=row: a[row], sample)

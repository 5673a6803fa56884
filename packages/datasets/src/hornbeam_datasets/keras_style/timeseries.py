"""timeseries_dataset_from_array, and Keras 2's TimeseriesGenerator."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import Dataset, whole_number

__all__ = ["TimeseriesGenerator", "timeseries_dataset_from_array"]


def timeseries_dataset_from_array(
    data: Any, targets: Any, sequence_length: int, sequence_stride: int = 1, sampling_rate: int = 1,
    batch_size: int | None = 128, shuffle: bool = False, seed: int | None = None, start_index: int | None = None,
    end_index: int | None = None, format: str | None = None,
) -> Dataset:  # fmt: skip
    """Windows of a time series; `Windows` (loader "windows") knows more.

    Args:
        data: [time, ...].
        targets: targets[i] belongs to the window that begins at data[i]; None: windows alone.
        sequence_length: steps of a window.
        sequence_stride: steps from the beginning of a window to that of the next.
        sampling_rate: steps from one of a window to the next.
        batch_size: windows per batch; None: single windows.
        shuffle, seed: another order each epoch.
        start_index, end_index: the part of `data` that is used; `end_index` itself is not.
        format: for Keras's signature.

    Raises:
        InvalidArgumentError: an argument is out of range, or no window fits.

    Source: keras.utils.timeseries_dataset_from_array of Keras 3.15.

    Example:
        >>> windows = timeseries_dataset_from_array(np.arange(6), np.arange(6) * 10, sequence_length=3)
        >>> [(x.tolist(), y.tolist()) for x, y in windows]
        [([[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]], [0, 10, 20, 30])]
    """
    series = np.asarray(data)
    for what, value in (("sequence_stride", sequence_stride), ("sampling_rate", sampling_rate)):
        if not 0 < whole_number(what, value, 1) < len(series):
            raise InvalidArgumentError(f"{what} must be less than the number of steps, {len(series)}; got {value}")
    start, end = start_index or 0, len(series) if end_index is None else end_index
    if not 0 <= start < len(series) or not start < end <= len(series):
        raise InvalidArgumentError(
            f"start_index and end_index must part {len(series)} steps; got start_index={start_index} and end_index={end_index}"
        )
    count = end - start - (whole_number("sequence_length", sequence_length, 1) - 1) * sampling_rate
    if targets is not None:
        count = min(count, len(targets) - start)
    starts = np.arange(start, start + count, sequence_stride, dtype=np.int64)
    if not len(starts):
        raise InvalidArgumentError(
            f"no window of {sequence_length} steps, {sampling_rate} apart, fits into {end - start} steps"
        )
    steps = sampling_rate * np.arange(sequence_length)
    wanted = None if targets is None else np.asarray(targets)

    dataset: Dataset = _Starts(series, wanted, starts, steps)
    if shuffle:
        dataset = dataset.shuffle(seed=int(np.random.randint(2**31)) if seed is None else seed)
    return dataset if batch_size is None else dataset.batch(batch_size)


class _Starts(Dataset):
    def __init__(self, series: Any, targets: Any, starts: Any, steps: Any) -> None:
        self.series, self.targets, self.starts, self.steps = series, targets, starts, steps

    @property
    def slots(self) -> int:
        """Windows."""
        return len(self.starts)

    def at(self, slot: int, epoch: int) -> Any:
        """A window."""
        return self._taken(self.starts[slot])

    def rows(self, slots: Any, epoch: int) -> Any:
        """Windows as a batch."""
        return self._taken(self.starts[np.asarray(slots, np.int64)])

    def _taken(self, starts: Any) -> Any:
        windows = self.series[starts[..., None] + self.steps]
        return windows if self.targets is None else (windows, self.targets[starts])


class TimeseriesGenerator:
    """Keras 2's batches of windows, by number; targets[i] is what follows the window that ends before data[i].

    Args:
        data, targets: equally long.
        length: steps of a window, of which every `sampling_rate`-th is taken.
        sampling_rate: see `length`.
        stride: steps from one window to the next.
        start_index, end_index: the first and the last step that are used.
        shuffle: windows are drawn at random.
        reverse: steps of each window are turned round.
        batch_size: windows per batch.

    Raises:
        InvalidArgumentError: lengths differ, or no window fits.

    Source: keras.preprocessing.sequence.TimeseriesGenerator of Keras 2.

    Example:
        >>> x, y = TimeseriesGenerator(np.arange(10), np.arange(10) * 10, length=3, batch_size=2)[0]
        >>> x.tolist(), y.tolist()
        ([[0, 1, 2], [1, 2, 3]], [30, 40])
    """

    def __init__(
        self, data: Any, targets: Any, length: int, sampling_rate: int = 1, stride: int = 1, start_index: int = 0,
        end_index: int | None = None, shuffle: bool = False, reverse: bool = False, batch_size: int = 128,
    ) -> None:  # fmt: skip
        if len(data) != len(targets):
            raise InvalidArgumentError(f"data and targets must be equally long; got {len(data)} and {len(targets)}")
        self.data, self.targets = np.asarray(data), np.asarray(targets)
        self.length, self.sampling_rate = (
            whole_number("length", length, 1),
            whole_number("sampling_rate", sampling_rate, 1),
        )
        self.stride, self.batch_size = whole_number("stride", stride, 1), whole_number("batch_size", batch_size, 1)
        self.start_index, self.end_index = start_index + length, len(data) - 1 if end_index is None else end_index
        self.shuffle, self.reverse = shuffle, reverse
        if self.start_index > self.end_index:
            raise InvalidArgumentError(
                f"no window fits: start_index + length = {self.start_index} is beyond end_index = {self.end_index}"
            )

    def __len__(self) -> int:
        """Batches."""
        return -(-(self.end_index - self.start_index + 1) // (self.batch_size * self.stride))

    @property
    def num_batches(self) -> int:
        """Batches, as a PyDataset says it."""
        return len(self)

    def __getitem__(self, index: int) -> Any:
        """Batch number `index`: (windows, targets).

        Raises:
            IndexError: there is none of that number.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"batch {index} of {len(self)}")
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, self.batch_size)
        else:
            first = self.start_index + self.batch_size * self.stride * index
            rows = np.arange(first, min(first + self.batch_size * self.stride, self.end_index + 1), self.stride)
        steps = np.arange(-self.length, 0, self.sampling_rate)
        windows = self.data[rows[:, None] + (steps[::-1] if self.reverse else steps)]
        return windows, self.targets[rows]

"""Windows of time series: what was before, and what comes after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import Dataset, whole_number

__all__ = ["Windows"]


class Windows(Dataset):
    """Windows of one or many time series, by number: (inputs, targets).

    A window that begins at step s takes `length` inputs, every `sampling_rate`-th step; the targets are the `horizon` steps that
    follow after `offset` steps more. Windows never reach from one series into another, nor across a gap in time.

    Args:
        series: an array [time] or [time, features], or a list of such (of different lengths), one for each series.
        length: inputs of a window.
        horizon: steps to be predicted; 0: samples are the inputs alone.
        targets: columns that are predicted; None: all. A number: that column, without its axis.
        stride: steps from the beginning of one window to that of the next.
        sampling_rate: steps from one input to the next; targets are as far apart.
        offset: steps between the last input and the first target, besides the usual one.
        times: the time of each step, like `series`: where it does not go on by the most common difference there is a gap.
        future: what is known of the future (calendar, prices, weather forecasts), [time, known] like `series`: samples are then
            ({"past": inputs, "future": [horizon, known]}, targets).
        statics: what does not change in a series, [series, values]: `"static"` of the inputs' dict.

    Raises:
        InvalidArgumentError: no window fits, or lengths differ.

    Example:
        >>> x, y = Windows(np.arange(10.0), length=3, horizon=2)[0]
        >>> x.tolist(), y.tolist()
        ([0.0, 1.0, 2.0], [3.0, 4.0])
    """

    def __init__(
        self, series: Any, length: int, horizon: int = 1, targets: Any = None, stride: int = 1, sampling_rate: int = 1,
        offset: int = 0, times: Any = None, future: Any = None, statics: Any = None,
    ) -> None:  # fmt: skip
        self.series = _listed(series, "series")
        self.length, self.horizon = whole_number("length", length, 1), whole_number("horizon", horizon, 0)
        self.rate, self.offset = whole_number("sampling_rate", sampling_rate, 1), whole_number("offset", offset, 0)
        stride = whole_number("stride", stride, 1)
        self.targets = targets
        self.future = None if future is None else _listed(future, "future", self.series)
        self.statics = None if statics is None else np.asarray(statics)
        if self.statics is not None and len(self.statics) != len(self.series):
            raise InvalidArgumentError(f"statics: {len(self.series)} series need as many rows; got {len(self.statics)}")
        clocks = None if times is None else _listed(times, "times", self.series)
        # steps from a window's first input to just after its last step
        self.reach = (length - 1) * sampling_rate + 1 + (offset + horizon * sampling_rate if horizon else 0)
        places = []
        for number, one in enumerate(self.series):
            starts = np.arange(0, len(one) - self.reach + 1, stride)
            if clocks is not None and len(starts):
                starts = starts[_unbroken(clocks[number], self.reach)[starts]]
            places.append(np.stack([np.full(len(starts), number), starts], axis=1))
        self.places = np.concatenate(places)
        if not len(self.places):
            longest = max(len(s) for s in self.series)
            raise InvalidArgumentError(
                f"no window fits: one needs {self.reach} steps without a gap, and the longest series has {longest}"
            )

    @property
    def slots(self) -> int:
        """Windows."""
        return len(self.places)

    def at(self, slot: int, epoch: int) -> Any:
        """A window."""
        number, start = (int(i) for i in self.places[slot])
        return self._taken(number, start + self.rate * np.arange(self.length), start)

    def rows(self, slots: Sequence[int], epoch: int) -> Any:
        """Windows as a batch; of one series in one go."""
        places = self.places[np.asarray(slots, np.int64)]
        if len(self.series) > 1 or not len(places):
            return super().rows(slots, epoch)
        starts = places[:, 1]
        found = self._taken(0, starts[:, None] + self.rate * np.arange(self.length), starts[:, None])
        if self.statics is not None and isinstance(self._inputs(found), dict):
            self._inputs(found)["static"] = np.repeat(self.statics, len(places), axis=0)
        return found

    def _inputs(self, sample: Any) -> Any:
        return sample[0] if self.horizon else sample

    def _taken(self, number: int, steps: Any, start: Any) -> Any:
        one = self.series[number]
        inputs: Any = one[steps]
        ahead = start + (self.length - 1) * self.rate + self.offset + self.rate * np.arange(1, self.horizon + 1)
        if self.future is not None or self.statics is not None:
            inputs = {"past": inputs}
            if self.future is not None:
                inputs["future"] = self.future[number][ahead]
            if self.statics is not None:
                inputs["static"] = self.statics[number].copy()
        if not self.horizon:
            return inputs
        wanted = one[ahead]
        return inputs, wanted if self.targets is None else wanted[..., self.targets]


def _listed(given: Any, what: str, like: list[Any] | None = None) -> list[Any]:
    """A list of arrays, one for each series."""
    several = isinstance(given, (list, tuple)) and bool(given) and np.ndim(given[0]) > 0
    found = [np.asarray(one) for one in given] if several else [np.asarray(given)]
    if any(one.ndim == 0 for one in found):
        raise InvalidArgumentError(f"{what}: a series is an array [time] or [time, features]; got a single number")
    if like is not None and [len(one) for one in found] != [len(one) for one in like]:
        raise InvalidArgumentError(
            f"{what}: lengths must be those of the series, {[len(s) for s in like]}; got {[len(s) for s in found]}"
        )
    return found


def _unbroken(times: Any, reach: int) -> Any:
    """For each step whether `reach` steps from there on are without a gap."""
    steps = np.diff(times)
    if not len(steps):
        return np.ones(len(times), bool)
    kinds, counts = np.unique(steps, return_counts=True)
    broken = np.concatenate([[0], np.cumsum(steps != kinds[np.argmax(counts)])])
    found = np.zeros(len(times), bool)
    last = len(times) - reach + 1
    if last > 0:
        found[:last] = broken[reach - 1 : reach - 1 + last] == broken[:last]
    return found

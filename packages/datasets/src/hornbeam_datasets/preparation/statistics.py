"""Statistics of columns, in one pass over data of any size."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, stack

__all__ = ["Statistics", "as_table", "batches_of"]

KEPT = 10_000  # rows of which quantiles are taken
ROWS = 4096  # samples gathered at once from a dataset of single samples


def batches_of(data: Any) -> Any:
    """Arrays [rows, columns], piece by piece, of an array, a data frame, or a dataset of rows or batches.

    A dataset's samples are rows (one axis) or batches (two), or dicts of columns, whose order is kept; of tuples the first part
    counts.

    Raises:
        InvalidArgumentError: there is something else in it.
    """
    if not isinstance(data, Dataset):
        yield _table(data)
        return
    waiting: list[Any] = []
    for sample in data.walk(0):
        if sample is SKIPPED:
            continue
        part = as_table(sample[0] if isinstance(sample, tuple) else sample)
        if part.ndim == 2:
            yield _table(part)
            continue
        waiting.append(np.atleast_1d(part))
        if len(waiting) == ROWS:
            yield _table(stack(waiting))
            waiting = []
    if waiting:
        yield _table(stack(waiting))


def as_table(data: Any) -> Any:
    """An array of a data frame, or of a dict of columns, or of one row of such."""
    if isinstance(data, dict):
        return np.stack([np.asarray(column) for column in data.values()], axis=-1)
    return np.asarray(data.to_numpy() if hasattr(data, "to_numpy") else data)


def _table(data: Any) -> Any:
    array = as_table(data)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or array.dtype.kind not in "biuf":
        raise InvalidArgumentError(
            f"expected a table of numbers [rows, columns]; got {array.dtype} of shape {array.shape}"
        )
    return array.astype(np.float64)


class Statistics:
    """Count, mean, variance, least and largest of each column, exact in one pass; quantiles of a sample of 10,000 rows.

    Missing numbers (NaN) are counted and left out.

    Args:
        seed: of the sample.

    Source: Chan, Golub and LeVeque 1983 (joining variances); Vitter 1985, Algorithm R (the sample).

    Example:
        >>> seen = Statistics().update([[1.0, 2.0], [3.0, np.nan]]).update([[5.0, 4.0]])
        >>> seen.mean.tolist(), seen.missing.tolist()
        ([3.0, 3.0], [0, 1])
    """

    def __init__(self, seed: int = 0) -> None:
        self.rows = 0
        self.count: Any = np.zeros(0)
        self.mean: Any = np.zeros(0)
        self._squares: Any = np.zeros(0)
        self.minimum: Any = np.zeros(0)
        self.maximum: Any = np.zeros(0)
        self._sample: Any = np.zeros((0, 0))
        self._draw = np.random.default_rng(seed)

    def update(self, data: Any) -> Statistics:
        """Take in a table, or everything of a dataset; returns itself.

        Raises:
            InvalidArgumentError: the number of columns differs from before.
        """
        for table in batches_of(data):
            self._add(table)
        return self

    def _add(self, x: Any) -> None:
        if not self.rows:
            columns = x.shape[1]
            self.count, self.mean, self._squares = np.zeros(columns, np.int64), np.zeros(columns), np.zeros(columns)
            self.minimum, self.maximum = np.full(columns, np.inf), np.full(columns, -np.inf)
            self._sample = np.zeros((0, columns))
        elif x.shape[1] != len(self.mean):
            raise InvalidArgumentError(f"statistics of {len(self.mean)} columns cannot take in a table of {x.shape[1]}")
        there = ~np.isnan(x)
        count = there.sum(0)
        some = np.where(there, x, 0.0)
        mean = some.sum(0) / np.maximum(count, 1)
        squares = (np.where(there, x - mean, 0.0) ** 2).sum(0)
        total = np.maximum(self.count + count, 1)
        apart = mean - self.mean
        self._squares = self._squares + squares + apart**2 * self.count * count / total
        self.mean = self.mean + apart * count / total
        self.count = self.count + count
        self.minimum = np.minimum(self.minimum, np.where(there, x, np.inf).min(0, initial=np.inf))
        self.maximum = np.maximum(self.maximum, np.where(there, x, -np.inf).max(0, initial=-np.inf))
        free = min(KEPT - len(self._sample), len(x))
        if free:
            self._sample = np.concatenate([self._sample, x[:free]])
        places = self._draw.integers(0, np.arange(self.rows + free, self.rows + len(x)) + 1)
        (taken,) = np.nonzero(places < KEPT)
        self._sample[places[taken]] = x[free + taken]
        self.rows += len(x)

    @property
    def missing(self) -> Any:
        """How many numbers of each column are missing."""
        return self.rows - self.count

    @property
    def variance(self) -> Any:
        """Of each column, by the number of rows."""
        return self._squares / np.maximum(self.count, 1)

    @property
    def std(self) -> Any:
        """The square root of the variance."""
        return np.sqrt(self.variance)

    def quantile(self, share: Any) -> Any:
        """The value of each column below which that share lies: exact up to 10,000 rows, then of a sample of so many.

        Raises:
            InvalidArgumentError: no row was taken in.
        """
        if not self.rows:
            raise InvalidArgumentError("quantiles of nothing: no row was taken in")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of a column that is all missing NumPy says NaN, and warns
            return np.nanquantile(self._sample, share, axis=0)

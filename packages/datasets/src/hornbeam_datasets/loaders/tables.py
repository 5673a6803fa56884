"""Tables that are read piece by piece: rows as samples, batches cut out of columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError, closest

from hornbeam_datasets.pipeline.dataset import Dataset, from_slot, whole_number

__all__ = ["Columns", "Selection", "Table", "seconds"]

Columns = dict[str, Any]  # name -> array of a piece of the table


class Selection:
    """Which columns are wanted, and what a sample of them looks like.

    Args:
        columns: names; None: all.
        label: the name, or names, of what is to be predicted; then a sample is (features, label). None: features alone.
    """

    def __init__(self, columns: Sequence[str] | None, label: str | Sequence[str] | None) -> None:
        self.wanted = None if columns is None else list(columns)
        self.labels = [] if label is None else [label] if isinstance(label, str) else list(label)
        self.single = isinstance(label, str)

    def names(self, there: Sequence[str], where: str) -> list[str]:
        """Those columns of a table that have to be read.

        Raises:
            InvalidArgumentError: one is not there; the message says which come close.
        """
        names = (
            list(there) if self.wanted is None else [*self.wanted, *(n for n in self.labels if n not in self.wanted)]
        )
        missing = [n for n in (*names, *self.labels) if n not in there]
        if missing:
            near = closest(missing[0], there)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InvalidArgumentError(
                f"{where} has no column {missing[0]!r}.{hint} It has {', '.join(map(repr, there))}."
            )
        return names

    def arranged(self, columns: Columns) -> Any:
        """A sample, or a batch, of columns."""
        if not self.labels:
            return columns
        label = {n: columns[n] for n in self.labels}
        features = {n: c for n, c in columns.items() if n not in label}
        return features, label[self.labels[0]] if self.single else label


def seconds(times: Any) -> Any:
    """NumPy's times and durations, of any unit, as seconds (since 1970): float64; missing ones are NaN."""
    nano = np.datetime_data(times.dtype) == ("ns", 1)
    whole = times if nano else times.astype(f"{times.dtype.kind}8[us]")  # nanoseconds end in the year 2262
    return np.where(np.isnat(whole), np.nan, whole.astype(np.int64) / (1e9 if nano else 1e6))


class Table(Dataset):
    """Rows one after another. Subclasses give `pieces`, and `count` where it is known.

    `batch` cuts batches out of the columns, without going through rows: put it first, and `map` works on batches.
    """

    def __init__(self, selection: Selection) -> None:
        self.selection = selection

    @property
    def count(self) -> int | None:
        """How many rows there are, where that is known."""
        return None

    @property
    def slots(self) -> int | None:
        """The number of rows."""
        return self.count

    def pieces(self, epoch: int, start: int) -> Iterator[Columns]:
        """Columns of rows from number `start` on, piece by piece."""
        raise InvalidArgumentError(f"{type(self).__name__} does not say how its rows are read: override pieces()")

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Row after row."""
        for piece in self.pieces(epoch, start):
            names, arrays = list(piece), list(piece.values())
            for row in zip(*arrays, strict=True):
                yield self.selection.arranged(dict(zip(names, row, strict=True)))

    def batch(self, batch_size: int, drop_remainder: bool = False) -> Dataset:
        """Batches of rows, cut out of the columns."""
        return _Batches(self, whole_number("batch_size", batch_size, 1), drop_remainder)


class _Batches(Dataset):
    def __init__(self, table: Table, size: int, drop: bool) -> None:
        self.table, self.size, self.drop = table, size, drop

    @property
    def slots(self) -> int | None:
        """The number of batches, where that of rows is known."""
        count = self.table.slots
        return None if count is None else count // self.size if self.drop else -(-count // self.size)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Batch after batch."""
        known = self.table.slots is not None
        found = self._walk(epoch, start * self.size if known else 0)
        return found if known else from_slot(found, start)

    def _walk(self, epoch: int, row: int) -> Iterator[Any]:
        waiting: list[Columns] = []
        ready = 0
        for piece in self.table.pieces(epoch, row):
            length = len(next(iter(piece.values())))
            waiting.append(piece)
            ready += length
            if ready < self.size:
                continue
            whole = _joined(waiting)
            last = ready - ready % self.size
            for first in range(0, last, self.size):
                yield self.table.selection.arranged({n: c[first : first + self.size] for n, c in whole.items()})
            waiting, ready = ([{n: c[last:] for n, c in whole.items()}], ready - last) if ready > last else ([], 0)
        if waiting and not self.drop:
            yield self.table.selection.arranged(_joined(waiting))


def _joined(pieces: list[Columns]) -> Columns:
    if len(pieces) == 1:
        return pieces[0]
    return {name: np.concatenate([p[name] for p in pieces]) for name in pieces[0]}

"""Rows of a dataset in an HDF5 file, in any order, with as little reading as its layout allows."""

from __future__ import annotations

import os
import weakref
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

__all__ = ["Rows", "rows_of"]

NEAR = 8  # rows that are read though they are not wanted, rather than reading twice


class Rows:
    """Rows through the HDF5 library: neighbours together, and of a compressed chunk all at once."""

    def __init__(self, dataset: Any) -> None:
        self.dataset, self.shape, self.dtype = dataset, dataset.shape, dataset.dtype
        self.block = dataset.chunks[0] if dataset.chunks is not None and dataset.compression is not None else 0

    def one(self, row: int) -> Any:
        """A row."""
        return self.dataset[row]

    def take(self, wanted: Any) -> Any:
        """Rows, as an array."""
        order = np.argsort(wanted, kind="stable")
        ordered = wanted[order]
        out = np.empty((len(wanted), *self.shape[1:]), self.dtype)
        apart = np.diff(ordered) > NEAR
        if self.block:
            apart &= np.diff(ordered // self.block) > 0
        for run in np.split(np.arange(len(ordered)), np.flatnonzero(apart) + 1):
            if len(run):
                self._run(out, order[run], ordered[run])
        return out

    def _run(self, out: Any, places: Any, rows: Any) -> None:
        first = int(rows[0])
        piece = self.dataset[first : int(rows[-1]) + 1]
        out[places] = piece[rows - first]


class PlainRows(Rows):
    """Rows that lie one after another in the file: read from it directly, by several threads at once."""

    def __init__(self, dataset: Any, offset: int) -> None:
        super().__init__(dataset)
        self.offset, self.path = offset, dataset.file.filename
        self.width = dataset.dtype.itemsize * int(np.prod(dataset.shape[1:], dtype=np.int64))
        self.opened = os.open(self.path, os.O_RDONLY)
        weakref.finalize(self, os.close, self.opened)

    def one(self, row: int) -> Any:
        """A row."""
        return self.take(np.array([row]))[0]

    def take(self, wanted: Any) -> Any:
        """Rows, as an array."""
        out = np.empty((len(wanted), *self.shape[1:]), self.dtype)
        to = out.reshape(-1).view(np.uint8).data
        breaks = np.flatnonzero(np.diff(wanted) != 1) + 1
        starts = [0, *breaks.tolist(), len(wanted)]
        rows = wanted.tolist()
        for first, last in zip(starts, starts[1:], strict=False):
            if first < last:
                self._read(to[first * self.width : last * self.width], rows[first])
        return out

    def _read(self, to: memoryview, row: int) -> None:
        at, done = self.offset + row * self.width, 0
        while done < len(to):
            count = os.preadv(self.opened, [to[done:]], at + done)
            if not count:
                raise InvalidArgumentError(f"{self.path} ends before row {row}: it is cut off")
            done += count


def rows_of(dataset: Any) -> Rows:
    """How to read the rows of a dataset."""
    if not hasattr(os, "preadv") or dataset.dtype.kind not in "biuf" or not dataset.shape[0]:
        return Rows(dataset)
    offset = dataset.id.get_offset()  # None where they are in chunks, in other files, or not written
    if offset is None or dataset.is_virtual or dataset.external:
        return Rows(dataset)
    found = PlainRows(dataset, offset)
    same = all(found.one(row).tobytes() == np.asarray(dataset[row]).tobytes() for row in (0, dataset.shape[0] - 1))
    return found if same else Rows(dataset)

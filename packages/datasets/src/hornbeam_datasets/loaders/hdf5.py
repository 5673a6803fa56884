"""HDF5 files: samples by number, read in the order of the file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError, closest
from hornbeam.tree import flatten, leaves, unflatten

from hornbeam_datasets.loaders.hdf5_rows import Rows, rows_of
from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.pipeline.dataset import Dataset, whole_number

__all__ = ["HDF5", "load_hdf5"]

CHUNK_CACHE = 1 << 23  # bytes; HDF5's own default since version 2


def load_hdf5(
    source: Any, keys: Any = None, start: int = 0, end: int | None = None, chunk_cache: int = CHUNK_CACHE
) -> Dataset:
    """Samples of datasets in HDF5 files; several files are one after another.

    Args:
        source: a path, or a list of paths.
        keys: names of the datasets in the file: one name ("group/x"), or a tuple, list or dict of them, which samples then are
            like: ("x", "y") gives pairs. None: a dict of all datasets of the file that are as long as the first.
        start, end: the rows of the file that are wanted.
        chunk_cache: bytes of unpacked chunks of each dataset that are kept. For compressed files in another order:
            `shuffle(block_size=rows of a chunk)`, with room here for eight chunks.

    Raises:
        InvalidArgumentError: a file is damaged or lacks a dataset, or lengths differ.
        MissingPackageError: h5py is not installed.
    """
    paths = [source] if isinstance(source, (str, os.PathLike)) else list(source)
    parts = [HDF5(os.fspath(p), keys, start, end, chunk_cache) for p in paths]
    return parts[0] if len(parts) == 1 else parts[0].concatenate(*parts[1:])


class HDF5(Dataset):
    """Samples of datasets in one HDF5 file (virtual and external ones too): row i of each.

    Rows of a batch are read in the order of the file, neighbours together, whatever order is asked for.
    """

    def __init__(
        self, path: str, keys: Any = None, start: int = 0, end: int | None = None, chunk_cache: int = CHUNK_CACHE
    ) -> None:
        require("h5py", "reading HDF5 files", "hdf5")
        self.path, self.chunk_cache = path, whole_number("chunk_cache", chunk_cache, 0)
        self.file: Any = None
        opened = self._opened()
        self.keys = _all(opened) if keys is None else keys
        names, self.structure = flatten(self.keys)
        self.names = [str(n) for n in names]
        found = [self._dataset(name) for name in self.names]
        lengths = {name: d.shape[0] if d.ndim else None for name, d in zip(self.names, found, strict=True)}
        if not lengths or None in lengths.values() or len(set(lengths.values())) != 1:
            raise InvalidArgumentError(f"{path}: datasets must be of one length, the number of samples; got {lengths}")
        self.read = [rows_of(dataset) for dataset in found]
        length: int = found[0].shape[0]
        self.start, self.stop, _ = slice(start, end).indices(length)

    def _opened(self) -> Any:
        if self.file is None:
            h5py = require("h5py", "reading HDF5 files", "hdf5")
            try:
                self.file = h5py.File(self.path, "r", rdcc_nbytes=self.chunk_cache)
            except OSError as error:
                raise InvalidArgumentError(f"{self.path} cannot be read as an HDF5 file: {error}") from error
        return self.file

    def _dataset(self, name: str) -> Any:
        file = self._opened()
        if name not in file or not hasattr(file[name], "dtype"):
            there = list(leaves(_all(file, same_length=False)))
            near = closest(name, there)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InvalidArgumentError(
                f"{self.path} has no dataset {name!r}.{hint} It has {', '.join(map(repr, there))}."
            )
        if file[name].dtype.hasobject and require("h5py", "", "hdf5").check_string_dtype(file[name].dtype) is None:
            raise InvalidArgumentError(
                f"{self.path}: the dataset {name!r} holds {file[name].dtype}, which is no array of numbers or text"
            )
        return file[name]

    @property
    def slots(self) -> int:
        """Rows."""
        return max(0, self.stop - self.start)

    def at(self, slot: int, epoch: int) -> Any:
        """One row."""
        return unflatten(self.structure, [_text(rows.one(self.start + slot)) for rows in self._rows()])

    def rows(self, slots: Sequence[int], epoch: int) -> Any:
        """Some rows."""
        wanted = self.start + np.asarray(slots, np.int64)
        return unflatten(self.structure, [_text(rows.take(wanted)) for rows in self._rows()])

    def _rows(self) -> list[Rows]:
        if self.file is None:
            self.read = [rows_of(self._dataset(name)) for name in self.names]
        return self.read

    def close(self) -> None:
        """Close the file; the next sample opens it again."""
        if self.file is not None:
            self.file.close()
            self.file, self.read = None, []

    def __getstate__(self) -> dict[str, Any]:
        """For other processes, which open the file themselves."""
        return {**self.__dict__, "file": None, "read": []}


def _text(array: Any) -> Any:
    """HDF5's text comes as bytes."""
    if isinstance(array, bytes):
        return array.decode()
    if isinstance(array, np.ndarray) and array.dtype == object:
        return np.array([v.decode() if isinstance(v, bytes) else v for v in array.ravel()], dtype=str).reshape(
            array.shape
        )
    return array


def _all(file: Any, same_length: bool = True) -> dict[str, str]:
    """The names of all datasets."""
    found: dict[str, str] = {}
    first: list[int] = []

    def visit(name: str, item: Any) -> None:
        if hasattr(item, "dtype") and item.ndim:
            first.append(item.shape[0])
            if not same_length or item.shape[0] == first[0]:
                found[name] = name

    file.visititems(visit)
    return found

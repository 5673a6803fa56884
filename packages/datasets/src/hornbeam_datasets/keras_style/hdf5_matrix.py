"""Keras 2's HDF5Matrix: a dataset of an HDF5 file that is used like an array, and stays in the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam_datasets.loaders.hdf5 import HDF5

__all__ = ["HDF5Matrix"]


class HDF5Matrix:
    """Rows of a dataset in an HDF5 file. `fit` and `Dataset.of` take it for an array; rows are read when they are asked for.

    Args:
        datapath: the file.
        dataset: the dataset's name in it.
        start, end: the rows that are wanted.
        normalizer: function of the rows that were read.

    Raises:
        InvalidArgumentError: there is no such file or dataset.
        MissingPackageError: h5py is not installed.

    Source: keras.utils.io_utils.HDF5Matrix of Keras 2.
    """

    def __init__(
        self,
        datapath: Any,
        dataset: str,
        start: int = 0,
        end: int | None = None,
        normalizer: Callable[[Any], Any] | None = None,
    ) -> None:
        self.source = HDF5(str(datapath), dataset, start, end)
        self.normalizer = normalizer

    def __len__(self) -> int:
        """Rows."""
        return self.source.slots

    def __getitem__(self, key: Any) -> Any:
        """Rows by number, slice, or list of numbers."""
        if isinstance(key, slice):
            found = self.source.rows(range(*key.indices(len(self))), 0)
        elif np.ndim(key):
            index = np.asarray(key)
            rows: Any = np.flatnonzero(index) if index.dtype == bool else index % len(self)
            found = self.source.rows(rows, 0)
        else:
            if not -len(self) <= key < len(self):
                raise IndexError(f"row {key} of {len(self)}")
            found = self.source.at(int(key) % len(self), 0)
        return found if self.normalizer is None else self.normalizer(found)

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, and the shape of one."""
        return (len(self), *self.source.read[0].shape[1:])

    @property
    def dtype(self) -> Any:
        """Of the file's dataset."""
        return self.source.read[0].dtype

    @property
    def ndim(self) -> int:
        """Axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Elements."""
        return int(np.prod(self.shape))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """All rows, in memory."""
        return np.asarray(self[:], dtype)

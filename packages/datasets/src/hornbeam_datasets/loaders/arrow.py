"""Parquet, Arrow and Feather files, read row group by row group."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.loaders.tables import Columns, Selection, Table
from hornbeam_datasets.pipeline.dataset import whole_number

__all__ = ["ArrowTable", "as_columns"]

NEEDS = "reading Parquet and Arrow files", "arrow"


class _Group(NamedTuple):
    """A row group (Parquet) or record batch (Arrow, Feather) of a file."""

    path: str
    number: int
    rows: int


class ArrowTable(Table):
    """Rows of Parquet, Arrow IPC or Feather files, as dicts by column name.

    One row group is in memory at a time. Lists of equal length become arrays, missing numbers NaN, times seconds since 1970.

    Args:
        source: a path, a list of paths, or a folder, whose files come in the order of their names.
        columns: names of those wanted, others are not read; None: all.
        label: the name, or names, of what is to be predicted; then a sample is (features, label).
        shuffle_groups: a seed: the order of the row groups is another one each epoch (together with `shuffle(buffer_size)`, which
            mixes rows, nearly as good as a full shuffle); None: as in the files.

    Raises:
        InvalidArgumentError: a file is damaged or lacks a column.
        MissingPackageError: pyarrow is not installed.
    """

    def __init__(
        self, source: Any, columns: Sequence[str] | None = None, label: Any = None, shuffle_groups: int | None = None
    ) -> None:
        super().__init__(Selection(columns, label))
        require("pyarrow", *NEEDS)
        self.seed = None if shuffle_groups is None else whole_number("shuffle_groups", shuffle_groups, 0)
        self.groups = [group for path in _paths(source) for group in _groups(path, self.selection)]
        if not self.groups:
            raise InvalidArgumentError(f"{source} has no rows")

    @property
    def count(self) -> int:
        """The rows of all groups."""
        return sum(g.rows for g in self.groups)

    def pieces(self, epoch: int, start: int) -> Iterator[Columns]:
        """Group after group; groups before `start` are not read."""
        order = (
            range(len(self.groups))
            if self.seed is None
            else np.random.default_rng((self.seed, epoch)).permutation(len(self.groups))
        )
        for number in order:
            group = self.groups[int(number)]
            if start < group.rows:
                piece = self._read(group)
                yield {n: c[start:] for n, c in piece.items()} if start else piece
            start = max(0, start - group.rows)

    def _read(self, group: _Group) -> Columns:
        arrow = require("pyarrow", *NEEDS)
        try:
            if _is_parquet(group.path):
                with require("pyarrow.parquet", *NEEDS).ParquetFile(group.path) as file:
                    names = self.selection.names(file.schema_arrow.names, group.path)
                    table = file.read_row_group(group.number, columns=names, use_threads=False)
            else:
                with arrow.memory_map(group.path) as file:
                    reader = arrow.ipc.open_file(file)
                    names = self.selection.names(reader.schema.names, group.path)
                    table = arrow.Table.from_batches([reader.get_batch(group.number)]).select(names)
            return as_columns(table, group.path)
        except (arrow.ArrowException, OSError) as error:
            raise InvalidArgumentError(f"{group.path}, row group {group.number} cannot be read: {error}") from error


def _paths(source: Any) -> list[str]:
    if not isinstance(source, (str, os.PathLike)):
        return [os.fspath(p) for p in source]
    if not os.path.isdir(source):
        return [os.fspath(source)]
    endings = (".parquet", ".pq", ".feather", ".arrow", ".ipc")
    return sorted(
        str(p) for p in Path(source).rglob("*") if p.suffix.lower() in endings and not p.name.startswith((".", "_"))
    )


def _is_parquet(path: str) -> bool:
    return path.lower().endswith((".parquet", ".pq"))


def _groups(path: str, selection: Selection) -> Iterator[_Group]:
    arrow = require("pyarrow", *NEEDS)
    try:
        if _is_parquet(path):
            with require("pyarrow.parquet", *NEEDS).ParquetFile(path) as file:
                selection.names(file.schema_arrow.names, path)
                counts = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        else:
            with arrow.memory_map(path) as file:
                reader = arrow.ipc.open_file(file)
                selection.names(reader.schema.names, path)
                counts = [reader.get_batch(i).num_rows for i in range(reader.num_record_batches)]
    except (arrow.ArrowException, OSError) as error:
        raise InvalidArgumentError(f"{path} is no Parquet, Arrow or Feather file, or a damaged one: {error}") from error
    yield from (_Group(path, number, rows) for number, rows in enumerate(counts) if rows)


def as_columns(table: Any, where: str) -> Columns:
    """An Arrow table's columns as arrays."""
    return {name: _array(table.column(name), name, where) for name in table.schema.names}


def _array(column: Any, name: str, where: str) -> Any:
    types = require("pyarrow.types", *NEEDS)
    column = column.combine_chunks() if hasattr(column, "combine_chunks") else column
    if hasattr(column, "num_chunks"):
        column = column.chunk(0)
    kind = column.type
    if types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if types.is_timestamp(kind) or types.is_date(kind):
        times = column.to_numpy(zero_copy_only=False).astype("datetime64[ns]")
        return np.where(np.isnat(times), np.nan, times.astype(np.int64) / 1e9)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _lists(column, name, where)
    if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind):
        array = column.to_numpy(zero_copy_only=False)
        return array.astype(np.float64) if array.dtype == object else array
    if types.is_string(kind) or types.is_large_string(kind):
        return np.array(column.fill_null("").to_pylist(), dtype=str) if len(column) else np.empty(0, str)
    if types.is_decimal(kind):
        return column.cast("float64").to_numpy(zero_copy_only=False)
    if types.is_null(kind):
        return np.full(len(column), np.nan)
    if types.is_binary(kind) or types.is_large_binary(kind):
        return np.array(column.to_pylist(), dtype=object)
    raise InvalidArgumentError(f"{where}: column {name!r} holds {kind}; leave it out with columns=[...]")


def _lists(column: Any, name: str, where: str) -> Any:
    lengths = column.value_lengths().to_numpy(zero_copy_only=False) if not hasattr(column.type, "list_size") else None
    if lengths is not None and len(set(lengths.tolist())) > 1:
        found = np.empty(len(column), object)
        found[:] = [np.asarray(row) for row in column.to_pylist()]
        return found
    flat = _array(column.flatten(), name, where)
    return flat.reshape(len(column), -1, *flat.shape[1:]) if len(column) else flat

"""Parquet, Arrow and Feather files, read row group by row group."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.loaders.tables import Columns, Selection, Table, seconds
from hornbeam_datasets.pipeline.dataset import whole_number

__all__ = ["ArrowTable", "as_columns"]

NEEDS = "reading Parquet and Arrow files", "arrow"


class _Group(NamedTuple):
    """A row group (Parquet) or record batch (Arrow, Feather) of a file."""

    path: str
    number: int
    rows: int


class ArrowTable(Table):
    """Rows of Parquet, Arrow IPC (files and streams) or Feather files, as dicts by column name.

    One row group is in memory at a time. Lists of equal length become arrays, missing numbers NaN, times seconds since 1970.

    Args:
        source: a path, a list of paths, or a folder, whose files come in the order of their names; folders in it that are named
            "column=value" make a column (whole numbers, or text).
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
        paths = _paths(source)
        self.folders = {path: _partitions(source, path) for path in paths}
        self.groups = [
            _Group(path, number, rows) for path in paths for number, rows in enumerate(self._counts(path)) if rows
        ]
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
        batches = _Batches()
        for number in order:
            group = self.groups[int(number)]
            if start < group.rows:
                piece = self._read(group, batches)
                yield {n: c[start:] for n, c in piece.items()} if start else piece
            start = max(0, start - group.rows)

    def _counts(self, path: str) -> list[int]:
        arrow = require("pyarrow", *NEEDS)
        try:
            if _is_parquet(path):
                with require("pyarrow.parquet", *NEEDS).ParquetFile(path) as file:
                    self._names(file.schema_arrow.names, path)
                    return [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
            batches = _Batches()
            self._names(batches.schema(path).names, path)
            return batches.counts(path)
        except (arrow.ArrowException, OSError) as error:
            raise InvalidArgumentError(
                f"{path} is no Parquet, Arrow or Feather file, or a damaged one: {error}"
            ) from error

    def _names(self, there: list[str], path: str) -> tuple[list[str], list[str]]:
        """The columns that are to be read: those in a file, and those that names of folders make."""
        names = self.selection.names([*there, *(n for n in self.folders[path] if n not in there)], path)
        return [n for n in names if n in there], [n for n in names if n not in there]

    def _read(self, group: _Group, batches: _Batches) -> Columns:
        arrow = require("pyarrow", *NEEDS)
        path = group.path
        try:
            if _is_parquet(path):
                with require("pyarrow.parquet", *NEEDS).ParquetFile(path) as file:
                    names, others = self._names(file.schema_arrow.names, path)
                    table = file.read_row_group(group.number, columns=names, use_threads=False)
            else:
                names, others = self._names(batches.schema(path).names, path)
                table = arrow.Table.from_batches([batches.batch(path, group.number)]).select(names)
        except (arrow.ArrowException, OSError) as error:
            raise InvalidArgumentError(f"{path}, row group {group.number} cannot be read: {error}") from error
        return as_columns(table, path) | {n: np.full(group.rows, self.folders[path][n]) for n in others}


class _Batches:
    """Record batches of Arrow files, by number, and of Arrow streams, one after another; one file is open at a time."""

    def __init__(self) -> None:
        self.path: str | None = None
        self.reader: Any = None
        self.streamed, self.next = False, 0

    def _open(self, path: str) -> None:
        arrow = require("pyarrow", *NEEDS)
        file = arrow.memory_map(path)
        try:
            self.reader, self.streamed = arrow.ipc.open_file(file), False
        except arrow.ArrowInvalid:
            try:
                self.reader, self.streamed = arrow.ipc.open_stream(arrow.memory_map(path)), True
            except arrow.ArrowInvalid as error:
                raise arrow.ArrowInvalid("neither an Arrow file nor an Arrow stream") from error
        self.path, self.next = path, 0

    def schema(self, path: str) -> Any:
        """The columns of a file."""
        if path != self.path:
            self._open(path)
        return self.reader.schema

    def counts(self, path: str) -> list[int]:
        """The rows of each batch."""
        self._open(path)
        batches = self.reader if self.streamed else map(self.reader.get_batch, range(self.reader.num_record_batches))
        return [batch.num_rows for batch in batches]

    def batch(self, path: str, number: int) -> Any:
        """A batch."""
        if path != self.path or (self.streamed and number < self.next):
            self._open(path)
        if not self.streamed:
            return self.reader.get_batch(number)
        while True:
            found = self.reader.read_next_batch()
            self.next += 1
            if self.next > number:
                return found


def _paths(source: Any) -> list[str]:
    if not isinstance(source, (str, os.PathLike)):
        return [os.fspath(p) for p in source]
    if not os.path.isdir(source):
        return [os.fspath(source)]
    endings = (".parquet", ".pq", ".feather", ".arrow", ".ipc")
    return sorted(
        str(p) for p in Path(source).rglob("*") if p.suffix.lower() in endings and not p.name.startswith((".", "_"))
    )


def _partitions(source: Any, path: str) -> dict[str, Any]:
    """The columns that names of folders make: "year=2024" is a column `year`."""
    if not isinstance(source, (str, os.PathLike)) or not os.path.isdir(source):
        return {}
    named = [part.split("=", 1) for part in Path(path).relative_to(source).parts[:-1] if "=" in part]
    return {name: int(value) if value.lstrip("-").isdigit() else value for name, value in named}


def _is_parquet(path: str) -> bool:
    return path.lower().endswith((".parquet", ".pq"))


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
        words = _array(column.dictionary, name, where)
        if words.dtype.kind == "U":
            return np.append(words, "")[column.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]
        column, kind = column.dictionary_decode(), kind.value_type
    if types.is_timestamp(kind) or types.is_date(kind):
        return seconds(column.to_numpy(zero_copy_only=False))
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _lists(column, name, where)
    if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind):
        array = column.to_numpy(zero_copy_only=False)
        return array.astype(np.float64) if array.dtype == object else array
    if types.is_string(kind) or types.is_large_string(kind) or str(kind) == "string_view":
        return np.array(["" if v is None else v for v in column.to_pylist()], dtype=str)
    if types.is_decimal(kind):
        return column.cast("float64").to_numpy(zero_copy_only=False)
    if types.is_null(kind):
        return np.full(len(column), np.nan)
    if types.is_binary(kind) or types.is_large_binary(kind) or str(kind) == "binary_view":
        return np.array(column.to_pylist(), dtype=object)
    raise InvalidArgumentError(f"{where}: column {name!r} holds {kind}; leave it out with columns=[...]")


def _lists(column: Any, name: str, where: str) -> Any:
    """Lists of one length as rows of an array, those that are missing as rows of NaN (or ""); others as arrays of their own."""
    there = column.drop_null()
    lengths = there.value_lengths().to_numpy(zero_copy_only=False) if not hasattr(column.type, "list_size") else None
    if lengths is not None and len(set(lengths.tolist())) > 1:
        found = np.empty(len(column), object)
        found[:] = [np.asarray([] if row is None else row) for row in column.to_pylist()]
        return found
    flat = _array(there.flatten(), name, where)
    rows = flat.reshape(len(there), -1, *flat.shape[1:]) if len(there) else flat
    if len(there) == len(column):
        return rows
    kind = flat.dtype if flat.dtype.kind in "fUO" else np.dtype(np.float64)
    found = np.full((len(column), *rows.shape[1:]), {"U": "", "O": None}.get(kind.kind, np.nan), kind)
    found[column.is_valid().to_numpy(zero_copy_only=False)] = rows
    return found

"""Rows of a database, streamed by key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.loaders.tables import Columns, Selection, Table
from hornbeam_datasets.pipeline.dataset import whole_number

__all__ = ["SQLTable"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*")


class SQLTable(Table):
    """Rows of a table or a query, as dicts by column name.

    Rows are asked for in the order of a key, so many at a time, each time those after the last key: the database holds no cursor
    open, and memory holds one piece. None becomes NaN among numbers and "" among text.

    Args:
        source: a DB-API connection, the path of an SQLite file, or an SQLAlchemy URL ("postgresql://...").
        table: the name of a table or view.
        query: instead of `table`: a SELECT, whose columns include the key.
        key: the column by which rows are ordered; its values are unique and not NULL.
        columns: names of those wanted; None: all.
        label: the name, or names, of what is to be predicted; then a sample is (features, label).
        piece: rows asked for at a time.

    Raises:
        InvalidArgumentError: neither or both of table and query are given, a name is none, or the database refuses.
        MissingPackageError: SQLAlchemy is not installed, and a URL was given.
    """

    def __init__(
        self, source: Any, table: str | None = None, query: str | None = None, key: str = "id",
        columns: Sequence[str] | None = None, label: Any = None, piece: int = 4096,
    ) -> None:  # fmt: skip
        super().__init__(Selection(columns, label))
        if (table is None) == (query is None):
            raise InvalidArgumentError("SQL: give table or query, one of them")
        for what, name in (("table", table), ("key", key)):
            if name is not None and not NAME.fullmatch(name):
                raise InvalidArgumentError(f"SQL: {what} must be a name; got {name!r}")
        self.source, self.key, self.piece = source, key, whole_number("piece", piece, 1)
        self.rows_of = table if table is not None else f"({query}) AS hornbeam_rows"
        self.total = int(self._ask(f"SELECT COUNT(*) FROM {self.rows_of}")[1][0][0])
        names, _ = self._ask(f"SELECT * FROM {self.rows_of} WHERE 1 = 0")
        self.names = self.selection.names(names, "the result")
        if key not in names:
            raise InvalidArgumentError(f"SQL: there is no column {key!r} to order by; give key= one of {names}")

    @property
    def count(self) -> int:
        """The number of rows when the dataset was made."""
        return self.total

    def pieces(self, epoch: int, start: int) -> Iterator[Columns]:
        """Piece after piece, by key."""
        chosen = ", ".join(dict.fromkeys((*self.names, self.key)))
        last: Any = None
        skip = f" OFFSET {start}" if start else ""
        while True:
            after = "" if last is None else f" WHERE {self.key} > {self._mark()}"
            said = f"SELECT {chosen} FROM {self.rows_of}{after} ORDER BY {self.key} LIMIT {self.piece}{skip if last is None else ''}"
            names, rows = self._ask(said, () if last is None else (last,))
            if not rows:
                return
            columns = dict(zip(names, zip(*rows, strict=True), strict=True))
            last = columns[self.key][-1]
            if last is None:
                raise InvalidArgumentError(f"SQL: the key {self.key!r} is NULL in some rows; order by another column")
            yield {name: _array(columns[name]) for name in self.names}

    def _mark(self) -> str:
        return (
            ":last"
            if self._is_url
            else "?"
            if not hasattr(self.source, "cursor") or "sqlite" in type(self.source).__module__
            else "%s"
        )

    @property
    def _is_url(self) -> bool:
        return isinstance(self.source, str) and "://" in self.source

    def _ask(self, said: str, values: tuple[Any, ...] = ()) -> tuple[list[str], list[Any]]:
        try:
            if self._is_url:
                alchemy = require("sqlalchemy", "database URLs", "sql")
                engine = alchemy.create_engine(self.source)
                try:
                    with engine.connect() as connection:
                        found = connection.execute(alchemy.text(said), {"last": values[0]} if values else {})
                        return list(found.keys()), [tuple(r) for r in found.fetchall()]
                finally:
                    engine.dispose()
            if hasattr(self.source, "cursor"):
                return _fetched(self.source, said, values)
            import sqlite3

            connection = sqlite3.connect(f"{Path(self.source).absolute().as_uri()}?mode=ro", uri=True)
            try:
                return _fetched(connection, said, values)
            finally:
                connection.close()
        except Exception as error:
            if isinstance(error, (InvalidArgumentError, ImportError)):
                raise
            raise InvalidArgumentError(f"SQL: the database refuses {said!r}: {error}") from error


def _fetched(connection: Any, said: str, values: tuple[Any, ...]) -> tuple[list[str], list[Any]]:
    cursor = connection.cursor()
    try:
        cursor.execute(said, values)
        return [d[0] for d in cursor.description], cursor.fetchall()
    finally:
        cursor.close()


def _array(values: Sequence[Any]) -> Any:
    """A column: None among numbers is NaN, among text nothing."""
    if any(v is None for v in values):
        text = any(isinstance(v, str) for v in values)
        values = [("" if text else np.nan) if v is None else v for v in values]
    if any(isinstance(v, bytes) for v in values):
        found = np.empty(len(values), object)
        found[:] = values
        return found
    return np.asarray([float(v) if type(v).__name__ == "Decimal" else v for v in values])

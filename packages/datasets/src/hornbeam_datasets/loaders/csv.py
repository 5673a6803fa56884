"""CSV and TSV files, read as a stream (through pyarrow)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.arrow import as_columns
from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.loaders.tables import Columns, Selection, Table
from hornbeam_datasets.pipeline.skips import Skips

__all__ = ["CSVTable"]


class CSVTable(Table):
    """Rows of CSV files, as dicts by column name.

    Types are found from the first block of the first file, or told by `dtypes`; missing numbers are NaN. Files that end in .gz,
    .bz2 or .xz... are unpacked on the way.

    Args:
        source: a path or a list of paths.
        columns: names of those wanted; None: all.
        label: the name, or names, of what is to be predicted; then a sample is (features, label).
        delimiter: between fields; None: a tab for .tsv, else a comma.
        names: the columns' names where the files have no header.
        dtypes: types by column name, such as {"zip": "string", "price": "float32"}.
        block_size: bytes that are read at once.
        errors: "raise", or "skip": rows with too many or too few fields are left out, counted and listed in `skips`.

    Raises:
        InvalidArgumentError: a row cannot be read; the message names file and row.
        MissingPackageError: pyarrow is not installed.
    """

    def __init__(
        self, source: Any, columns: Sequence[str] | None = None, label: Any = None, delimiter: str | None = None,
        names: Sequence[str] | None = None, dtypes: dict[str, str] | None = None, block_size: int = 1 << 22,
        errors: str = "raise",
    ) -> None:  # fmt: skip
        super().__init__(Selection(columns, label))
        require("pyarrow", "reading CSV files", "arrow")
        self.paths = [os.fspath(source)] if isinstance(source, (str, os.PathLike)) else [os.fspath(p) for p in source]
        if delimiter is None:
            delimiter = "\t" if ".tsv" in os.path.basename(self.paths[0]).lower() else ","
        self.delimiter, self.header, self.dtypes, self.block = delimiter, names, dict(dtypes or {}), block_size
        self.skips = Skips(errors)

    def pieces(self, epoch: int, start: int) -> Iterator[Columns]:
        """Block after block of file after file."""
        for path in self.paths:
            for piece in self._file(path):
                length = len(next(iter(piece.values())))
                if start < length:
                    yield {n: c[start:] for n, c in piece.items()} if start else piece
                start = max(0, start - length)

    def _file(self, path: str) -> Iterator[Columns]:
        arrow, csv = (
            require("pyarrow", "reading CSV files", "arrow"),
            require("pyarrow.csv", "reading CSV files", "arrow"),
        )
        bad: list[str] = []

        def invalid(row: Any) -> str:
            number = "" if row.number is None else f", row {row.number}"
            said = f"{path}{number}: expected {row.expected_columns} fields, got {row.actual_columns}: {row.text!r}"
            if not self.skips.skip:
                bad.append(said)
                return "error"
            self.skips.note(said)
            return "skip"

        types = {name: arrow.type_for_alias(kind) for name, kind in self.dtypes.items()}
        try:
            reader = csv.open_csv(
                path,
                read_options=csv.ReadOptions(block_size=self.block, column_names=self.header, use_threads=False),
                parse_options=csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=invalid
                ),
                convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=False),
            )
            names = self.selection.names(reader.schema.names, path)
            for batch in reader:
                if batch.num_rows:
                    yield as_columns(batch.select(names), path)
        except (arrow.ArrowInvalid, arrow.ArrowKeyError, OSError) as error:
            raise InvalidArgumentError(
                f'{bad[0] if bad else f"{path}: {error}"}. With errors="skip" such rows are left out.'
            ) from error

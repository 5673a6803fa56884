"""CSV and TSV files, read as a stream (through pyarrow)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.arrow import as_columns
from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.loaders.tables import Columns, Selection, Table
from hornbeam_datasets.pipeline.skips import Skips

__all__ = ["CSVTable"]

NEEDS = "reading CSV files", "arrow"
WRONG = object()


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
        errors: "raise", or "skip": rows with too many or too few fields, or with something else than the type of a column, are left
            out, counted and listed in `skips`.
        encoding: of the files.

    Raises:
        InvalidArgumentError: a row cannot be read; the message names file and row.
        MissingPackageError: pyarrow is not installed.
    """

    def __init__(
        self, source: Any, columns: Sequence[str] | None = None, label: Any = None, delimiter: str | None = None,
        names: Sequence[str] | None = None, dtypes: dict[str, str] | None = None, block_size: int = 1 << 22,
        errors: str = "raise", encoding: str = "utf8",
    ) -> None:  # fmt: skip
        super().__init__(Selection(columns, label))
        require("pyarrow", *NEEDS)
        self.paths = [os.fspath(source)] if isinstance(source, (str, os.PathLike)) else [os.fspath(p) for p in source]
        if delimiter is None:
            delimiter = "\t" if ".tsv" in os.path.basename(self.paths[0]).lower() else ","
        self.delimiter, self.header, self.dtypes, self.block = delimiter, names, dict(dtypes or {}), block_size
        self.skips, self.encoding = Skips(errors), encoding

    def pieces(self, epoch: int, start: int) -> Iterator[Columns]:
        """Block after block of file after file."""
        for path in self.paths:
            for piece in self._file(path):
                length = len(next(iter(piece.values())))
                if start < length:
                    yield {n: c[start:] for n, c in piece.items()} if start else piece
                start = max(0, start - length)

    def _file(self, path: str) -> Iterator[Columns]:
        arrow = require("pyarrow", *NEEDS)
        bad: list[str] = []
        left_out: list[int] = []

        def invalid(row: Any) -> str:
            number = "" if row.number is None else f", row {row.number}"
            said = f"{path}{number}: expected {row.expected_columns} fields, got {row.actual_columns}: {row.text!r}"
            if not self.skips.skip:
                bad.append(said)
                return "error"
            self.skips.note(said)
            left_out.append(row.number or 0)
            return "skip"

        types = {name: arrow.type_for_alias(kind) for name, kind in self.dtypes.items()}
        try:
            reader = self._opened(path, *(({}, lambda row: "skip") if self.skips.skip else (types, invalid)))
            names = self.selection.names(reader.schema.names, path)
            found = {name: types.get(name, reader.schema.field(name).type) for name in names}
            undecoded = [n for n, kind in found.items() if kind == arrow.binary() and n not in types]
            if undecoded:
                raise InvalidArgumentError(
                    f"{path}: column {undecoded[0]!r} is no text in {self.encoding}: give encoding=, such as 'latin1'"
                )
            if self.skips.skip:  # read as text, so that a row that does not fit can be told from the others
                reader = self._opened(path, dict.fromkeys(reader.schema.names, arrow.string()), invalid)
            row = 1 if self.header else 2  # the header is the first
            for batch in reader:
                table = batch.select(names)
                if self.skips.skip:
                    table = self._converted(table, found, path, lambda i, row=row: _number(row + i, left_out))  # type: ignore[misc]
                row += batch.num_rows
                if table.num_rows:
                    yield as_columns(table, path)
        except (arrow.ArrowInvalid, arrow.ArrowKeyError, OSError) as error:
            raise InvalidArgumentError(
                f'{bad[0] if bad else f"{path}: {error}"}. With errors="skip" such rows are left out.'
            ) from error

    def _opened(self, path: str, types: dict[str, Any], invalid: Callable[[Any], str]) -> Any:
        csv = require("pyarrow.csv", *NEEDS)
        return csv.open_csv(
            path,
            read_options=csv.ReadOptions(
                block_size=self.block, column_names=self.header, use_threads=False, encoding=self.encoding
            ),
            parse_options=csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=invalid
            ),
            convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )

    def _converted(self, table: Any, types: dict[str, Any], path: str, number: Callable[[int], int]) -> Any:
        """Columns of text as their types, without the rows where that cannot be."""
        arrow, compute = require("pyarrow", *NEEDS), require("pyarrow.compute", *NEEDS)
        missing = arrow.array(require("pyarrow.csv", *NEEDS).ConvertOptions().null_values)
        columns: dict[str, Any] = {}
        wrong: dict[int, str] = {}
        for name, kind in types.items():
            texts = table.column(name)
            if kind != arrow.string():
                texts = compute.if_else(compute.is_in(texts, value_set=missing), None, texts)
            try:
                columns[name] = texts.cast(kind)
            except arrow.ArrowInvalid:
                values = [_cast(arrow, text, kind) for text in texts.to_pylist()]
                columns[name] = arrow.array([None if v is WRONG else v for v in values], kind)
                wrong |= {i: f"column {name!r}: {texts[i]} is no {kind}" for i, v in enumerate(values) if v is WRONG}
        for i, said in sorted(wrong.items()):
            self.skips.note(f"{path}, row {number(i)}: {said}")
        kept = arrow.table(columns)
        return kept.filter(arrow.array([i not in wrong for i in range(kept.num_rows)])) if wrong else kept


def _cast(arrow: Any, text: Any, kind: Any) -> Any:
    try:
        return None if text is None else arrow.scalar(text).cast(kind).as_py()
    except arrow.ArrowInvalid:
        return WRONG


def _number(row: int, left_out: list[int]) -> int:
    """The number of a row in the file, of its number among those that were kept."""
    for other in sorted(left_out):
        row += other <= row
    return row

"""Text: folders of files, lines of files, and lines of JSON."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.files import FileSamples, files_and_classes, listed
from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, from_slot, whole_number
from hornbeam_datasets.pipeline.skips import Skips

__all__ = ["JSONLines", "Lines", "TextFiles", "load_json_lines", "load_text", "opened"]

OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def opened(path: str, encoding: str) -> IO[str]:
    """A text file, unpacked on the way."""
    how = OPENERS.get(Path(path).suffix.lower(), open)
    return how(path, "rt", encoding=encoding, newline="\n")  # type: ignore[operator]


class TextFiles(FileSamples):
    """Whole files as samples, with labels where there are some.

    Args:
        paths, labels, errors, class_names: as for `FileSamples`.
        max_length: characters of each; None: all.
        encoding: of the files.
    """

    def __init__(
        self, paths: Sequence[Any], labels: Any = None, max_length: int | None = None, encoding: str = "utf-8",
        errors: str = "raise", class_names: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(paths, labels, errors, class_names)
        self.most = None if max_length is None else whole_number("max_length", max_length, 1)
        self.encoding = encoding

    def read(self, path: str) -> Any:
        """The text."""
        with opened(path, self.encoding) as file:
            return file.read(-1 if self.most is None else self.most)


class Lines(Dataset):
    """The lines of files, without their ends, one after another.

    Args:
        paths: files; .gz, .bz2 and .xz are unpacked on the way.
        encoding: of the files.
        errors: "raise", or "skip": a file is left at a line that cannot be read, which is counted and listed in `skips`.
    """

    def __init__(self, paths: Sequence[Any], encoding: str = "utf-8", errors: str = "raise") -> None:
        self.paths = [os.fspath(p) for p in paths]
        if not self.paths:
            raise InvalidArgumentError(f"{type(self).__name__}: there are no files")
        self.encoding, self.skips = encoding, Skips(errors)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Line after line."""
        return from_slot(self._walk(), start)

    def _walk(self) -> Iterator[Any]:
        for path in self.paths:
            number = 0
            try:
                with opened(path, self.encoding) as file:
                    for number, line in enumerate(file, 1):  # noqa: B007
                        yield self.parsed(line.removesuffix("\n").removesuffix("\r"), path, number)
            except (OSError, EOFError, UnicodeError, lzma.LZMAError, zlib.error) as error:
                said = f"{path}, line {number + 1}: {error}"
                if not self.skips.skip:
                    raise InvalidArgumentError(
                        f'{said}. With errors="skip" the rest of such a file is left out.'
                    ) from error
                self.skips.note(said)

    def parsed(self, line: str, path: str, number: int) -> Any:
        """A sample of a line."""
        return line


class JSONLines(Lines):
    """Objects of files with one JSON object in each line.

    Args:
        paths, encoding, errors: as for `Lines`; lines that are no JSON are left out alone. Lists of numbers become arrays.
        keys: names of the values wanted: one, or a tuple, list or dict of names, which samples then are like; None: the object.
    """

    def __init__(self, paths: Sequence[Any], keys: Any = None, encoding: str = "utf-8", errors: str = "raise") -> None:
        super().__init__(paths, encoding, errors)
        self.keys = keys

    def parsed(self, line: str, path: str, number: int) -> Any:
        """The object of a line; empty lines are left out."""
        if not line.strip():
            return SKIPPED
        return self.skips.guard(lambda: self._object(line, path, number), f"{path}, line {number}")

    def _object(self, line: str, path: str, number: int) -> Any:
        try:
            found = _arrays(json.loads(line))
            return found if self.keys is None else _picked(found, self.keys)
        except (ValueError, KeyError, TypeError) as error:
            missing = f"there is no {error}" if isinstance(error, KeyError) else str(error)
            raise InvalidArgumentError(
                f'{path}, line {number}: {missing}. With errors="skip" such lines are left out.'
            ) from error


def _arrays(value: Any) -> Any:
    """Lists of numbers, of lists of numbers, ... as arrays."""
    if isinstance(value, dict):
        return {name: _arrays(one) for name, one in value.items()}
    if not isinstance(value, list):
        return value
    try:
        array = np.asarray(value)
    except ValueError:  # lists of different lengths
        return list(map(_arrays, value))
    return array if array.dtype.kind in "biuf" else list(map(_arrays, value))


def _picked(found: Any, keys: Any) -> Any:
    if isinstance(keys, str):
        return found[keys]
    if isinstance(keys, dict):
        return {name: found[key] for name, key in keys.items()}
    return type(keys)(found[key] for key in keys)


def load_text(
    source: Any,
    labels: Any = "inferred",
    class_names: Sequence[str] | None = None,
    lines: bool | None = None,
    **how: Any,
) -> Dataset:
    """Text of a folder, a file, or a list of files.

    Args:
        source, labels, class_names: as for `files_and_classes`.
        lines: whether each line is a sample, rather than each file; None: of files given by path.
        **how: of `TextFiles` or `Lines`.

    Raises:
        InvalidArgumentError: there are no files, or labels do not fit.
    """
    folder = isinstance(source, (str, os.PathLike)) and os.path.isdir(source)
    if lines or (lines is None and not folder and isinstance(labels, str)):
        return Lines(listed(source, (".txt",)), **how)
    paths, numbers, names = files_and_classes(source, (".txt",), labels, class_names)
    return TextFiles(paths, numbers, class_names=names, **how)


def load_json_lines(source: Any, **how: Any) -> Dataset:
    """Objects of files with one JSON object in each line; see `JSONLines`."""
    return JSONLines(listed(source, (".jsonl", ".ndjson")), **how)

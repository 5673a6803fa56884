"""Files as samples: which there are, and the class that a folder's name says."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, whole_number
from hornbeam_datasets.pipeline.skips import Skips

__all__ = ["FileSamples", "files_and_classes", "in_folders", "listed"]

PATHS = ("path", "file", "filename", "filepath", "image", "audio")  # columns of a data frame that are taken for paths


def listed(source: Any, endings: Sequence[str]) -> list[str]:
    """The files of a path, a list of paths, or a folder and the folders in it, by name."""
    if not isinstance(source, (str, os.PathLike)):
        return [os.fspath(p) for p in source]
    if not os.path.isdir(source):
        return [os.fspath(source)]
    found = (p for p in Path(source).rglob("*") if p.suffix.lower() in endings and not p.name.startswith("."))
    return sorted(str(p) for p in found if p.is_file())


def in_folders(
    source: Any, endings: Sequence[str], class_names: Sequence[str] | None
) -> tuple[list[str], Any, list[str]]:
    """Files in folders that are named after their classes: paths, numbers of the classes, names of the classes.

    Raises:
        InvalidArgumentError: there is no folder in the folder, or `class_names` are not the folders' names.
    """
    there = sorted(p.name for p in Path(source).iterdir() if p.is_dir() and not p.name.startswith("."))
    if class_names is not None and set(class_names) != set(there):
        raise InvalidArgumentError(f"{source}: class_names are {sorted(class_names)}, but the folders are {there}")
    names = list(there if class_names is None else class_names)
    if not names:
        raise InvalidArgumentError(
            f"{source} has no folder for a class in it; with labels=None its files have no labels"
        )
    paths, labels = [], []
    for number, name in enumerate(names):
        found = listed(Path(source) / name, endings)
        paths += found
        labels += [number] * len(found)
    return paths, np.array(labels, np.int32), names


def files_and_classes(
    source: Any, endings: Sequence[str], labels: Any, class_names: Sequence[str] | None, column: str | None = None
) -> tuple[list[str], Any, Sequence[str] | None]:
    """The files of a source, their labels or None, and the names of the classes or None.

    Args:
        source: a folder; a path or a list of paths; or a data frame with a column of paths.
        endings: of the files that count, in a folder.
        labels: "inferred": the folders in `source` are the classes, of other sources there are none; None: there are none; for a
            data frame the name of a column, whose text becomes numbers of classes; else one for each path.
        class_names: the classes in the order of their numbers; None: by name.
        column: of a data frame: that of the paths; None: the first that is called path, file, filename, filepath, image or audio.

    Raises:
        InvalidArgumentError: there is no such column, or a label is not among `class_names`.
    """
    if hasattr(source, "columns"):
        return _of_frame(
            source, None if isinstance(labels, str) and labels == "inferred" else labels, class_names, column
        )
    if isinstance(labels, str):
        if labels != "inferred":
            raise InvalidArgumentError(f'labels must be "inferred", None, or one for each file; got {labels!r}')
        folder = isinstance(source, (str, os.PathLike)) and os.path.isdir(source)
        if folder and any(p.is_dir() for p in Path(source).iterdir()):
            return in_folders(source, endings, class_names)
        labels = None
    return listed(source, endings), labels, class_names


def _of_frame(
    frame: Any, labels: Any, class_names: Sequence[str] | None, column: str | None
) -> tuple[list[str], Any, Sequence[str] | None]:
    there = [str(c) for c in frame.columns]
    named = column or next((c for c in there if c.lower() in PATHS), None)
    if named is None or named not in there:
        raise InvalidArgumentError(f"which column has the paths? Give column=, one of {', '.join(map(repr, there))}")
    paths = [os.fspath(p) for p in frame[named].to_list()]
    if not isinstance(labels, str):
        return paths, labels, class_names
    if labels not in there:
        raise InvalidArgumentError(f"the data frame has no column {labels!r}; it has {', '.join(map(repr, there))}")
    values = np.asarray(frame[labels].to_list())
    if values.dtype.kind != "U":
        return paths, values, class_names
    names = sorted(set(values.tolist())) if class_names is None else list(class_names)
    strange = sorted(set(values.tolist()) - set(names))
    if strange:
        raise InvalidArgumentError(f"column {labels!r} has {strange[0]!r}, which is not among class_names, {names}")
    return paths, np.array([names.index(v) for v in values.tolist()], np.int32), names


class FileSamples(Dataset):
    """A sample for each file. Subclasses give `read`.

    Args:
        paths: the files.
        labels: an array with one for each file; None: samples are what is read, alone.
        errors: "raise", or "skip": files that cannot be read are left out, counted and listed in `skips`.

    Attributes:
        paths: the files.
        labels: their labels, or None.
        class_names: what the labels stand for, where folders say it.
    """

    def __init__(
        self, paths: Sequence[Any], labels: Any = None, errors: str = "raise", class_names: Sequence[str] | None = None
    ) -> None:
        self.paths = [os.fspath(p) for p in paths]
        self.labels = None if labels is None else np.asarray(labels)
        self.class_names = None if class_names is None else list(class_names)
        self.skips = Skips(errors)
        self.complete = errors == "raise"
        if not self.paths:
            raise InvalidArgumentError(f"{type(self).__name__}: there are no files")
        if self.labels is not None and len(self.labels) != len(self.paths):
            raise InvalidArgumentError(
                f"{type(self).__name__}: {len(self.paths)} files and {len(self.labels)} labels; they must be as many"
            )

    @property
    def slots(self) -> int:
        """Files."""
        return len(self.paths)

    def read(self, path: str) -> Any:
        """What is in a file."""
        raise InvalidArgumentError(f"{type(self).__name__} does not say how a file is read: override read()")

    def at(self, slot: int, epoch: int) -> Any:
        """What is in a file, with its label.

        Raises:
            InvalidArgumentError: the file cannot be read; the message names it.
        """
        path = self.paths[slot]
        found = self.skips.guard(lambda: self._read(path), path)
        return found if found is SKIPPED or self.labels is None else (found, self.labels[slot])

    def _read(self, path: str) -> Any:
        return self._named(path, self.read)

    def _named(self, path: str, read: Callable[[str], Any]) -> Any:
        """What `read` reads, with errors that name the file."""
        try:
            return read(path)
        except (InvalidArgumentError, ImportError):
            raise
        except Exception as error:
            raise InvalidArgumentError(
                f'{path} cannot be read: {type(error).__name__}: {error}. With errors="skip" such files are left out.'
            ) from error

    @staticmethod
    def size(what: str, size: Any) -> tuple[int, int] | None:
        """A pair (height, width)."""
        if size is None:
            return None
        height, width = (size, size) if isinstance(size, int) else size
        return whole_number(what, height, 1), whole_number(what, width, 1)

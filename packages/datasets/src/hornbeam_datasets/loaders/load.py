"""load: the dataset of whatever a user has, by its type or the ending of its name."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hornbeam.errors import InvalidArgumentError, UnknownNameError
from hornbeam.plugins import registry

from hornbeam_datasets.pipeline.dataset import Dataset

__all__ = ["load"]

LOOKED_AT = 1000  # files of a folder, to see what it holds


def load(source: Any, *, loader: str | None = None, **options: Any) -> Dataset:
    """The dataset of a source.

    Args:
        source: a path, or a list of paths of one kind (files, or a folder of them); arrays in nested containers; a data frame; a
            database connection or URL; an iterable of samples.
        loader: the loader's name, such as "images"; None: found by the type of `source`, or by how its name ends.
        **options: of that loader.

    Returns:
        A dataset of samples.

    Raises:
        InvalidArgumentError: there is no such file, nothing says how to read it, or its loader has no such option.
        UnknownNameError: there is no such loader.
        MissingPackageError: what reads it is not installed; the message has the command.

    Example:
        >>> import numpy as np
        >>> load({"x": np.arange(4), "y": np.arange(4) ** 2})[3]
        {'x': np.int64(3), 'y': np.int64(9)}
    """
    if isinstance(source, Dataset) and loader is None and not options:
        return source
    name = loader or _loader_of(source)
    make = registry.lookup("loaders", name)
    try:
        dataset: Dataset = make(source, **options)
    except TypeError as error:
        unknown = re.fullmatch(r"(\w+).*unexpected keyword argument '(\w+)'", str(error))
        if unknown is None or unknown[2] not in options:
            raise
        takes = _options(make) | _options(vars(sys.modules[make.__module__]).get(unknown[1], make))
        raise InvalidArgumentError(
            f"the loader {name!r} has no option {unknown[2]!r}; it has {', '.join(sorted(takes)) or 'none'}"
        ) from None
    return dataset


def _options(make: Any) -> set[str]:
    """The names of what can be given beside the source."""
    _, *others = inspect.signature(make).parameters.values()
    return {p.name for p in others if p.kind is not p.VAR_KEYWORD}


def _loader_of(source: Any) -> str:
    if isinstance(source, (str, os.PathLike)):
        return _of_path(os.fspath(source))
    if isinstance(source, (list, tuple)) and source and all(isinstance(s, (str, os.PathLike)) for s in source):
        endings = {_ending(os.fspath(s)) for s in source}
        if len(endings) > 1:
            raise InvalidArgumentError(f"files of one dataset must be of one kind; got endings {sorted(endings)}")
        return _known(endings.pop(), f"files such as {source[0]}")
    for kind in type(source).__mro__[:-1]:
        name = f"{kind.__module__.split('.')[0]}.{kind.__name__}"
        if _is_known(name):
            return name
    if hasattr(source, "cursor") and hasattr(source, "commit"):
        return "sql"
    if isinstance(source, (tuple, list, dict)) or hasattr(source, "__array__"):
        return "arrays"
    if isinstance(source, Iterable) or callable(source):
        return "iterable"
    raise InvalidArgumentError(
        f"nothing says how to read a {type(source).__name__}; give loader=... (see `hornbeam doctor`)"
    )


def _of_path(path: str) -> str:
    if "://" in path:
        return "sql"
    if not os.path.exists(path):
        raise InvalidArgumentError(f"there is no file or folder {path} (seen from {os.getcwd()})")
    if not os.path.isdir(path):
        return _known(_ending(path), path)
    counts: dict[str, int] = {}
    files = (p for p in Path(path).rglob("*") if p.is_file() and not p.name.startswith("."))
    for _, file in zip(range(LOOKED_AT), files, strict=False):
        ending = _ending(file.name)
        if _is_known(ending):
            counts[ending] = counts.get(ending, 0) + 1
    if not counts:
        raise InvalidArgumentError(f"the folder {path} has no files of a known kind; give loader=...")
    return max(sorted(counts), key=lambda ending: counts[ending])


def _ending(path: str) -> str:
    name = os.path.basename(path).lower()
    for packed in (".gz", ".bz2", ".xz", ".zst"):
        name = name.removesuffix(packed)
    return name.rsplit(".", 1)[-1] if "." in name else ""


def _known(ending: str, what: str) -> str:
    if not _is_known(ending):
        raise InvalidArgumentError(
            f"nothing says how to read {what}: no loader knows the ending {ending!r}; give loader=..."
        )
    return ending


def _is_known(name: str) -> bool:
    try:
        registry.component("loaders", name)
    except (UnknownNameError, InvalidArgumentError):
        return False
    return True

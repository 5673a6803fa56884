"""CIFAR's files: pickles of Python 2, in batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.download import get_file
from hornbeam_datasets.restricted import load_pickle

__all__ = ["load_batches", "place"]


def place(path: Any, name: str, digest: str, folder: str) -> Path:
    """The folder of the batches: `path`, or that of the archive, which is fetched where it is not here."""
    if path is not None:
        return Path(path)
    return Path(get_file(name, f"https://www.cs.toronto.edu/~kriz/{name}", file_hash=digest, extract=True)) / folder


def load_batches(folder: Path, names: list[str], labels: str) -> tuple[Any, Any]:
    """Pictures uint8 [samples, 32, 32, 3], and labels uint8 [samples, 1].

    Raises:
        InvalidArgumentError: a file is not there, or is none of that kind.
    """
    pictures, classes = [], []
    for name in names:
        try:
            batch = load_pickle((folder / name).read_bytes())
            found = {k.decode() if isinstance(k, bytes) else k: v for k, v in batch.items()}
            pictures.append(np.asarray(found["data"], np.uint8).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
            classes.append(np.asarray(found[labels], np.uint8).reshape(-1, 1))
        except (OSError, KeyError, ValueError, AttributeError, EOFError) as error:
            raise InvalidArgumentError(
                f"{folder / name} is no batch of CIFAR: {type(error).__name__}: {error}"
            ) from error
    return np.concatenate(pictures), np.concatenate(classes)

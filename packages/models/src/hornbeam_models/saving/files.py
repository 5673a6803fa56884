"""Files: names that are checked, and writing that leaves the old file or the new one, never half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hornbeam.errors import DTypeError, InvalidArgumentError, SerializationError

__all__ = ["LEGACY", "existing", "is_legacy", "path_of", "target", "write_atomically"]

LEGACY = (".h5", ".hdf5")  # ends of names in the old layout


def path_of(filepath: Any) -> Path:
    """The path that a text or a path-like object stands for.

    Raises:
        DTypeError: it is something else.
    """
    try:
        return Path(filepath)
    except TypeError:
        raise DTypeError(f"filepath must be a text or a pathlib.Path; got {filepath!r}") from None


def is_legacy(path: Path) -> bool:
    """Whether a file's name says that it has the old layout."""
    return path.name.endswith(LEGACY) and not path.name.endswith(".weights.h5")


def existing(filepath: Any) -> Path:
    """The path of a file (or folder) that is there.

    Raises:
        SerializationError: it is not, or is a folder of something else than a model.
    """
    path = path_of(filepath)
    if not path.exists():
        raise SerializationError(f"there is no file {path}")
    if path.is_dir() and not (path / "config.json").is_file():
        raise SerializationError(f"there is no file {path}: that is a folder, and it holds no config.json")
    return path


def target(filepath: Any, suffixes: tuple[str, ...], overwrite: bool) -> Path:
    """The path of a file to be written.

    Raises:
        InvalidArgumentError: its name ends otherwise, or it exists and is not to be overwritten.
    """
    path = path_of(filepath)
    if not path.name.endswith(suffixes):
        wanted = " or ".join(map(repr, suffixes))
        raise InvalidArgumentError(f"the file name must end in {wanted}; got {str(path)!r}")
    if path.exists() and not overwrite:
        raise InvalidArgumentError(f"{path} exists already, and overwrite=False was given")
    return path


def write_atomically(path: Path, write: Callable[[Any], None]) -> None:
    """Write beside the target, then put it in place: a crash leaves the old file or the new one.

    Raises:
        SerializationError: the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise SerializationError(
            f"cannot write to the folder {path.parent}: {error.strerror}. Choose another."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    """The process's mask of permissions, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask

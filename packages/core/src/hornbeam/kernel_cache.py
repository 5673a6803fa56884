"""Objects on disk, so that a kernel is compiled once on a machine: private, verified when read, bounded in size."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from hornbeam.folders import cache_folder

__all__ = ["BOUND", "read", "write"]

BOUND = 256 * 1024**2  # bytes of all objects together
_DIGEST = 32
_unseen = BOUND  # bytes written since the folder was looked through; how full it is when a process begins is not known


def read(key: str) -> bytes | None:
    """The object stored under `key`; None where there is none, or it is not what was written, or somebody else's."""
    path = cache_folder("kernels") / f"{key}.o"
    try:
        if hasattr(os, "getuid") and not (_is_mine(path.parent) and _is_mine(path)):
            return None
        stored = path.read_bytes()
    except OSError:
        return None
    data = stored[_DIGEST:]
    if stored[:_DIGEST] != _digest(key, data):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # used lately: the oldest are removed first
    return data


def write(key: str, data: bytes) -> None:
    """Store an object atomically; where the folder cannot be written, it is compiled again next time.

    Looking through a folder of thousands of objects takes longer than compiling one, so it is done at a process's first object and
    then whenever a sixteenth of what all may take was written: by so much each process may exceed the bound for a while.
    """
    global _unseen
    folder = cache_folder("kernels")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")  # readable by its owner alone
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(key, data) + data)
            os.replace(name, folder / f"{key}.o")
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _unseen += len(data)
        if _unseen > BOUND // 16:
            _shrink(folder)
            _unseen = 0
    except OSError:
        return


def _digest(key: str, data: bytes) -> bytes:
    return hashlib.sha256(key.encode() + data).digest()


def _is_mine(path: Path) -> bool:
    found = path.stat(follow_symlinks=False)
    return found.st_uid == os.getuid() and not found.st_mode & 0o022


def _shrink(folder: Path) -> None:
    """Remove the objects that were not used for longest, until the rest fits."""
    found = []
    for path in folder.glob("*.o"):
        with contextlib.suppress(OSError):
            stat = path.stat()
            found.append((stat.st_mtime, stat.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= BOUND:
            break
        with contextlib.suppress(OSError):
            path.unlink()
        total -= size

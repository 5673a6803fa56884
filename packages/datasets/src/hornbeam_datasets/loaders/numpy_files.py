"""NumPy's files: .npy and .npz, memory-mapped."""

from __future__ import annotations

import os
import struct
import zipfile
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import Dataset
from hornbeam_datasets.pipeline.sources import Arrays

__all__ = ["load_numpy"]

LOCAL_HEADER = struct.Struct("<26xHH")  # of a member of a zip file: lengths of its name and of what follows it


def load_numpy(source: Any, keys: Any = None, memory_map: bool = True) -> Dataset:
    """Samples of the arrays in .npy or .npz files, all equally long; several files are one after another.

    Args:
        source: a path, or a list of paths.
        keys: for .npz: names of the arrays: one name, or a tuple, list or dict of them, which samples then are like; None: a dict
            of all.
        memory_map: read from the file when a sample is asked for. Compressed members of .npz have to be read at once.

    Raises:
        InvalidArgumentError: a file is damaged, holds Python objects, or lacks a key.
    """
    paths = [source] if isinstance(source, (str, os.PathLike)) else list(source)
    parts = [Arrays(_file(os.fspath(p), keys, memory_map)) for p in paths]
    return parts[0] if len(parts) == 1 else parts[0].concatenate(*parts[1:])


def _file(path: str, keys: Any, memory_map: bool) -> Any:
    try:
        if not path.lower().endswith(".npz"):
            return np.load(path, mmap_mode="r" if memory_map else None, allow_pickle=False)
        with zipfile.ZipFile(path) as archive:
            members = {i.filename.removesuffix(".npy"): i for i in archive.infolist()}
            return _picked(
                path, members if keys is None else keys, lambda name: _member(path, archive, members, name, memory_map)
            )
    except (ValueError, OSError, zipfile.BadZipFile, EOFError, KeyError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
        reason = (
            "it holds Python objects, which are not read"
            if "pickle" in str(error) or "objects" in str(error)
            else str(error)
        )
        raise InvalidArgumentError(f"{path} cannot be read as a NumPy file: {reason}") from error


def _picked(path: str, keys: Any, member: Any) -> Any:
    if isinstance(keys, str):
        return member(keys)
    if isinstance(keys, dict):
        return {name: member(k if isinstance(k, str) else name) for name, k in keys.items()}
    return type(keys)(member(k) for k in keys)


def _member(
    path: str, archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str, memory_map: bool
) -> Any:
    info = members.get(name)
    if info is None:
        raise InvalidArgumentError(f"{path} has no array {name!r}; it has {', '.join(map(repr, sorted(members)))}")
    if not memory_map or info.compress_type != zipfile.ZIP_STORED:
        with archive.open(info) as file:
            return np.lib.format.read_array(file, allow_pickle=False)
    with open(path, "rb") as file:
        file.seek(info.header_offset)
        file.seek(sum(LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))), os.SEEK_CUR)
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file)
        if dtype.hasobject:
            raise InvalidArgumentError(f"{path}: the array {name!r} holds Python objects, which are not read")
        if 0 in shape:
            return np.empty(shape, dtype)
        return np.memmap(path, dtype, "r", file.tell(), shape, "F" if fortran else "C")

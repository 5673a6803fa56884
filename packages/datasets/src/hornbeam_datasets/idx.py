"""The format of MNIST's original files.

Source: yann.lecun.com/exdb/mnist, "THE IDX FILE FORMAT": two zero bytes, a byte for the type, one for the number of axes, their
sizes as big-endian 32-bit numbers, the elements.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

__all__ = ["digits_of_folder", "read_idx"]

TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read_idx(path: Any) -> Any:
    """The array of a file, also of one that ends in .gz.

    Raises:
        InvalidArgumentError: the file is none of that format, or damaged.
    """
    try:
        with gzip.open(path) if str(path).endswith(".gz") else open(path, "rb") as file:
            zero, kind, axes = struct.unpack(">HBB", file.read(4))
            shape = struct.unpack(f">{axes}I", file.read(4 * axes))
            data = file.read()
        dtype = np.dtype(TYPES[kind])
        if zero or len(data) != int(np.prod(shape, dtype=np.int64)) * dtype.itemsize:
            raise ValueError(f"sizes {shape} do not fit {len(data)} bytes")
    except (OSError, EOFError, ValueError, KeyError, struct.error, zlib.error) as error:
        raise InvalidArgumentError(
            f"{path} is no IDX file, or a damaged one: {type(error).__name__}: {error}"
        ) from error
    return np.frombuffer(data, dtype).reshape(shape)


def digits_of_folder(folder: Path) -> Any:
    """`(x_train, y_train), (x_test, y_test)` of the four files of a folder.

    Raises:
        InvalidArgumentError: one is not there.
    """
    parts = []
    for part in ("train", "t10k"):
        names = [f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"]
        parts.append(tuple(read_idx(_there(folder, name)) for name in names))
    return tuple(parts)


def _there(folder: Path, name: str) -> Path:
    found = next((folder / n for n in (name, f"{name}.gz") if (folder / n).is_file()), None)
    if found is None:
        raise InvalidArgumentError(f"{folder} has no file {name} or {name}.gz")
    return found

"""Files of known data sets that hold pickles: numbers are read, and nothing that could run code."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import DTypeError, InvalidArgumentError

__all__ = ["arrays_of_npz", "load_pickle"]


class _Numbers(pickle.Unpickler):
    """Reads arrays, and lists and dicts of numbers and text."""

    def find_class(self, module: str, name: str) -> Any:
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name == "_reconstruct":
            return super().find_class("numpy._core.multiarray", name)
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        if (module, name) == ("_codecs", "encode"):  # how Python 3 writes bytes for Python 2
            return _encoded
        raise DTypeError(f"the file holds {module}.{name}, not lists of numbers: it is not read")


def _encoded(text: str, encoding: str = "latin1") -> bytes:
    return text.encode("latin1" if encoding not in ("utf-8", "utf8") else encoding)


def load_pickle(data: bytes, encoding: str = "bytes") -> Any:
    """What a pickle of numbers holds.

    Args:
        data: the pickle.
        encoding: of text that Python 2 wrote.

    Raises:
        DTypeError: it holds something else.
    """
    return _Numbers(io.BytesIO(data), encoding=encoding).load()


def arrays_of_npz(path: Any, *names: str) -> list[Any]:
    """Arrays of an .npz file, those of lists of numbers too.

    Raises:
        InvalidArgumentError: the file is none, or lacks an array.
        DTypeError: an array holds other objects.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [_array(archive.read(f"{name}.npy")) for name in names]
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InvalidArgumentError(
            f"{Path(path)} is not the file that was expected, with {', '.join(names)}: {error}"
        ) from error


def _array(data: bytes) -> Any:
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(file)
    if dtype.hasobject:
        return _Numbers(file).load()
    return np.frombuffer(file.read(), dtype).reshape(shape, order="F" if fortran else "C")

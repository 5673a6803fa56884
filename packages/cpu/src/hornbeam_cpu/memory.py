"""Arrays in memory that begins on a cache line: a vector of 64 bytes that lies across two lines costs two accesses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["LINE", "SMALL", "empty"]

LINE = 64  # bytes
SMALL = 4096  # bytes up to which NumPy's own alignment (16) will do


def empty(shape: tuple[int, ...], dtype: Any) -> Any:
    """A new array in C order, of whatever was in memory.

    Args:
        shape: of the array.
        dtype: NumPy's.

    Example:
        >>> empty((3, 1000), np.float32).ctypes.data % LINE
        0
    """
    if not shape:
        return np.empty(shape, dtype)
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    if size <= SMALL:
        return np.empty(shape, dtype)
    memory = np.empty(size + LINE, np.uint8)
    return np.ndarray(shape, dtype, memory, -memory.__array_interface__["data"][0] % LINE)

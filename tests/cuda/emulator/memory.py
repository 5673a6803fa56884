"""Memory at an address as an array."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np

__all__ = ["Host", "seen"]

Host = np.ndarray[Any, Any]


def seen(address: int, shape: Sequence[int], dtype: str, strides: Sequence[int] | None = None) -> Host:
    """Memory as an array; strides in elements."""
    kind = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    if strides is None:
        strides = [int(np.prod(shape[i + 1 :], dtype=np.int64)) for i in range(len(shape))]
    count = 1 + sum((n - 1) * by for n, by in zip(shape, strides, strict=True))
    flat = np.frombuffer((ctypes.c_char * (count * kind.itemsize)).from_address(address), kind)
    return np.lib.stride_tricks.as_strided(flat, shape, [by * kind.itemsize for by in strides])

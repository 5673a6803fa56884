"""Casts (bfloat16 too) and products: BLAS on views, without the copies that a general reshape may make."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.dtypes import DType
from hornbeam.host import native_dtype
from hornbeam.primitive import primitives

KERNELS: dict[str, Any] = {}


def _cast(xp: Any, x: Any, dtype: DType) -> Any:
    if x.dtype.kind == "c" and dtype.kind != "complex":
        x = x.real
    return x.astype(native_dtype(dtype))


def _iota(xp: Any, *, length: int, dtype: DType) -> Any:
    return np.arange(length).astype(native_dtype(dtype))


def _dot_general(xp: Any, x: Any, y: Any, *, contracting: Any, batch: Any) -> Any:
    if not batch[0] and len(contracting[0]) == 1:
        (i,), (j,) = contracting
        if y.ndim == 2 and i == x.ndim - 1:
            return np.matmul(x, y if j == 0 else y.T)  # (..., k) with (k, n)
        if x.ndim == 2 and y.ndim == 2:
            return np.matmul(x.T if i == 0 else x, y if j == 0 else y.T)
    elif batch[0] == batch[1] == tuple(range(x.ndim - 2)) and x.ndim == y.ndim and len(contracting[0]) == 1:
        (i,), (j,) = contracting
        left = x if i == x.ndim - 1 else np.swapaxes(x, -1, -2)
        right = y if j == y.ndim - 2 else np.swapaxes(y, -1, -2)
        return np.matmul(left, right)
    kernel = primitives()["dot_general"].generic_kernel
    assert kernel is not None
    return kernel(np, x, y, contracting=contracting, batch=batch)


KERNELS.update({"cast": _cast, "iota": _iota, "dot_general": _dot_general})

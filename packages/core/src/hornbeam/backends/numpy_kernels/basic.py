"""Casts (bfloat16 too), powers, and products: BLAS on views, without the copies that a general reshape may make."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.dtypes import DType
from hornbeam.host import native_dtype
from hornbeam.ops.contraction import free_axes

__all__ = ["KERNELS", "power"]

KERNELS: dict[str, Any] = {}


def _cast(xp: Any, x: Any, dtype: DType) -> Any:
    if x.dtype.kind == "c" and dtype.kind not in ("bool", "complex"):
        x = x.real
    return x.astype(native_dtype(dtype))


def _iota(xp: Any, *, length: int, dtype: DType) -> Any:
    return np.arange(length).astype(native_dtype(dtype))


def power(x: Any, y: Any, out: Any = None) -> Any:
    """x to the power of y by C99's rules, which is a ufunc's call: x may be `out`.

    Where one exponent 0.5 serves a whole row, NumPy takes square roots, which differ for -infinity and -0.
    """
    half = y == 0.5 if x.dtype.kind == "f" else None
    if half is None or not half.any():
        return np.power(x, y, out=out)
    apart = np.asarray(half & ((x == 0) | np.isneginf(x)))
    sizes = np.abs(np.broadcast_to(x, apart.shape)[apart])
    found = np.asarray(np.power(x, y, out=out))
    found[apart] = sizes
    return found


def _dot_general(xp: Any, x: Any, y: Any, *, contracting: Any, batch: Any) -> Any:
    if not batch[0] and len(contracting[0]) == 1:
        (i,), (j,) = contracting
        if y.ndim == 2 and i == x.ndim - 1:
            return np.matmul(x, y if j == 0 else y.T)  # (..., k) with (k, n)
        if x.ndim == 2 and y.ndim == 2:
            return np.matmul(x.T if i == 0 else x, y if j == 0 else y.T)
    xf, yf = free_axes(x.ndim, contracting[0], batch[0]), free_axes(y.ndim, contracting[1], batch[1])
    left, right = x.transpose(*batch[0], *xf, *contracting[0]), y.transpose(*batch[1], *contracting[1], *yf)
    b = left.shape[: len(batch[0])]
    if len(contracting[0]) != 1 or len(xf) != 1:
        left = left.reshape(*b, math.prod(x.shape[a] for a in xf), math.prod(x.shape[a] for a in contracting[0]))
    if len(contracting[0]) != 1 or len(yf) != 1:
        right = right.reshape(*b, left.shape[-1], math.prod(y.shape[a] for a in yf))
    out = np.matmul(left, right)
    shape = (*b, *(x.shape[a] for a in xf), *(y.shape[a] for a in yf))
    return out if out.shape == shape else out.reshape(shape)


KERNELS.update({"pow": lambda xp, x, y: power(x, y), "cast": _cast, "iota": _iota, "dot_general": _dot_general})

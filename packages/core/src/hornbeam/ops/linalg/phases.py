"""What kernels of eigenvectors and singular vectors share: a library leaves their phases open, and here they are fixed."""

from __future__ import annotations

from typing import Any

__all__ = ["conj", "phases"]


def phases(xp: Any, vectors: Any) -> Any:
    """What makes the largest element of each column (..., m, k) positive when the column is divided by it: (..., 1, k).

    Libraries leave the sign open; fixed, the numbers are the same on every backend, but for columns with several largest.
    """
    if not vectors.size:
        return xp.ones((*vectors.shape[:-2], 1, vectors.shape[-1]), dtype=vectors.dtype)
    place = xp.expand_dims(xp.argmax(xp.abs(vectors), axis=-2), axis=-2)
    largest = xp.take_along_axis(vectors, place, axis=-2)
    return largest / xp.astype(xp.abs(largest), vectors.dtype)


def conj(xp: Any, x: Any) -> Any:
    """The complex conjugate of an array; real ones pass."""
    return xp.conj(x) if xp.isdtype(x.dtype, "complex floating") else x

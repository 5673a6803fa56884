"""Fourier transforms by their definition: sums over all elements."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

from hornbeam.backends.reference.array import RefArray, size_of, store
from hornbeam.dtypes import DType, complex64, complex128, float32, float64

__all__ = ["KERNELS"]


def _along(x: RefArray, axis: int, size: int, dtype: DType, function: Callable[[list[Any]], list[Any]]) -> RefArray:
    """A function of the elements along an axis, which gives `size` of them, for each place on the others."""
    inner, n = size_of(x.shape[axis + 1 :]), x.shape[axis]
    data: list[Any] = [None] * (size_of(x.shape[:axis]) * size * inner)
    for i in range(size_of(x.shape[:axis])):
        for j in range(inner):
            lane = function([x.data[(i * n + k) * inner + j] for k in range(n)])
            for k, value in enumerate(lane):
                data[(i * size + k) * inner + j] = store(value, dtype)
    return RefArray((*x.shape[:axis], size, *x.shape[axis + 1 :]), data, dtype)


def _wave(turns: int, n: int) -> complex:
    """exp(2 pi i turns / n)."""
    return cmath.exp(2j * math.pi * (turns % n) / n)


def _complex(dtype: DType) -> DType:
    return complex64 if dtype in ("float32", "complex64") else complex128


def fft(x: RefArray, axes: tuple[int, ...], inverse: bool) -> RefArray:
    """Axis by axis."""
    sign = 1 if inverse else -1

    def transform(lane: list[Any]) -> list[Any]:
        n = len(lane)
        return [sum(v * _wave(sign * j * k, n) for j, v in enumerate(lane)) for k in range(n)]

    for axis in axes:
        x = _along(x, axis, x.shape[axis], _complex(x.dtype), transform)
    return x


def rfft(x: RefArray, axis: int) -> RefArray:
    """The first half."""
    n = x.shape[axis]

    def transform(lane: list[Any]) -> list[Any]:
        return [sum(v * _wave(-j * k, n) for j, v in enumerate(lane)) for k in range(n // 2 + 1)]

    return _along(x, axis, n // 2 + 1, _complex(x.dtype), transform)


def irfft(x: RefArray, n: int, axis: int) -> RefArray:
    """The half and its mirror image, transformed; the ends, which are their own images, count as real."""

    def transform(lane: list[Any]) -> list[Any]:
        whole = [lane[k] if 2 * k <= n else complex(lane[n - k]).conjugate() for k in range(n)]
        return [sum((v * _wave(j * k, n)).real for k, v in enumerate(whole)) for j in range(n)]

    return _along(x, axis, n, float32 if x.dtype in ("float32", "complex64") else float64, transform)


KERNELS: dict[str, Callable[..., Any]] = {"fft": fft, "irfft": irfft, "rfft": rfft}

"""RefArray: shape, dtype and a flat list of Python numbers; and the index arithmetic that all kernels share."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from hornbeam.dtypes import DType

__all__ = ["RefArray", "cells", "full", "indices", "like", "remap", "size_of", "store", "strides_of"]

Shape = tuple[int, ...]


class RefArray:
    """An array in row-major order: bool, int, float or complex Python numbers, whatever the width its dtype names.

    Integers are kept within their width; floats of every width are held, and computed with, as Python floats (float64).
    """

    __slots__ = ("data", "dtype", "shape")

    def __init__(self, shape: Sequence[int], data: list[Any], dtype: DType) -> None:
        self.shape = tuple(shape)
        self.data = data
        self.dtype = dtype

    def __repr__(self) -> str:
        """Shape, dtype and values."""
        return f"RefArray({self.shape}, {self.data}, {self.dtype})"


def size_of(shape: Iterable[int]) -> int:
    """Number of elements."""
    n = 1
    for side in shape:
        n *= side
    return n


def strides_of(shape: Sequence[int]) -> Shape:
    """How far apart in `data` neighbours along each axis are.

    Example:
        >>> strides_of((2, 3, 4))
        (12, 4, 1)
    """
    steps, step = [], 1
    for side in reversed(shape):
        steps.append(step)
        step *= side
    return tuple(reversed(steps))


def indices(shape: Iterable[int]) -> Iterator[Shape]:
    """Every index, in row-major order."""
    return itertools.product(*map(range, shape))


def flat(index: Iterable[int], strides: Iterable[int]) -> int:
    """Where in `data` an index is."""
    return sum(i * s for i, s in zip(index, strides, strict=True))


def remap(x: RefArray, shape: Sequence[int], source: Callable[[Shape], Sequence[int]]) -> RefArray:
    """The array of `shape` whose element at each index is the element of `x` at `source(index)`."""
    strides = strides_of(x.shape)
    return RefArray(shape, [x.data[flat(source(i), strides)] for i in indices(shape)], x.dtype)


def full(shape: Sequence[int], value: Any, dtype: DType) -> RefArray:
    """An array of one value."""
    return RefArray(shape, [store(value, dtype)] * size_of(shape), dtype)


def like(x: RefArray, data: list[Any], dtype: DType | None = None) -> RefArray:
    """An array of the shape of `x`, of its dtype unless another is given."""
    return RefArray(x.shape, data, x.dtype if dtype is None else dtype)


def cells(shape: Shape, axes: Iterable[int]) -> tuple[Shape, list[list[int]]]:
    """Split an array into the cells that a reduction over `axes` makes one element of.

    Returns:
        The shape without those axes, and for each of its elements the positions in `data` of the cell, in order.
    """
    chosen = {a % len(shape) for a in axes} if shape else set()
    steps = strides_of(shape)
    kept = [a for a in range(len(shape)) if a not in chosen]
    gone = [a for a in range(len(shape)) if a in chosen]
    inner = [flat(i, [steps[a] for a in gone]) for i in indices(shape[a] for a in gone)]
    outer = [flat(i, [steps[a] for a in kept]) for i in indices(shape[a] for a in kept)]
    return tuple(shape[a] for a in kept), [[o + i for i in inner] for o in outer]


def store(value: Any, dtype: DType) -> Any:
    """A Python number as an element of `dtype`: integers wrap around, as two's complement does.

    Example:
        >>> from hornbeam.dtypes import int8
        >>> store(200, int8)
        -56
    """
    kind = dtype.kind
    if kind == "float":
        return float(value.real if isinstance(value, complex) else value)
    if kind == "complex":
        return complex(value)
    if kind == "bool":
        return bool(value)
    bits = 8 * dtype.itemsize
    if isinstance(value, (float, complex)):
        value = value.real
        if value != value or value in (float("inf"), float("-inf")):
            return -(1 << (bits - 1)) if kind == "int" else 0  # undefined everywhere; the choice of x86
    whole = int(value) & ((1 << bits) - 1)
    return whole - (1 << bits) if kind == "int" and whole >> (bits - 1) else whole

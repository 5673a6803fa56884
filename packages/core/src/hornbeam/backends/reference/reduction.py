"""Reductions: a loop over the elements of each cell."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

from hornbeam import dtypes
from hornbeam.backends.reference.array import RefArray, cells, store

__all__ = ["KERNELS"]


def larger(x: Any, y: Any) -> Any:
    """The larger of two numbers; NaN if either is."""
    return x if x >= y or x != x else y


def smaller(x: Any, y: Any) -> Any:
    """The smaller of two numbers; NaN if either is."""
    return x if x <= y or x != x else y


def _reduction(function: Callable[[list[Any]], Any], boolean: bool = False) -> Callable[..., RefArray]:
    def kernel(x: RefArray, axes: Iterable[int]) -> RefArray:
        shape, found = cells(x.shape, axes)
        dtype = dtypes.bool if boolean else x.dtype
        return RefArray(shape, [store(function([x.data[i] for i in cell]), dtype) for cell in found], dtype)

    return kernel


def _first(better: Callable[[Any, Any], bool]) -> Callable[[list[Any]], int]:
    """Position of the first element that no other beats; the first NaN where there is one."""

    def position(values: list[Any]) -> int:
        best = 0
        for i, value in enumerate(values):
            if value != value:
                return i
            if better(value, values[best]):
                best = i
        return best

    return position


def _positions(better: Callable[[Any, Any], bool]) -> Callable[..., RefArray]:
    find = _first(better)

    def kernel(x: RefArray, axis: int) -> RefArray:
        shape, found = cells(x.shape, (axis,))
        return RefArray(shape, [find([x.data[i] for i in cell]) for cell in found], dtypes.int32)

    return kernel


KERNELS: dict[str, Callable[..., Any]] = {
    "reduce_sum": _reduction(lambda values: sum(values)),
    "reduce_prod": _reduction(lambda values: reduce(operator.mul, values, 1)),
    "reduce_max": _reduction(lambda values: reduce(larger, values)),
    "reduce_min": _reduction(lambda values: reduce(smaller, values)),
    "reduce_any": _reduction(any, boolean=True),
    "reduce_all": _reduction(all, boolean=True),
    "argmax": _positions(operator.gt),
    "argmin": _positions(operator.lt),
}

"""Sorting and running sums: lane by lane along one axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.backends.reference.array import RefArray, size_of, store
from hornbeam.dtypes import DType, int32

__all__ = ["KERNELS"]


def _lanes(x: RefArray, axis: int, dtype: DType, function: Callable[[list[Any]], list[Any]]) -> RefArray:
    """A function of the list of elements along an axis, for each place on the others."""
    inner, n = size_of(x.shape[axis + 1 :]), x.shape[axis]
    data = list(x.data)
    for start in range(size_of(x.shape[:axis])):
        for j in range(inner):
            places = [(start * n + i) * inner + j for i in range(n)]
            for place, value in zip(places, function([x.data[p] for p in places]), strict=True):
                data[place] = value
    return RefArray(x.shape, data, dtype)


def argsort(x: RefArray, axis: int, descending: bool) -> RefArray:
    """Equal elements keep their order; NaN is the largest."""

    def order(lane: list[Any]) -> list[Any]:
        return sorted(
            range(len(lane)), key=lambda i: (True, 0) if lane[i] != lane[i] else (False, lane[i]), reverse=descending
        )

    return _lanes(x, axis, int32, order)


def cumulative_sum(x: RefArray, axis: int) -> RefArray:
    """Each element and those before it, added one by one."""

    def run(lane: list[Any]) -> list[Any]:
        out: list[Any] = []
        for value in lane:
            out.append(store(out[-1] + value, x.dtype) if out else value)
        return out

    return _lanes(x, axis, x.dtype, run)


def searchsorted(row: RefArray, values: RefArray, side: str) -> RefArray:
    """How many elements of the vector lie before each value; NaN is the largest."""

    def rank(value: Any) -> tuple[bool, Any]:
        return (True, 0) if value != value else (False, value)

    def before(element: Any, value: Any) -> bool:
        return rank(element) < rank(value) if side == "left" else rank(element) <= rank(value)

    return RefArray(values.shape, [sum(before(e, v) for e in row.data) for v in values.data], int32)


KERNELS = {"searchsorted": searchsorted, "argsort": argsort, "cumulative_sum": cumulative_sum}

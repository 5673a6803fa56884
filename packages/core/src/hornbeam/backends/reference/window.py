"""Pooling windows: sums, maxima, and the movements between input and windows that are their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.backends.reference.array import RefArray, Shape, flat, full, indices, store, strides_of
from hornbeam.backends.reference.convolution import Padding, places, positions_of
from hornbeam.backends.reference.reduction import larger

__all__ = ["KERNELS"]


class _Windows:
    """Which elements of an array (batch, *spatial, channels) each window sees, in order, without the padding."""

    def __init__(self, shape: Shape, window: Shape, strides: Shape, padding: Padding) -> None:
        ones = (1,) * len(window)
        positions = positions_of(shape[1:-1], window, strides, padding, ones)
        self.shape = (shape[0], *positions, shape[-1])
        self.seen: list[list[int]] = [[] for _ in indices(self.shape)]
        inner, outer = strides_of(shape), strides_of(self.shape)
        for position, _, place in places(shape[1:-1], positions, window, strides, padding, ones):
            for n, c in indices((shape[0], shape[-1])):
                self.seen[flat((n, *position, c), outer)].append(flat((n, *place, c), inner))


def window_sum(x: RefArray, **how: Any) -> RefArray:
    """The sum of each window."""
    windows = _Windows(x.shape, **how)
    return RefArray(windows.shape, [store(sum(x.data[i] for i in cell), x.dtype) for cell in windows.seen], x.dtype)


def window_spread(ct: RefArray, input_shape: Shape, **how: Any) -> RefArray:
    """Each element added to all that its window sees."""
    out = full(input_shape, 0, ct.dtype)
    for value, cell in zip(ct.data, _Windows(input_shape, **how).seen, strict=True):
        for i in cell:
            out.data[i] = store(out.data[i] + value, ct.dtype)
    return out


def _lowest(x: RefArray) -> Any:
    """What the padding holds when maxima are taken."""
    return (
        float("-inf") if x.dtype.kind == "float" else -(1 << (8 * x.dtype.itemsize - 1)) if x.dtype.kind == "int" else 0
    )


def window_max(x: RefArray, **how: Any) -> RefArray:
    """The largest element of each window."""
    windows = _Windows(x.shape, **how)
    out = full(windows.shape, _lowest(x), x.dtype)
    for o, cell in enumerate(windows.seen):
        for i in cell:
            out.data[o] = larger(out.data[o], x.data[i])
    return out


def _winners(x: RefArray, windows: _Windows) -> list[int | None]:
    """For each window, where its first largest element is; None if NaN hides it or the window sees nothing."""
    found: list[int | None] = []
    for cell in windows.seen:
        numbers = [x.data[i] for i in cell]
        spoilt = not cell or any(v != v for v in numbers)
        found.append(None if spoilt else cell[numbers.index(max(numbers))])
    return found


def window_gather(x: RefArray, v: RefArray, **how: Any) -> RefArray:
    """The element of `v` where `x` is largest, for each window."""
    windows = _Windows(x.shape, **how)
    data = [store(0, v.dtype) if i is None else v.data[i] for i in _winners(x, windows)]
    return RefArray(windows.shape, data, v.dtype)


def window_scatter(x: RefArray, ct: RefArray, **how: Any) -> RefArray:
    """Each element added where `x` is largest in its window."""
    out = full(x.shape, 0, ct.dtype)
    for value, i in zip(ct.data, _winners(x, _Windows(x.shape, **how)), strict=True):
        if i is not None:
            out.data[i] = store(out.data[i] + value, ct.dtype)
    return out


KERNELS: dict[str, Callable[..., Any]] = {
    "window_sum": window_sum,
    "window_spread": window_spread,
    "window_max": window_max,
    "window_gather": window_gather,
    "window_scatter": window_scatter,
}

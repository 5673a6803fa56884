"""Pooling windows: maximum and sum over a moving window, and their gradients."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.convolution import (
    Padding,
    Sizes,
    channels_back,
    channels_last,
    offsets,
    output_sizes,
    padding_of,
    per_axis,
    window_slice,
)
from hornbeam.ops.creation import ones
from hornbeam.ops.elementwise.arithmetic import divide
from hornbeam.ops.elementwise.cast import as_float
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["average_pool", "max_pool"]


def _sizes(x: Any, window: Sizes, strides: Sizes, padding: Padding) -> Sizes:
    if len(x.shape) != len(window) + 2:
        raise ShapeError(f"pooling over {len(window)} axes needs (batch, *spatial, channels); got {x.shape}")
    return output_sizes(x.shape[1:-1], window, strides, padding, (1,) * len(window), "pooling")


def _infer(x: Any, *, window: Sizes, strides: Sizes, padding: Padding) -> Spec:
    return Spec((x.shape[0], *_sizes(x, window, strides, padding), x.shape[-1]), x.dtype)


_how = {"window": (2, 3), "strides": (2, 2), "padding": ((0, 1), (1, 1))}


def _filled(xp: Any, x: Any, padding: Padding, value: float) -> Any:
    sizes = [s + low + high for s, (low, high) in zip(x.shape[1:-1], padding, strict=True)]
    out = xp.full((x.shape[0], *sizes, x.shape[-1]), value, dtype=x.dtype)
    inner = tuple(slice(low, low + s) for s, (low, _) in zip(x.shape[1:-1], padding, strict=True))
    out[(slice(None), *inner, slice(None))] = x
    return out


def _lowest(xp: Any, dtype: Any) -> float:
    return -float("inf") if xp.isdtype(dtype, "real floating") else int(xp.iinfo(dtype).min)


def _taps(full: Any, window: Sizes, sizes: Sizes, strides: Sizes) -> Any:
    """The elements that each position of the window sees: one strided view per element of the window."""
    for at in offsets(window):
        yield (slice(None), *window_slice(at, sizes, strides, (1,) * len(window)), slice(None))


# ---- sum

window_sum_p = primitive("window_sum", _infer, cases=lambda t: t.case(t.array((2, 5, 6, 3)), **_how))
window_spread_p = primitive(
    "window_spread",
    lambda ct, *, input_shape, **_: Spec(input_shape, ct.dtype),
    cases=lambda t: t.case(t.array((2, 3, 3, 3)), input_shape=(2, 5, 6, 3), **_how),
)


@window_sum_p.kernel
def _(xp: Any, x: Any, *, window: Sizes, strides: Sizes, padding: Padding) -> Any:
    sizes, full = _sizes(x, window, strides, padding), _filled(xp, x, padding, 0)
    total = xp.zeros((x.shape[0], *sizes, x.shape[-1]), dtype=x.dtype)
    for where in _taps(full, window, sizes, strides):
        total = total + full[where]
    return total


@window_spread_p.kernel
def _(xp: Any, ct: Any, *, input_shape: Sizes, window: Sizes, strides: Sizes, padding: Padding) -> Any:
    full = _filled(xp, xp.zeros(input_shape, dtype=ct.dtype), padding, 0)
    for where in _taps(full, window, ct.shape[1:-1], strides):
        full[where] = full[where] + ct
    return full[_inner(input_shape, padding)]


def _inner(input_shape: Sizes, padding: Padding) -> tuple[slice, ...]:
    inner = (slice(low, low + s) for s, (low, _) in zip(input_shape[1:-1], padding, strict=True))
    return (slice(None), *inner, slice(None))


@window_sum_p.vjp("x.spec")
def _(ct: Tensor, x: Spec, **how: Any) -> Tensor:
    return bind(window_spread_p, ct, input_shape=x.shape, **how)


@window_spread_p.vjp()
def _(out_ct: Tensor, input_shape: Sizes, **how: Any) -> Tensor:
    return bind(window_sum_p, out_ct, **how)


# ---- maximum: the gradient goes to the first largest element of each window

window_max_p = primitive("window_max", _infer, cases=lambda t: t.case(t.array((2, 5, 6, 3)), **_how))
window_gather_p = primitive(
    "window_gather",
    lambda x, v, **how: _infer(x, **how),
    cases=lambda t: t.case(t.array((2, 5, 6, 3)), t.array((2, 5, 6, 3)), **_how),
)
window_scatter_p = primitive(
    "window_scatter",
    lambda x, ct, **_: Spec(x.shape, ct.dtype),
    cases=lambda t: t.case(t.array((2, 5, 6, 3)), t.array((2, 3, 3, 3)), **_how),
)


@window_max_p.kernel
def _(xp: Any, x: Any, *, window: Sizes, strides: Sizes, padding: Padding) -> Any:
    sizes, full = _sizes(x, window, strides, padding), _filled(xp, x, padding, _lowest(xp, x.dtype))
    best = None
    for where in _taps(full, window, sizes, strides):
        best = full[where] if best is None else xp.maximum(best, full[where])
    return best


def _firsts(xp: Any, x: Any, window: Sizes, strides: Sizes, padding: Padding) -> Any:
    """For each element of the window: its view, and where it is the first largest of its window."""
    sizes, full = _sizes(x, window, strides, padding), _filled(xp, x, padding, _lowest(xp, x.dtype))
    best = None
    for where in _taps(full, window, sizes, strides):
        best = full[where] if best is None else xp.maximum(best, full[where])
    taken = xp.zeros(best.shape, dtype=xp.bool)  # type: ignore[union-attr]
    padded = any(low or high for low, high in padding)
    inside = _filled(xp, xp.ones(x.shape, dtype=xp.bool), padding, False) if padded else None
    for where in _taps(full, window, sizes, strides):
        first = xp.logical_and(full[where] == best, xp.logical_not(taken))
        if inside is not None:  # a window of nothing but the lowest number looks like its padding
            first = xp.logical_and(first, inside[where])
        taken = xp.logical_or(taken, first)
        yield where, first


@window_gather_p.kernel
def _(xp: Any, x: Any, v: Any, *, window: Sizes, strides: Sizes, padding: Padding) -> Any:
    full = _filled(xp, v, padding, 0)
    total = None
    for where, first in _firsts(xp, x, window, strides, padding):
        part = xp.where(first, full[where], xp.zeros(first.shape, dtype=v.dtype))
        total = part if total is None else total + part
    return total


@window_scatter_p.kernel
def _(xp: Any, x: Any, ct: Any, *, window: Sizes, strides: Sizes, padding: Padding) -> Any:
    full = _filled(xp, xp.zeros(x.shape, dtype=ct.dtype), padding, 0)
    for where, first in _firsts(xp, x, window, strides, padding):
        full[where] = full[where] + xp.where(first, ct, xp.zeros(ct.shape, dtype=ct.dtype))
    return full[_inner(x.shape, padding)]


@window_max_p.vjp("x")
def _(ct: Tensor, x: Tensor, **how: Any) -> Tensor:
    return bind(window_scatter_p, x, ct, **how)


@window_gather_p.vjp("x")
def _(ct: Tensor, x: Tensor, **how: Any) -> Any:
    return None, bind(window_scatter_p, x, ct, **how)


@window_scatter_p.vjp("x")
def _(ct: Tensor, x: Tensor, **how: Any) -> Any:
    return None, bind(window_gather_p, x, ct, **how)


# ---- public functions


def _prepare(name: str, inputs: Any, pool_size: Any, strides: Any, padding: str, data_format: str | None) -> Any:
    x, moved = channels_last(as_tensor(inputs), data_format, name)
    rank = x.ndim - 2
    window = per_axis(pool_size, rank, name, "pool_size")
    steps = window if strides is None else per_axis(strides, rank, name, "strides")
    pairs = padding_of(padding, x.shape[1:-1], window, steps, (1,) * rank, name)
    return x, moved, {"window": window, "strides": steps, "padding": pairs}


def max_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Tensor:
    """The largest element of each window.

    Args:
        inputs: (batch, *spatial, channels), or channels first.
        pool_size: the window, one integer or one per axis.
        strides: step of the window; default: `pool_size`.
        padding: "valid" or "same".
        data_format: "channels_last" (default) or "channels_first".

    Returns:
        (batch, *positions, channels).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.max_pool(hb.ops.ones((1, 4, 4, 1)), 2).shape
        (1, 2, 2, 1)
    """
    x, moved, how = _prepare("max_pool", inputs, pool_size, strides, padding, data_format)
    return channels_back(bind(window_max_p, x, **how), moved)


def average_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Tensor:
    """The mean of each window, over what lies inside the input; arguments as for `max_pool`."""
    x, moved, how = _prepare("average_pool", as_float(inputs), pool_size, strides, padding, data_format)
    count = bind(window_sum_p, ones((1, *x.shape[1:-1], 1), x.dtype), **how)
    return channels_back(divide(bind(window_sum_p, x, **how), count), moved)

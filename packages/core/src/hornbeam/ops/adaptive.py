"""Pooling to a given output size: window i of m over n elements goes from floor(i n / m) up to ceil((i + 1) n / m)."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam.ops.contraction import tensordot
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.convolution import channels_back, channels_last, per_axis
from hornbeam.ops.elementwise.cast import as_float
from hornbeam.ops.indexing import take
from hornbeam.ops.movement import moveaxis
from hornbeam.ops.reduction import max as largest
from hornbeam.tensor import Tensor

__all__ = ["adaptive_average_pool", "adaptive_max_pool"]


def _prepare(inputs: Any, output_size: Any, data_format: str | None, name: str) -> tuple[Tensor, bool, tuple[int, ...]]:
    x, moved = channels_last(as_tensor(inputs), data_format, name)
    if x.ndim < 3 or 0 in x.shape[1:-1]:
        raise ShapeError(f"{name} needs (batch, *spatial, channels) with something to pool; got shape {x.shape}")
    return x, moved, per_axis(output_size, x.ndim - 2, name, "output_size")


def _window(i: int, size: int, count: int) -> tuple[int, int]:
    return i * size // count, -(-(i + 1) * size // count)


def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """The mean of each of a given number of windows, which together cover the input.

    Args:
        inputs: (batch, *spatial, channels), or channels first.
        output_size: how many windows along each axis, one integer or one per axis.
        data_format: "channels_last" (default) or "channels_first".

    Returns:
        (batch, *output_size, channels).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.adaptive_average_pool(hb.ops.arange(5).reshape((1, 5, 1)), 2)[0, :, 0].numpy().tolist()
        [1.0, 3.0]
    """
    x, moved, counts = _prepare(inputs, output_size, data_format, "adaptive_average_pool")
    x = as_float(x)
    for axis, count in enumerate(counts, 1):
        size = x.shape[axis]
        weights = [[0.0] * size for _ in range(count)]
        for i, row in enumerate(weights):
            low, high = _window(i, size, count)
            row[low:high] = [1.0 / (high - low)] * (high - low)
        x = moveaxis(tensordot(x, as_tensor(weights, x.dtype), axes=((axis,), (1,))), -1, axis)
    return channels_back(x, moved)


def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """The largest element of each of a given number of windows; arguments as for `adaptive_average_pool`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.adaptive_max_pool(hb.ops.arange(5).reshape((1, 5, 1)), 2)[0, :, 0].numpy().tolist()
        [2, 4]
    """
    x, moved, counts = _prepare(inputs, output_size, data_format, "adaptive_max_pool")
    for axis, count in enumerate(counts, 1):
        windows = [_window(i, x.shape[axis], count) for i in range(count)]
        widest = max(high - low for low, high in windows)
        places = [[min(low + k, high - 1) for k in range(widest)] for low, high in windows]
        x = largest(take(x, as_tensor(places, "int32"), axis=axis), axis + 1)
    return channels_back(x, moved)

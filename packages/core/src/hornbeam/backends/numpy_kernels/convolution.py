"""Convolution on NumPy: windows as a strided view, and one product by BLAS."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.ops.convolution import offsets, output_sizes, padded, window_slice
from hornbeam.primitive import primitives

KERNELS: dict[str, Any] = {}


def _generic(name: str, *arrays: Any, **how: Any) -> Any:
    kernel = primitives()[name].generic_kernel
    assert kernel is not None
    return kernel(np, *arrays, **how)


def _columns(x: Any, window: Any, strides: Any, padding: Any, dilation: Any) -> tuple[Any, Any]:
    """(n * positions, window * channels): every window as a row; and the number of positions per axis."""
    sizes = output_sizes(x.shape[1:-1], window, strides, padding, dilation, "conv")
    full = padded(np, x, padding)
    n, c = x.shape[0], x.shape[-1]
    rank = len(window)
    steps = full.strides
    shape = (n, *sizes, *window, c)
    moves = (
        steps[0],
        *(steps[1 + a] * strides[a] for a in range(rank)),
        *(steps[1 + a] * dilation[a] for a in range(rank)),
        steps[-1],
    )
    view = np.lib.stride_tricks.as_strided(full, shape, moves, writeable=False)  # no copy
    return view.reshape(n * math.prod(sizes), math.prod(window) * c), sizes


def _conv(xp: Any, x: Any, kernel: Any, *, strides: Any, padding: Any, dilation: Any, groups: int) -> Any:
    if groups != 1:
        return _generic("conv_general", x, kernel, strides=strides, padding=padding, dilation=dilation, groups=groups)
    rows, sizes = _columns(x, kernel.shape[:-2], strides, padding, dilation)
    return (rows @ kernel.reshape(-1, kernel.shape[-1])).reshape(x.shape[0], *sizes, kernel.shape[-1])


def _kernel_grad(
    xp: Any, x: Any, ct: Any, *, kernel_shape: Any, strides: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    if groups != 1:
        return _generic(
            "conv_kernel_grad",
            x,
            ct,
            kernel_shape=kernel_shape,
            strides=strides,
            padding=padding,
            dilation=dilation,
            groups=groups,
        )
    rows, _ = _columns(x, kernel_shape[:-2], strides, padding, dilation)
    return (rows.T @ ct.reshape(-1, ct.shape[-1])).reshape(kernel_shape)


def _input_grad(
    xp: Any, ct: Any, kernel: Any, *, input_shape: Any, strides: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    if groups != 1:
        return _generic(
            "conv_input_grad",
            ct,
            kernel,
            input_shape=input_shape,
            strides=strides,
            padding=padding,
            dilation=dilation,
            groups=groups,
        )
    window, sizes = kernel.shape[:-2], ct.shape[1:-1]
    spatial = [s + low + high for s, (low, high) in zip(input_shape[1:-1], padding, strict=True)]
    full = np.zeros((input_shape[0], *spatial, input_shape[-1]), ct.dtype)
    flat = np.ascontiguousarray(ct).reshape(-1, ct.shape[-1])
    for at in offsets(window):  # one product per element of the window, added where it belongs
        part = (flat @ kernel[at].T).reshape(*ct.shape[:-1], kernel.shape[-2])
        full[(slice(None), *window_slice(at, sizes, strides, dilation), slice(None))] += part
    inner = tuple(slice(low, low + s) for s, (low, _) in zip(input_shape[1:-1], padding, strict=True))
    return full[(slice(None), *inner, slice(None))]


KERNELS.update({"conv_general": _conv, "conv_kernel_grad": _kernel_grad, "conv_input_grad": _input_grad})

"""Kernels for single operations where the generic ones do not suit CuPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.dtypes import DType
from hornbeam.host import native_dtype
from hornbeam.primitive import primitives

from hornbeam_cuda.eager.scatter import scatter
from hornbeam_cuda.library.convolution import Convolution
from hornbeam_cuda.precision import precision_of

__all__ = ["kernels"]

Kernel = Callable[..., Any]


def kernels(device: Any, special: Any) -> dict[str, Kernel]:
    """By the names of primitives.

    Args:
        device: that runs convolutions; None: none does.
        special: the module of erf and its like.
    """
    found: dict[str, Kernel] = {
        "cast": _cast,
        "iota": _iota,
        "gather": lambda xp, x, index: xp.take(x, index, axis=0),
        "scatter": scatter,
        "erf": lambda xp, x: special.erf(x).astype(x.dtype),
        "erfc": lambda xp, x: special.erfc(x).astype(x.dtype),
        "erfinv": lambda xp, x: special.erfinv(_wide(xp, x)).astype(x.dtype),
    }
    if device is not None:
        convolutions = _Convolutions(device)
        found |= {
            "conv_general": convolutions.forward,
            "conv_input_grad": convolutions.of_input,
            "conv_kernel_grad": convolutions.of_kernel,
        }
    return found


def _wide(xp: Any, x: Any) -> Any:
    return x.astype(xp.float32) if x.dtype.itemsize == 2 else x


def _cast(xp: Any, x: Any, dtype: DType) -> Any:
    if dtype == "bool":
        return x != 0
    if x.dtype.kind == "c" and dtype.kind != "complex":
        x = xp.real(x)
    return x.astype(native_dtype(dtype))


def _iota(xp: Any, *, length: int, dtype: DType) -> Any:
    return xp.arange(length).astype(native_dtype(dtype))


class _Convolutions:
    """Convolutions by the device's library where it has them, else by the generic kernels: products, one a tap."""

    def __init__(self, device: Any) -> None:
        self._device = device

    def forward(self, xp: Any, x: Any, kernel: Any, **how: Any) -> Any:
        shape = primitives()["conv_general"].infer(_spec(x), _spec(kernel), **how).shape
        return self._run(xp, "forward", "conv_general", (x, kernel), (x.shape, kernel.shape, shape), how)

    def of_input(self, xp: Any, ct: Any, kernel: Any, *, input_shape: Any, **how: Any) -> Any:
        shapes = (input_shape, kernel.shape, ct.shape)
        return self._run(xp, "input", "conv_input_grad", (kernel, ct), shapes, how, input_shape=input_shape)

    def of_kernel(self, xp: Any, x: Any, ct: Any, *, kernel_shape: Any, **how: Any) -> Any:
        shapes = (x.shape, kernel_shape, ct.shape)
        return self._run(xp, "kernel", "conv_kernel_grad", (x, ct), shapes, how, kernel_shape=kernel_shape)

    def _run(self, xp: Any, direction: str, name: str, arrays: Any, shapes: Any, how: Any, **more: Any) -> Any:
        """Library kernels are (filters, *window, channels); ours (*window, channels, filters)."""
        x, kernel, y = shapes
        turned = (kernel[-1], *kernel[:-1])
        dtype = arrays[0].dtype.name
        low, high = zip(*how["padding"], strict=True) if how["padding"] else ((), ())
        strides, dilation = tuple(how["strides"]), tuple(how["dilation"])
        call = Convolution(
            direction,
            dtype,
            tuple(x),
            turned,
            tuple(y),
            strides,
            low,
            high,
            dilation,
            how["groups"],
            precision_of(dtype),
        )
        if min((*low, *high, 0)) < 0 or 0 in (*x, *kernel, *y) or not self._device.supports(call):
            generic = primitives()[name].generic_kernel
            assert generic is not None
            order = arrays[::-1] if direction == "input" else arrays
            return generic(xp, *order, **how, **more)
        goal = {"forward": y, "input": x, "kernel": turned}[direction]
        out = self._device.empty(tuple(goal), dtype)
        place = {"forward": 1, "input": 0, "kernel": None}[direction]  # which of the arrays is a kernel
        dense = [self._device.contiguous(_turned(xp, a) if i == place else a) for i, a in enumerate(arrays)]
        workspace = self._device.allocate(max(1, self._device.workspace(call)))
        self._device.library(call, [self._device.address(a) for a in (*dense, out)], workspace.address)
        return xp.permute_dims(out, (*range(1, out.ndim), 0)) if direction == "kernel" else out


def _turned(xp: Any, kernel: Any) -> Any:
    return xp.permute_dims(kernel, (kernel.ndim - 1, *range(kernel.ndim - 1)))


def _spec(array: Any) -> Any:
    from hornbeam.dtypes import as_dtype
    from hornbeam.primitive import Spec

    return Spec(tuple(array.shape), as_dtype(array.dtype))

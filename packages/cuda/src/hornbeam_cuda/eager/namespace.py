"""CuPy as an array-API namespace: its names, the few arguments that it spells otherwise, and products by cuBLASLt."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hornbeam_cuda.library.product import Product
from hornbeam_cuda.precision import precision_of

__all__ = ["Namespace"]

_CHECKED = ("cholesky", "eig", "eigh", "inv", "qr", "solve", "svd")


class Namespace:
    """What generic kernels get as `xp`.

    Args:
        cupy: the module, or what stands in for it.
        device: that runs products; None: CuPy's own.
        checked: makes a with block in which CuPy's linear algebra raises where it fails; it says nothing otherwise.
    """

    def __init__(self, cupy: Any, device: Any, checked: Callable[[], Any]) -> None:
        self._cupy = cupy
        self._device = device
        self.linalg = _Linalg(cupy, checked)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._cupy, name)
        setattr(self, name, found)
        return found

    def argsort(self, x: Any, *, axis: int = -1, stable: bool = True) -> Any:
        """CuPy's sorts are stable."""
        return self._cupy.argsort(x, axis=axis)

    def tensordot(self, x: Any, y: Any, axes: Any) -> Any:
        """The sum of products over pairs of axes."""
        over_x, over_y = axes
        free_x = [a for a in range(x.ndim) if a not in over_x]
        free_y = [a for a in range(y.ndim) if a not in over_y]
        k = math.prod(x.shape[a] for a in over_x)
        left = self._cupy.transpose(x, (*free_x, *over_x)).reshape(
            -1 if k else math.prod(x.shape[a] for a in free_x), k
        )
        right = self._cupy.transpose(y, (*over_y, *free_y)).reshape(k, math.prod(y.shape[a] for a in free_y))
        return self.matmul(left, right).reshape([x.shape[a] for a in free_x] + [y.shape[a] for a in free_y])

    def matmul(self, x: Any, y: Any) -> Any:
        """Matrices (*batch, m, k) by (*batch, k, n); floats through cuBLASLt, which sums 16-bit ones in float32.

        CuPy widens batches of half floats, and takes a slow loop for those of bfloat16.
        """
        if not (x.size and y.size):
            return self._cupy.zeros((*x.shape[:-1], y.shape[-1]), dtype=x.dtype)
        call, operands = self._product(x, y)
        if call is None or not self._device.supports(call):
            return self._plainly(x, y)
        out = self._device.empty((*x.shape[:-1], y.shape[-1]), call.result)
        workspace = self._device.allocate(self._device.workspace(call))
        addresses = [self._device.address(a) for a in (*operands, out)]
        self._device.library(call, addresses, workspace.address)
        return out

    def _plainly(self, x: Any, y: Any) -> Any:
        if x.dtype.itemsize == 2 and x.dtype.kind in "fV":
            wide = self._cupy.float32
            return self._cupy.matmul(x.astype(wide), y.astype(wide)).astype(x.dtype)
        return self._cupy.matmul(x, y)

    def _product(self, x: Any, y: Any) -> tuple[Product | None, tuple[Any, Any]]:
        name = x.dtype.name
        if self._device is None or name not in ("float32", "float64", "float16", "bfloat16"):
            return None, (x, y)
        batch, (m, k), n = math.prod(x.shape[:-2]), x.shape[-2:], y.shape[-1]
        left, right = self._laid(x, (batch, m, k)), self._laid(y, (batch, k, n))
        strides = [tuple(s // a.dtype.itemsize for s in a.strides) for a in (left, right)]
        sizes = (batch, m, n, k)
        call = Product(name, name, sizes, strides[0], strides[1], (m * n, n), precision=precision_of(name))
        return call, (left, right)

    def _laid(self, x: Any, shape: tuple[int, int, int]) -> Any:
        """As one stack of matrices whose rows or columns are dense, apart in memory; copied where it is not."""
        stack = x.reshape(shape)
        step, (rows, columns) = stack.dtype.itemsize, shape[1:]
        by_row, by_column = stack.strides[1] // step, stack.strides[2] // step
        dense = by_column == 1 and by_row >= columns or by_row == 1 and by_column >= rows
        return stack if dense and stack.strides[0] >= 0 else self._cupy.ascontiguousarray(stack)


class _Linalg:
    """CuPy's linear algebra; it raises NumPy's LinAlgError where a matrix cannot be factorized."""

    def __init__(self, cupy: Any, checked: Callable[[], Any]) -> None:
        self._cupy = cupy
        self._checked = checked

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._cupy.linalg, name)
        if name not in _CHECKED:
            return found

        def checked(*arrays: Any, **how: Any) -> Any:
            with self._checked():
                return found(*arrays, **how)

        return checked

    def pinv(self, x: Any, rtol: Any) -> Any:
        """From the singular values; `rtol` (*batch) is relative to the largest."""
        cupy = self._cupy
        u, s, vh = self.svd(x, full_matrices=False)
        least = cupy.asarray(rtol)[..., None] * cupy.max(s, axis=-1, keepdims=True)
        inverse = cupy.where(s > least, 1 / cupy.where(s > least, s, cupy.ones_like(s)), cupy.zeros_like(s))
        left, right = (cupy.conj(cupy.swapaxes(a, -1, -2)) for a in (vh, u))
        return cupy.matmul(left * inverse[..., None, :], right)

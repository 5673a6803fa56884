"""Diagonals of matrices, taken and made: reshapes, slices and padding, so no new primitive."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.movement import moveaxis, pad_p, reshape
from hornbeam.ops.movement import static_slice as cut
from hornbeam.ops.reduction import sum as total
from hornbeam.tensor import Tensor

__all__ = ["diag", "diagflat", "diagonal", "trace"]


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonal over two axes, as a new last axis.

    Args:
        x: tensor of at least two axes.
        offset: which diagonal: above (positive) or below (negative) the main one.
        axis1, axis2: the rows and the columns.

    Raises:
        ShapeError: the tensor has fewer than two axes.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.diagonal(hb.ops.asarray([[1, 2], [3, 4]])).numpy().tolist()
        [1, 4]
    """
    tensor = as_tensor(x)
    if tensor.ndim < 2:
        raise ShapeError(f"a diagonal needs a tensor of at least two axes; got shape {tensor.shape}")
    t = moveaxis(tensor, (axis1, axis2), (-2, -1))
    *lead, m, n = t.shape
    row, column = max(0, -offset), max(0, offset)
    size = max(0, min(m - row, n - column))
    if not size:
        return reshape(cut(t, (0,) * t.ndim, (*lead, 0, n)), (*lead, 0))
    zero = (0,) * len(lead)
    square = reshape(cut(t, (*zero, row, column), (*lead, row + size, column + size)), (*lead, size * size))
    return cut(square, (*zero, 0), square.shape, (*(1,) * len(lead), size + 1))  # each element, then the next row's


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, *, dtype: Any = None) -> Tensor:
    """The sum of the diagonal over two axes; arguments as for `diagonal`.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.trace(hb.ops.asarray([[1, 2], [3, 4]])))
        5
    """
    return total(diagonal(x, offset, axis1, axis2), -1, dtype=dtype)


def diag(x: Any, k: int = 0) -> Tensor:
    """The k-th diagonal of a matrix, or the matrix that has a vector on its k-th diagonal and zeros elsewhere.

    Raises:
        ShapeError: the tensor is neither a vector nor a matrix.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.diag(hb.ops.asarray([1, 2])).numpy().tolist()
        [[1, 0], [0, 2]]
    """
    t = as_tensor(x)
    if t.ndim == 2:
        return diagonal(t, k)
    if t.ndim != 1:
        raise ShapeError(f"diag needs a vector or a matrix; got shape {t.shape}")
    t, back = (astype(t, "uint8"), "bool") if t.dtype == "bool" else (t, t.dtype)
    n, zero = t.size, as_tensor(0, t.dtype)
    spread = bind(pad_p, t, zero, low=(0,), high=(0,), interior=(n,))  # (n) -> (n + (n - 1) n) = (n n)
    low, high = (max(0, -k), max(0, k)), (max(0, k), max(0, -k))
    return astype(bind(pad_p, reshape(spread, (n, n)), zero, low=low, high=high, interior=(0, 0)), back)


def diagflat(x: Any, k: int = 0) -> Tensor:
    """The matrix that has the elements of a tensor on its k-th diagonal and zeros elsewhere."""
    t = as_tensor(x)
    return diag(reshape(t, (t.size,)), k)

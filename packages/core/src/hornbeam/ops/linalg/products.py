"""Products, powers and diagonals of matrices in the last two axes, as the array API's linalg extension has them."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam.interpret import broadcast_shapes
from hornbeam.ops import contraction, diagonals
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.creation import zeros_like
from hornbeam.ops.joining import stack
from hornbeam.ops.linalg.common import identity_like, matrix, product
from hornbeam.ops.linalg.solving import inv
from hornbeam.ops.movement import broadcast_to, moveaxis
from hornbeam.tensor import Tensor

__all__ = ["cross", "diagonal", "matrix_power", "outer", "trace"]


def outer(x1: Any, x2: Any, /) -> Tensor:
    """All products of an element of the vector `x1` (n,) with one of the vector `x2` (m,): (n, m).

    Raises:
        ShapeError: they are not vectors.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.outer([1.0, 2.0], [3.0, 4.0]).numpy().tolist()
        [[3.0, 4.0], [6.0, 8.0]]
    """
    x, y = as_tensor(x1), as_tensor(x2)
    if x.ndim != 1 or y.ndim != 1:
        raise ShapeError(f"outer needs two vectors; got shapes {x.shape} and {y.shape}")
    return contraction.outer(x, y)


def diagonal(x: Any, /, *, offset: int = 0) -> Tensor:
    """The diagonals of the matrices in the last two axes; `offset` above (positive) or below the main one.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.diagonal([[1, 2], [3, 4]]).numpy().tolist()
        [1, 4]
    """
    return diagonals.diagonal(x, offset, -2, -1)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Tensor:
    """The sums of the diagonals of the matrices in the last two axes.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.linalg.trace([[1, 2], [3, 4]]))
        5
    """
    return diagonals.trace(x, offset, -2, -1, dtype=dtype)


def matrix_power(x: Any, n: int, /) -> Tensor:
    """Square matrices (..., m, m) to an integer power: repeated products, of the inverse where it is negative.

    Raises:
        ShapeError: the matrices are not square.
        InvalidArgumentError: a matrix is singular and the power negative.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.matrix_power([[1.0, 1.0], [0.0, 1.0]], 5).numpy().tolist()
        [[1.0, 5.0], [0.0, 1.0]]
    """
    t = as_tensor(x)
    if n < 0 or not t.dtype.is_integer:
        t = matrix(t, "matrix_power", square=True)
    if t.ndim < 2 or t.shape[-1] != t.shape[-2]:
        raise ShapeError(f"matrix_power needs square matrices (..., n, n); got shape {t.shape}")
    if n == 0:
        return identity_like(t)
    base, left = inv(t) if n < 0 else t, abs(n)
    result: Tensor | None = None
    while True:
        if left & 1:
            result = base if result is None else product(result, base)
        left >>= 1
        if not left:
            assert result is not None  # the highest bit of a number is set
            return result
        base = product(base, base)


def cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Tensor:
    """The cross product of vectors of three (or two) elements; the other axes broadcast.

    Args:
        x1, x2: tensors whose axis `axisa`, or `axisb`, holds 3 elements, or 2: the third is then 0.
        axisa, axisb: where the vectors lie.
        axisc: where they lie in the result; without meaning where both have two elements: the result is then the third one.
        axis: all three at once.

    Raises:
        ShapeError: a vector has another number of elements.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.cross([1, 0, 0], [0, 1, 0]).numpy().tolist()
        [0, 0, 1]
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = promote_tensors(x1, x2)
    if not x.ndim or not y.ndim:
        raise ShapeError(f"cross needs tensors with axes; got shapes {x.shape} and {y.shape}")
    x, y = moveaxis(x, axisa, -1), moveaxis(y, axisb, -1)
    if x.shape[-1] not in (2, 3) or y.shape[-1] not in (2, 3):
        raise ShapeError(f"cross multiplies vectors of 2 or 3 elements; got {x.shape[-1]} and {y.shape[-1]}")
    (a, b, c), (d, e, f) = _elements(x), _elements(y)
    third = a * e - b * d
    if x.shape[-1] == y.shape[-1] == 2:
        return third
    first, second = b * f - c * e, c * d - a * f
    shape = broadcast_shapes(x.shape[:-1], y.shape[:-1], where="cross")
    return moveaxis(stack([broadcast_to(v, shape) for v in (first, second, third)], axis=-1), -1, axisc)


def _elements(x: Tensor) -> list[Tensor]:
    """The three elements of vectors; the third of two is 0."""
    parts = [x[..., i] for i in range(x.shape[-1])]
    return parts if len(parts) == 3 else [*parts, zeros_like(parts[0])]

"""Norms of vectors and matrices."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import abs as magnitude
from hornbeam.ops.elementwise.arithmetic import pow as power
from hornbeam.ops.elementwise.arithmetic import sqrt, square
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import equal, not_equal, where
from hornbeam.ops.elementwise.complex import imag, real
from hornbeam.ops.linalg.common import matrix
from hornbeam.ops.linalg.spectral import svdvals
from hornbeam.ops.movement import axes_of, expand_dims, moveaxis
from hornbeam.ops.reduction import max as largest
from hornbeam.ops.reduction import min as smallest
from hornbeam.ops.reduction import sum as total
from hornbeam.tensor import Tensor

__all__ = ["matrix_norm", "norm", "vector_norm"]


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Tensor:  # noqa: A002
    """The p-norm over axes, sum(|x|^p)^(1/p).

    Args:
        x: tensor.
        axis: an integer or a tuple of them; None: all.
        keepdims: leave the axes in, with size 1.
        ord: p; infinity gives the largest absolute value, minus infinity the smallest, 0 how many are not 0.

    The gradient of the 2-norm at 0 is 0.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.linalg.vector_norm([3.0, 4.0]))
        5.0
    """
    t = as_float(as_tensor(x))
    axes = axes_of(axis, t.ndim, "vector_norm")
    if ord == 2:
        squares = square(real(t)) + square(imag(t)) if t.dtype.kind == "complex" else square(t)
        return _root(total(squares, axes, keepdims=keepdims))
    size = magnitude(t)
    if ord == math.inf:
        return largest(size, axes, keepdims=keepdims)
    if ord == -math.inf:
        return smallest(size, axes, keepdims=keepdims)
    if ord == 0:
        return total(astype(not_equal(size, 0), size.dtype), axes, keepdims=keepdims)
    if ord == 1:
        return total(size, axes, keepdims=keepdims)
    return power(total(power(size, ord), axes, keepdims=keepdims), 1 / ord)


def _root(x: Tensor) -> Tensor:
    """The square root, with derivative 0 at 0."""
    zero = equal(x, 0)
    return where(zero, 0, sqrt(where(zero, 1, x)))


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Tensor:  # noqa: A002
    """The norm of the matrices in the last two axes.

    Args:
        x: (..., m, n).
        keepdims: leave the axes in, with size 1.
        ord: "fro" (root of the sum of squares), "nuc" (sum of the singular values), 1 and -1 (largest and smallest column sum
            of absolute values), inf and -inf (row sum), 2 and -2 (largest and smallest singular value).

    Raises:
        InvalidArgumentError: `ord` is another.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.linalg.matrix_norm([[1.0, -2.0], [3.0, 4.0]], ord=1))
        6.0
    """
    t = matrix(x, "matrix_norm")
    if ord == "fro":
        return vector_norm(t, axis=(-2, -1), keepdims=keepdims)
    if ord in ("nuc", 2, -2):
        choose: dict[Any, Callable[..., Tensor]] = {"nuc": total, 2: largest, -2: smallest}
        out = choose[ord](svdvals(t), -1)
    elif ord in (1, -1, math.inf, -math.inf):
        sums = total(magnitude(t), -2 if ord in (1, -1) else -1)
        out = (largest if ord > 0 else smallest)(sums, -1)
    else:
        raise InvalidArgumentError(f"matrix_norm: ord must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf; got {ord!r}")
    return expand_dims(out, (-2, -1)) if keepdims else out


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:  # noqa: A002
    """A norm, as NumPy and Keras name it.

    Args:
        x: tensor.
        ord: None: the 2-norm of all elements over the axes; else as for `vector_norm` over one axis, `matrix_norm` over two.
        axis: an integer, a pair of them, or None: all axes (with an `ord`, at most two).
        keepdims: leave the axes in, with size 1.

    Raises:
        InvalidArgumentError: `ord` does not fit the number of axes.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.norm([[3.0, 0.0], [0.0, 4.0]]))
        5.0
    """
    t = as_float(as_tensor(x))
    axes = axes_of(axis, t.ndim, "norm")
    if ord is None:
        return vector_norm(t, axis=axes, keepdims=keepdims)
    if len(axes) == 1:
        if isinstance(ord, str):
            raise InvalidArgumentError(f"norm: {ord!r} is a norm of matrices, and the axis {axis} is one of vectors")
        return vector_norm(t, axis=axes, keepdims=keepdims, ord=ord)
    if len(axes) != 2:
        raise InvalidArgumentError(
            f"norm: ord={ord!r} needs one axis or two; shape {t.shape} with axis={axis} gives {len(axes)}"
        )
    out = matrix_norm(moveaxis(t, axes, (-2, -1)), ord=ord)
    return expand_dims(out, axes) if keepdims else out

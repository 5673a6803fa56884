"""Mean and variance together, and vectors scaled to length 1."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.errors import InvalidArgumentError
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import divide, maximum, minimum, multiply, pow, rsqrt, square
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import greater, where
from hornbeam.ops.movement import expand_dims
from hornbeam.ops.reduction import mean, var
from hornbeam.ops.reduction import sum as total
from hornbeam.tensor import Tensor

__all__ = ["moments", "normalize"]


def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> tuple[Tensor, Tensor]:
    """The mean and the variance over axes, in float32 at least.

    Args:
        x: tensor.
        axes: an integer or a tuple of them; None: all.
        keepdims: leave the axes in, with size 1.
        synchronized: over all replicas of a distributed run; not supported here.

    Returns:
        Mean and variance, in the tensor's dtype.

    Raises:
        InvalidArgumentError: `synchronized` is asked for.

    Example:
        >>> import hornbeam as hb
        >>> [float(t) for t in hb.ops.moments(hb.ops.asarray([1.0, 3.0]), 0)]
        [2.0, 1.0]
    """
    if synchronized:
        raise InvalidArgumentError("moments: synchronized=True is not supported; average the moments of the replicas")
    tensor = as_float(x)
    wide = astype(tensor, dtypes.float32) if tensor.dtype.itemsize < 4 else tensor
    found = (mean(wide, axes, keepdims), var(wide, axes, keepdims))
    return astype(found[0], tensor.dtype), astype(found[1], tensor.dtype)


def normalize(x: Any, axis: Any = -1, order: int = 2, epsilon: float | None = None) -> Tensor:
    """The tensor divided by its norm over an axis.

    Args:
        x: tensor.
        axis: an integer or a tuple of them.
        order: of the norm, a positive integer.
        epsilon: the least norm to divide by; default: 1e-7.

    Raises:
        InvalidArgumentError: `order` is no positive integer.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.normalize(hb.ops.asarray([[3.0, 0.0, 4.0]])).numpy().round(4).tolist()[0][0]
        0.6000000238418579
    """
    if not isinstance(order, int) or order < 1:
        raise InvalidArgumentError(f"normalize: order must be a positive integer; got {order!r}")
    tensor = as_float(x)
    dtype = tensor.dtype
    tensor = (
        astype(tensor, dtypes.float32) if dtype.itemsize < 4 else tensor
    )  # squares leave the range of half precision
    tensor = tensor if tensor.ndim else expand_dims(tensor, 0)
    least = 1e-7 if epsilon is None else float(epsilon)
    if order == 2:
        squares = total(square(tensor), axis, keepdims=True)
        there = greater(squares, 0.0)  # the gradient at 0 is that of division by the least norm
        found = multiply(tensor, where(there, minimum(rsqrt(where(there, squares, 1.0)), 1.0 / least), 1.0 / least))
        return astype(found, dtype)
    powers = total(pow(absolute(tensor), float(order)), axis, keepdims=True)
    there = greater(powers, 0.0)
    norm = where(there, pow(where(there, powers, 1.0), 1.0 / order), 0.0)
    return astype(divide(tensor, maximum(norm, least)), dtype)

"""Sequences of numbers, and sums along them."""

from __future__ import annotations

from typing import Any

from hornbeam.dtypes import as_dtype
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import eye, linspace, ones
from hornbeam.ops.cumulative import cumulative_prod, diff
from hornbeam.ops.elementwise.arithmetic import add, divide, multiply, pow
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.exponential import log
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import axes_of, broadcast_to, expand_dims, flip, moveaxis, reshape
from hornbeam.ops.reduction import sum as total
from hornbeam.tensor import Tensor

__all__ = ["geomspace", "identity", "logspace", "trapezoid", "vander"]


def identity(n: int, dtype: Any = None) -> Tensor:
    """The identity matrix (n, n).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.identity(2).numpy().tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    return eye(n, dtype=dtype)


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10, dtype: Any = None, axis: int = 0
) -> Tensor:
    """`num` powers of a base, whose exponents are evenly spaced from `start` to `stop`.

    Args:
        start, stop: the first and the last exponent, numbers or tensors that broadcast.
        num: how many.
        endpoint: whether `stop` is the last one, or left out.
        base: of the powers.
        dtype: default: the default float.
        axis: along which they lie, where `start` or `stop` has axes.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.logspace(0, 2, 3).numpy().tolist()
        [1.0, 10.0, 100.0]
    """
    exponents = linspace(start, stop, num, endpoint, dtype="float64", axis=axis)
    return astype(pow(as_tensor(base, "float64"), exponents), as_dtype(dtype))


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Tensor:
    """`num` numbers from `start` to `stop`, each the same multiple of the one before; arguments as for `logspace`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.geomspace(1, 8, 4).numpy().round(4).tolist()
        [1.0, 2.0, 4.0, 8.0]
    """
    first, last = as_tensor(start, "float64"), as_tensor(stop, "float64")
    ratios = linspace(0.0, log(divide(last, first)), num, endpoint, dtype="float64", axis=axis)
    from hornbeam.ops.elementwise.exponential import exp

    spread = expand_dims(first, axis) if first.ndim else first
    return astype(multiply(spread, exp(ratios)), as_dtype(dtype))


def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Tensor:
    """The integral of a sampled function along an axis, by the trapezoidal rule.

    Args:
        y: samples.
        x: where they were taken: a vector, or as many axes as `y`; default: at steps of `dx`.
        dx: the step.
        axis: along which to integrate.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.trapezoid(hb.ops.asarray([1.0, 2.0, 3.0])))
        4.0
    """
    samples = as_float(y)
    (along,) = axes_of(axis, samples.ndim, "trapezoid")
    size = samples.shape[along]
    last = moveaxis(samples, along, -1)
    means = multiply(0.5, add(last[..., 1:], last[..., :-1]))
    if x is None:
        return multiply(total(means, -1), float(dx))
    places = as_float(x)
    if places.shape[-1 if places.ndim == 1 else along] != size:
        raise ShapeError(
            f"trapezoid: x of shape {places.shape} does not fit y of shape {samples.shape} along axis {axis}"
        )
    steps = diff(places) if places.ndim == 1 else moveaxis(diff(places, axis=along), along, -1)
    return total(multiply(means, steps), -1)


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:  # noqa: N803 - NumPy's name
    """The Vandermonde matrix (n, N): powers of each element, the largest first unless `increasing`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.vander(hb.ops.asarray([2, 3])).numpy().tolist()
        [[2, 1], [3, 1]]
    """
    tensor = as_tensor(x)
    if tensor.ndim != 1:
        raise ShapeError(f"vander needs a vector; got shape {tensor.shape}")
    columns = tensor.size if N is None else N
    if columns < 0:
        raise InvalidArgumentError(f"vander: N must not be negative; got {N}")
    edge = ones((tensor.size, min(columns, 1)), tensor.dtype)
    rest = broadcast_to(reshape(tensor, (tensor.size, 1)), (tensor.size, max(columns - 1, 0)))
    powers = cumulative_prod(concat([edge, rest], axis=1), axis=1)
    return powers if increasing else flip(powers, axis=1)

"""Activation functions beyond the common ones in nn.py, under their Keras names."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam.ops.creation import arange
from hornbeam.ops.cumulative import cumulative_sum
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import (
    add,
    clip,
    divide,
    maximum,
    minimum,
    multiply,
    sign,
    sqrt,
    square,
    subtract,
)
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import greater, less_equal, where
from hornbeam.ops.elementwise.exponential import expm1, sigmoid
from hornbeam.ops.elementwise.trigonometric import tanh
from hornbeam.ops.joining import split
from hornbeam.ops.movement import axes_of
from hornbeam.ops.nn import hard_silu, silu
from hornbeam.ops.reduction import sum as total
from hornbeam.ops.sorting import sort
from hornbeam.tensor import Tensor

__all__ = [
    "celu", "glu", "hard_shrink", "hard_swish", "hard_tanh", "soft_shrink", "sparse_plus", "sparse_sigmoid",
    "sparsemax", "squareplus", "swish", "tanh_shrink", "threshold",
]  # fmt: skip

swish, hard_swish = silu, hard_silu


def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """max(x, 0) + min(alpha * (e**(x / alpha) - 1), 0). Source: Barron 2017.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.celu(hb.ops.asarray([0.0, 2.0])).numpy().tolist()
        [0.0, 2.0]
    """
    t = as_float(x)
    return where(greater(t, 0.0), t, multiply(alpha, expm1(divide(minimum(t, 0.0), alpha))))


def glu(x: Any, axis: int = -1) -> Tensor:
    """The first half along an axis times the sigmoid of the second. Source: Dauphin et al. 2016.

    Raises:
        ShapeError: the axis has an odd size.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.glu(hb.ops.asarray([3.0, 0.0])).numpy().tolist()
        [1.5]
    """
    t = as_float(x)
    (along,) = axes_of(axis, t.ndim, "glu")
    if t.shape[along] % 2:
        raise ShapeError(f"glu: axis {axis} of shape {t.shape} must have an even size, to be halved")
    first, second = split(t, 2, axis=along)
    return multiply(first, sigmoid(second))


def hard_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """x where |x| > threshold, 0 elsewhere.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.hard_shrink(hb.ops.asarray([-1.0, 0.2])).numpy().tolist()
        [-1.0, 0.0]
    """
    t = as_float(x)
    return where(greater(absolute(t), threshold), t, 0.0)


def soft_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """x moved towards 0 by threshold, and 0 where it is nearer than that.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.soft_shrink(hb.ops.asarray([-1.0, 0.2])).numpy().tolist()
        [-0.5, 0.0]
    """
    t = as_float(x)
    return where(greater(absolute(t), threshold), subtract(t, multiply(sign(t), threshold)), 0.0)


def tanh_shrink(x: Any) -> Tensor:
    """x - tanh(x).

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.tanh_shrink(0.0))
        0.0
    """
    t = as_float(x)
    return subtract(t, tanh(t))


def hard_tanh(x: Any) -> Tensor:
    """x limited to [-1, 1].

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.hard_tanh(hb.ops.asarray([-3.0, 0.5])).numpy().tolist()
        [-1.0, 0.5]
    """
    return clip(as_float(x), -1.0, 1.0)


def threshold(x: Any, threshold: float, default_value: float) -> Tensor:
    """x where it is above the threshold, `default_value` elsewhere.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.threshold(hb.ops.asarray([0.5, 2.0]), 1.0, -1.0).numpy().tolist()
        [-1.0, 2.0]
    """
    t = as_float(x)
    return where(greater(t, threshold), t, default_value)


def squareplus(x: Any, b: float = 4) -> Tensor:
    """(x + sqrt(x**2 + b)) / 2. Source: Barron 2021.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.squareplus(0.0))
        1.0
    """
    t = as_float(x)
    return multiply(0.5, add(t, sqrt(add(square(t), float(b)))))


def sparse_plus(x: Any) -> Tensor:
    """0 for x <= -1, x for x >= 1, (x + 1)**2 / 4 between. Source: Martins and Astudillo 2016.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.sparse_plus(hb.ops.asarray([-2.0, 0.0, 3.0])).numpy().tolist()
        [0.0, 0.25, 3.0]
    """
    t = as_float(x)
    bowl = multiply(0.25, square(add(clip(t, -1.0, 1.0), 1.0)))
    return where(less_equal(t, -1.0), 0.0, where(greater(t, 1.0), t, bowl))


def sparse_sigmoid(x: Any) -> Tensor:
    """(x + 1) / 2, limited to [0, 1]: the derivative of `sparse_plus`. Source: Martins and Astudillo 2016.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.sparse_sigmoid(hb.ops.asarray([-2.0, 0.0, 3.0])).numpy().tolist()
        [0.0, 0.5, 1.0]
    """
    return multiply(0.5, add(clip(as_float(x), -1.0, 1.0), 1.0))


def sparsemax(x: Any, axis: int = -1) -> Tensor:
    """The point of the probability simplex nearest to x along an axis. Source: Martins and Astudillo 2016.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.sparsemax(hb.ops.asarray([2.0, 0.0, 1.5])).numpy().tolist()
        [0.75, 0.0, 0.25]
    """
    t = as_float(x)
    (along,) = axes_of(axis, t.ndim, "sparsemax")
    falling = sort(t, axis=along, descending=True)
    rank = arange(1, t.shape[along] + 1, dtype=t.dtype)
    rank = rank.reshape(tuple(-1 if a == along else 1 for a in range(t.ndim)))
    excess = subtract(cumulative_sum(falling, axis=along), 1.0)
    support = greater(multiply(rank, falling), excess)
    count = total(astype(support, t.dtype), along, keepdims=True)
    level = divide(subtract(total(where(support, falling, 0.0), along, keepdims=True), 1.0), count)
    return maximum(subtract(t, level), 0.0)

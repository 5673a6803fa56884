"""Neural-network functions under their Keras names."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.composites.activations import log_softmax_p, relu_p, softmax_p
from hornbeam.errors import InvalidArgumentError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import add, clip, divide, maximum, minimum, multiply, negative
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import equal, greater, where
from hornbeam.ops.elementwise.exponential import erf, exp, expm1, log1p, sigmoid
from hornbeam.ops.elementwise.trigonometric import tanh
from hornbeam.ops.movement import axes_of, expand_dims
from hornbeam.tensor import Tensor

__all__ = [
    "elu", "gelu", "hard_sigmoid", "hard_silu", "leaky_relu", "log_sigmoid", "log_softmax", "mish", "one_hot",
    "relu", "relu6", "selu", "silu", "softmax", "softplus", "softsign",
]  # fmt: skip


def relu(x: Any) -> Tensor:
    """max(x, 0); the gradient at 0 is 0.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.relu(hb.ops.asarray([-1.0, 2.0])).tolist()
        [0.0, 2.0]
    """
    t = as_tensor(x)
    return where(greater(t, 0), t, 0) if t.dtype.kind != "float" else bind(relu_p, t)


def relu6(x: Any) -> Tensor:
    """relu limited to 6."""
    return clip(x, 0.0, 6.0)


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """x where positive, negative_slope * x elsewhere."""
    t = as_float(x)
    return where(greater(t, 0), t, multiply(t, negative_slope))


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """x where positive, alpha * (e**x - 1) elsewhere. Source: Clevert et al. 2015."""
    t = as_float(x)
    return where(greater(t, 0), t, multiply(expm1(minimum(t, 0.0)), alpha))


def selu(x: Any) -> Tensor:
    """The self-normalising elu. Source: Klambauer et al. 2017."""
    return multiply(elu(x, 1.6732632423543772), 1.0507009873554805)


def silu(x: Any) -> Tensor:
    """x * sigmoid(x)."""
    t = as_float(x)
    return multiply(t, sigmoid(t))


def gelu(x: Any, approximate: bool = True) -> Tensor:
    """x times the normal distribution function; by tanh where `approximate`. Source: Hendrycks and Gimpel 2016."""
    t = as_float(x)
    if approximate:
        inner = multiply(math.sqrt(2 / math.pi), add(t, multiply(0.044715, t * t * t)))
        return multiply(multiply(0.5, t), add(1.0, tanh(inner)))
    return multiply(multiply(0.5, t), add(1.0, erf(multiply(t, math.sqrt(0.5)))))


def softplus(x: Any) -> Tensor:
    """log(1 + e**x), without overflow."""
    t = as_float(x)
    return add(maximum(t, 0.0), log1p(exp(negative(absolute(t)))))


def softsign(x: Any) -> Tensor:
    """x / (1 + |x|)."""
    t = as_float(x)
    return divide(t, add(1.0, absolute(t)))


def log_sigmoid(x: Any) -> Tensor:
    """log(sigmoid(x)), without overflow."""
    return negative(softplus(negative(as_float(x))))


def hard_sigmoid(x: Any) -> Tensor:
    """x / 6 + 0.5, limited to [0, 1]."""
    return clip(add(multiply(as_float(x), 1 / 6), 0.5), 0.0, 1.0)


def hard_silu(x: Any) -> Tensor:
    """x * hard_sigmoid(x)."""
    t = as_float(x)
    return multiply(t, hard_sigmoid(t))


def mish(x: Any) -> Tensor:
    """x * tanh(softplus(x)). Source: Misra 2019."""
    t = as_float(x)
    return multiply(t, tanh(softplus(t)))


def softmax(x: Any, axis: Any = -1) -> Tensor:
    """exp(x) normalised to sum 1 over an axis (or axes), without overflow.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.softmax(hb.ops.zeros((2,))).numpy().tolist()
        [0.5, 0.5]
    """
    t = as_float(x)
    return bind(softmax_p, t, axes=tuple(sorted(axes_of(axis, t.ndim, "softmax"))))


def log_softmax(x: Any, axis: Any = -1) -> Tensor:
    """The logarithm of `softmax`, without loss of accuracy.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.exp(hb.ops.log_softmax(hb.ops.asarray([0.0, 0.0]))).tolist()
        [0.5, 0.5]
    """
    t = as_float(x)
    return bind(log_softmax_p, t, axes=tuple(sorted(axes_of(axis, t.ndim, "log_softmax"))))


def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Tensor:
    """1 at the position that each index names, 0 elsewhere: a new axis of size `num_classes`. An index outside gives zeros.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.one_hot(hb.ops.asarray([0, 2]), 3).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if sparse:
        raise InvalidArgumentError("one_hot: sparse tensors are not supported")
    t = as_tensor(x)
    if not t.dtype.is_integer and t.dtype != "bool":
        raise InvalidArgumentError(f"one_hot takes integer indices; got {t.dtype}")
    (where_,) = axes_of(axis, t.ndim + 1, "one_hot")
    classes = arange(num_classes, dtype=t.dtype if t.dtype.is_integer else "int32")
    shape = tuple(num_classes if a == where_ else 1 for a in range(t.ndim + 1))
    return astype(equal(expand_dims(astype(t, classes.dtype), where_), classes.reshape(shape)), dtype or "float32")

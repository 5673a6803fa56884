"""Cross-entropies of single examples, which losses average."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import add, clip, divide, multiply, negative, subtract
from hornbeam.ops.elementwise.cast import as_float
from hornbeam.ops.elementwise.exponential import log
from hornbeam.ops.movement import axes_of, squeeze
from hornbeam.ops.nn import log_sigmoid, log_softmax, one_hot
from hornbeam.ops.reduction import sum as total
from hornbeam.tensor import Tensor

__all__ = ["binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"]

EPSILON = 1e-7  # how near to 0 and 1 a probability may be


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """-(t log p + (1 - t) log(1 - p)), element by element.

    Args:
        target: t, from 0 to 1.
        output: p, of the same shape; or its logit log(p / (1 - p)).
        from_logits: whether the outputs are logits.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> import hornbeam as hb
        >>> round(float(hb.ops.binary_crossentropy(1.0, 0.5)), 4)
        0.6931
    """
    p = as_float(output)
    t = as_tensor(target, p.dtype)
    if t.shape != p.shape:
        raise ShapeError(f"binary_crossentropy: target of shape {t.shape}, but output of shape {p.shape}")
    if from_logits:
        yes, no = log_sigmoid(p), log_sigmoid(negative(p))
    else:
        p = clip(p, EPSILON, 1.0 - EPSILON)
        yes, no = log(p), log(subtract(1.0, p))
    return negative(add(multiply(t, yes), multiply(subtract(1.0, t), no)))


def _log_probabilities(output: Tensor, from_logits: bool, axis: int) -> Tensor:
    if from_logits:
        return log_softmax(output, axis)
    return log(clip(divide(output, total(output, axis, keepdims=True)), EPSILON, 1.0 - EPSILON))


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """-sum(t log p) over the classes.

    Args:
        target: t, (..., classes): probabilities, or 1 at the right class.
        output: p, of the same shape, scaled to sum 1; or logits, of which the softmax is taken.
        from_logits: whether the outputs are logits.
        axis: that of the classes.

    Raises:
        ShapeError: the shapes differ, or there is no axis.

    Example:
        >>> import hornbeam as hb
        >>> t, p = hb.ops.asarray([0.0, 1.0]), hb.ops.asarray([0.5, 0.5])
        >>> round(float(hb.ops.categorical_crossentropy(t, p)), 4)
        0.6931
    """
    p = as_float(output)
    t = as_tensor(target, p.dtype)
    if t.shape != p.shape or not p.ndim:
        raise ShapeError(
            f"categorical_crossentropy needs target and output of one shape (..., classes); got {t.shape} and {p.shape}"
        )
    return negative(total(multiply(t, _log_probabilities(p, from_logits, axis)), axis))


def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """-log p of the right class.

    Args:
        target: (...) or (..., 1) integers, the right classes.
        output: (..., classes), scaled to sum 1; or logits, of which the softmax is taken.
        from_logits: whether the outputs are logits.
        axis: that of the classes.

    Raises:
        ShapeError: the shapes do not fit together.

    Example:
        >>> import hornbeam as hb
        >>> p = hb.ops.asarray([[0.5, 0.5]])
        >>> round(float(hb.ops.sparse_categorical_crossentropy(hb.ops.asarray([1]), p)[0]), 4)
        0.6931
    """
    p, t = as_float(output), as_tensor(target, "int32")
    if t.ndim == p.ndim and t.ndim and t.shape[-1] == 1:
        t = squeeze(t, -1)
    (along,) = axes_of(axis, p.ndim, "sparse_categorical_crossentropy") if p.ndim else (0,)
    if not p.ndim or t.shape != p.shape[:along] + p.shape[along + 1 :]:
        raise ShapeError(
            f"sparse_categorical_crossentropy needs the target without the output's axis of classes; got shapes {t.shape} "
            f"and {p.shape}, axis {axis}"
        )
    right = one_hot(t, p.shape[along], axis=along, dtype=p.dtype)
    return negative(total(multiply(right, _log_probabilities(p, from_logits, along)), along))

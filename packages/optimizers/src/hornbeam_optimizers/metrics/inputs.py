"""What metrics are given, made comparable: ranks, dtypes, sample weights, masks."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, dtypes, ops
from hornbeam.errors import ShapeError

from hornbeam_optimizers.metrics import checks

__all__ = [
    "aligned", "classes_of", "floating", "one_hot_pair", "pair", "same_rank", "spread", "summed", "weights_of",
]  # fmt: skip

FEW = 64  # places up to which comparing with each is cheaper than scattering, and its memory bearable where loops are not fused


def floating(x: Any) -> Tensor:
    """A tensor in float32 at least."""
    tensor = ops.asarray(x)
    return tensor if tensor.dtype.is_floating and tensor.dtype.itemsize >= 4 else ops.cast(tensor, dtypes.float32)


def same_rank(first: Tensor, second: Tensor, expand_rank_1: bool = True) -> tuple[Tensor, Tensor]:
    """Keras's rule: where one has an axis of size 1 more at its end, that is taken off, or given to a vector."""
    if first.ndim == second.ndim + 1 and first.shape[-1] == 1:
        if second.ndim == 1 and expand_rank_1:
            return first, ops.expand_dims(second, -1)
        return ops.squeeze(first, -1), second
    if second.ndim == first.ndim + 1 and second.shape[-1] == 1:
        if first.ndim == 1 and expand_rank_1:
            return ops.expand_dims(first, -1), second
        return first, ops.squeeze(second, -1)
    return first, second


def aligned(y_true: Any, y_pred: Any, name: str) -> tuple[Tensor, Tensor]:
    """Both of one shape.

    Raises:
        ShapeError: they differ by more than an axis of size 1 at the end.
    """
    true, pred = same_rank(ops.asarray(y_true), ops.asarray(y_pred))
    if true.shape != pred.shape:
        raise ShapeError(f"{name}: y_true has shape {true.shape} and y_pred {pred.shape}; they must be equal")
    return true, pred


def pair(y_true: Any, y_pred: Any, name: str) -> tuple[Tensor, Tensor]:
    """Both in float32 at least, and of one shape."""
    return aligned(floating(y_true), floating(y_pred), name)


def classes_of(labels: Any, scores: Tensor) -> Tensor:
    """Whole-number class labels of the scores' shape without the last axis, from those or from one-hot rows.

    Raises:
        ShapeError: the labels have another shape.
    """
    true = ops.asarray(labels)
    if true.shape == scores.shape and scores.shape[-1] > 1:
        return ops.cast(ops.argmax(true, axis=-1), "int32")
    if true.ndim == scores.ndim and true.shape[-1] == 1:
        true = ops.squeeze(true, -1)
    if true.shape != scores.shape[:-1]:
        raise ShapeError(
            f"labels of shape {true.shape} for predictions of shape {scores.shape}: expected class indices of shape "
            f"{scores.shape[:-1]}, or one-hot rows of shape {scores.shape}"
        )
    return ops.cast(true, "int32")


def one_hot_pair(y_true: Any, y_pred: Any, name: str) -> tuple[Tensor, Tensor]:
    """As `pair`; class indices beside scores of several classes become one-hot rows."""
    true, pred = ops.asarray(y_true), floating(y_pred)
    several = pred.ndim > 1 and pred.shape[-1] > 1
    if several and (true.shape == pred.shape[:-1] or true.shape == (*pred.shape[:-1], 1)):
        if true.ndim == pred.ndim:
            true = ops.squeeze(true, -1)
        checks.indices(true, pred.shape[-1], name)
        return ops.one_hot(ops.cast(true, "int32"), pred.shape[-1], dtype=pred.dtype), pred
    return pair(true, pred, name)


def weights_of(sample_weight: Any, y_pred: Any) -> Tensor | None:
    """Sample weights, 0 for steps that the prediction's mask leaves out; None where all count alike."""
    mask = getattr(y_pred, "mask", None)
    weights = None if sample_weight is None else floating(sample_weight)
    if mask is None:
        return weights
    counts = ops.cast(mask, dtypes.float32)
    if weights is None:
        return counts
    counts, weights = same_rank(counts, weights)
    while weights.ndim < counts.ndim:
        weights = ops.expand_dims(weights, -1)
    return weights * counts


def spread(weights: Tensor | None, shape: tuple[int, ...], name: str) -> Tensor | None:
    """Weights in the shape of what they weigh: of samples, of steps, or of each value.

    Raises:
        ShapeError: they do not broadcast to it.
    """
    if weights is None:
        return None
    if weights.ndim == len(shape) + 1 and weights.shape[-1] == 1:
        weights = ops.squeeze(weights, -1)
    while weights.ndim < len(shape):
        weights = ops.expand_dims(weights, -1)
    if weights.ndim != len(shape) or any(w not in (1, v) for w, v in zip(weights.shape, shape, strict=True)):
        raise ShapeError(f"{name}: sample_weight of shape {weights.shape} does not fit values of shape {shape}")
    return ops.broadcast_to(weights, shape)


def summed(weights: Tensor | None, places: Tensor, count: int) -> Tensor:
    """Weights added up by place: (count,), exactly beyond the 2**24 at which float32 stops counting.

    Args:
        weights: of the places' shape; None: each counts 1.
        places: int32, from 0 to below `count`.
        count: how many places.
    """
    flat = ops.reshape(places, (places.size,))
    if weights is None:
        each = ops.ones(flat.shape, "int32")
    else:
        each = ops.reshape(weights if weights.dtype.is_integer else ops.cast(weights, dtypes.float64), (flat.size,))
    if count <= FEW:
        hit = ops.equal(ops.expand_dims(flat, -1), ops.arange(count, dtype="int32"))  # (n, count)
        return ops.sum(ops.where(hit, ops.expand_dims(each, -1), 0), axis=0)
    return ops.segment_sum(each, flat, count)

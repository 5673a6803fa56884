"""Figures of ranked lists, one list of items a sample: NDCG, reciprocal rank, average precision."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.inputs import pair
from hornbeam_optimizers.metrics.reductions import MeanMetricWrapper

__all__ = [
    "NDCG", "MeanReciprocalRank", "RetrievalAveragePrecision", "ndcg", "reciprocal_rank", "retrieval_average_precision",
]  # fmt: skip


def _ranked(y_true: Any, y_pred: Any, name: str) -> Tensor:
    """Relevances (..., items) in the order of falling scores; items of negative relevance are padding, come last and count 0."""
    true, pred = pair(y_true, y_pred, name)
    checks.finite(true, "label", name)
    checks.finite(pred, "prediction", name)
    counts = ops.greater_equal(true, 0.0)
    order = ops.argsort(ops.where(counts, pred, -float("inf")), axis=-1, descending=True)
    return ops.maximum(ops.take_along_axis(true, order, axis=-1), 0.0)


def _first(k: int | None, items: int) -> np.ndarray[Any, Any]:
    """1 for the first k places."""
    return (np.arange(items) < (items if k is None else k)).astype(np.float32)


def ndcg(y_true: Any, y_pred: Any, k: int | None = None, gain: str = "exponential") -> Tensor:
    """The discounted gain of each list, over that of the best order; 0 where nothing is relevant.

    Args:
        y_true: relevance of each item, (..., items); negative: padding, which does not count.
        y_pred: scores, (..., items). Of equal scores the first item comes first.
        k: places that count; default: all.
        gain: "exponential": 2**relevance - 1, or "linear": the relevance.

    Raises:
        ShapeError: the shapes differ.

    Sources:
        Järvelin and Kekäläinen 2002; Burges et al. 2005 (exponential gain).
    """
    ranked = _ranked(y_true, y_pred, "ndcg")
    items = ranked.shape[-1]
    places = (_first(k, items) / np.log2(np.arange(items) + 2.0)).astype(np.float32)

    def gained(relevance: Tensor) -> Tensor:
        return ops.sum((ops.exp2(relevance) - 1.0 if gain == "exponential" else relevance) * places, axis=-1)

    return ops.divide_no_nan(gained(ranked), gained(ops.sort(ranked, axis=-1, descending=True)))


def reciprocal_rank(y_true: Any, y_pred: Any, k: int | None = None) -> Tensor:
    """1 / the place of the first relevant item of each list; 0 where none is among the first k. Arguments as for `ndcg`.

    Raises:
        ShapeError: the shapes differ.
    """
    ranked = _ranked(y_true, y_pred, "reciprocal_rank")
    places = (_first(k, ranked.shape[-1]) / (np.arange(ranked.shape[-1]) + 1.0)).astype(np.float32)
    return ops.max(ops.where(ops.greater(ranked, 0.0), places, 0.0), axis=-1)


def retrieval_average_precision(y_true: Any, y_pred: Any, k: int | None = None) -> Tensor:
    """The mean, over the relevant items of each list, of the precision down to them; 0 where there is none.

    With `k`: over those among the first k, divided by as many as could be there. Arguments as for `ndcg`.

    Raises:
        ShapeError: the shapes differ.
    """
    ranked = _ranked(y_true, y_pred, "retrieval_average_precision")
    items = ranked.shape[-1]
    hits = ops.cast(ops.greater(ranked, 0.0), ranked.dtype)
    precision = ops.cumsum(hits, axis=-1) / (np.arange(items) + 1.0).astype(np.float32)
    possible = ops.minimum(ops.sum(hits, axis=-1), float(items if k is None else k))
    return ops.divide_no_nan(ops.sum(precision * hits * _first(k, items), axis=-1), possible)


def _check_k(k: Any, name: str) -> None:
    if k is not None and (not isinstance(k, int) or isinstance(k, bool) or k < 1):
        raise InvalidArgumentError(f"{name}: k must be None or a whole number from 1; got {k!r}")


class NDCG(MeanMetricWrapper):
    """The mean normalised discounted cumulative gain of lists.

    Args:
        k: places that count; default: all.
        gain: "exponential": 2**relevance - 1, or "linear": the relevance.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = NDCG(gain="linear")
        >>> metric.update_state([[10, 0, 0, 1, 5]], [[0.1, 0.2, 0.3, 4, 70]]); round(float(metric.result()), 4)
        0.6957
    """

    _direction = "up"

    def __init__(
        self, k: int | None = None, gain: str = "exponential", name: str | None = "ndcg", dtype: Any = None
    ) -> None:
        _check_k(k, "NDCG")
        if gain not in ("exponential", "linear"):
            raise InvalidArgumentError(f"NDCG: gain must be 'exponential' or 'linear'; got {gain!r}")
        super().__init__(ndcg, name, dtype, k=k, gain=gain)


class MeanReciprocalRank(MeanMetricWrapper):
    """The mean over lists of 1 / the place of the first relevant item.

    Args:
        k: places that count; default: all.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: k is not as said above.

    Example:
        >>> metric = MeanReciprocalRank()
        >>> metric.update_state([[0, 1, 0], [0, 0, 1]], [[0.3, 0.9, 0.1], [0.3, 0.9, 0.2]])
        >>> round(float(metric.result()), 4)
        0.6667
    """

    _direction = "up"

    def __init__(self, k: int | None = None, name: str | None = "mean_reciprocal_rank", dtype: Any = None) -> None:
        _check_k(k, "MeanReciprocalRank")
        super().__init__(reciprocal_rank, name, dtype, k=k)


class RetrievalAveragePrecision(MeanMetricWrapper):
    """The mean over lists of their average precision (MAP of information retrieval).

    Args:
        k: places that count; default: all.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: k is not as said above.

    Example:
        >>> metric = RetrievalAveragePrecision()
        >>> metric.update_state([[0, 1, 1]], [[0.3, 0.9, 0.1]]); round(float(metric.result()), 4)
        0.8333
    """

    _direction = "up"

    def __init__(
        self, k: int | None = None, name: str | None = "retrieval_average_precision", dtype: Any = None
    ) -> None:
        _check_k(k, "RetrievalAveragePrecision")
        super().__init__(retrieval_average_precision, name, dtype, k=k)

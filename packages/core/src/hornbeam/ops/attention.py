"""Attention as a function, under its Keras name."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.composites.attention import attention, masked, normalized, products, weighted
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import broadcast_shapes
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.elementwise.arithmetic import multiply
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.trigonometric import tanh
from hornbeam.ops.joining import repeat
from hornbeam.ops.movement import reshape
from hornbeam.tensor import Tensor

__all__ = ["dot_product_attention"]


def dot_product_attention(
    query: Any, key: Any, value: Any, bias: Any = None, mask: Any = None, scale: float | None = None,
    is_causal: bool = False, flash_attention: bool | None = None, attn_logits_soft_cap: float | None = None,
) -> Tensor:  # fmt: skip
    """softmax(scale * query key) value, head by head. The scores are not kept for the gradient.

    Args:
        query: [batch, queries, heads, dim].
        key, value: [batch, keys, heads, dim]; fewer heads, of which those of the query are a multiple, are shared.
        bias: added to the scores; broadcast to [batch, heads, queries, keys]. With it the scores are kept.
        mask: bool, broadcast to [batch, heads, queries, keys]; True where a query may look. A query that may look nowhere
            gets zeros.
        scale: default 1 / sqrt(dim).
        is_causal: whether a query looks at the keys up to its own place only.
        flash_attention: for Keras's signature; without effect on the result.
        attn_logits_soft_cap: where given, scores go through cap * tanh(scores / cap), and are kept.

    Returns:
        [batch, queries, heads, dim of value].

    Raises:
        ShapeError: the shapes do not fit together.
        InvalidArgumentError: the mask is not of bool.

    Source: Vaswani et al. 2017; Dao et al. 2022.

    Example:
        >>> import hornbeam as hb
        >>> q, k = hb.random.normal((2, 4, 8, 16)), hb.random.normal((2, 6, 8, 16))
        >>> dot_product_attention(q, k, k).shape
        (2, 4, 8, 16)
    """
    q, k, v = promote_tensors(*map(as_float, (query, key, value)))
    shape = _shape_of_scores(q, k, v)
    if k.shape[2] != q.shape[2]:
        k, v = (repeat(t, q.shape[2] // k.shape[2], axis=2) for t in (k, v))
    allowed = None if mask is None else _fit(as_tensor(mask), shape, "mask")
    if allowed is not None and allowed.dtype != "bool":
        raise InvalidArgumentError(
            f"dot_product_attention: mask must be of bool, True where a query may look; got {allowed.dtype}. "
            "What is to be added to the scores is the bias."
        )
    factor = 1 / math.sqrt(q.shape[3]) if scale is None else float(scale)
    if bias is None and attn_logits_soft_cap is None:
        return attention(q, k, v, allowed, factor, is_causal)
    scores = products(q, k, factor)
    if attn_logits_soft_cap is not None:
        scores = multiply(attn_logits_soft_cap, tanh(scores / attn_logits_soft_cap))
    if bias is not None:
        scores = scores + astype(_fit(as_tensor(bias), shape, "bias"), scores.dtype)
    return weighted(normalized(masked(scores, allowed, is_causal))[0], v)


def _shape_of_scores(q: Tensor, k: Tensor, v: Tensor) -> tuple[int, ...]:
    shapes = f"query {q.shape}, key {k.shape} and value {v.shape}"
    if {t.ndim for t in (q, k, v)} != {4}:
        raise ShapeError(f"dot_product_attention takes tensors of shape [batch, time, heads, dim]; got {shapes}")
    fits = q.shape[0] == k.shape[0] and k.shape[:3] == v.shape[:3] and q.shape[3] == k.shape[3]
    if not fits or not k.shape[2] or q.shape[2] % k.shape[2]:
        raise ShapeError(
            f"dot_product_attention: {shapes} do not fit: query and key need one batch size and one dim, key and value one "
            "number of keys and heads, and the query's heads must be a multiple of those."
        )
    return (q.shape[0], q.shape[2], q.shape[1], k.shape[1])


def _fit(t: Tensor, shape: tuple[int, ...], what: str) -> Tensor:
    """With four axes, after a check that it broadcasts to `shape`."""
    if broadcast_shapes(t.shape, shape, where=f"dot_product_attention: the {what}") != shape:
        raise ShapeError(
            f"dot_product_attention: the {what} of shape {t.shape} does not broadcast to scores of {shape}"
        )
    return reshape(t, (*(1,) * (4 - t.ndim), *t.shape))

"""Attention: softmax(q k) v without keeping the scores, and its gradient, which computes them again.

Source: Dao et al. 2022, "FlashAttention", for the algebra of the gradient.
"""

from __future__ import annotations

import math
from typing import Any

from hornbeam.interpret import bind
from hornbeam.ops.contraction import dot_general_p
from hornbeam.ops.creation import arange, zeros
from hornbeam.ops.elementwise.comparison import equal, less_equal, where
from hornbeam.ops.elementwise.exponential import exp, log
from hornbeam.ops.movement import expand_dims, permute_dims, squeeze
from hornbeam.ops.reduction import max as top
from hornbeam.primitive import composite
from hornbeam.tensor import Tensor

__all__ = ["attention", "masked", "normalized", "products", "weighted"]


def _example(t: Any) -> tuple[Any, Any, Any, dict[str, Any], dict[str, Any]]:
    n, queries, keys = t.sizes[:3]
    q, k, v = t.array((n, queries, 2, 3)), t.array((n, keys, 2, 3)), t.array((n, keys, 2, 2))
    extra: dict[str, Any] = {}
    if t.rng.random() < 0.5:
        shape = [size if t.rng.random() < 0.7 else 1 for size in (n, 2, queries, keys)]
        extra["mask"] = t.rng.random(shape) < 0.6
    if t.rng.random() < 0.3:
        extra["key"] = t.key()
    rate = 0.3 if "key" in extra else 0.0
    return q, k, v, extra, {"scale": 0.5, "causal": bool(t.rng.random() < 0.4), "rate": rate}


def _case(t: Any) -> Any:
    q, k, v, extra, how = _example(t)
    return t.case(q, k, v, *extra.values(), extra=tuple(extra), **how)


@composite("attention", cases=_case, multiple=True, partial_cts=True)
def attention_p(
    q: Tensor, k: Tensor, v: Tensor, *more: Tensor, extra: tuple[str, ...], scale: float, causal: bool, rate: float
) -> tuple[Tensor, Tensor]:
    """(out, logsumexp): softmax(scale * q k) v, and the logarithm of what the softmax divides by.

    Shapes: q [batch, queries, heads, dim], k [batch, keys, heads, dim], v [batch, keys, heads, dim of v]; out [batch, queries,
    heads, dim of v], logsumexp [batch, heads, queries]. `extra` names further tensors: mask, bool, with four axes that
    broadcast to [batch, heads, queries, keys], True where a query may look; key, uint32[4], for dropout of the probabilities
    with `rate`. `causal`: a query looks at the keys up to its own place. A query that may look nowhere gets zeros, and
    logsumexp 0.
    """
    found = dict(zip(extra, more, strict=True))
    p, logsumexp = normalized(masked(products(q, k, scale), found.get("mask"), causal))
    if "key" in found:
        p = p * _kept(found["key"], p, rate)
    return weighted(p, v), logsumexp


@attention_p.vjp("inputs out")
def _(cts: Any, inputs: Any, out: Any, extra: tuple[str, ...], **how: Any) -> Any:
    q, k, v, *more = inputs
    given = {name: ct for name, ct in zip(("dout", "dlogsumexp"), cts, strict=True) if ct is not None}
    found = given | dict(zip(extra, more, strict=True))
    return *bind(attention_grad_p, q, k, v, *out, *found.values(), extra=tuple(found), **how), *(None for _ in extra)


def _grad_case(t: Any) -> Any:
    q, k, v, extra, how = _example(t)
    out, logsumexp = t.array((*q.shape[:3], v.shape[3])), t.array((q.shape[0], q.shape[2], q.shape[1]), 1.0, 4.0)
    cts = {"dout": t.array(out.shape), "dlogsumexp": t.array(logsumexp.shape)}
    extra = {name: ct for name, ct in cts.items() if t.rng.random() < 0.7} | extra
    return t.case(q, k, v, out, logsumexp, *extra.values(), extra=tuple(extra), **how)


@composite("attention_grad", cases=_grad_case, multiple=True)
def attention_grad_p(
    q: Tensor, k: Tensor, v: Tensor, out: Tensor, logsumexp: Tensor, *more: Tensor,
    extra: tuple[str, ...], scale: float, causal: bool, rate: float,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """(dq, dk, dv) of `attention`, whose parameters it shares; out and logsumexp are its results.

    `extra` names further tensors: dout and dlogsumexp, their cotangents (one that is not there is zero), mask and key.
    """
    found = dict(zip(extra, more, strict=True))
    dout = found.get("dout", zeros(out.shape, out.dtype))
    p = exp(masked(products(q, k, scale), found.get("mask"), causal) - expand_dims(logsumexp, -1))
    dp = bind(dot_general_p, dout, v, contracting=((3,), (3,)), batch=((0, 2), (0, 2)))  # [batch, heads, queries, keys]
    dropped = p
    if "key" in found:
        kept = _kept(found["key"], p, rate)
        dropped, dp = p * kept, dp * kept
    row = permute_dims((dout * out).sum(-1), (0, 2, 1))  # sum over the keys of p * dp
    if "dlogsumexp" in found:
        row = row - found["dlogsumexp"]
    ds = p * (dp - expand_dims(row, -1)) * scale
    dq = weighted(ds, k)
    dk = bind(dot_general_p, ds, q, contracting=((2,), (1,)), batch=((0, 1), (0, 2)))  # [batch, heads, keys, dim]
    dv = bind(dot_general_p, dropped, dout, contracting=((2,), (1,)), batch=((0, 1), (0, 2)))
    return dq, permute_dims(dk, (0, 2, 1, 3)), permute_dims(dv, (0, 2, 1, 3))


def products(q: Tensor, k: Tensor, scale: float) -> Tensor:
    """The scores, [batch, heads, queries, keys]."""
    return bind(dot_general_p, q, k, contracting=((3,), (3,)), batch=((0, 2), (0, 2))) * scale


def masked(scores: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
    """The scores, and -inf where a query may not look."""
    if mask is not None:
        scores = where(mask, scores, -math.inf)
    if causal:
        queries, keys = (arange(size, dtype="int32") for size in scores.shape[2:])
        scores = where(less_equal(expand_dims(keys, 0), expand_dims(queries, 1)), scores, -math.inf)
    return scores


def normalized(scores: Tensor) -> tuple[Tensor, Tensor]:
    """The probabilities, [batch, heads, queries, keys], and the logarithm of what they are divided by."""
    from hornbeam.gradient_rules import stop_gradient

    if not scores.shape[3]:
        return scores, scores.sum(3)
    highest = stop_gradient(top(scores, -1, keepdims=True))
    nowhere = equal(highest, -math.inf)
    highest = where(nowhere, 0.0, highest)
    e = exp(scores - highest)
    total = where(nowhere, 1.0, e.sum(-1, keepdims=True))
    return e / total, squeeze(highest + log(total), -1)


def weighted(p: Tensor, v: Tensor) -> Tensor:
    """[batch, heads, queries, keys] and [batch, keys, heads, dim] -> [batch, queries, heads, dim]."""
    out = bind(dot_general_p, p, v, contracting=((3,), (1,)), batch=((0, 1), (0, 2)))
    return permute_dims(out, (0, 2, 1, 3))


def _kept(key: Tensor, p: Tensor, rate: float) -> Tensor:
    """What dropout multiplies the probabilities by: 0 with probability `rate`, else 1 / (1 - rate)."""
    from hornbeam.random import bernoulli

    return bernoulli(p.shape, 1.0 - rate, p.dtype, key) / (1.0 - rate)


def attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, scale: float, causal: bool,
    key: Tensor | None = None, rate: float = 0.0,
) -> Tensor:  # fmt: skip
    """softmax(scale * q k) v without keeping the scores; arguments as `attention_p` explains them.

    Example:
        >>> import hornbeam as hb
        >>> q = hb.ops.ones((2, 4, 8, 16))
        >>> attention(q, q, q, None, 0.25, True).shape
        (2, 4, 8, 16)
    """
    extra = {name: t for name, t in (("mask", mask), ("key", key)) if t is not None}
    return bind(attention_p, q, k, v, *extra.values(), extra=tuple(extra), scale=scale, causal=causal, rate=rate)[0]

"""Attention against its formula in NumPy."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.composites.attention import attention
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.testing import check_gradients
from hypothesis import given
from hypothesis import strategies as st


def arrays(seed, n=2, queries=3, keys=4, heads=4, dim=5, groups=1):
    rng = np.random.default_rng(seed)
    shapes = (n, queries, heads, dim), (n, keys, heads // groups, dim), (n, keys, heads // groups, dim)
    return [rng.normal(size=s) for s in shapes], rng.random((n, heads, queries, keys)) < 0.5, rng


def plain(q, k, v, mask, scale, bias=0.0, cap=None):
    k, v = (np.repeat(a, q.shape[2] // a.shape[2], axis=2) for a in (k, v))
    scores = np.einsum("bqhd,bkhd->bhqk", q, k) * scale
    scores = (scores if cap is None else cap * np.tanh(scores / cap)) + bias
    e = np.where(mask, np.exp(scores), 0.0)
    total = e.sum(-1, keepdims=True)
    p = e / np.where(total == 0, 1.0, total)
    return np.einsum("bhqk,bkhd->bqhd", p, v)


@given(
    seed=st.integers(0, 1000), queries=st.integers(1, 4), keys=st.integers(1, 4), groups=st.sampled_from([1, 2, 4]),
    causal=st.booleans(), special=st.booleans(),
)  # fmt: skip
def test_dot_product_attention_is_the_formula(seed, queries, keys, groups, causal, special):
    (q, k, v), mask, rng = arrays(seed, queries=queries, keys=keys, groups=groups)
    extra = {"bias": rng.normal(size=(4, 1, keys)), "cap": 2.0} if special else {}
    allowed = mask & (np.arange(keys) <= np.arange(queries)[:, None]) if causal else mask
    expected = plain(q, k, v, allowed, 1 / np.sqrt(5), **extra)
    how = {"bias": extra["bias"], "attn_logits_soft_cap": 2.0} if special else {}
    found = hb.ops.dot_product_attention(q, k, v, mask=mask, is_causal=causal, **how)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9, atol=1e-12)


def test_scores_far_out_do_not_overflow():
    (q, k, v), _, _ = arrays(0)
    found = hb.ops.dot_product_attention(q * 1e4, k, v).numpy()
    best = np.einsum("bqhd,bkhd->bhqk", q, k).argmax(-1)  # a hard choice of one key
    expected = np.take_along_axis(v.transpose(0, 2, 1, 3), best[..., None], axis=2).transpose(0, 2, 1, 3)
    np.testing.assert_allclose(found, expected)


def test_no_keys_give_zeros():
    (q, k, v), _, _ = arrays(0, keys=0)
    assert not hb.ops.dot_product_attention(q, k, v).numpy().any()


def test_the_scores_are_not_among_what_is_kept():
    (q, k, v), _, _ = arrays(0, queries=7, keys=7)
    graph = hb.capture(hb.grad(lambda q: hb.ops.sum(hb.ops.dot_product_attention(q, k, v))), q)
    assert not [o for n in graph.nodes for o in n.outputs if o.shape[-2:] == (7, 7)]


def test_dropout_keeps_the_mean_and_its_gradient_uses_the_same_draw():
    (q, k, v), _, _ = arrays(0, n=64, queries=6, keys=6)
    tensors = [hb.ops.asarray(a) for a in (q, k, v)]
    key, whole = hb.random.key(3), plain(q, k, v, True, 0.5)
    dropped = attention(*tensors, None, 0.5, False, key, 0.25).numpy()
    ones = attention(tensors[0], tensors[1], hb.ops.ones_like(tensors[2]), None, 0.5, False, key, 0.25).numpy()
    assert abs(ones.mean() - 1.0) < 0.02
    assert np.abs(ones - 1.0).max() > 0.1
    assert not np.allclose(dropped, whole)
    small = [a[:2, :3] for a in (q, k, v)]
    assert check_gradients(lambda *a: attention(*a, None, 0.5, False, key, 0.25), *small)


def test_bad_input():
    (q, k, v), mask, _ = arrays(0)
    with pytest.raises(ShapeError, match=r"do not fit: query and key need one batch size"):
        hb.ops.dot_product_attention(q, k[:1], v)
    with pytest.raises(ShapeError, match=r"takes tensors of shape \[batch, time, heads, dim\]"):
        hb.ops.dot_product_attention(q[0], k, v)
    with pytest.raises(InvalidArgumentError, match="must be of bool"):
        hb.ops.dot_product_attention(q, k, v, mask=mask.astype("float32"))
    with pytest.raises(ShapeError, match="the mask"):
        hb.ops.dot_product_attention(q, k, v, mask=mask[:, :3])

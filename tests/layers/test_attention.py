"""Attention and position layers: truths in NumPy, masks, dropout, arguments that cannot be meant.

Numbers of genuine Keras: tests/interop/layers.
"""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hypothesis import given
from hypothesis import strategies as st

RNG = np.random.default_rng(0)
Q, V = (RNG.normal(size=s).astype("float32") for s in ((2, 3, 4), (2, 5, 4)))


def primitives(f, *args):
    return {str(node.primitive) for node in hb.capture(f, *args).nodes}


@pytest.mark.parametrize(
    ("layer", "listed"),
    [
        (hb.layers.Attention(use_scale=True, dropout=0.2), True),
        (hb.layers.GroupQueryAttention(2, 4, 2, dropout=0.2), False),
        (hb.layers.MultiHeadAttention(2, 3, dropout=0.2), False),
    ],
)
def test_it_is_one_operation_where_nobody_asks_for_the_scores(layer, listed):
    def run(q, v, **how):
        return layer([q, v], **how) if listed else layer(q, v, **how)

    run(Q, V)
    found = primitives(lambda q, v: run(q, v, training=True, use_causal_mask=True), Q, V)
    assert "attention" in found
    assert "exp" not in found
    out, scores = run(Q, V, return_attention_scores=True)
    assert scores.shape == (
        (2, 3, 5) if listed else (2, layer.num_query_heads if hasattr(layer, "head_dim") else 2, 3, 5)
    )
    np.testing.assert_allclose(out.numpy(), run(Q, V).numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(scores.numpy().sum(-1), 1.0, rtol=1e-5)


def test_a_query_that_may_look_nowhere_gets_zeros():
    mask = [np.array([[True, True, False]] * 2), np.array([[False] * 5, [True, False, True, False, False]])]
    out, scores = hb.layers.Attention()([Q, V], mask=mask, return_attention_scores=True)
    assert not out.numpy()[0].any()
    assert not out.numpy()[1, 2].any()
    p = np.exp(Q[1, :2] @ V[1, [0, 2]].T)
    expected = p / p.sum(-1, keepdims=True) @ V[1, [0, 2]]
    np.testing.assert_allclose(out.numpy()[1, :2], expected, rtol=1e-5)
    assert not scores.numpy()[1, :, [1, 3, 4]].any()


def test_masks_flow_into_attention_and_on():
    words, keys = np.array([[1, 2, 0]]), np.array([[3, 0, 1, 0]])
    embedding = hb.layers.Embedding(5, 4, mask_zero=True)
    for layer in (hb.layers.Attention(), hb.layers.AdditiveAttention()):
        out = layer([embedding(words), embedding(keys)])
        assert out.mask.numpy().tolist() == [[True, True, False]]
        given = layer([embedding(words).numpy(), embedding(keys).numpy()], mask=[words != 0, keys != 0])
        np.testing.assert_array_equal(out.numpy(), given.numpy())


def test_dropout_keeps_the_mean():
    layer = hb.layers.Attention(dropout=0.5, seed=1)
    value = np.ones((400, 6, 3), "float32")
    out = layer([value[:, :5], value], training=True).numpy()
    assert abs(out.mean() - 1.0) < 0.02
    assert out.std() > 0.1
    np.testing.assert_allclose(layer([value[:, :5], value]).numpy(), 1.0, rtol=1e-6)


def test_one_group_for_each_head_is_multi_head_attention():
    one, other = hb.layers.GroupQueryAttention(3, 2, 2), hb.layers.MultiHeadAttention(2, 3)
    one(Q, V), other(Q, V)
    other.set_weights(one.get_weights())
    np.testing.assert_array_equal(one(Q, V, use_causal_mask=True).numpy(), other(Q, V, use_causal_mask=True).numpy())


@given(start=st.integers(-3, 50), shift=st.integers(-40, 40), features=st.integers(1, 3).map(lambda n: 2 * n))
def test_turned_products_tell_the_distance_alone(start, shift, features):
    rng = np.random.default_rng(features)
    q, k = (rng.normal(size=(1, 4, features)) for _ in range(2))
    layer = hb.layers.RotaryEmbedding(max_wavelength=50, dtype="float64")
    scores = [
        (layer(q, start_index=at) @ ops.matrix_transpose(layer(k, start_index=at))).numpy()
        for at in (start, start + shift)
    ]
    np.testing.assert_allclose(*scores, rtol=1e-4, atol=1e-4)  # angles are computed in float32
    np.testing.assert_allclose(np.linalg.norm(layer(q).numpy(), axis=-1), np.linalg.norm(q, axis=-1), rtol=1e-6)


def test_rotary_embedding_is_a_complex_product():
    x = RNG.normal(size=(2, 3, 2, 6)).astype("float32")
    places = np.array([[0, 2, 5], [1, 1, 7]])
    found = hb.layers.RotaryEmbedding(100, scaling_factor=2.0)(x, positions=places).numpy()
    angles = places[:, :, None, None] / 2 * 100.0 ** (-np.arange(3) / 3)
    turned = (x[..., :3] + 1j * x[..., 3:]) * np.exp(1j * angles)
    np.testing.assert_allclose(found, np.concatenate([turned.real, turned.imag], -1), rtol=1e-4, atol=1e-5)
    moved = hb.layers.RotaryEmbedding(100, sequence_axis=2, feature_axis=1)(x.transpose(0, 3, 1, 2)).numpy()
    np.testing.assert_allclose(
        moved.transpose(0, 2, 3, 1), hb.layers.RotaryEmbedding(100)(x).numpy(), rtol=1e-5, atol=1e-6
    )


def test_sines_and_cosines_are_the_papers():
    found = hb.layers.SinePositionEncoding(max_wavelength=100)(np.zeros((2, 4, 5)), start_index=3).numpy()
    for place in range(4):
        for i in range(5):
            angle = (place + 3) / 100 ** (2 * (i // 2) / 5)
            assert found[1, place, i] == pytest.approx((np.cos if i % 2 else np.sin)(angle), abs=1e-6)


def test_learnt_places_are_rows_of_the_table():
    layer = hb.layers.PositionEmbedding(7)
    out = layer(np.zeros((2, 3, 4), "float32"), start_index=2)
    np.testing.assert_array_equal(out.numpy(), np.broadcast_to(layer.get_weights()[0][2:5], (2, 3, 4)))
    with pytest.raises(hb.ShapeError, match=r"has 7 places; got inputs of shape \(2, 8, 4\), with 8"):
        layer(np.zeros((2, 8, 4), "float32"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: hb.layers.Attention(score_mode="cosine"), "score_mode must be 'dot' or 'concat'; got 'cosine'"),
        (lambda: hb.layers.Attention(dropout=1.0), r"dropout must be in \[0, 1\); got 1.0"),
        (lambda: hb.layers.Attention()(Q), r"takes a list \[query, value\] or \[query, value, key\]"),
        (lambda: hb.layers.Attention()([Q, V[..., :3]]), "expected query .* got shapes"),
        (lambda: hb.layers.GroupQueryAttention(2, 0, 1), "num_query_heads must be a positive integer; got 0"),
        (
            lambda: hb.layers.GroupQueryAttention(2, 3, 2),
            "num_query_heads must be a multiple of num_key_value_heads; got 3 and 2",
        ),
        (lambda: hb.layers.GroupQueryAttention(2, 2, 2)(Q[None], V[None]), "expected query, value and key"),
        (lambda: hb.layers.RotaryEmbedding(0), "max_wavelength must be positive; got 0"),
        (lambda: hb.layers.RotaryEmbedding()(Q[..., :3]), "number of features must be even"),
        (lambda: hb.layers.SinePositionEncoding(-1), "max_wavelength must be positive; got -1"),
        (lambda: hb.layers.PositionEmbedding(0), "sequence_length must be a positive integer; got 0"),
    ],
)
def test_arguments_that_cannot_be_meant(make, message):
    with pytest.raises(hb.HornbeamError, match=message):
        make()

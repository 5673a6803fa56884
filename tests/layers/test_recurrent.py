"""Recurrent layers: states, dropout, masks that come from other layers, and bad input. Numbers: tests/interop/keras."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.errors import InvalidArgumentError, ShapeError

X = np.random.default_rng(0).normal(size=(3, 4, 2)).astype("float32")
KINDS = ["LSTM", "GRU", "SimpleRNN"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_stateful_layer_goes_on_where_it_stopped(kind):
    layer = getattr(hb.layers, kind)(3, return_sequences=True, stateful=True)
    run = hb.jit(lambda x: layer(x))
    halves = [run(X[:, :2]).numpy(), run(X[:, 2:]).numpy()]
    plain = getattr(hb.layers, kind)(3, return_sequences=True)
    plain(X)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(np.concatenate(halves, axis=1), plain(X).numpy(), rtol=1e-5, atol=1e-6)
    layer.reset_state()
    np.testing.assert_array_equal(run(X[:, :2]).numpy(), halves[0])
    with pytest.raises(ShapeError, match=r"inputs of batch size 2 and states of \[3"):
        layer(X[:2])


@pytest.mark.parametrize("kind", KINDS)
def test_initial_state_continues_a_sequence(kind):
    layer = getattr(hb.layers, kind)(3, return_state=True)
    whole, *_ = layer(X)
    _, *states = layer(X[:, :1])
    np.testing.assert_allclose(layer(X[:, 1:], initial_state=states)[0].numpy(), whole.numpy(), rtol=1e-5, atol=1e-6)
    with pytest.raises(ShapeError, match="states; 3 were given"):
        layer(X, initial_state=[states[0]] * 3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loop_over_the_cell_and_all_steps_as_one_operation_agree(kind):
    layer = getattr(hb.layers, kind)(3, return_sequences=True)
    found = layer(X).numpy()

    class Plain(hb.layers.StackedRNNCells):
        """One cell in a stack goes through the loop."""

    loop = hb.layers.RNN(Plain([layer.cell]), return_sequences=True)
    np.testing.assert_allclose(loop(X).numpy(), found, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(hb.jit(lambda x: loop(x))(X).numpy(), found, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("activation", ["tanh", "gelu"])
def test_dropout_draws_once_for_all_steps_and_anew_for_each_batch(kind, activation):
    ones = np.ones((1, 6, 50), "float32")
    layer = getattr(hb.layers, kind)(2, activation=activation, dropout=0.5, recurrent_dropout=0.5, seed=3)
    first, second = (layer(ones, training=True).numpy() for _ in range(2))
    assert not np.array_equal(first, second)
    assert np.array_equal(layer(ones).numpy(), layer(ones).numpy())
    found = layer.cell.get_dropout_mask(hb.ops.ones((400, 50)))
    masks = [found] if kind == "SimpleRNN" else found
    assert len(masks) == {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[kind]  # one a gate, where the state is dropped, too
    for mask in masks:
        assert set(np.unique(mask.numpy())) == {0.0, 2.0}
        assert abs(float(hb.ops.mean(mask)) - 1.0) < 0.05
    assert layer.cell.get_dropout_mask(hb.ops.ones((400, 50))) is found
    layer.cell.reset_dropout_masks()
    captured = hb.jit(lambda x: layer(x, training=True))
    assert not np.array_equal(captured(ones).numpy(), captured(ones).numpy())


def test_masks_flow_from_embedding_to_pooling():
    words = np.array([[1, 2, 0, 0], [3, 0, 0, 0]])
    embedding = hb.layers.Embedding(5, 3, mask_zero=True)
    lstm, pool = hb.layers.LSTM(2, return_sequences=True), hb.layers.GlobalAveragePooling1D()
    out = pool(hb.layers.Dropout(0.5)(lstm(embedding(words))))
    rows = lstm(embedding(words)).numpy()
    expected = [rows[0, :2].mean(0), rows[1, 0]]
    np.testing.assert_allclose(out.numpy(), expected, rtol=1e-6)
    assert not hasattr(out, "mask")
    short = lstm(embedding(words[:, :2])).numpy()
    np.testing.assert_allclose(rows[0, 2:], [short[0, 1]] * 2, rtol=1e-6)  # what is masked repeats the result before it
    model = hb.Sequential([embedding, lstm, pool])
    np.testing.assert_allclose(hb.jit(lambda x: model(x))(words).numpy(), expected, rtol=1e-6)
    inputs = hb.Input((4,), dtype="int32")
    drawn = hb.models.Model(inputs, pool(lstm(embedding(inputs))))
    np.testing.assert_allclose(drawn(words).numpy(), expected, rtol=1e-6)


def test_masked_steps_do_not_count_in_the_loss():
    words, targets = np.array([[1, 2, 0, 0], [3, 0, 0, 0]]), np.arange(8.0).reshape(2, 4, 1)
    x = hb.layers.Embedding(5, 3, mask_zero=True)(words)
    out = hb.layers.Dense(1)(hb.layers.LSTM(2, return_sequences=True)(x))
    errors = ((out.numpy() - targets) ** 2)[..., 0]
    kept = np.array([errors[0, 0], errors[0, 1], errors[1, 0]])
    assert float(hb.losses.MeanSquaredError()(targets, out)) == pytest.approx(kept.mean(), rel=1e-5)
    assert float(hb.losses.MeanSquaredError(reduction="sum")(targets, out)) == pytest.approx(kept.sum(), rel=1e-5)
    weights = np.array([[1.0, 2.0, 9.0, 9.0], [3.0, 9.0, 9.0, 9.0]])
    expected = (kept * [1, 2, 3]).sum() / 3
    assert float(hb.losses.MeanSquaredError()(targets, out, sample_weight=weights)) == pytest.approx(expected, rel=1e-5)


def test_masking_marks_and_clears_padding():
    x = np.array([[[5.0, 1.0], [5.0, 5.0]]], "float32")
    out = hb.layers.Masking(5.0)(x)
    assert out.mask.numpy().tolist() == [[True, False]]
    assert out.numpy().tolist() == [[[5.0, 1.0], [0.0, 0.0]]]


def test_masks_reach_attention():
    words = np.array([[1, 2, 0, 0]])
    x = hb.layers.Embedding(5, 4, mask_zero=True)(words)
    _, scores = hb.layers.MultiHeadAttention(2, 3)(x, x, return_attention_scores=True)
    assert not scores.numpy()[0, :, :2, 2:].any()
    assert not scores.numpy()[0, :, 2:].any()
    np.testing.assert_allclose(scores.numpy()[0, :, :2].sum(-1), 1.0, rtol=1e-6)


def test_models_with_these_layers_are_saved_and_loaded(tmp_path):
    model = hb.Sequential(
        [
            hb.Input((4,), dtype="int32"),
            hb.layers.Embedding(9, 4, mask_zero=True),
            hb.layers.Bidirectional(hb.layers.LSTM(3, return_sequences=True)),
            hb.layers.RNN(hb.layers.GRUCell(2), return_sequences=True),
            hb.layers.LayerNormalization(),
            hb.layers.GlobalMaxPooling1D(),
        ]
    )
    words = np.array([[1, 2, 3, 4], [5, 6, 0, 0]])
    expected = model(words).numpy()
    model.save(tmp_path / "m.keras")
    np.testing.assert_array_equal(hb.models.load_model(tmp_path / "m.keras")(words).numpy(), expected)


def test_weights_have_kerass_shapes_order_and_paths():
    layer = hb.layers.Bidirectional(hb.layers.GRU(3, name="gru"), name="both")
    layer(X)
    cell = [("kernel", (2, 9)), ("recurrent_kernel", (3, 9)), ("bias", (2, 9))]
    expected = [(f"both/{d}_gru/gru_cell/{n}", s) for d in ("forward", "backward") for n, s in cell]
    assert [(w.path, w.shape) for w in layer.weights] == expected
    lstm = hb.layers.LSTM(2)
    lstm(X)
    assert lstm.get_weights()[2].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]  # the forget gate starts open
    assert (lstm.units, lstm.recurrent_dropout) == (2, 0.0)


@pytest.mark.parametrize("shape", [(6, 6), (3, 8), (2, 3, 4)])
def test_orthogonal_initializer(shape):
    m = hb.initializers.Orthogonal(gain=2.0, seed=1)(shape).numpy().reshape(-1, shape[-1])
    small = m @ m.T if m.shape[0] < m.shape[1] else m.T @ m
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-5)


def test_bad_input():
    with pytest.raises(ShapeError, match=r"expected inputs \[batch, time, features\]; got shape \(3, 4\)"):
        hb.layers.LSTM(2)(X[:, :, 0])
    with pytest.raises(ShapeError, match="there is no step"):
        hb.layers.LSTM(2)(X[:, :0])
    with pytest.raises(InvalidArgumentError, match="units must be a positive integer; got units=0"):
        hb.layers.GRU(0)
    with pytest.raises(InvalidArgumentError, match="the cell must be a layer"):
        hb.layers.RNN(3)
    with pytest.raises(InvalidArgumentError, match="merge_mode must be one of"):
        hb.layers.Bidirectional(hb.layers.LSTM(2), merge_mode="max")
    with pytest.raises(InvalidArgumentError, match="both layers have go_backwards=False"):
        hb.layers.Bidirectional(hb.layers.LSTM(2), backward_layer=hb.layers.LSTM(2))
    with pytest.raises(InvalidArgumentError, match="recurrent layer"):
        hb.layers.Bidirectional(hb.layers.Dense(2))
    with pytest.raises(InvalidArgumentError, match="input_dim must be a positive integer"):
        hb.layers.Embedding(0, 2)
    with pytest.raises(InvalidArgumentError, match="key_dim must be a positive integer"):
        hb.layers.MultiHeadAttention(2, 0)
    with pytest.raises(ShapeError, match="4 channels do not make 3 groups"):
        hb.layers.GroupNormalization(3)(np.ones((1, 4), "float32"))

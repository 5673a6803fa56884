"""ConvLSTM, TimeDistributed, and states and constants that come from elsewhere. Numbers: tests/interop/layers."""

import hornbeam as hb
import numpy as np
import pytest

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4, 5, 4, 2)).astype("float32")
HOLES = np.array([[True, True, False, True], [False, True, True, False], [True, False, False, False]])


def test_one_place_of_a_conv_lstm_is_an_lstm():
    layer, lstm = hb.layers.ConvLSTM2D(3, 1, return_state=True), hb.layers.LSTM(3, return_state=True)
    found = layer(X, mask=HOLES)
    lstm(X[:, :, 0, 0])
    lstm.set_weights([w.reshape(-1, 12) if w.ndim > 1 else w for w in layer.get_weights()])
    for one, other in zip(found, lstm(X[:, :, 2, 1], mask=HOLES), strict=True):
        np.testing.assert_allclose(one.numpy()[:, 2, 1], other.numpy(), rtol=1e-5, atol=1e-6)


def test_all_steps_of_a_conv_lstm_are_its_cell_step_by_step():
    layer = hb.layers.ConvLSTM1D(
        3, 2, strides=2, data_format="channels_first", return_sequences=True, dropout=0.3, seed=1
    )
    x = X[..., 0]
    expected = layer(x, mask=HOLES).numpy()
    loop = hb.layers.RNN([layer.cell], return_sequences=True)  # a cell in a stack goes through the loop
    np.testing.assert_allclose(loop(x, mask=HOLES).numpy(), expected, rtol=1e-5, atol=1e-6)


def test_a_stateful_conv_lstm_goes_on_where_it_stopped():
    layer = hb.layers.ConvLSTM2D(2, 2, stateful=True, return_sequences=True)
    halves = [layer(X[:, :2]).numpy(), layer(X[:, 2:]).numpy()]
    layer.reset_states()
    np.testing.assert_allclose(layer(X).numpy(), np.concatenate(halves, axis=1), rtol=1e-5, atol=1e-6)


def test_time_distributed_is_the_layer_at_each_step():
    layer = hb.layers.TimeDistributed(hb.layers.Conv2D(3, 2, activation="tanh"))
    found = layer(X).numpy()
    for i in range(4):
        np.testing.assert_allclose(found[:, i], layer.layer(X[:, i]).numpy(), rtol=1e-5, atol=1e-6)
    assert [w.path for w in layer.weights] == [f"{layer.name}/{layer.layer.name}/{n}" for n in ("kernel", "bias")]


def test_time_distributed_gives_each_step_its_mask():
    words = np.array([[[1, 2, 0], [3, 0, 0]], [[4, 1, 2], [0, 0, 0]]])
    embedding, lstm = hb.layers.Embedding(5, 3, mask_zero=True), hb.layers.LSTM(2)
    found = hb.layers.TimeDistributed(lstm)(embedding(words)).numpy()
    np.testing.assert_allclose(found[:, 1], lstm(embedding(words[:, 1])).numpy(), rtol=1e-6)


def test_initial_states_come_from_other_layers():
    inputs, first = hb.Input((4, 2)), hb.Input((3,))
    h = hb.layers.Dense(3, activation="tanh")(first)
    lstm = hb.layers.LSTM(3)
    model = hb.models.Model([inputs, first], lstm(inputs, initial_state=[h, h]))
    x, start = X[:, :, 0, 0], RNG.normal(size=(3, 3)).astype("float32")
    state = model.layers[2](start)
    np.testing.assert_allclose(model([x, start]).numpy(), lstm(x, initial_state=[state, state]).numpy(), rtol=1e-6)
    assert not np.allclose(model([x, start]).numpy(), lstm(x).numpy())
    copy = hb.models.Model.from_config(model.get_config())
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(copy([x, start]).numpy(), model([x, start]).numpy())


def test_constants_reach_the_cell():
    class Shifted(hb.Layer):
        state_size = output_size = 2

        def call(self, inputs, states, constants):
            h = states[0] * 0.5 + inputs + constants[0]
            return h, [h]

    x, shift = X[:, :, 0, 0], RNG.normal(size=(3, 2)).astype("float32")
    h = np.zeros((3, 2))
    for i in range(4):
        h = 0.5 * h + x[:, i] + shift
    found = hb.jit(lambda x, s: hb.layers.RNN(Shifted())(x, constants=[s]))(x, shift)
    np.testing.assert_allclose(found.numpy(), h, rtol=1e-5)


def test_keras_2_names():
    assert hb.layers.CuDNNLSTM is hb.layers.LSTM
    assert hb.layers.CuDNNGRU is hb.layers.GRU


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: hb.layers.ConvLSTM2D(0, 2), "filters must be a positive integer; got filters=0"),
        (lambda: hb.layers.ConvLSTM2D(2, (2, 2, 2)), "kernel_size must be a positive integer or 2 of them"),
        (lambda: hb.layers.ConvLSTM2D(2, 2, padding="causal"), "padding must be 'valid' or 'same'; got 'causal'"),
        (lambda: hb.layers.ConvLSTM2D(2, 2, data_format="NCHW"), "data_format must be .*; got 'NCHW'"),
        (
            lambda: hb.layers.ConvLSTM2D(2, 2, strides=2, dilation_rate=2),
            "strides and dilation_rate cannot both be more",
        ),
        (lambda: hb.layers.ConvLSTM2D(2, 2)(X[..., 0]), r"expected steps of 4 axes .*; got shape \(3, 5, 4\)"),
        (lambda: hb.layers.TimeDistributed(3), "layer must be a layer; got 3"),
        (lambda: hb.layers.TimeDistributed(hb.layers.Dense(2))(X[:, :, 0, 0, 0]), "three axes or more; got shape"),
        (lambda: hb.layers.TimeDistributed(hb.layers.Dense(2))(X, mask=HOLES[:2]), r"a mask of shape \(3, 4\)"),
    ],
)
def test_arguments_that_cannot_be_meant(make, message):
    with pytest.raises(hb.HornbeamError, match=message):
        make()

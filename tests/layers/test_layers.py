"""The layers against NumPy formulas, and their errors."""

import hornbeam as hb
import hornbeam_layers as layers
import numpy as np
import pytest
from hornbeam_layers import activations, initializers


def test_dense_is_a_matrix_product_over_the_last_axis():
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)
    layer = layers.Dense(4, activation="relu", bias_initializer="ones")
    out = layer(x).numpy()
    kernel, bias = layer.get_weights()
    assert kernel.shape == (3, 4)
    np.testing.assert_allclose(out, np.maximum(x @ kernel + bias, 0), rtol=1e-5, atol=1e-6)


def test_batch_normalization_normalises_and_remembers():
    x = np.random.default_rng(1).normal(3, 2, size=(64, 5)).astype(np.float32)
    layer = layers.BatchNormalization(momentum=0.9)
    out = layer(x, training=True).numpy()
    np.testing.assert_allclose(out, (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3), atol=1e-4)
    np.testing.assert_allclose(layer.moving_mean.numpy(), 0.1 * x.mean(0), rtol=1e-4)
    np.testing.assert_allclose(layer.moving_variance.numpy(), 0.9 + 0.1 * x.var(0), rtol=1e-4)
    expected = (x - layer.moving_mean.numpy()) / np.sqrt(layer.moving_variance.numpy() + 1e-3)
    np.testing.assert_allclose(layer(x, training=False).numpy(), expected, atol=1e-4)
    assert [w.name for w in layer.weights] == ["gamma", "beta", "moving_mean", "moving_variance"]


def test_dropout_only_in_training_and_right_on_average():
    layer = layers.Dropout(0.25, seed=3)
    x = np.ones((200, 200), np.float32)
    np.testing.assert_array_equal(layer(x).numpy(), x)
    out = layer(x, training=True).numpy()
    assert set(np.unique(out)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs((out == 0).mean() - 0.25) < 0.01  # 4.6 standard deviations of 40,000 draws
    assert not np.array_equal(out, layer(x, training=True).numpy())


@pytest.mark.parametrize("name", [n for n in activations.NAMES if n != "threshold"])  # which has arguments of its own
def test_activations_take_names(name):
    x = hb.ops.asarray([[-2.0, 0.5, 3.0, 1.0]])
    out = activations.get(name)(x)
    assert out.shape == ((1, 2) if name == "glu" else x.shape)
    assert activations.deserialize(activations.serialize(activations.get(name))) is activations.get(name)
    assert np.isfinite(out.numpy()).all()


def test_glorot_uniform_has_the_papers_limit_and_variance():
    values = initializers.get("glorot_uniform")((300, 200)).numpy()
    limit = np.sqrt(6 / 500)
    assert np.abs(values).max() <= limit
    assert values.var() == pytest.approx(limit**2 / 3, rel=0.02)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Dense(3, activation="tanh", kernel_regularizer="l2"),
        layers.Conv2D(3, (2, 3), strides=2, padding="same", dilation_rate=1, groups=1),
        layers.MaxPooling2D(3, padding="same"),
        layers.BatchNormalization(axis=1, center=False),
        layers.Dropout(0.1, seed=1),
        layers.Reshape((2, 2)),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_configurations_round_trip(layer):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()


def test_errors_name_layer_argument_and_value():
    with pytest.raises(hb.InvalidArgumentError, match="units must be a positive integer; got units=0"):
        layers.Dense(0, name="head")
    with pytest.raises(hb.InvalidArgumentError, match="padding must be one of"):
        layers.Conv2D(2, 3, padding="sane")
    with pytest.raises(hb.UnknownNameError, match="Did you mean 'relu'"):
        layers.Dense(2, activation="rellu")
    with pytest.raises(hb.ShapeError, match=r"expected inputs of 4 axes"):
        layers.Conv2D(2, 3)(np.zeros((2, 3), np.float32))

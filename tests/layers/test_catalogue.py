"""Layers that Keras has not, or not the same on every run: against NumPy, statistics and definitions."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import collectives

RNG = np.random.default_rng(4)


def test_locally_connected_is_a_product_at_every_position():
    x = RNG.normal(size=(2, 5, 4, 3)).astype(np.float32)
    layer = hb.layers.LocallyConnected2D(2, (2, 3), strides=(2, 1), bias_initializer="glorot_uniform")
    out = layer(x).numpy()
    kernel, bias = layer.get_weights()
    assert kernel.shape == (4, 2 * 3 * 3, 2)
    assert bias.shape == (2, 2, 2)
    for i in range(2):
        for j in range(2):
            window = x[:, 2 * i : 2 * i + 2, j : j + 3].reshape(2, -1)
            np.testing.assert_allclose(out[:, i, j], window @ kernel[2 * i + j] + bias[i, j], rtol=1e-4, atol=1e-5)


def test_locally_connected_channels_first_is_the_same_with_the_kernel_in_another_order():
    x = RNG.normal(size=(2, 6, 3)).astype(np.float32)
    last, first = (hb.layers.LocallyConnected1D(4, 2, data_format=f"channels_{w}") for w in ("last", "first"))
    expected = last(x).numpy()
    first(x.transpose(0, 2, 1))
    kernel, bias = last.get_weights()
    first.set_weights([kernel.reshape(5, 2, 3, 4).transpose(0, 2, 1, 3).reshape(5, 6, 4), bias])
    np.testing.assert_allclose(first(x.transpose(0, 2, 1)).numpy(), expected.transpose(0, 2, 1), rtol=1e-5, atol=1e-6)


def test_thresholded_relu():
    x = np.array([-2.0, 0.5, 0.7, 2.0], np.float32)
    assert hb.layers.ThresholdedReLU(0.6)(x).numpy().tolist() == [0, 0, np.float32(0.7), 2]


def test_instance_normalization():
    x = RNG.normal(2, 3, size=(3, 5, 4, 2)).astype(np.float32)
    mean, variance = x.mean((1, 2), keepdims=True), x.var((1, 2), keepdims=True)
    out = hb.layers.InstanceNormalization(epsilon=1e-5)(x).numpy()
    np.testing.assert_allclose(out, (x - mean) / np.sqrt(variance + 1e-5), rtol=1e-4, atol=1e-5)


def test_weight_normalization():
    """At first nothing changes; then lengths and directions are what eq. 2 says, and both have gradients."""
    x = RNG.normal(size=(4, 3)).astype(np.float32)
    inner = hb.layers.Dense(2)
    layer = hb.layers.WeightNormalization(inner)
    np.testing.assert_allclose(layer(x).numpy(), inner(x).numpy(), rtol=1e-5, atol=1e-6)
    gain, v, bias = np.float32([2.0, 3.0]), RNG.normal(size=(3, 2)).astype(np.float32), np.float32([1.0, -1.0])
    layer.set_weights([gain, v, bias])
    kernel = gain * v / np.sqrt((v**2).sum(0))
    np.testing.assert_allclose(layer(x).numpy(), x @ kernel + bias, rtol=1e-5, atol=1e-6)
    of_gain, of_v, _ = hb.grad(lambda: hb.ops.sum(layer(x)), variables=layer.trainable_weights)()
    np.testing.assert_allclose(of_gain.numpy(), (x @ (kernel / gain)).sum(0), rtol=1e-4)
    np.testing.assert_allclose((of_v.numpy() * v).sum(0), 0, atol=1e-4)  # a longer v changes nothing
    assert isinstance(inner.kernel, hb.Variable)


def test_spectral_normalization_leaves_a_largest_singular_value_of_one():
    layer = hb.layers.SpectralNormalization(hb.layers.Dense(4), power_iterations=50)
    layer(np.ones((2, 5), np.float32), training=True)
    assert np.linalg.svd(layer.layer.kernel.numpy())[1][0] == pytest.approx(1, abs=1e-4)
    layer.layer.kernel.assign(np.zeros((5, 4)))
    layer(np.ones((2, 5), np.float32), training=True)
    assert not layer.layer.kernel.numpy().any()


def test_synchronized_statistics_are_those_of_all_processes():
    """Half of a batch, told of the other half's sums, gives what the whole batch gives."""
    whole = RNG.normal(3, 2, size=(8, 5)).astype(np.float32)
    mine, other = whole[:5], whole[5:]
    mean = whole.mean(0)
    sums = iter([np.float32(3), other.sum(0), ((other - mean) ** 2).sum(0)])
    halved, full = hb.layers.BatchNormalization(synchronized=True), hb.layers.BatchNormalization()
    expected = full(whole, training=True).numpy()[:5]
    halved.build((None, 5))
    with collectives.summing(lambda x: x + hb.ops.asarray(next(sums))):
        found = halved(mine, training=True).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(halved.moving_variance.numpy(), full.moving_variance.numpy(), rtol=1e-5)
    alone = hb.layers.BatchNormalization(synchronized=True)(whole, training=True).numpy()[:5]
    np.testing.assert_allclose(alone, expected, rtol=1e-5, atol=1e-6)


def test_noise_has_the_stated_moments():
    x = np.full((200, 500), 2.0, np.float32)  # 100,000 draws: limits are 5 standard deviations
    noise = hb.layers.GaussianNoise(0.5, seed=1)(x, training=True).numpy() - 2
    assert abs(noise.mean()) < 5 * 0.5 / 316
    assert noise.std() == pytest.approx(0.5, abs=5 * 0.5 / 447)
    factors = hb.layers.GaussianDropout(0.2, seed=1)(x, training=True).numpy() / 2
    assert factors.mean() == pytest.approx(1, abs=5 * 0.5 / 316)
    assert factors.std() == pytest.approx(0.5, abs=5 * 0.5 / 447)  # sqrt(0.2 / 0.8)


def test_alpha_dropout_keeps_mean_and_variance():
    x = RNG.normal(size=(300, 400)).astype(np.float32)
    out = hb.layers.AlphaDropout(0.3, seed=2)(x, training=True).numpy()
    assert out.mean() == pytest.approx(0, abs=0.02)
    assert out.var() == pytest.approx(1, abs=0.02)
    limit = -1.0507009873554805 * 1.6732632423543772
    a = (0.7 * (1 + 0.3 * limit**2)) ** -0.5
    dropped = np.isclose(out, a * limit - a * limit * 0.3, atol=1e-5)
    assert dropped.mean() == pytest.approx(0.3, abs=0.01)
    rows = hb.layers.AlphaDropout(0.5, noise_shape=(None, 1), seed=2)(x, training=True).numpy()
    assert set(np.isclose(rows, rows[:, :1]).mean(1).round()) <= {0.0, 1.0}


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_spatial_dropout_drops_whole_features(n, data_format):
    if n == 1 and data_format == "channels_first":
        return
    x = np.ones((20, 30, *(2,) * (n - 1), 30), np.float32)
    how = {} if n == 1 else {"data_format": data_format}
    out = getattr(hb.layers, f"SpatialDropout{n}D")(0.5, seed=3, **how)(x, training=True).numpy()
    channels_last = np.moveaxis(out, 1, -1) if data_format == "channels_first" else out
    features = channels_last.reshape(20, -1, 30)
    assert (features == features[:, :1]).all()
    assert set(np.unique(out)) == {0.0, 2.0}
    assert 0.4 < (features[:, 0] == 0).mean() < 0.6  # 600 draws: 4.9 standard deviations


def masked(values, mask):
    x = hb.ops.asarray(np.asarray(values, np.float32)[..., None])
    x.mask = hb.ops.asarray(mask)
    return x


def test_merging_and_masks():
    """As Keras: or-ed masks; what is masked in one input does not decide between largest and smallest."""
    a, b = masked([[1, 9, 3]], [[True, False, False]]), masked([[4, 5, 7]], [[True, True, False]])
    total = hb.layers.Add()([a, b])
    assert total.numpy().ravel().tolist() == [5, 14, 10]
    assert total.mask.numpy().tolist() == [[True, True, False]]
    assert hb.layers.Maximum()([a, b]).numpy().ravel().tolist()[:2] == [4, 5]
    assert hb.layers.Minimum()([a, b]).numpy().ravel().tolist()[:2] == [1, 5]
    assert hb.layers.Multiply()([a, b]).numpy().ravel().tolist() == [4, 5, 0]
    assert not hasattr(hb.layers.Add()([a, hb.ops.ones((1, 3, 1))]), "mask")
    assert hb.layers.Concatenate(axis=1)([a, b]).mask.numpy().tolist() == [[True, False, False, True, True, False]]
    assert not hasattr(hb.layers.Dot(axes=1)([a, b]), "mask")


def test_functions_of_merging():
    a, b = np.float32([[1, 2]]), np.float32([[3, 5]])
    for name, expected in {
        "add": [[4, 7]], "subtract": [[-2, -3]], "multiply": [[3, 10]], "average": [[2, 3.5]], "maximum": [[3, 5]],
        "minimum": [[1, 2]], "concatenate": [[1, 2, 3, 5]], "dot": [[13]],
    }.items():  # fmt: skip
        assert getattr(hb.layers, name)([a, b]).numpy().tolist() == expected
    drawn = hb.layers.add([hb.Input((2,)), hb.Input((2,))], name="together")
    assert drawn.shape == (None, 2)


def test_aliases_are_the_same_classes():
    for alias, name in {
        "MaxPool2D": "MaxPooling2D", "GlobalAvgPool1D": "GlobalAveragePooling1D", "Convolution3DTranspose": "Conv3DTranspose",
        "SeparableConvolution2D": "SeparableConv2D", "AvgPool3D": "AveragePooling3D", "GlobalMaxPool2D": "GlobalMaxPooling2D",
    }.items():  # fmt: skip
        assert getattr(hb.layers, alias) is getattr(hb.layers, name)
        assert hb.plugins.registry.lookup("layers", alias) is getattr(hb.layers, name)


def test_a_layer_with_nothing_but_call():
    class Halved(hb.Layer):
        def call(self, x):
            return x / 2

    layer = Halved()
    assert layer(np.float32([[2.0]])).numpy().tolist() == [[1.0]]
    assert layer.compute_output_shape((None, 3)) == (None, 3)
    assert layer.count_params() == 0
    assert type(layer).from_config(layer.get_config()).name == layer.name


def test_shared_layers_nested_layers_and_the_trainable_flag():
    class Twice(hb.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.parts = [hb.layers.Dense(3), {"last": hb.layers.BatchNormalization()}]

        def call(self, x):
            x = self.parts[0](self.parts[0](x))
            self.add_loss(hb.ops.sum(x))
            return self.parts[1]["last"](x)

    layer = Twice()
    layer(np.ones((2, 3), np.float32))
    assert [w.name for w in layer.weights] == ["kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance"]
    assert layer.count_params() == 12 + 12
    assert len(layer.trainable_weights) == 4
    assert len(layer.losses) == 1
    layer.parts[0].trainable = False
    assert [w.name for w in layer.trainable_weights] == ["gamma", "beta"]
    layer.trainable = True
    assert len(layer.trainable_weights) == 4

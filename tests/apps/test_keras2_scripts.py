"""Short scripts of Keras 2's time, each for something that scripts of that time do."""

from __future__ import annotations

from collections.abc import Iterator

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_apps.keras_names import keras_names

RNG = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def names() -> Iterator[None]:
    with keras_names():
        yield


def test_the_gradient_of_a_place_in_a_model_is_a_place() -> None:
    """Deep dream, style transfer and pictures of filters: K.gradients, then K.function."""
    import keras.backend as K
    from keras.layers import Dense, Input
    from keras.models import Model

    image = Input((3,))
    model = Model(image, Dense(2, activation="tanh", name="out")(image))
    w, b = RNG.normal(size=(3, 2)), RNG.normal(size=2)
    model.set_weights([w, b])
    loss = K.variable(1.0)
    loss = loss + 2.0 * K.sum(model.get_layer("out").output[:, 1])
    gradient = K.gradients(loss, image)[0]
    assert K.int_shape(gradient) == (None, 3)
    gradient /= K.maximum(K.max(K.abs(gradient)), 1e-7)
    values, slopes = K.function([image], [loss, gradient])([x := RNG.normal(size=(4, 3))])
    y = np.tanh(x @ w + b)[:, 1]
    expected = 2 * (1 - y**2)[:, None] * w[:, 1]
    np.testing.assert_allclose(values, 1 + 2 * y.sum(), rtol=1e-5)
    np.testing.assert_allclose(slopes, expected / np.abs(expected).max(), rtol=1e-4, atol=1e-6)


def test_gradients_of_what_lies_within_a_model_and_of_its_weights() -> None:
    """Grad-CAM differentiates with respect to the feature maps of a layer."""
    import keras.backend as K
    from keras.layers import Dense, Input
    from keras.models import Model

    x = Input((2,))
    hidden = Dense(3, name="hidden")(x)
    model = Model(x, Dense(1, name="out")(hidden * hidden))
    of_hidden = K.gradients(model.output, model.get_layer("hidden").output)
    of_weights = K.gradients(K.sum(model.output), model.get_layer("out").trainable_weights)
    data = RNG.normal(size=(5, 2)).astype("float32")
    h, kernel = K.function([x], [hidden])([data])[0], model.get_layer("out").get_weights()[0]
    found = K.function([x], of_hidden)([data])[0]
    np.testing.assert_allclose(found, 2 * h * kernel[:, 0], rtol=1e-5, atol=1e-6)
    kernel_slopes, bias_slopes = K.function([x], of_weights)([data])
    np.testing.assert_allclose(kernel_slopes[:, 0], (h * h).sum(0), rtol=1e-5)
    assert bias_slopes.tolist() == [5.0]


def test_gradients_of_values_are_refused_with_what_to_write() -> None:
    import keras.backend as K

    with pytest.raises(hb.InvalidArgumentError, match="GradientTape"):
        K.gradients(K.constant(1.0), K.constant(2.0))
    x = K.placeholder((None, 2))
    with pytest.raises(hb.InvalidArgumentError, match="not both at once"):
        K.gradients(K.sum(x), [x, K.variable(1.0)])
    with pytest.raises(hb.InvalidArgumentError, match="train_on_batch"):
        K.function([x], [x], updates=[(K.variable(0.0), x)])


def test_the_learning_phase_is_an_input_of_a_function() -> None:
    import keras.backend as K
    from keras.layers import Dropout, Input

    x = Input((1000,))
    run = K.function([x, K.learning_phase()], [Dropout(0.5)(x)])
    ones = np.ones((1, 1000), "float32")
    assert (run([ones, 0])[0] == 1).all()
    assert set(np.unique(run([ones, 1])[0])) == {0.0, 2.0}


def test_a_shape_to_come_is_a_tensor() -> None:
    import keras.backend as K

    x = K.placeholder((None, 3))
    size = K.prod(K.cast(K.shape(x), "float32"))
    assert K.function([x], [K.sum(x) / size])([np.full((4, 3), 2.0)])[0] == 2.0
    assert K.int_shape(x) == (None, 3)
    assert K.shape(K.placeholder((4, 3))) == (4, 3)


def test_a_loss_that_is_drawn() -> None:
    """A variational autoencoder of that time: model.add_loss(tensor), compile without a loss."""
    import keras.backend as K
    from keras.layers import Dense, Input, Lambda
    from keras.losses import mse
    from keras.models import Model

    def draw(parts):  # type: ignore[no-untyped-def]
        mean, log_variance = parts
        noise = K.random_normal(shape=(K.shape(mean)[0], K.int_shape(mean)[1]))
        return mean + K.exp(0.5 * log_variance) * noise

    hb.set_random_seed(3)
    x = Input((6,))
    mean, log_variance = Dense(2, name="mean")(x), Dense(2)(x)
    decoded = Dense(6)(Lambda(draw, output_shape=(2,))([mean, log_variance]))
    model = Model(x, decoded)
    divergence = -0.5 * K.sum(1 + log_variance - K.square(mean) - K.exp(log_variance), axis=-1)
    model.add_loss(K.mean(6 * mse(x, decoded) + divergence))
    model.compile(optimizer="sgd")
    data = RNG.normal(size=(64, 1)) * np.ones((1, 6))
    history = model.fit(data, epochs=15, batch_size=16, verbose=0, validation_data=(data, None)).history
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    assert history["val_loss"][-1] < history["val_loss"][0]
    assert {layer.name for layer in model.layers} >= {"mean"}


def test_weights_and_batch_size_of_a_first_layer_and_states() -> None:
    from keras.layers import LSTM, Dense
    from keras.models import Sequential

    kernel, bias = RNG.normal(size=(4, 3)).astype("float32"), np.arange(3, dtype="float32")
    dense = Dense(3, weights=[kernel, bias], input_shape=(4,))
    model = Sequential([dense])
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], kernel)
    np.testing.assert_allclose(model.predict(np.eye(4), verbose=0), kernel + bias, rtol=1e-6)

    model = Sequential([LSTM(2, input_shape=(3, 1), batch_size=2, stateful=True)])
    assert model.input_shape == (2, 3, 1)
    x = np.ones((2, 3, 1), "float32")
    first, second = model.predict(x, batch_size=2), model.predict(x, batch_size=2)
    assert np.abs(first - second).max() > 1e-4
    model.reset_states()
    np.testing.assert_array_equal(model.predict(x, batch_size=2), first)
    model.layers[0].reset_states()
    np.testing.assert_array_equal(model.predict(x, batch_size=2), first)


def test_accuracy_is_found_as_acc_and_acc_as_accuracy(tmp_path: object) -> None:
    from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, activation="sigmoid", input_dim=2)])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    x, y = RNG.normal(size=(20, 2)), RNG.integers(0, 2, 20)
    checkpoint = ModelCheckpoint(f"{tmp_path}/at-{{val_acc:.2f}}.h5", monitor="val_acc", save_best_only=True)
    watching = [EarlyStopping("val_acc", patience=3), ReduceLROnPlateau("acc"), checkpoint]
    history = model.fit(x, y, epochs=2, validation_split=0.5, callbacks=watching, verbose=0).history
    assert history["val_acc"] == history["val_accuracy"]
    assert checkpoint.best == max(history["val_acc"])
    assert history["lr"] == history["learning_rate"]
    assert sorted(history) == ["accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"]
    with pytest.raises(KeyError):
        history["val_precision"]


def test_modules_below_layers_have_its_names_and_losses_their_short_ones() -> None:
    import keras.losses
    import keras.metrics
    from keras.layers import convolutional, recurrent

    assert recurrent.LSTM is hb.layers.LSTM
    assert convolutional.Convolution2D is hb.layers.Conv2D
    assert keras.losses.mse is keras.losses.MSE is keras.metrics.mse is hb.losses.mean_squared_error
    assert keras.losses.kullback_leibler_divergence is hb.losses.kl_divergence


def test_an_input_with_values_or_gaps_is_refused_with_what_to_write() -> None:
    import keras
    import keras.backend as K

    place = keras.Input((3,), sparse=False)
    assert keras.layers.Input(tensor=place) is place
    assert keras.models.Input(batch_shape=(2, 3), name="x").shape == (2, 3)
    with pytest.raises(hb.InvalidArgumentError, match="give the values to the model"):
        keras.layers.Input(tensor=K.constant([[1.0]]))
    with pytest.raises(hb.InvalidArgumentError, match="dense"):
        keras.Input((3,), sparse=True)

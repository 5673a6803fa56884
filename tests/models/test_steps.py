"""Steps of one's own, sample weights of several outputs, losses of functions in mixed precision."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_models import Functional, Model, unpack_x_y_sample_weight

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 3)).astype("float32"), RNG.normal(size=(12, 1)).astype("float32")


class Steps(Model):
    """Notes what its steps are given."""

    def train_step(self, data):
        x, y, weight = unpack_x_y_sample_weight(data)
        assert weight is None
        return super().train_step((x, 2 * y))

    def test_step(self, data):
        x, y, _ = unpack_x_y_sample_weight(data)
        return super().test_step((x, 2 * y))

    def predict_step(self, data):
        x, y, _ = unpack_x_y_sample_weight(data)
        assert y is None
        return super().predict_step((-x,))


def made(kind):
    x = hb.Input((3,))
    model = kind(x, hb.layers.Dense(1, kernel_initializer="ones")(x))
    model.compile(hb.optimizers.SGD(0.1), "mse")
    return model


def test_overridden_steps_take_the_batch_as_keras_gives_it():
    own, plain = made(Steps), made(Model)
    assert isinstance(own, Functional)
    history = own.fit(X, Y, epochs=2, shuffle=False, verbose=0).history["loss"]
    expected = plain.fit(X, 2 * Y, epochs=2, shuffle=False, verbose=0).history["loss"]
    assert history == expected
    assert own.evaluate(X, Y) == plain.evaluate(X, 2 * Y)
    np.testing.assert_array_equal(own.predict(X, verbose=0), plain.predict(-X, verbose=0))


@pytest.mark.parametrize("data", [1, (1,), (1, 2), (1, 2, 3)])
def test_unpacking(data):
    parts = data if isinstance(data, tuple) else (data,)
    assert unpack_x_y_sample_weight(data) == (*parts, None, None)[:3]


def test_more_than_three_parts():
    with pytest.raises(hb.InvalidArgumentError, match="got a tuple of 4"):
        unpack_x_y_sample_weight((1, 2, 3, 4))


def test_each_output_has_its_sample_weights():
    x = hb.Input((3,))
    first, second = hb.layers.Dense(1, name="first")(x), hb.layers.Dense(1, name="second")(x)
    model = Model(x, [first, second])
    model.compile("sgd", "mse", weighted_metrics=[["mae"], ["mae"]])
    a, b = np.arange(12.0), np.arange(12.0)[::-1] - 3  # negative ones count too, as in Keras
    outs = model.predict(X, verbose=0)
    squares = [((o - Y) ** 2)[:, 0] for o in outs]
    expected = [(squares[0] * a).mean(), (squares[1] * b).mean()]
    for weights in ([a, b], {"first": a, "second": b}):
        found = model.evaluate(X, [Y, Y], sample_weight=weights, return_dict=True, batch_size=12)
        assert found["first_loss"] == pytest.approx(expected[0], rel=1e-4)
        assert found["second_loss"] == pytest.approx(expected[1], rel=1e-4)
        assert found["loss"] == pytest.approx(sum(expected), rel=1e-4)
        mae = np.average(np.abs(outs[1] - Y)[:, 0], weights=b)
        assert found["second_mae"] == pytest.approx(mae, rel=1e-4)
    found = model.evaluate(X, [Y, Y], sample_weight={"second": b}, return_dict=True, batch_size=12)
    assert found["first_loss"] == pytest.approx(squares[0].mean(), rel=1e-4)
    with pytest.raises(hb.InvalidArgumentError, match="names the outputs .'third'."):
        model.evaluate(X, [Y, Y], sample_weight={"third": a})
    with pytest.raises(hb.InvalidArgumentError, match="1 arrays for 2 outputs"):
        model.evaluate(X, [Y, Y], sample_weight=[a])


def test_a_loss_function_gets_float32():
    seen = []

    def loss(true, pred):
        seen.append(str(pred.dtype))
        return hb.ops.mean(hb.ops.square(true - pred), axis=-1)

    model = hb.Sequential([hb.Input((3,)), hb.layers.Dense(1, dtype="mixed_float16")])
    model.compile("sgd", loss, metrics=[loss])
    model.fit(X, Y, verbose=0)
    assert set(seen) == {"float32"}
    assert str(model(X).dtype) == "float16"


def test_callbacks_are_told_in_kerass_order():
    told = []

    class Notes(hb.callbacks.Callback):
        """Notes every event."""

    for event in [name for name in dir(hb.callbacks.Callback) if name.startswith("on_")]:
        setattr(Notes, event, lambda self, *args, event=event: told.append(event.removeprefix("on_")))
    model = made(Model)
    model.fit(X, Y, batch_size=6, validation_data=(X[:2], Y[:2]), verbose=0, callbacks=[Notes()])
    step, test = (
        ["train_batch_begin", "train_batch_end"],
        ["test_begin", "test_batch_begin", "test_batch_end", "test_end"],
    )
    assert told == ["train_begin", "epoch_begin", *step, *step, *test, "epoch_end", "train_end"]
    told.clear()
    model.evaluate(X[:2], Y[:2], callbacks=[Notes()])
    model.predict(X[:2], callbacks=[Notes()])
    assert told == test + [event.replace("test", "predict") for event in test]

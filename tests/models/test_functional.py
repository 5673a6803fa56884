"""Functional models: functions of hb.ops on KerasTensors of unknown sizes, beside genuine Keras; saved, cloned, taken apart."""

import json
import sys

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.tree import leaves
from hornbeam_layers import BatchNormalization, Conv2D, Dense, Dropout, Input
from hornbeam_models import Functional, Model, Sequential, clone_model, load_model
from hypothesis import given
from hypothesis import strategies as st

from tests.models.functional_models import GOLDEN, MODELS, facts, feed

KERAS = json.loads(GOLDEN.read_text())


@pytest.fixture(params=MODELS)
def built(request):
    return request.param, *facts(request.param, hb)


def test_it_is_what_keras_makes_of_it(built):
    name, _, found = built
    expected = KERAS[name]
    for what in ("shapes", "dtypes", "layers", "parameters"):
        assert found[what] == expected[what], what
    for a, b in zip(found["outputs"], expected["outputs"], strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)


def test_saved_configured_and_cloned_it_is_the_same(built, tmp_path):
    name, model, _ = built
    expected = model.predict(feed(name, model))
    model.save(tmp_path / "m.keras")
    again = json.loads(json.dumps(model.get_config()))
    for other in (load_model(tmp_path / "m.keras"), Model.from_config(again), clone_model(model)):
        assert isinstance(other, Functional)
        assert other.name == model.name
        assert [layer.name for layer in other.layers] == [layer.name for layer in model.layers]
        assert not {id(w) for w in other.weights} & {id(w) for w in model.weights}
        other.set_weights(model.get_weights())
        found = other.predict(feed(name, other))
        assert type(found) in (type(expected), list)  # files know no tuples
        for a, b in zip(leaves(found), leaves(expected), strict=True):
            np.testing.assert_array_equal(a, b)


# (shape of the input with None for unknown sizes, function)
CALLS = {
    "mean": ((None, None, 4), lambda x: ops.mean(x, axis=1)),
    "everything": ((None, None, 4), lambda x: ops.sum(x)),
    "keepdims": ((None, None, 4), lambda x: x.max(axis=(1, 2), keepdims=True)),
    "flat": ((None, None, 4), lambda x: ops.reshape(x, (-1, 2))),
    "split axis": ((None, None, 4), lambda x: x.reshape(-1, 2, 2)),
    "first": ((None, None, 4), lambda x: x[:, 0]),
    "last": ((None, None, 4), lambda x: x[:, -1, None, ..., 1:3]),
    "every second": ((None, None, 4), lambda x: x[:, ::2]),
    "backwards": ((None, None, 4), lambda x: ops.flip(x, axis=1)),
    "joined": ((None, None, 4), lambda x: ops.concatenate([x, x, x[:, :1]], axis=1)),
    "stacked": ((None, None, 4), lambda x: ops.stack([x, x], axis=-1)),
    "split": ((None, None, 4), lambda x: ops.split(x, 2, axis=-1)),
    "scores": ((None, None, 4), lambda x: ops.softmax(x @ ops.swapaxes(x, -1, -2))),
    "constants": ((None, None, 4), lambda x: 1 + x * np.arange(4, dtype="float32") - ops.ones((1, 1))),
    "own column": ((None, None, 4), lambda x: x / ops.sum(ops.exp(x), axis=1, keepdims=True)),
    "outer": ((None, None), lambda x: ops.expand_dims(x, 1) * ops.expand_dims(x, 2)),
    "transposed": ((None, None, 4), lambda x: x.transpose(2, 0, 1)),
    "padded": ((None, None, 4), lambda x: ops.pad(x, [(0, 0), (2, 1), (0, 0)])),
    "repeated": ((None, None, 4), lambda x: ops.repeat(x, 3, axis=1)),
    "kept": ((None, None, 4), lambda x: ops.where(x > 0, x, 0.0)),
    "whole numbers": ((None, None, 4), lambda x: ops.cast(x * 3, "int32")),
    "norm": ((None, None, 4), lambda x: ops.linalg.norm(x, axis=-1)),
    "known batch": ((3, None, 4), lambda x: ops.sum(x, axis=1)),
}


@pytest.mark.parametrize("name", CALLS)
@given(batch=st.integers(1, 4), time=st.integers(1, 5), seed=st.integers(0, 99))
def test_unknown_sizes_are_carried_through(name, batch, time, seed):
    shape, function = CALLS[name]
    drawn = Input(batch_shape=shape)
    outputs = function(drawn)
    sizes = tuple((batch, time)[a] if s is None else s for a, s in enumerate(shape))
    x = np.random.default_rng(seed).normal(size=sizes).astype("float32")
    found = Model(drawn, outputs)(x)
    for place, out, expected in zip(leaves(outputs), leaves(found), leaves(function(ops.asarray(x))), strict=True):
        np.testing.assert_array_equal(out.numpy(), expected.numpy())
        assert place.dtype == expected.dtype
        assert len(place.shape) == len(expected.shape)
        assert all(a in (None, b) for a, b in zip(place.shape, expected.shape, strict=True))


def test_sizes_that_do_not_depend_on_unknown_ones_are_known():
    x = Input((None, 4))
    assert CALLS["mean"][1](x).shape == (None, 4)
    assert CALLS["flat"][1](x).shape == (None, 2)
    assert CALLS["last"][1](x).shape == (None, 1, 2)
    assert CALLS["joined"][1](x).shape == (None, None, 4)
    assert CALLS["everything"][1](x).shape == ()
    assert (Input((None,)) + Input((7,))).shape == (None, 7)
    assert (Input((None,)) * np.ones(7, "float32")).shape == (None, 7)
    assert Conv2D(4, 11, strides=3)(Input((None, None, 3))).shape == (None, None, None, 4)


def test_a_part_of_a_model_is_a_model():
    model = Sequential([Input((3,)), Dense(5, activation="tanh"), Dense(2)])
    part = Model(model.input, model.layers[0].output)
    x = np.linspace(-1, 1, 6, dtype="float32").reshape(2, 3)
    kernel, bias = model.layers[0].get_weights()
    np.testing.assert_allclose(part.predict(x), np.tanh(x @ kernel + bias), rtol=1e-6)
    tail = Model(model.layers[0].output, model.output)
    np.testing.assert_allclose(tail.predict(part.predict(x)), model.predict(x), rtol=1e-6)
    assert tail.layers == [model.layers[1]]


def test_a_call_that_says_training_or_not_is_kept(tmp_path):
    inner = Sequential([Input((3,)), Dropout(0.5), BatchNormalization()], name="inner")
    x = Input((3,))
    model = Model(x, inner(x, training=False))
    model.save(tmp_path / "m.keras")
    data = np.arange(12, dtype="float32").reshape(4, 3)
    for m in (model, load_model(tmp_path / "m.keras"), clone_model(model)):
        np.testing.assert_allclose(m(data, training=True).numpy(), data / np.sqrt(1.001), rtol=1e-6)


class Doubling(Model):
    """A subclass whose methods act on a Functional model."""

    def predict_step(self, data):
        return 2 * super().predict_step(data)


def test_methods_of_a_subclass_act_on_a_functional_model(tmp_path, monkeypatch):
    x = Input((2,))
    model = Doubling(x, x + 1.0)
    assert isinstance(model, Functional)
    np.testing.assert_array_equal(model.predict(np.zeros((1, 2))), [[2.0, 2.0]])
    model.save(tmp_path / "m.keras")
    for known in ({"Doubling": Doubling}, None):  # the class is found where the program has defined it
        again = load_model(tmp_path / "m.keras", custom_objects=known)
        np.testing.assert_array_equal(again.predict(np.zeros((1, 2))), [[2.0, 2.0]])
    monkeypatch.setitem(sys.modules, __name__, None)
    with pytest.raises(hb.SerializationError, match="Pass custom_objects={'Doubling': Doubling}"):
        load_model(tmp_path / "m.keras")


def test_a_subclass_with_an_init_of_its_own_hands_inputs_and_outputs_on(tmp_path):
    class Counts(Model):
        def __init__(self, *args, factor=2.0, **kwargs):
            super().__init__(*args, **kwargs)
            self.factor = factor
            self.seen = hb.metrics.Mean(name="seen")

        def test_step(self, data):
            self.seen.update_state(self.factor * ops.mean(self(data[0])))
            return {"seen": self.seen.result()}

    start = Input((3,))
    for made in (
        Counts(start, Dense(2, kernel_initializer="ones")(start)),
        Counts(inputs=start, outputs=Dense(2, kernel_initializer="ones")(start), name="counts"),
    ):
        assert isinstance(made, Counts) and isinstance(made, Functional) and type(made).__name__ == "Counts"
        made.compile("sgd", "mse")
        x = np.arange(12.0).reshape(4, 3)
        np.testing.assert_allclose(made.evaluate(x, np.zeros((4, 2)), verbose=0), 2 * x.sum(1).mean())
        np.testing.assert_array_equal(made.predict(x)[:, 0], x.sum(1))
        made.save(tmp_path / "m.keras")
        again = load_model(tmp_path / "m.keras", custom_objects={"Counts": Counts})
        assert isinstance(again, Counts)
        np.testing.assert_array_equal(again.predict(x), made.predict(x))
    with pytest.raises(hb.InvalidArgumentError, match="takes KerasTensors|needs the outputs"):
        Counts(3)


def test_cloning_with_other_layers():
    x = Input((3,))
    model = Model(x, ops.relu(Dense(2, name="d")(x)))
    other = clone_model(model, lambda layer: Dense(4, name="wide"))
    assert other.output_shape == (None, 4)
    assert [layer.name for layer in other.layers][1:] == ["wide"]
    assert model.output_shape == (None, 2)


def test_the_summary_lists_the_calls_of_functions():
    x = Input((None, 3), name="x")
    lines = []
    Model(x, ops.mean(x, axis=1)).summary(print_fn=lines.append)
    assert "mean" in lines[0]
    assert "(None, 3)" in lines[0]


X = Input((None, 3), name="x")


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda: bool(X > 0), hb.CaptureError, r"a Python branch .* needs the value of a KerasTensor"),
        (lambda: float(X), hb.CaptureError, "needs the value of a KerasTensor"),
        (
            lambda: np.asarray(X),
            hb.CaptureError,
            r"numpy.asarray\(\) needs the value of a KerasTensor.*Build a Model from it",
        ),
        (lambda: list(X), hb.ShapeError, "first size of <KerasTensor .* is not known"),
        (lambda: X + Input((4,)), hb.ShapeError, r"shapes \(None, None, 3\) and \(None, 4\) do not broadcast"),
        (lambda: ops.reshape(X, (None, 3)), hb.ShapeError, "For one that is not known, write -1"),
        (lambda: Dense(2).output, hb.InvalidArgumentError, "called 0 times on KerasTensors"),
        (lambda: Model(X, Input((2,), name="other") + 1.0), hb.InvalidArgumentError, "depend on input 'other'"),
        (lambda: Model(X, 5), hb.InvalidArgumentError, "takes KerasTensors, which Input makes; got int"),
        (lambda: clone_model(Dense(2)), hb.DTypeError, "clone_model takes a model; got Dense"),
    ],
)
def test_what_cannot_be_drawn(use, error, message):
    with pytest.raises(error, match=message):
        use()


def test_what_cannot_be_saved(tmp_path):
    model = Model(X, ops.map(lambda t: t + 1.0, X))
    assert model.predict(np.zeros((2, 1, 3))).tolist() == [[[1.0] * 3]] * 2
    with pytest.raises(hb.SerializationError, match=r"call of 'map.*' cannot be saved: its argument <function"):
        model.save(tmp_path / "m.keras")
    config = Model(X, ops.mean(X, axis=1)).get_config()
    config["layers"][1].update(module="hornbeam.ops", class_name="__import__")
    with pytest.raises(hb.SerializationError, match="applies hb.ops.__import__"):
        Model.from_config(config)


def test_a_drawn_loss_is_that_of_every_call() -> None:
    x = hb.Input((3,))
    y = hb.layers.Dense(3, name="y")(x)
    model = hb.Model(x, y)
    model.add_loss(ops.mean(ops.square(x - y)))
    model.compile("sgd")
    data = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
    expected = float(np.mean((data - model.predict(data, verbose=0)) ** 2))
    assert abs(model.evaluate(data, verbose=0) - expected) < 1e-6
    before = model.get_weights()
    assert model.fit(data, epochs=20, verbose=0).history["loss"][-1] < expected
    assert np.abs(model.get_weights()[0] - before[0]).max() > 1e-3
    assert [layer.name for layer in model.layers][
        -1
    ] == "y"  # what is drawn for the loss is no part of what the model gives
    with pytest.raises(hb.InvalidArgumentError, match="inputs"):
        model.add_loss(ops.sum(hb.Input((3,))))


def test_added_losses_of_several_numbers_are_summed() -> None:
    """As in Keras 3: `Trainer._aggregate_additional_loss`."""

    class Adds(hb.Layer):
        def call(self, x: hb.Tensor) -> hb.Tensor:
            self.add_loss(ops.sum(x, axis=1))
            return x

    x = hb.Input((3,))
    model = hb.Model(x, Adds()(x))
    model.compile("sgd")
    assert model.evaluate(np.ones((4, 3)), verbose=0) == 12.0


def test_losses_are_those_of_the_last_call() -> None:
    """As in Keras: a call that is not within another's begins anew, and drawing leaves none behind."""

    class Adds(hb.Layer):
        def call(self, x: hb.Tensor) -> hb.Tensor:
            self.add_loss(ops.sum(x))
            return x

    class Both(hb.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.parts = [Adds(), Adds()]

        def call(self, x: hb.Tensor) -> hb.Tensor:
            return self.parts[1](self.parts[0](x))

    layer = Both()
    for x in (ops.ones((2, 3)), ops.ones((4, 3))):
        layer(x)
        assert [float(loss) for loss in layer.losses] == [x.size, x.size]
    start = hb.Input((3,))
    model = hb.Model(start, layer(hb.layers.Dense(3, kernel_regularizer="l2")(start)))
    assert len(model.losses) == 1  # the regularizer's
    model(ops.ones((2, 3)))
    assert len(model.losses) == 3

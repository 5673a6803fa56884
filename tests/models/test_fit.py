"""Training, saving and loading, and the errors that come before any training."""

import signal
import threading

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import LSTM, BatchNormalization, Dense, Dropout, Input
from hornbeam_models import Model, Sequential, load_model
from hornbeam_models.callbacks import EarlyStopping, LambdaCallback


@pytest.fixture
def spirals():
    rng = np.random.default_rng(0)
    t = rng.uniform(0.5, 3, 400)
    y = rng.integers(0, 2, 400)
    angle = t * 2 + y * np.pi
    return np.stack([t * np.cos(angle), t * np.sin(angle)], 1).astype(np.float32), y


def make():
    hb.set_random_seed(3)
    model = Sequential([Input((2,)), Dense(32, activation="tanh"), Dense(32, activation="tanh"), Dense(2)])
    loss = hb.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(hb.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


def test_it_learns_and_the_history_tells(spirals):
    model = make()
    history = model.fit(*spirals, epochs=40, verbose=0, validation_split=0.2)
    assert sorted(history.history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert history.history["accuracy"][-1] > 0.95
    assert model.evaluate(*spirals, return_dict=True)["accuracy"] > 0.95


def test_eager_and_compiled_training_agree(spirals):
    found = []
    for eager in (True, False):
        model = make()
        model.run_eagerly = eager
        found.append(model.fit(*spirals, epochs=2, verbose=0).history["loss"])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-4)


def test_saved_and_loaded_it_predicts_the_same_and_trains_on(spirals, tmp_path):
    model = make()
    model.fit(*spirals, epochs=2, verbose=0)
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(model.predict(spirals[0]), again.predict(spirals[0]))
    assert int(again.optimizer.iterations) == int(model.optimizer.iterations) == 26
    a, b = (m.fit(*spirals, epochs=1, shuffle=False, verbose=0).history["loss"] for m in (model, again))
    assert a == b


def test_functional_with_two_inputs_two_outputs_and_a_shared_layer(tmp_path):
    a, b = Input((3,), name="a"), Input((3,), name="b")
    shared = Dense(4, activation="relu", name="shared")
    left, right = shared(a), BatchNormalization()(shared(b))
    model = Model({"a": a, "b": b}, [Dense(1, name="x")(left), Dense(2, name="y")(Dropout(0.1)(right))])
    assert len(model.trainable_weights) == 8
    data = {"a": np.ones((8, 3), np.float32), "b": np.zeros((8, 3), np.float32)}
    model.compile("sgd", ["mse", "mse"], loss_weights=[1.0, 0.5])
    model.fit(data, [np.zeros((8, 1)), np.ones((8, 2))], epochs=2, verbose=0)
    out = model.predict(data)
    assert [o.shape for o in out] == [(8, 1), (8, 2)]
    model.save(tmp_path / "f.keras")
    for p, q in zip(out, load_model(tmp_path / "f.keras").predict(data), strict=True):
        np.testing.assert_array_equal(p, q)


def test_callbacks_stop_training(spirals):
    seen = []
    stop = EarlyStopping("loss", min_delta=10.0, patience=2)
    make().fit(
        *spirals, epochs=9, verbose=0, callbacks=[stop, LambdaCallback(on_epoch_end=lambda e, logs: seen.append(e))]
    )
    assert seen == [0, 1, 2]


def test_a_generator_of_batches(spirals):
    x, y = spirals
    history = make().fit(((x[i : i + 50], y[i : i + 50]) for i in range(0, 400, 50)), verbose=0)
    assert len(history.history["loss"]) == 1


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((4, 3)), [0, 1, 0, 1], r"expected inputs of shape|built|expects shape"),
        (np.zeros((4, 2)), [0, 1, 0], "differ in their number of samples"),
        (np.zeros((0, 2)), np.zeros((0,), int), "the data are empty"),
        (np.zeros((4, 2)), [0.0, np.nan, 1.0, 1.0], "NaN or infinity, first in sample 1"),
        (np.zeros((4, 2)), [0, 1, 2, 0], "class indices from 0 to 1.*sample 2 has 2"),
        (np.array([["a", "b"]]), [0], "data must be numbers"),
    ],
    ids=["features", "lengths", "empty", "nan", "classes", "strings"],
)
def test_bad_data_are_refused_before_any_training(x, y, message):
    model = make()
    before = model.get_weights()
    with pytest.raises(hb.HornbeamError, match=message):
        model.fit(x, np.asarray(y), verbose=0)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_unknown_names_offer_the_near_ones():
    with pytest.raises(hb.UnknownNameError, match="Did you mean 'Adam'"):
        make().compile("addam", "mse")
    with pytest.raises(hb.UnknownNameError, match="Did you mean"):
        make().compile("adam", "sparse_categorical_crosentropy")


def test_a_damaged_file_is_called_damaged(tmp_path):
    path = tmp_path / "m.keras"
    make().save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(hb.SerializationError, match="damaged"):
        load_model(path)


def test_an_interrupt_leaves_the_model_usable(spirals):
    model = make()

    def interrupt(batch, logs):
        if batch == 3 and len(model.history.epoch) == 1:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        model.fit(*spirals, epochs=9, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=interrupt)])
    assert int(model.optimizer.iterations) == 13 + 4
    assert len(model.history.history["loss"]) == 1
    assert np.isfinite(model.predict(spirals[0])).all()
    assert len(model.fit(*spirals, verbose=0).history["loss"]) == 1


def test_predictions_do_not_depend_on_the_batches(spirals):
    model, x = make(), spirals[0][:101]
    expected = model.predict(x, batch_size=101)
    assert expected.shape == (101, 2)
    for size in (1, 32, 100, 200):
        np.testing.assert_allclose(model.predict(x, batch_size=size), expected, rtol=1e-5, atol=1e-6)


def test_the_shorter_batch_at_the_end_is_compiled_while_the_epoch_runs():
    model, threads = made_for_batches(), []
    step = model.step_function("train")
    seen = []

    def note(batch, logs=None):
        threads.extend(t.name for t in threading.enumerate())
        seen.append(len(step.compiled))

    x, y = np.ones((50, 3), np.float32), np.ones((50, 1), np.float32)
    callback = LambdaCallback(on_train_batch_end=note)
    model.fit(x, y, batch_size=8, verbose=0, callbacks=[callback], validation_data=(x[:9], y[:9]))
    assert len(step.compiled) == 2  # of 8, and of the 2 at the end
    assert {key[1][0][0][0] for key in step.compiled} == {8, 2}
    assert len(model.step_function("test").compiled) == 2
    assert not any(t.name == "hornbeam-compile" for t in threading.enumerate())
    model.fit(x, y, batch_size=8, verbose=0)
    assert len(step.compiled) == 2


def test_the_shorter_batch_of_a_prediction_is_compiled_while_the_others_run():
    model, x = made_for_batches(), np.random.default_rng(0).normal(size=(25, 3)).astype(np.float32)
    found = model.predict(x, batch_size=8)
    np.testing.assert_allclose(found, model.predict(x, batch_size=25), rtol=1e-5, atol=1e-6)
    assert {key[1][0][0][0] for key in model.step_function("predict").compiled} == {8, 1, 25}
    model.evaluate(x, x[:, :1], batch_size=8)
    assert {key[1][0][0][0] for key in model.step_function("test").compiled} == {8, 1}


def made_for_batches():
    model = Sequential([Input((3,)), Dense(4, activation="relu"), Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_what_is_compiled_ahead_changes_nothing():
    found = []
    for ahead in (True, False):
        hb.set_random_seed(2)
        model = made_for_batches()
        if not ahead:
            model.step_function("train").prepare = None
        x = np.random.default_rng(0).normal(size=(19, 3)).astype(np.float32)
        model.fit(x, x[:, :1], batch_size=4, epochs=2, verbose=0)
        found.append(model.get_weights())
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_large_network_is_looked_at_without_being_run(monkeypatch):
    from hornbeam_models import ready

    monkeypatch.setattr(ready, "LARGE", 0)
    model = make()
    model.fit(np.ones((8, 2), np.float32), np.zeros(8, int), verbose=0)
    with pytest.raises(hb.ShapeError, match="do not fit"):
        model.fit(np.ones((8, 2), np.float32), np.zeros((8, 2, 2), int), verbose=0)


def test_saved_forms_are_compiled():
    model = hb.Sequential([hb.Input((2,)), hb.layers.Dense(1)])
    optimizer, loss = hb.optimizers.SGD(0.25, momentum=0.5), hb.losses.Huber(2.0)
    model.compile(hb.optimizers.serialize(optimizer), hb.losses.serialize(loss))
    assert model.optimizer.get_config() == optimizer.get_config()
    x, y = np.ones((4, 2), np.float32), np.arange(4.0)
    assert model.evaluate(x, y) == pytest.approx(float(loss(y, model.predict(x))), rel=1e-6)


def test_a_function_as_loss_is_weighted_and_masked():
    model = hb.Sequential([hb.Input((3, 1)), hb.layers.Masking(), hb.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", lambda t, p: hb.ops.mean(hb.ops.abs(t - p), axis=-1))
    x = np.array([[[1.0], [2.0], [0.0]], [[3.0], [0.0], [0.0]]], np.float32)
    assert model.evaluate(x, np.zeros((2, 3))) == pytest.approx(2.0)  # the steps with 1, 2 and 3 count
    assert model.evaluate(x, np.zeros((2, 3)), sample_weight=np.array([0.0, 1.0])) == pytest.approx(1.0)


def test_a_stateful_model_takes_batches_of_its_size_and_is_not_moved_by_a_look_at_the_data():
    def build():
        hb.set_random_seed(2)
        model = Sequential([Input(batch_shape=(2, 4, 3)), LSTM(3, stateful=True), Dense(1)])
        model.compile("sgd", "mse", metrics=["mae"])
        return model

    x = np.random.default_rng(0).normal(size=(6, 4, 3)).astype("float32")
    found = build().predict(x, batch_size=2, verbose=0)
    model = build()
    by_hand = np.concatenate(
        [model(x[i : i + 2]).numpy() for i in (0, 2, 4)]
    )  # each batch goes on where the last one ended
    np.testing.assert_allclose(found, by_hand, rtol=1e-5, atol=1e-6)
    history = build().fit(x, np.ones((6, 1)), batch_size=2, epochs=3, shuffle=False, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]

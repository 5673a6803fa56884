"""What callbacks do, each against what its definition gives by hand."""

import csv
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import callbacks
from hornbeam_layers import Dense, Dropout, Input
from hornbeam_models import Sequential, load_model
from hornbeam_models.callbacks.activations import activations
from hornbeam_models.callbacks.base import Logs

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 3)).astype("float32"), RNG.normal(size=(12, 1)).astype("float32")


def made(rate=0.1, **how):
    model = Sequential([Input((3,)), Dense(1, kernel_initializer="ones", name="only")])
    model.compile(hb.optimizers.SGD(rate), "mse", **how)
    return model


def fit(model, told, **how):
    return model.fit(X, Y, verbose=0, callbacks=told, **{"batch_size": 6, "shuffle": False, **how})


class Script(callbacks.Callback):
    """Puts figures that a test makes up in the place of the epochs'."""

    def __init__(self, values):
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.values[epoch]


# ---- logs


def test_logs_are_dicts_that_are_read_when_they_are_looked_at():
    read = []

    def figures():
        read.append(1)
        return {"loss": 1.0}

    logs = Logs(figures)
    assert isinstance(logs, dict)
    assert logs.unread
    assert dict(logs) == {"loss": 1.0} == {**logs}
    assert logs.get("acc") is None
    assert json.dumps(Logs(figures)) == '{"loss": 1.0}'
    assert len(read) == 2


def test_batch_logs_are_the_figures_so_far_also_for_those_who_keep_them():
    seen, kept = [], []

    class Notes(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(logs["loss"])

    class Keeps(callbacks.Callback):
        def on_batch_end(self, batch, logs=None):  # the older name
            kept.append(logs)

    model = made(0.0)
    fit(model, [Keeps(), Notes()])
    squares = (X @ np.ones((3, 1)) - Y) ** 2
    np.testing.assert_allclose(seen, [squares[:6].mean(), squares.mean()], rtol=1e-5)
    assert [logs["loss"] for logs in kept] == seen


def test_training_stops_at_once_and_steps_per_execution_tells_of_several():
    told = []

    class Notes(callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            told.append(("begin", batch))

        def on_train_batch_end(self, batch, logs=None):
            told.append(("end", batch))
            if batch >= stop:
                self.model.stop_training = True

    stop, model = 1, made()
    history = fit(model, [Notes()], batch_size=2, epochs=3, validation_data=(X, Y)).history
    assert told == [("begin", 0), ("end", 0), ("begin", 1), ("end", 1)]
    assert len(history["val_loss"]) == 1  # the epoch ends as an epoch does, as in Keras
    told.clear()
    stop, model = 99, made(steps_per_execution=4)
    fit(model, [Notes()], batch_size=2)
    assert told == [("begin", 0), ("end", 3), ("begin", 4), ("end", 5)]
    assert int(model.optimizer.iterations) == 6


def test_the_outputs_of_all_steps_of_an_execution_are_told():
    told = []
    tell = callbacks.LambdaCallback()
    tell.on_predict_batch_end = lambda batch, logs: told.append((batch, logs["outputs"]))
    found = made(steps_per_execution=4).predict(X, batch_size=2, verbose=0, callbacks=[tell])
    assert [batch for batch, _ in told] == [3, 5]
    np.testing.assert_array_equal(np.concatenate([outputs for _, outputs in told]), found)
    assert len(told[0][1]) == 8


# ---- watching a figure


@pytest.mark.parametrize(
    ("how", "values", "epochs"),
    [
        ({}, [3, 2, 1, 1, 0], 4),
        ({"patience": 2}, [3, 2, 2, 2, 1], 4),
        ({"min_delta": 0.5, "patience": 1}, [3, 2.6, 1, 1, 1], 2),
        ({"mode": "max", "patience": 1}, [3, 2, 4, 4, 4], 2),
        ({"start_from_epoch": 3}, [1, 2, 3, 4, 5], 5),
        ({"baseline": 1.5, "patience": 2}, [3, 2, 2, 2, 2], 3),
        ({"baseline": 1.5, "patience": 1}, [3, 2, 1.9, 1.8, 1.7], 5),
    ],
)
def test_early_stopping(how, values, epochs):
    history = fit(made(), [Script(values), callbacks.EarlyStopping(**how)], epochs=5)
    assert len(history.epoch) == epochs


@pytest.mark.parametrize("baseline", [None, 0.5])
def test_the_best_weights_come_back(baseline):
    model, kept = made(), []
    keep = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: kept.append(model.get_weights()))
    stop = callbacks.EarlyStopping(restore_best_weights=True, patience=2, baseline=baseline)
    fit(model, [keep, Script([3, 1, 2, 2, 2]), stop], epochs=5)
    assert stop.best_epoch == 1
    for a, b in zip(model.get_weights(), kept[1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_least_rate_is_not_lowered_to_itself(capsys):
    model = made()
    model.optimizer.learning_rate = 0.01
    lower = callbacks.ReduceLROnPlateau(patience=1, min_lr=0.004, verbose=1)
    fit(model, [Script([1.0] * 6), lower], epochs=6)
    assert capsys.readouterr().out.count("lowered") == 1
    assert float(model.optimizer.learning_rate) == np.float32(0.004)


def test_figures_of_validations_that_come_later_have_a_column(tmp_path):
    model = made()
    model.fit(
        X,
        Y,
        epochs=2,
        verbose=0,
        validation_data=(X, Y),
        validation_freq=2,
        callbacks=[callbacks.CSVLogger(tmp_path / "a.csv")],
    )
    head, *rows = [line.split(",") for line in (tmp_path / "a.csv").read_text().splitlines()]
    assert head == ["epoch", "loss", "val_loss"]
    assert rows[0][2] == "NA"
    assert float(rows[1][2]) == model.history.history["val_loss"][0]


def test_which_way_is_up_is_the_metrics_word_or_its_name():
    model = made(metrics=["mae"])
    for name, larger in (
        ("val_mae", False),
        ("loss", False),
        ("val_accuracy", True),
        ("auc", True),
        ("val_f1_score", True),
    ):
        stop = callbacks.EarlyStopping(name)
        stop.set_model(model)
        assert stop.larger_is_better() is larger
    stop = callbacks.EarlyStopping("quality")
    stop.set_model(model)
    with pytest.raises(hb.InvalidArgumentError, match="mode='max' or mode='min'"):
        stop.larger_is_better()


def test_reduce_lr_on_plateau():
    model, rates = made(0.8), []
    told = [
        Script([3, 3, 3, 3, 3, 3, 3]),
        callbacks.ReduceLROnPlateau(factor=0.5, patience=2, cooldown=1, min_lr=0.1),
        callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: rates.append(float(model.optimizer.learning_rate))),
    ]
    history = fit(model, told, epochs=7).history
    np.testing.assert_allclose(rates, [0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1], rtol=1e-6)
    np.testing.assert_allclose(history["learning_rate"], [0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2], rtol=1e-6)


def test_learning_rate_scheduler():
    for schedule in (lambda epoch: 0.1 / (epoch + 1), lambda epoch, rate: rate / (epoch + 1)):
        history = fit(made(), [callbacks.LearningRateScheduler(schedule)], epochs=2).history
        np.testing.assert_allclose(history["learning_rate"], [0.1, 0.05], rtol=1e-6)
    with pytest.raises(hb.InvalidArgumentError, match="has to return a number; got None"):
        fit(made(), [callbacks.LearningRateScheduler(lambda epoch: None)])


def test_learning_rate_finder_leaves_everything_as_it_was():
    model = made(0.01)
    fit(model, None)
    before, steps = model.get_weights(), int(model.optimizer.iterations)
    finder = callbacks.LearningRateFinder(1e-4, 1e3, steps=60)
    fit(model, [finder], epochs=60)
    assert 10 < len(finder.rates) <= 60
    assert finder.losses[-1] > 4 * min(finder.losses)  # it stopped because the loss grew
    np.testing.assert_allclose(finder.rates[1] / finder.rates[0], 1e7 ** (1 / 59), rtol=1e-6)
    largest = 2 / np.linalg.eigvalsh(2 * np.cov(np.c_[X, np.ones(12)].T @ np.c_[X, np.ones(12)] / 12)).max()
    assert 1e-4 < finder.suggestion < 10 * largest
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(model.optimizer.iterations) == steps
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)


@pytest.mark.parametrize("seed", range(8))
def test_noise_of_the_first_losses_is_not_taken_for_a_fall(seed):
    """A loss that is level up to a rate of 1e-3, falls evenly up to 1e-1, and grows from there on."""
    finder = callbacks.LearningRateFinder(1e-6, 10.0, steps=100)
    finder.rates = np.geomspace(1e-6, 10.0, 100).tolist()
    decades = np.log10(finder.rates)
    losses = 2.3 - np.clip((decades + 3) / 2, 0, 1) + np.exp(np.clip(4 * (decades + 0.5), -50, 3))
    losses += np.random.default_rng(seed).normal(size=100, scale=0.15)
    mean = 0.0
    for i, loss in enumerate(losses, 1):
        mean = 0.9 * mean + 0.1 * loss
        finder.losses.append(mean / (1 - 0.9**i))
    assert 1e-3 < finder.suggestion < 0.3


# ---- files and servers


def test_checkpoints(tmp_path):
    model = made()
    every = callbacks.ModelCheckpoint(tmp_path / "new" / "m-{epoch:02d}-{loss:.2f}.keras")
    best = callbacks.ModelCheckpoint(tmp_path / "best.weights.h5", save_best_only=True, save_weights_only=True)
    steps = callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.keras", save_freq=3)
    history = fit(model, [Script([2, 1, 3]), every, best, steps], epochs=3).history
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == [
        f"m-{i + 1:02d}-{loss:.2f}.keras" for i, loss in enumerate(history["loss"])
    ]
    assert sorted(p.name for p in tmp_path.glob("*-*.keras")) == ["2-1.keras", "3-2.keras"]
    second = load_model(next((tmp_path / "new").glob("m-02*")))
    model.load_weights(tmp_path / "best.weights.h5")
    np.testing.assert_array_equal(model.get_weights()[0], second.get_weights()[0])


def test_csv_logger_goes_on_behind_what_is_there(tmp_path):
    path = tmp_path / "log.csv"
    first = fit(made(), [callbacks.CSVLogger(path)], epochs=2).history
    fit(made(), [callbacks.CSVLogger(path, append=True)], epochs=3, initial_epoch=2)
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    np.testing.assert_allclose([float(row["loss"]) for row in rows[:2]], first["loss"])


def test_remote_monitor():
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        history = fit(made(), [callbacks.RemoteMonitor(address, send_as_json=True)]).history
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert got == [("/publish/epoch/end/", {"epoch": 0, "loss": history["loss"][0]})]
    with pytest.warns(UserWarning, match="could not reach"):
        fit(made(), [callbacks.RemoteMonitor(address)])


# ---- looking inside


def test_terminate_on_nan_names_the_layer_and_the_operation(capsys):
    class Root(hb.Layer):
        def call(self, x):
            return hb.ops.sqrt(x)

    model = Sequential([Input((3,)), Dense(4, name="first"), Root(name="root"), Dense(1, name="last")])
    model.compile("sgd", "mse")
    stop = callbacks.TerminateOnNaN()
    fit(model, [stop], epochs=3)  # and nothing else is said: warnings are errors
    assert "'sqrt'" in stop.found
    assert "layer 'root' (Root)" in stop.found
    assert "forward" in stop.found
    assert stop.found in capsys.readouterr().out
    assert int(model.optimizer.iterations) == 1
    fit(made(1e30), [stop], epochs=3)
    assert "the loss is inf" in stop.found
    assert "forward pass, in the loss" in stop.found
    model = made()
    model.layers[0].set_weights([np.full((3, 1), np.nan), [0.0]])
    fit(model, [stop])
    assert "weight 'only/kernel' was not finite before this step" in stop.found


def test_activations_are_what_the_layers_give():
    inner = Sequential([Input((4,)), Dense(2, activation="relu", name="inside")], name="nested")
    model = Sequential([Input((3,)), Dense(4, name="outside"), Dropout(0.5, name="drop"), inner])
    found = activations(model, X)
    np.testing.assert_allclose(found["outside"], model.layers[0](X).numpy())
    np.testing.assert_allclose(found["inside"], model.predict(X), rtol=1e-6)
    assert sorted(found) == ["drop", "inside", "nested", "outside"]
    with pytest.raises(hb.InvalidArgumentError, match="no layer named .'nowhere'."):
        activations(model, X, "nowhere")
    model = made()
    recorder = callbacks.ActivationRecorder(X[:2], "only", freq=2)
    fit(model, [recorder], epochs=4)
    assert recorder.epochs == [-1, 1, 3]
    np.testing.assert_allclose(recorder.records[0]["only"], X[:2] @ np.ones((3, 1)), rtol=1e-5)
    np.testing.assert_allclose(recorder.records[-1]["only"], model.predict(X[:2]), rtol=1e-6)


def test_lambda_callback_knows_the_events():
    with pytest.raises(hb.InvalidArgumentError, match="no event 'on_epoch'"):
        callbacks.LambdaCallback(on_epoch=print)

"""Figures: what they are called, which metrics they are of, and who is told; against sums by NumPy."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam_layers import Dense, Input
from hornbeam_models import Model, Sequential
from hornbeam_models.callbacks import Callback, LambdaCallback
from hornbeam_optimizers import metrics

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(20, 3)).astype("float32"), RNG.normal(size=(20, 1)).astype("float32")
OFF = X.sum(1, keepdims=True) - Y
MAE, MSE = np.abs(OFF).mean(), (OFF**2).mean()


def model(*layers, loss="mse", **how):
    made = Sequential([Input((3,)), *layers, Dense(1, kernel_initializer="ones")])
    made.compile("sgd", loss, **how)
    return made


def figures(made, rows=20):
    return made.evaluate(X[:rows], Y[:rows], batch_size=7, verbose=0, return_dict=True)


def check(found, **expected):
    assert list(found) == list(expected)
    np.testing.assert_allclose([*found.values()], [*expected.values()], rtol=1e-5)


def MyError(y, pred):
    return ops.mean(ops.abs(y - pred), -1)


def test_metrics_of_one_name_are_numbered():
    one, other = metrics.MeanAbsoluteError(name="m"), metrics.MeanSquaredError(name="m")
    check(figures(model(metrics=[one, other, "mae", "mae"])), loss=MSE, m=MAE, m_1=MSE, mae=MAE, mae_1=MAE)


def test_functions_have_keras_s_names():
    found = figures(model(metrics=[MyError, lambda y, pred: ops.mean(y - pred, -1)]))
    check(found, loss=MSE, my_error=MAE, **{"lambda": -OFF.mean()})


def test_classes_of_metrics_and_a_list_for_the_only_output():
    check(figures(model(metrics=[metrics.MeanAbsoluteError])), loss=MSE, mean_absolute_error=MAE)
    check(figures(model(loss=["mse"], metrics=[["mae"]])), loss=MSE, mae=MAE)


def test_metrics_can_be_evaluated_without_a_loss():
    check(figures(model(loss=None, metrics=["mae"])), loss=0.0, mae=MAE)
    with pytest.raises(hb.InvalidArgumentError, match="nothing to train for"):
        model(loss=None, metrics=["mae"]).fit(X, Y, verbose=0)


class Watching(hb.Layer):
    """Knows the mean of what passes."""

    def __init__(self):
        super().__init__()
        self.seen = metrics.Mean(name="seen")

    def call(self, x):
        self.seen.update_state(ops.mean(x))
        return x


@pytest.mark.parametrize("nested", [False, True])
def test_metrics_within_layers_are_figures_too(nested):
    made = model(Sequential([Input((3,)), Watching()]) if nested else Watching())
    history = made.fit(X, Y, epochs=2, verbose=0).history
    np.testing.assert_allclose(history["seen"], [X.mean()] * 2, rtol=1e-5)
    found = made.evaluate(X[:4], Y[:4], verbose=0, return_dict=True)  # begins anew
    np.testing.assert_allclose(found["seen"], X[:4].mean(), rtol=1e-5)
    assert [v.shape for v in made.metrics_variables] == [()] * 4


def test_callbacks_may_insist_on_logs():
    class Insists(Callback):
        def on_train_begin(self, logs):
            logs.update(mine=0)

        def on_epoch_begin(self, epoch, logs):
            logs.update(mine=0)

        def on_epoch_end(self, epoch, logs):
            logs["mine"] = epoch

    told = []
    other = LambdaCallback(
        on_train_begin=lambda logs: told.append(logs), on_epoch_begin=lambda epoch, logs: told.append(logs)
    )
    assert model().fit(X, Y, epochs=2, verbose=0, callbacks=[Insists(), other]).history["mine"] == [0, 1]
    assert len(told) == 3


def test_one_array_may_stand_in_a_list():
    made = model()
    expected = made.predict(X)
    np.testing.assert_array_equal(made.predict([X]), expected)
    np.testing.assert_array_equal(made((X,)).numpy(), expected)
    np.testing.assert_allclose(made.evaluate([X], [Y], verbose=0), MSE, rtol=1e-5)
    with pytest.raises(hb.DTypeError, match="expects an array"):
        made.predict([X, X])


@pytest.mark.parametrize("kind", [list, tuple])
def test_the_only_output_of_a_list_is_returned_without_it(kind):
    start = Input((3,))
    end = Dense(1, kernel_initializer="ones")(start)
    made = Model([start], kind([end]))
    assert made.predict(X).shape == made(X).shape == (20, 1)
    assert (made.input_shape, made.output_shape) == ((None, 3), (None, 1))
    again = made(start)
    assert type(again) is type(made.output) is kind
    np.testing.assert_array_equal(Model(start, again[0] * 2).predict(X), made.predict(X) * 2)
    made.compile("sgd", ["mse"], metrics=["mae"])
    check(figures(made), loss=MSE, mae=MAE)


CLASSES = RNG.integers(0, 3, 20)


@pytest.mark.parametrize("name", ["crossentropy", "ce", "CE"])
def test_crossentropy_is_the_one_that_labels_and_outputs_have(name):
    def evaluated(units, labels, activation):
        made = Sequential([Input((3,)), Dense(units, activation, kernel_initializer="ones", bias_initializer="ones")])
        made.compile("sgd", name, metrics=["Accuracy", "ACC"])
        found = made.evaluate(X, labels, verbose=0, return_dict=True)
        assert list(found) == ["loss", "Accuracy", "ACC"] and found["Accuracy"] == found["ACC"]
        return found["loss"], found["ACC"]

    for labels in (CLASSES, CLASSES[:, None], np.eye(3)[CLASSES]):
        np.testing.assert_allclose(evaluated(3, labels, "softmax"), [np.log(3), (CLASSES == 0).mean()], rtol=1e-5)
    share = 1 / (1 + np.exp(-X.sum(1) - 1))
    loss = -np.where(CLASSES > 0, np.log(share), np.log(1 - share)).mean()
    right = ((share > 0.5) == (CLASSES > 0)).mean()
    np.testing.assert_allclose(evaluated(1, (CLASSES > 0).astype("float32"), "sigmoid"), [loss, right], rtol=1e-5)


def test_the_copy_of_a_compiled_model_is_compiled():
    made = model(metrics=["mae"])
    made.optimizer.learning_rate = 0.25
    made.fit(X, Y, verbose=0)
    copy = hb.models.clone_model(made)
    check(figures(copy), loss=MSE, mae=MAE)
    assert copy.optimizer is not made.optimizer
    assert (float(copy.optimizer.learning_rate), int(copy.optimizer.iterations)) == (0.25, 0)
    plain = hb.models.clone_model(model(loss=lambda y, pred: ops.square(y - pred)))
    with pytest.raises(hb.InvalidArgumentError, match="call compile"):
        plain.evaluate(X, Y, verbose=0)

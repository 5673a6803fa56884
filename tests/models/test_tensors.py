"""Tensors as data: those on another device than the host are not copied back and forth."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.backends.numpy import NumpyBackend
from hornbeam_datasets import Dataset
from hornbeam_layers import Dense, Input
from hornbeam_models import Sequential

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(48, 5)).astype("float32"), RNG.integers(0, 3, 48)


class Elsewhere(NumpyBackend):
    """NumPy's arrays, as if on a device of their own; counts what is copied to the host."""

    name, device = "elsewhere", "elsewhere:0"

    def __init__(self):
        super().__init__()
        self.copied = []

    def to_host(self, array):
        self.copied.append(np.shape(array))
        return super().to_host(array)


def fitted(feed, **how):
    hb.set_random_seed(1)
    model = Sequential([Input((5,)), Dense(8, activation="tanh"), Dense(3)])
    model.compile("adam", hb.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    history = feed(model, **how)
    return history, model.get_weights()


def arrays(model, x, y):
    return model.fit(x, y, batch_size=8, epochs=2, verbose=0, class_weight={0: 2.0}).history


def pipeline(model, x, y):
    batches = Dataset.of((X, Y)).batch(8).prefetch(to_device=True)
    return model.fit(batches, epochs=2, verbose=0).history


def by_hand(model, x, y):
    return [model.train_on_batch(x[i : i + 8], y[i : i + 8]) for i in range(0, 48, 8)]


@pytest.mark.parametrize("feed", [arrays, pipeline, by_hand])
def test_training_on_tensors_is_training_on_arrays(feed):
    with using_backend(NumpyBackend()):
        expected, weights = fitted(feed, x=X, y=Y)
    with using_backend(Elsewhere()):
        found, ours = fitted(feed, x=hb.ops.asarray(X), y=hb.ops.asarray(Y))
    assert found == expected
    for a, b in zip(ours, weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_batches_stay_on_their_device():
    backend = Elsewhere()
    with using_backend(backend):
        x, y = hb.ops.asarray(X.astype("float64"), dtype="float64"), hb.ops.asarray(Y)
        fitted(lambda model: model.fit(x, y, batch_size=8, epochs=2, verbose=0))
        fitted(lambda model: pipeline(model, x, y))
        fitted(lambda model: [model.train_on_batch(x[:8], y[:8]), model.predict_on_batch(x[:8])])
    large = [shape for shape in backend.copied if shape[-1:] == (5,)]
    assert large == []


def test_labels_that_nothing_can_be_learned_from_are_found_there_too():
    with using_backend(Elsewhere()):
        y = hb.ops.asarray(np.where(np.arange(48) == 7, np.nan, 0.5).astype("float32"))
        model = Sequential([Input((5,)), Dense(1)])
        model.compile("sgd", "mse")
        with pytest.raises(hb.errors.InvalidArgumentError, match="first in sample 7"):
            model.fit(hb.ops.asarray(X), y, verbose=0)

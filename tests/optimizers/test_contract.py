"""Every optimizer and loss keeps the contract of its check in `hornbeam.testing`."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.testing import check_loss, check_optimizer


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("SGD", {"learning_rate": 0.05}),
        ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True, "clipnorm": 1.0}),
        ("SGD", {"learning_rate": 0.05, "weight_decay": 0.01, "global_clipnorm": 1.0}),
        ("Adam", {"learning_rate": 0.05}),
        ("Adam", {"learning_rate": 0.05, "amsgrad": True, "clipvalue": 0.5}),
        ("RMSprop", {"learning_rate": 0.02}),
        ("RMSprop", {"learning_rate": 0.02, "momentum": 0.5, "centered": True, "epsilon": 1e-3}),
        ("AdamW", {"learning_rate": 0.05, "weight_decay": 0.01}),
    ],
)
def test_optimizer(name, arguments):
    check_optimizer(getattr(hb.optimizers, name), arguments)


def test_optimizer_with_a_schedule():
    check_optimizer(hb.optimizers.Adam, {"learning_rate": hb.optimizers.schedules.ExponentialDecay(0.1, 50, 0.9)})


def normal(rng, n):
    return rng.normal(size=(n, 3))


def probabilities(rng, n):
    p = rng.uniform(0.1, 0.9, (n, 3))
    return p / p.sum(-1, keepdims=True)


def one_hot(rng, n):
    return np.eye(3)[rng.integers(0, 3, n)]


def labels(rng, n):
    return rng.integers(0, 3, n)


@pytest.mark.parametrize(
    ("name", "arguments", "y_true", "y_pred"),
    [
        ("MeanSquaredError", {}, normal, normal),
        ("MeanAbsoluteError", {}, normal, normal),
        ("BinaryCrossentropy", {"label_smoothing": 0.1}, one_hot, probabilities),
        ("BinaryCrossentropy", {"from_logits": True}, one_hot, normal),
        ("CategoricalCrossentropy", {}, one_hot, probabilities),
        ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, one_hot, normal),
        ("SparseCategoricalCrossentropy", {}, labels, probabilities),
        ("SparseCategoricalCrossentropy", {"from_logits": True}, labels, normal),
    ],
)
def test_loss(name, arguments, y_true, y_pred):
    check_loss(getattr(hb.losses, name), arguments, y_true=y_true, y_pred=y_pred)

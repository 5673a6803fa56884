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
        ("Adamax", {"learning_rate": 0.05}),
        ("Nadam", {"learning_rate": 0.05}),
        ("Adagrad", {"learning_rate": 0.5}),
        ("Adadelta", {"learning_rate": 1.0, "epsilon": 1e-3}),
        ("Adafactor", {"learning_rate": 0.1}),
        ("Ftrl", {"learning_rate": 0.5, "l1_regularization_strength": 0.001}),
        ("Lion", {"learning_rate": 0.02}),
        ("Lamb", {"learning_rate": 0.02}),
        ("LARS", {"learning_rate": 1.0, "trust_coefficient": 0.02}),
        ("RAdam", {"learning_rate": 0.05}),
        ("Muon", {"learning_rate": 0.02}),
        ("ScheduleFreeAdamW", {"learning_rate": 0.05}),
        ("Lookahead", {"inner_optimizer": "sgd"}),
        ("LossScaleOptimizer", {"inner_optimizer": "sgd", "dynamic_growth_steps": 3, "initial_scale": 1.0}),
        ("Adam", {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3}),
        ("SGD", {"learning_rate": 0.05, "loss_scale_factor": 0.5, "learning_rate_multipliers": {"variable": 0.5}}),
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


def labels_by_column(rng, n):
    return rng.integers(0, 5, (n, 3)).astype("float64")


def boxes(rng, n):
    return rng.uniform([0, 0, 2, 2], [1, 1, 3, 3], (n, 4))


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
        ("MeanAbsolutePercentageError", {}, normal, normal),
        ("MeanSquaredLogarithmicError", {}, probabilities, probabilities),
        ("CosineSimilarity", {}, normal, normal),
        ("Huber", {"delta": 0.8}, normal, normal),
        ("SmoothL1", {"beta": 0.8}, normal, normal),
        ("LogCosh", {}, normal, normal),
        ("Poisson", {}, labels_by_column, probabilities),
        ("Quantile", {"q": 0.8}, normal, normal),
        ("Hinge", {}, one_hot, normal),
        ("SquaredHinge", {}, one_hot, normal),
        ("CategoricalHinge", {}, one_hot, normal),
        ("KLDivergence", {}, probabilities, probabilities),
        ("CategoricalGeneralizedCrossEntropy", {"q": 0.3}, labels, probabilities),
        ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "label_smoothing": 0.1}, one_hot, probabilities),
        ("BinaryFocalCrossentropy", {"from_logits": True}, one_hot, normal),
        ("CategoricalFocalCrossentropy", {"alpha": [0.2, 0.3, 0.5]}, one_hot, probabilities),
        ("CategoricalFocalCrossentropy", {"from_logits": True, "gamma": 3.0}, one_hot, normal),
        ("Dice", {"axis": (1,)}, one_hot, probabilities),
        ("Tversky", {"axis": (1,), "alpha": 0.3, "beta": 0.7}, one_hot, probabilities),
        ("Contrastive", {}, one_hot, probabilities),
        ("ArcFace", {"scale": 8.0}, labels, probabilities),
        ("CosFace", {"scale": 8.0}, labels, probabilities),
        ("IoU", {}, boxes, boxes),
        ("GIoU", {"bounding_box_format": "xywh"}, boxes, boxes),
        ("DIoU", {"bounding_box_format": "center_xywh"}, boxes, boxes),
    ],
)
def test_loss(name, arguments, y_true, y_pred):
    check_loss(getattr(hb.losses, name), arguments, y_true=y_true, y_pred=y_pred)

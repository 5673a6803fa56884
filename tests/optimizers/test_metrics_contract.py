"""Every streaming metric keeps the contract of `check_metric`."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.testing import check_metric


def normal(*shape):
    return lambda rng, n: rng.normal(size=(n, *shape))


def shares(*shape):
    return lambda rng, n: rng.random((n, *shape))


def bits(*shape):
    return lambda rng, n: rng.integers(0, 2, (n, *shape))


def labels(rng, n):
    return rng.integers(0, 3, n)


def one_hot(rng, n):
    return np.eye(3)[labels(rng, n)]


def rows(rng, n):
    p = rng.uniform(0.1, 0.9, (n, 3))
    return p / p.sum(-1, keepdims=True)


PAIRS = [
    *((name, {}, bits(), shares()) for name in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")),
    *((name, {"thresholds": [0.7, 0.2]}, bits(3), shares(3)) for name in ("TruePositives", "Precision", "Recall")),
    *((name, {"top_k": 2}, bits(3), shares(3)) for name in ("Precision", "Recall")),
    ("Precision", {"class_id": 1}, labels, rows),
    ("AUC", {}, bits(), shares()),
    ("AUC", {"curve": "PR", "multi_label": True, "num_labels": 3}, bits(3), shares(3)),
    ("AUC", {"thresholds": [0.2, 0.5], "label_weights": [1.0, 0.0, 2.0], "from_logits": True}, bits(3), normal(3)),
    ("SensitivityAtSpecificity", {"specificity": 0.5}, bits(), shares()),
    ("SpecificityAtSensitivity", {"sensitivity": 0.5}, bits(), shares()),
    ("PrecisionAtRecall", {"recall": 0.5}, bits(), shares()),
    ("RecallAtPrecision", {"precision": 0.5}, bits(), shares()),
    ("F1Score", {"average": "weighted"}, labels, rows),
    ("FBetaScore", {"average": "macro", "beta": 2.0, "threshold": 0.4}, bits(3), shares(3)),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2], "ignore_class": 1}, labels, labels),
    ("BinaryIoU", {"threshold": 0.3}, bits(), shares()),
    ("MeanIoU", {"num_classes": 3, "sparse_y_pred": False}, labels, rows),
    ("OneHotIoU", {"num_classes": 3, "target_class_ids": [0]}, one_hot, rows),
    ("OneHotMeanIoU", {"num_classes": 3}, one_hot, rows),
    ("Accuracy", {}, labels, labels),
    ("BinaryAccuracy", {"threshold": 0.3}, bits(3), shares(3)),
    ("CategoricalAccuracy", {}, one_hot, rows),
    ("SparseCategoricalAccuracy", {}, labels, rows),
    ("TopKCategoricalAccuracy", {"k": 2}, one_hot, rows),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, labels, rows),
    *((name, {}, normal(3), normal(3)) for name in (
        "MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError", "LogCoshError", "CosineSimilarity",
        "PearsonCorrelation", "ConcordanceCorrelation", "Hinge", "SquaredHinge",
    )),
    ("MeanAbsolutePercentageError", {}, shares(3), normal(3)),
    ("MeanSquaredLogarithmicError", {}, shares(3), shares(3)),
    ("ExplainedVariance", {"class_aggregation": None}, normal(2), normal(2)),
    ("CategoricalHinge", {}, one_hot, normal(3)),
    ("KLDivergence", {}, rows, rows),
    ("Poisson", {}, labels, shares()),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, bits(3), normal(3)),
    ("CategoricalCrossentropy", {}, one_hot, rows),
    ("SparseCategoricalCrossentropy", {}, labels, rows),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), PAIRS, ids=[p[0] for p in PAIRS])
def test_metric(name, arguments, y_true, y_pred):
    check_metric(getattr(hb.metrics, name), arguments, data=lambda rng, n: (y_true(rng, n), y_pred(rng, n)))


@pytest.mark.parametrize("name", ["Mean", "Sum"])
@pytest.mark.parametrize("shape", [(), (3,)])
def test_reductions(name, shape):
    check_metric(getattr(hb.metrics, name), data=lambda rng, n: (rng.normal(size=(n, *shape)),))

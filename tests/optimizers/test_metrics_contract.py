"""Every streaming metric keeps the contract of `check_metric`."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.testing import check_metric
from hypothesis import settings

settings.register_profile("few", settings.get_profile("ci"), max_examples=6)


@pytest.fixture(autouse=True)
def _few_examples_but_nightly():
    before = settings.default
    if before.max_examples < 100:
        settings.load_profile("few")
    yield
    settings.register_profile("as before", before)
    settings.load_profile("as before")


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
    ("R2Score", {}, normal(2), normal(2)),
    ("PearsonR", {}, normal(2), normal(2)),
    *((name, {"average": "macro"}, labels, rows) for name in ("JaccardScore", "PrecisionScore", "RecallScore")),
    ("ConfusionMatrix", {"normalize": "true"}, labels, rows),
    *((name, {}, labels, rows) for name in ("CohenKappa", "MatthewsCorrelation", "LogLoss", "ExpectedCalibrationError")),
    ("BalancedAccuracy", {"num_classes": 3, "adjusted": True}, labels, labels),
    ("BrierScore", {}, bits(), shares()),
    ("Perplexity", {"from_logits": True, "mask_token_id": 0}, lambda rng, n: rng.integers(0, 3, (n, 2)), normal(2, 3)),
    ("SymmetricMeanAbsolutePercentageError", {}, normal(), normal()),
    ("MeanAbsoluteScaledError", {"seasonality": 2}, normal(4), normal(4)),
    ("NDCG", {"k": 3}, bits(5), normal(5)),
    ("MeanReciprocalRank", {}, bits(5), normal(5)),
    ("RetrievalAveragePrecision", {"k": 2}, bits(5), normal(5)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), PAIRS, ids=[p[0] for p in PAIRS])
def test_metric(name, arguments, y_true, y_pred):
    check_metric(getattr(hb.metrics, name), arguments, data=lambda rng, n: (y_true(rng, n), y_pred(rng, n)))


@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), PAIRS, ids=[p[0] for p in PAIRS])
def test_captured_is_as_eager(name, arguments, y_true, y_pred):
    rng = np.random.default_rng(0)
    true, pred, weights = y_true(rng, 8), np.asarray(y_pred(rng, 8), np.float32), rng.random(8).astype("float32")
    captured, eager = (getattr(hb.metrics, name)(**arguments) for _ in range(2))
    step = hb.jit(captured.update_state)
    for rows in (slice(0, 4), slice(4, 8)):
        step(true[rows], pred[rows], weights[rows])
        eager.update_state(true[rows], pred[rows], weights[rows])
    np.testing.assert_allclose(captured.result().numpy(), eager.result().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["Mean", "Sum"])
@pytest.mark.parametrize("shape", [(), (3,)])
def test_reductions(name, shape):
    check_metric(getattr(hb.metrics, name), data=lambda rng, n: (rng.normal(size=(n, *shape)),))


def sentences(rng, n):
    return np.array([" ".join(rng.choice(["a", "b", "cd"], rng.integers(1, 6))) for _ in range(n)], object)


@pytest.mark.parametrize("name", ["BLEU", "ChrF", "ROUGE", "WordErrorRate", "CharacterErrorRate"])
def test_text(name):
    check_metric(getattr(hb.metrics, name), data=lambda rng, n: (sentences(rng, n), sentences(rng, n)))


def test_boxes():
    def images(rng, n):
        corners = rng.uniform(0, 60, (2, n, 4, 2))
        boxes = np.concatenate([corners, corners + rng.uniform(5, 40, corners.shape)], -1)
        labels, scores = rng.integers(-1, 2, (2, n, 4, 1)), rng.random((n, 4, 1))
        return np.concatenate([boxes[0], labels[0]], -1), np.concatenate([boxes[1], labels[1], scores], -1)

    class OneFigure(hb.metrics.MeanAveragePrecision):
        """The first of the figures."""

        def result(self):
            return super().result()[self.name]

    check_metric(OneFigure, {"iou_thresholds": [0.1]}, data=images)

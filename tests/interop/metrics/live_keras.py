"""Metrics beside genuine Keras on random and odd inputs, batch by batch, in one process; `nox -s interop` runs it."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import hornbeam as hb
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SIZES = (1, 4, 3)


def scores(rng, n, classes, odd):
    """Probabilities, with ties and ends; or all alike."""
    p = np.round(rng.random((n, classes)), 1 if odd else 4)
    return np.full_like(p, np.round(rng.random(), 1)) if odd and rng.random() < 0.3 else p


def bits(rng, n, classes, odd):
    return (rng.random((n, classes)) < (rng.choice([0.0, 0.5, 1.0]) if odd else 0.4)).astype("int32")


def indices(rng, n, classes, odd):
    return rng.integers(0, 1 if odd and rng.random() < 0.5 else classes, n).astype("int32")


def hot(rng, n, classes, odd):
    return np.eye(classes, dtype="int32")[indices(rng, n, classes, odd)]


def reals(rng, n, classes, odd):
    return np.round(rng.normal(size=(n, classes)) * 3, 0 if odd else 4)


rate = st.integers(0, 4).map(lambda i: i / 4)
thresholds = st.one_of(st.none(), rate, st.lists(rate, min_size=1, max_size=5))
average = st.sampled_from([None, "micro", "macro", "weighted"])
KINDS = {
    **dict.fromkeys(("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives"), (bits, scores, {"thresholds": thresholds})),
    **dict.fromkeys(
        ("Precision", "Recall"),
        (bits, scores, {"thresholds": thresholds, "class_id": st.sampled_from([None, 1])}),
    ),
    "AUC": (bits, scores, {
        "curve": st.sampled_from(["ROC", "PR", "PRGAIN"]), "multi_label": st.booleans(), "num_thresholds": st.sampled_from([2, 7, 200]),
        "summation_method": st.sampled_from(["interpolation", "majoring", "minoring"]),
    }),
    "SensitivityAtSpecificity": (bits, scores, {"specificity": rate, "num_thresholds": st.sampled_from([1, 5, 200])}),
    "RecallAtPrecision": (bits, scores, {"precision": rate, "num_thresholds": st.sampled_from([1, 5, 200])}),
    "F1Score": (bits, scores, {"average": average, "threshold": st.sampled_from([None, 0.5])}),
    "FBetaScore": (hot, scores, {"average": average, "beta": st.sampled_from([0.5, 2.0])}),
    "MeanIoU": (indices, indices, {"num_classes": st.just(3), "ignore_class": st.sampled_from([None, 1])}),
    "OneHotMeanIoU": (hot, scores, {"num_classes": st.just(3)}),
    "BinaryIoU": (bits, scores, {"threshold": rate}),
    "BinaryAccuracy": (bits, scores, {"threshold": rate}),
    "CategoricalAccuracy": (hot, scores, {}),
    "SparseCategoricalAccuracy": (indices, scores, {}),
    "TopKCategoricalAccuracy": (hot, scores, {"k": st.integers(1, 4)}),
    "SparseTopKCategoricalAccuracy": (indices, scores, {"k": st.integers(1, 4)}),
    **dict.fromkeys(
        ("MeanSquaredError", "RootMeanSquaredError", "LogCoshError", "CosineSimilarity", "Hinge", "SquaredHinge"),
        (reals, reals, {}),
    ),
    "R2Score": (reals, reals, {"class_aggregation": st.sampled_from([None, "uniform_average", "variance_weighted_average"])}),
    "BinaryCrossentropy": (bits, scores, {"label_smoothing": st.sampled_from([0.0, 0.2])}),
    "CategoricalHinge": (hot, reals, {}),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # of JAX, on Keras's integers
@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_figures(name, data):
    true, pred, arguments = KINDS[name]
    config = {key: data.draw(values, key) for key, values in arguments.items()}
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1), "seed"))
    odd, weighted = data.draw(st.booleans(), "odd"), data.draw(st.booleans(), "weighted")
    ours, theirs = getattr(hb.metrics, name)(**config), getattr(keras.metrics, name)(**config)
    for size in SIZES:
        batch = [np.asarray(make(rng, size, 3, odd)) for make in (true, pred)]
        batch = [b.astype("float32") if b.dtype.kind == "f" else b for b in batch]
        weights = (
            rng.integers(0, 3, size).astype("int32" if "IoU" in name else "float32")
            if weighted and name != "BinaryIoU"
            else None
        )
        for metric in (ours, theirs):
            metric.update_state(*batch, sample_weight=weights)
    np.testing.assert_allclose(ours.result().numpy(), np.asarray(theirs.result()), rtol=2e-5, atol=2e-6)

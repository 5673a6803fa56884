"""Metrics that Keras lacks equal scikit-learn, SciPy or the definition written out, batch by batch, on random and odd inputs."""

import math
import re
import warnings

import hornbeam as hb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sk

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=12 if settings.default.max_examples < 100 else 200)


def streamed(metric, rng, *arrays, weights=None):
    """The figure after the samples in batches of unequal sizes."""
    n, at = len(arrays[0]), 0
    while at < n:
        size = int(rng.integers(1, 6))
        part = [a[at : at + size] for a in arrays]
        metric.update_state(*part, **({} if weights is None else {"sample_weight": weights[at : at + size]}))
        at += size
    return metric.result().numpy()


def truth(function, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **kwargs)


def near(found, expected):
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)


def draw(seed, classes=3):
    """Labels, scores with ties, sample weights; sometimes a class is missing, sometimes all samples are alike."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 20))
    labels = rng.integers(0, int(rng.integers(1, classes + 1)), n)
    p = np.round(rng.dirichlet(np.full(classes, 0.7), n), 1).astype(np.float32)
    p[p.sum(-1) == 0] = 1 / classes
    weights = rng.integers(0, 3, n).astype(np.float32)
    return rng, labels, p, weights if weights.sum() and rng.random() < 0.5 else None


@few
@given(seeds)
def test_of_the_confusion_matrix(seed):
    rng, labels, scores, weights = draw(seed)
    said = scores.argmax(-1)
    m, classes = hb.metrics, [0, 1, 2]
    for normalize in (None, "true", "pred", "all"):
        found = streamed(m.ConfusionMatrix(normalize=normalize), rng, labels, scores, weights=weights)
        near(
            found, truth(sk.confusion_matrix, labels, said, labels=classes, normalize=normalize, sample_weight=weights)
        )
    for how in (None, "linear", "quadratic"):
        found = streamed(m.CohenKappa(weights=how), rng, labels, scores, weights=weights)
        near(found, truth(sk.cohen_kappa_score, labels, said, labels=classes, weights=how, sample_weight=weights))
    found = streamed(m.MatthewsCorrelation(3), rng, labels, said, weights=weights)
    if weights is None or weights.sum():
        near(found, truth(sk.matthews_corrcoef, labels, said, sample_weight=weights))
        occurs = np.unique(labels if weights is None else labels[weights > 0])
        recalls = [
            np.average(said[labels == c] == c, weights=None if weights is None else weights[labels == c])
            for c in occurs
        ]
        near(streamed(m.BalancedAccuracy(3), rng, labels, said, weights=weights), np.mean(recalls))
        if len(occurs) > 1:
            expected = (np.mean(recalls) - 1 / len(occurs)) / (1 - 1 / len(occurs))
            near(streamed(m.BalancedAccuracy(3, adjusted=True), rng, labels, said, weights=weights), expected)


@few
@given(seeds)
def test_averages_over_classes(seed):
    rng, labels, scores, weights = draw(seed)
    n, m = len(labels), hb.metrics
    several = rng.integers(0, 2, (n, 3))
    for metric, function in (
        (m.JaccardScore, sk.jaccard_score), (m.PrecisionScore, sk.precision_score), (m.RecallScore, sk.recall_score),
        (m.F1Score, sk.f1_score),
    ):  # fmt: skip
        for average in (None, "micro", "macro", "weighted"):
            found = streamed(metric(average=average, threshold=0.35), rng, several, scores, weights=weights)
            said, how = (scores > 0.35).astype(int), {"average": average, "zero_division": 0, "sample_weight": weights}
            near(found, truth(function, several, said, **how))
    top = np.eye(3)[labels], np.eye(3)[scores.argmax(-1)]
    clear = np.sort(scores, -1)[:, -1] > np.sort(scores, -1)[:, -2]  # of equal ones Keras takes both
    if clear.all():
        found = streamed(m.JaccardScore(average="macro"), rng, labels, scores, weights=weights)
        near(found, truth(sk.jaccard_score, *top, average="macro", zero_division=0, sample_weight=weights))


@few
@given(seeds)
def test_probabilities(seed):
    rng, labels, scores, weights = draw(seed)
    m, eps = hb.metrics, np.float32(1.1920929e-07)
    own = np.clip(scores / scores.sum(-1, keepdims=True), eps, 1)[np.arange(len(labels)), labels]
    near(streamed(m.LogLoss(), rng, labels, scores, weights=weights), np.average(-np.log(own), weights=weights))
    squares = ((np.eye(3)[labels] - scores) ** 2).sum(-1)
    near(streamed(m.BrierScore(), rng, labels, scores, weights=weights), np.average(squares, weights=weights))
    binary, p = labels > 0, scores[:, 1]
    for shape in ((-1,), (-1, 1)):
        data = binary.reshape(shape), p.reshape(shape)
        found = streamed(m.LogLoss(), rng, *data, weights=weights)
        near(found, truth(sk.log_loss, binary, p.astype(np.float32), labels=[False, True], sample_weight=weights))
        found = streamed(m.BrierScore(), rng, *data, weights=weights)
        near(found, truth(sk.brier_score_loss, binary, p, sample_weight=weights, pos_label=True))
    sure, right = scores.max(-1), scores.argmax(-1) == labels
    shares = np.ones(len(labels)) if weights is None else weights
    gaps, sizes = [], []
    for low in range(4):
        inside = (np.ceil(sure * np.float32(4)) - 1).clip(0, 3) == low
        if shares[inside].sum():
            gaps.append(
                abs(
                    np.average(sure[inside], weights=shares[inside]) - np.average(right[inside], weights=shares[inside])
                )
            )
            sizes.append(shares[inside].sum() / shares.sum())
    gaps, sizes = np.array(gaps), np.array(sizes)
    for norm, expected in (("l1", gaps @ sizes), ("l2", np.sqrt(gaps**2 @ sizes)), ("max", gaps.max())):
        near(streamed(m.ExpectedCalibrationError(4, norm), rng, labels, scores, weights=weights), expected)


@few
@given(seeds)
def test_exact_areas(seed):
    rng, labels, scores, weights = draw(seed, 2)
    m, score = hb.metrics, scores[:, 1]
    counted = labels if weights is None else labels[weights > 0]
    if 0 < counted.sum() < len(counted):
        near(
            streamed(m.ExactAUC(), rng, labels, score, weights=weights),
            sk.roc_auc_score(labels, score, sample_weight=weights),
        )
        fine = streamed(m.AUC(num_thresholds=1001), rng, labels, score, weights=weights)
        near(fine, sk.roc_auc_score(labels, score, sample_weight=weights))  # scores are multiples of 0.1
        for ours, theirs in ((m.roc_curve, sk.roc_curve), (m.precision_recall_curve, sk.precision_recall_curve)):
            expected = theirs(
                labels, score, sample_weight=weights, **({"drop_intermediate": False} if ours is m.roc_curve else {})
            )
            kept = slice(None) if weights is None else np.isin(expected[2], [np.inf, *score[weights > 0]])
            for a, b in zip(ours(labels, score, weights), expected, strict=True):
                near(a, b[kept] if len(b) == len(expected[2]) else np.append(b[:-1][kept], b[-1]))
    if counted.sum():
        found = streamed(m.AveragePrecision(), rng, labels, score, weights=weights)
        near(found, truth(sk.average_precision_score, labels, score, sample_weight=weights))
        precision, recall, _ = truth(sk.precision_recall_curve, labels, score, sample_weight=weights)
        near(streamed(m.ExactAUC("PR"), rng, labels, score, weights=weights), sk.auc(recall, precision))
    else:
        assert math.isnan(streamed(m.ExactAUC(), rng, labels, score, weights=weights))


@few
@given(seeds)
def test_exact_areas_of_several_columns_and_operating_points(seed):
    rng = np.random.default_rng(seed)
    labels = np.array([0, 1, 2, *rng.integers(0, 3, 9)])
    p, m = rng.dirichlet(np.ones(3), 12).astype(np.float32), hb.metrics
    for average in ("macro", "weighted", "micro"):
        found = streamed(m.ExactAUC(average=average), rng, labels, p)
        near(found, sk.roc_auc_score(np.eye(3)[labels], p, average=average))
        near(
            streamed(m.AveragePrecision(average), rng, labels, p),
            sk.average_precision_score(np.eye(3)[labels], p, average=average),
        )
    near(streamed(m.ExactAUC(average=None), rng, labels, p), sk.roc_auc_score(np.eye(3)[labels], p, average=None))
    hit, score = labels == 1, np.round(p[:, 1], 1)
    rates = []
    for t in [*np.unique(score), 2.0]:
        tp, fp, fn, tn = (np.sum((hit == a) & ((score >= t) == b)) for a, b in ((1, 1), (0, 1), (1, 0), (0, 0)))
        rates.append({"sensitivity": tp / (tp + fn), "recall": tp / (tp + fn), "specificity": tn / (tn + fp),
                      "precision": tp / max(tp + fp, 1)})  # fmt: skip
    for wanted, bound in (
        ("sensitivity", "specificity"),
        ("specificity", "recall"),
        ("precision", "recall"),
        ("recall", "precision"),
    ):
        value = float(rng.integers(0, 11)) / 10
        expected = max([r[wanted] for r in rates if r[bound] >= value - 1e-9], default=0.0)
        near(streamed(m.ExactOperatingPoint(wanted, bound, max(0.0, value - 1e-9)), rng, hit, score), expected)


@few
@given(seeds)
def test_regression(seed):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 20)), hb.metrics
    true = np.round(rng.normal(size=(n, 2)), 1 if seed % 2 else 6).astype(np.float32) + 3 * (seed % 3)
    pred = np.round(true + rng.normal(size=(n, 2)), 1 if seed % 2 else 6).astype(np.float32)
    weights = rng.random(n).astype(np.float32)
    for ours, theirs in (
        ("uniform_average", "uniform_average"),
        ("variance_weighted_average", "variance_weighted"),
        (None, "raw_values"),
    ):
        expected = truth(sk.explained_variance_score, true, pred, multioutput=theirs, sample_weight=weights)
        near(streamed(m.ExplainedVariance(ours), rng, true, pred, weights=weights), expected)
    if np.ptp(true, axis=0).min() > 0.3:
        near(streamed(m.R2Score(), rng, true, pred, weights=weights), sk.r2_score(true, pred, sample_weight=weights))
        r = [stats.pearsonr(true[:, c].astype(float), pred[:, c].astype(float))[0] for c in range(2)]
        np.testing.assert_allclose(streamed(m.PearsonR(None), rng, true, pred), r, rtol=1e-4, atol=1e-5)
        near(
            streamed(m.SpearmanCorrelation(None), rng, true, pred),
            [stats.spearmanr(true[:, c], pred[:, c])[0] for c in range(2)],
        )
    near(streamed(m.RootMeanSquaredError(), rng, true, pred), np.sqrt(((true - pred) ** 2).mean()))
    both = np.abs(true) + np.abs(pred)
    smape = 100 * np.mean(np.where(both > 0, 2 * np.abs(true - pred) / np.where(both > 0, both, 1), 0))
    near(streamed(m.SymmetricMeanAbsolutePercentageError(), rng, true, pred), smape)
    series, forecast = rng.normal(size=(2, 4, 7)).astype(np.float32)
    naive = np.abs(series[:, 2:] - series[:, :-2]).mean()
    found = streamed(m.MeanAbsoluteScaledError(2), rng, series, forecast)
    near(found, np.abs(series - forecast).mean() / naive)
    near(streamed(m.MeanAbsoluteScaledError(scale=0.5), rng, true, pred), np.abs(true - pred).mean() / 0.5)


@few
@given(seeds)
def test_ranked_lists(seed):
    rng = np.random.default_rng(seed)
    n, items, m = int(rng.integers(1, 5)), int(rng.integers(2, 8)), hb.metrics
    relevance = rng.integers(-1, 4, (n, items))
    scores = rng.permuted(np.tile(np.arange(items), (n, 1)), axis=1).astype(np.float32)
    k = int(rng.integers(1, items + 1))
    gains = {"ndcg": [], "linear": [], "mrr": [], "ap": []}
    for row, score in zip(relevance, scores, strict=True):
        real = row >= 0
        order = np.argsort(-score[real])
        ranked = row[real][order]
        for name, gain in (("ndcg", lambda r: 2.0**r - 1), ("linear", lambda r: r)):
            value, best = (
                sum(gain(r) / math.log2(i + 2) for i, r in enumerate(rows[:k]))
                for rows in (ranked, sorted(ranked)[::-1])
            )
            gains[name].append(value / best if best else 0.0)
        first = [i for i, r in enumerate(ranked[:k]) if r > 0]
        gains["mrr"].append(1 / (first[0] + 1) if first else 0.0)
        hits = [np.mean(ranked[: i + 1] > 0) for i in first]
        gains["ap"].append(sum(hits) / min(k, max(1, sum(ranked > 0))) if hits else 0.0)
    for metric, name in (
        (m.NDCG(k), "ndcg"),
        (m.NDCG(k, "linear"), "linear"),
        (m.MeanReciprocalRank(k), "mrr"),
        (m.RetrievalAveragePrecision(k), "ap"),
    ):
        near(streamed(metric, rng, relevance, scores), np.mean(gains[name]))
    if relevance.min() >= 0 and relevance.max(axis=1).min() > 0:
        near(streamed(m.NDCG(None, "linear"), rng, relevance, scores), sk.ndcg_score(relevance, scores))
        near(streamed(m.RetrievalAveragePrecision(), rng, relevance, scores),
             np.mean([sk.average_precision_score(r > 0, s) for r, s in zip(relevance, scores, strict=True)]))  # fmt: skip


@few
@given(seeds)
def test_tokens(seed):
    rng = np.random.default_rng(seed)
    tokens = rng.integers(0, 4, (3, 5))
    p = rng.dirichlet(np.ones(4), (3, 5)).astype(np.float32)
    counted = tokens != 0
    own = np.take_along_axis(p, tokens[..., None], -1)[..., 0]
    expected = np.exp(-np.log(own)[counted].mean()) if counted.any() else 0.0
    near(streamed(hb.metrics.Perplexity(mask_token_id=0), rng, tokens, p), expected)
    near(streamed(hb.metrics.Perplexity(from_logits=True), rng, tokens, np.log(p)), np.exp(-np.log(own).mean()))

    def distance(a, b):
        if not len(a) or not len(b):
            return len(a) + len(b)
        return min(distance(a[1:], b) + 1, distance(a, b[1:]) + 1, distance(a[1:], b[1:]) + (a[0] != b[0]))

    said = rng.integers(0, 4, (3, 4))
    edits = sum(distance(list(t), list(s)) for t, s in zip(tokens, said, strict=True))
    near(streamed(hb.metrics.WordErrorRate(), rng, tokens, said), edits / tokens.size)
    text = ["".join("abcd"[t] for t in row) for row in tokens], ["".join("abcd"[t] for t in row) for row in said]
    near(streamed(hb.metrics.CharacterErrorRate(), rng, *text), edits / tokens.size)


@few
@given(seeds)
def test_reports(seed):
    rng, labels, scores, weights = draw(seed)
    said, names = scores.argmax(-1), ["a", "bb", "ccc"]
    for how in (
        {},
        {"labels": [2, 0]},
        {"labels": [0, 1, 2], "target_names": names, "digits": 3, "sample_weight": weights},
    ):
        expected = truth(sk.classification_report, labels, said, zero_division=0, **how)
        expected = re.sub(r"( \d+)\.0$", r"  \1", expected, flags=re.MULTILINE)  # weights that are whole numbers
        assert hb.metrics.classification_report(labels, said, **how) == expected.rstrip("\n")
        found = hb.metrics.classification_report(labels, scores, output_dict=True, **how)
        expected = truth(sk.classification_report, labels, said, zero_division=0, output_dict=True, **how)
        assert found.keys() == expected.keys()
        for name, row in expected.items():
            assert found[name] == pytest.approx(row)
    several, decided = rng.integers(0, 2, (2, len(labels), 3))
    expected = truth(sk.classification_report, several, decided, zero_division=0)
    assert hb.metrics.classification_report(several, decided) == expected.rstrip("\n")

"""Metrics by name and as data, their state, what they refuse, and the forms in which text is taken."""

import json

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.plugins import registry
from hornbeam.testing import check_metric

M = hb.metrics
NEEDED = {
    "MeanMetricWrapper": {"fn": M.mean_squared_error}, "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5}, "PrecisionAtRecall": {"recall": 0.5}, "RecallAtPrecision": {"precision": 0.5},
    "IoU": {"num_classes": 3, "target_class_ids": [1]}, "OneHotIoU": {"num_classes": 3, "target_class_ids": [1]},
    "MeanIoU": {"num_classes": 3}, "OneHotMeanIoU": {"num_classes": 3},
    "ExactOperatingPoint": {"wanted": "recall", "bound": "precision", "value": 0.5},
}  # fmt: skip


def test_every_metric_is_registered_and_goes_through_its_saved_form():
    classes = {n for n in M.__all__ if isinstance(getattr(M, n), type) and issubclass(getattr(M, n), M.Metric)}
    bases = {"Metric"}
    assert {c.component.name for c in registry.components("metrics")} >= classes - bases
    for name in sorted(classes - bases):
        metric = getattr(M, name)(**NEEDED.get(name, {}), name="chosen")
        saved = M.serialize(metric)
        assert saved["module"] == "keras.metrics" and saved["class_name"] == name and saved["registered_name"] is None
        assert json.loads(json.dumps(saved)) == saved, name
        copy = M.deserialize(saved)
        assert type(copy) is type(metric) and copy.get_config() == metric.get_config() and copy.name == "chosen"
        if name not in NEEDED:
            assert M.get(name).name and type(M.get({"class_name": name, "config": {}})) is type(metric)


def test_names_functions_and_objects():
    assert M.get(None) is None and M.get(M.hinge) is M.hinge
    for short, name in (("mse", "MeanSquaredError"), ("MAPE", "MeanAbsolutePercentageError"), ("bce", "BinaryCrossentropy"),
                        ("rmse", "RootMeanSquaredError"), ("mean_iou", "MeanIoU"), ("auc", "AUC"), ("wer", "WordErrorRate")):  # fmt: skip
        if name not in NEEDED:
            assert type(M.get(short)).__name__ == name
    assert M.deserialize(M.serialize(M.hinge)) is M.hinge
    assert M.deserialize("Mine", {"Mine": 7}) == 7
    assert M.deserialize({"class_name": "Mine", "config": {"name": "m"}}, {"Mine": M.Mean}).name == "m"
    with pytest.raises(hb.UnknownNameError, match="Did you mean 'AUC'"):
        M.get("aucc")
    with pytest.raises(hb.SerializationError, match="custom_objects"):
        M.deserialize({"class_name": "Mine", "config": {}})
    for wrong in (3, {"config": {}}):
        with pytest.raises(hb.HornbeamError):
            M.get(wrong)
    names = [M.Precision().name for _ in range(2)]
    assert names[0].startswith("precision") and names[0] != names[1]  # as in Keras, where a name is free


def test_state_without_side_effects():
    metric = M.Mean()
    metric.update_state([4.0])
    state = metric.stateless_update_state(metric.stateless_reset_state(), [1.0, 2.0])
    state = metric.stateless_update_state(state, [6.0])
    assert float(metric.stateless_result(state)) == 3.0 and float(metric.result()) == 4.0
    step = hb.jit(metric.stateless_update_state)
    assert float(metric.stateless_result(step(state, hb.ops.asarray([7.0])))) == 4.0 and float(metric.result()) == 4.0
    with pytest.raises(hb.InvalidArgumentError, match="has 2 variables, but 1 values"):
        metric.stateless_result(state[:1])
    with pytest.raises(hb.InvalidArgumentError, match="keeps its state on the host"):
        M.ExactAUC().stateless_update_state([], [1], [0.5])


def test_counts_stay_exact_beyond_float32():
    metric = M.Mean()
    metric.update_state(1.0, 2.0**24)
    for _ in range(3):
        metric.update_state(2.0, 1.0)
    assert float(metric.count.value) == 2**24 + 3
    weights = np.array([2.0**24, 1, 1, 1], np.float32)
    for metric in (M.TruePositives(), M.TruePositives([0.2, 0.3] * 20)):
        metric.update_state(np.ones(4), np.full(4, 0.9), sample_weight=weights)
        assert float(metric.counts.value[1].numpy().max()) == 2**24 + 3
    metric = M.MeanIoU(2)
    metric.update_state(np.ones(4, int), np.ones(4, int), sample_weight=weights)
    assert float(metric.total_cm.value[1, 1]) == 2**24 + 3


def test_a_metric_of_ones_own_has_variables_and_inner_metrics():
    class Both(M.Metric):
        """Counts and averages."""

        def __init__(self):
            super().__init__()
            self.seen = self.add_weight(name="seen", initializer="ones")
            self.mean = M.Mean()
            self.extra = self.add_variable((2,), np.array([3, 4]), dtype="int")

        def update_state(self, values):
            self.seen.assign_add(1.0)
            self.mean.update_state(values)

        def result(self):
            return {"seen": self.seen.value, "mean": self.mean.result()}

    metric = Both()
    assert metric.name == "both" and repr(metric) == "<Both name=both>" and len(metric.variables) == 4
    assert metric.extra.numpy().tolist() == [3, 4] and metric.extra.dtype == "int32"
    found = metric([1.0, 3.0])
    assert (float(found["seen"]), float(found["mean"])) == (2.0, 2.0)
    metric.reset_state()
    assert not any(v.numpy().any() for v in metric.variables)
    for missing in (M.Metric().update_state, M.Metric().result):
        with pytest.raises(hb.InvalidArgumentError, match="override it"):
            missing()


@pytest.mark.parametrize(
    ("metric", "data", "message"),
    [
        (M.BinaryAccuracy(), ([0, 2], [0.1, 0.9]), "labels must be between 0 and 1; sample 1 has"),
        (M.AUC(), ([0, -1], [0.1, 0.9]), "AUC: labels must be between 0 and 1; sample 1 has"),
        (M.AUC(), ([0, 1], [0.1, float("nan")]), "AUC: each prediction must be a number; sample 1 has nan"),
        (M.AUC(), ([0, 1, 1], [0.1, 0.2, 3.5]), r"between 0 and 1 \(from_logits=True takes logits\); sample 2 has 3.5"),
        (M.Precision(), ([[0, 1], [1, 5]], [[0.1, 0.2], [0.3, 0.4]]), r"sample 1, position \(1,\), has"),
        (M.SparseCategoricalAccuracy(), ([0.5, 1.0], np.eye(2)), "class indices must be whole numbers; sample 0 has 0.5"),
        (M.ConfusionMatrix(), ([0, 2], np.eye(2)), "class indices must be whole numbers from 0 to 1; sample 1 has 2"),
        (M.MatthewsCorrelation(), ([0, 1], [0, 1]), "give num_classes"),
        (M.F1Score(), ([[0, float("nan")]], [[0.1, 0.2]]), r"labels must be between 0 and 1; sample 0, position \(1,\), has nan"),
        (M.RootMeanSquaredError(), ([1.0, float("nan")], [1.0, 2.0]), "each label must be a number; sample 1 has nan"),
        (M.LogLoss(), ([0, 1], [[0.2, 0.8], [3.0, -2.0]]), r"apply sigmoid or softmax to logits\); sample 1, position \(0,\)"),
        (M.NDCG(), ([[1.0, 0.0]], [[float("nan"), 1.0]]), r"ndcg: each prediction must be a number; sample 0, position \(0,\)"),
        (M.ExactAUC(), ([0, 3], [0.1, 0.2]), "ExactAUC: labels must be between 0 and 1; sample 1 has"),
        (M.F1Score(), ([0, 2], np.eye(2)), "F1Score: class indices must be whole numbers from 0 to 1; sample 1 has 2"),
        (M.OneHotMeanIoU(2), ([[1.0, 0.0]], [[float("nan"), 1.0]]), "each prediction must be a number"),
    ],
)  # fmt: skip
def test_labels_and_predictions_that_cannot_be_meant(metric, data, message):
    with pytest.raises(hb.InvalidArgumentError, match=message):
        metric.update_state(*(np.asarray(d) for d in data))


@pytest.mark.parametrize(
    ("metric", "true", "pred", "message"),
    [
        (M.AUC(), (3,), (4,), r"AUC: y_true has shape \(3,\) and y_pred \(4,\)"),
        (M.AUC(multi_label=True), (3, 2, 2), (3, 2, 2), r"needs predictions \(batch, labels\)"),
        (M.CategoricalAccuracy(), (3,), (3, 4), "Class indices go with sparse_categorical_accuracy"),
        (M.SparseCategoricalAccuracy(), (3, 4), (3, 4), "One-hot rows go with categorical_accuracy"),
        (M.F1Score(), (3, 2, 2), (3, 2, 2), r"must be \(batch, classes\)"),
        (M.Precision(top_k=5), (3, 2), (3, 2), "there are fewer classes"),
        (M.R2Score(), (3, 2), (3, 3), "R2Score: y_true has shape"),
        (M.MeanAbsoluteScaledError(3), (3, 2), (3, 2), "more than 3 steps"),
        (M.BalancedAccuracy(), (4,), (3, 2), "labels of shape"),
        (M.MeanIoU(2), (4,), (3,), "labels of shape"),
    ],
)
def test_shapes_that_do_not_fit(metric, true, pred, message):
    with pytest.raises(hb.ShapeError, match=message):
        metric.update_state(np.zeros(true), np.full(pred, 0.5))


@pytest.mark.parametrize(
    "make",
    [
        lambda: M.Precision(thresholds=1.5), lambda: M.Recall(thresholds=[0.2, -0.1]), lambda: M.Precision(top_k=0),
        lambda: M.Precision(class_id=-1), lambda: M.AUC(num_thresholds=1), lambda: M.AUC(curve="ROCK"),
        lambda: M.AUC(summation_method="most"), lambda: M.AUC(thresholds=[2.0]), lambda: M.AUC(num_labels=3),
        lambda: M.SensitivityAtSpecificity(1.2), lambda: M.SensitivityAtSpecificity(0.5, num_thresholds=0),
        lambda: M.F1Score(average="best"), lambda: M.F1Score(threshold=1.5), lambda: M.FBetaScore(beta=0.0),
        lambda: M.FBetaScore(beta=2), lambda: M.IoU(2, [2]), lambda: M.R2Score("sum"), lambda: M.R2Score(num_regressors=-1),
        lambda: M.TopKCategoricalAccuracy(0), lambda: M.BinaryAccuracy(threshold=2), lambda: M.ConfusionMatrix(normalize="rows"),
        lambda: M.CohenKappa(weights="cubic"), lambda: M.ConfusionMatrix(num_classes=1), lambda: M.NDCG(k=0),
        lambda: M.NDCG(gain="log"), lambda: M.MeanReciprocalRank(1.5), lambda: M.ExpectedCalibrationError(0),
        lambda: M.ExpectedCalibrationError(norm="l3"), lambda: M.MeanAbsoluteScaledError(0),
        lambda: M.MeanAbsoluteScaledError(scale=0.0), lambda: M.ExactAUC("DET"), lambda: M.ExactOperatingPoint("f1", "recall", 0.5),
        lambda: M.SpearmanCorrelation("sum"), lambda: M.BLEU(max_order=0), lambda: M.BLEU(smooth_method="more"),
        lambda: M.BLEU(tokenize="moses"), lambda: M.ChrF(char_order=0), lambda: M.ChrF(beta=0), lambda: M.ROUGE("rouge0"),
        lambda: M.ROUGE(measure="f2"), lambda: M.ExplainedVariance("sum"), lambda: M.PearsonR("variance_weighted_average"),
        lambda: M.classification_report([0], [0], output="html"), lambda: M.classification_report([0], [0], target_names=["a", "b"]),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_meant(make):
    with pytest.raises(hb.InvalidArgumentError, match="must be|needed only|goes with|target_names"):
        make()


def test_a_host_metric_in_a_compiled_step_says_so():
    metric = M.ExactAUC()
    with pytest.raises(hb.CaptureError):
        hb.jit(metric.update_state)(np.array([0, 1]), np.array([0.2, 0.8]))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("ExactAUC", {}), ("AveragePrecision", {}), ("SpearmanCorrelation", {}), ("ExactOperatingPoint", NEEDED["ExactOperatingPoint"])],
)  # fmt: skip
def test_metrics_that_keep_every_value(name, arguments):
    def data(rng, n):
        return rng.integers(0, 2, n), rng.integers(0, 5, n) / 4

    check_metric(getattr(M, name), arguments, data=data)


def test_forms_of_text():
    texts = M.WordErrorRate()
    texts.update_state(["a b c", "d"], ["a b", "d e"])
    assert float(texts.result()) == 0.5
    several = M.WordErrorRate()
    several.update_state([["x y z", "a b c"], ["d"]], ["a b", "d e"])
    assert float(several.result()) == 0.5
    padded = np.array([[1, 2, 3], [4, 0, 0]]), np.array([[1, 2, 0], [4, 5, 0]])
    tokens = M.WordErrorRate(ignore_class=0)
    tokens.update_state(*padded)
    assert float(tokens.result()) == 0.5
    scores = M.WordErrorRate(ignore_class=0)
    scores.update_state(padded[0], np.eye(6, dtype="float32")[padded[1]])
    assert float(scores.result()) == 0.5
    decoded = M.CharacterErrorRate(ignore_class=0, decode=lambda row: "".join(chr(96 + t) for t in row))
    decoded.update_state(*padded)
    assert float(decoded.result()) == 0.5
    lists = M.BLEU(max_order=1)
    lists.update_state([[1, 2, 3]], [[1, 2, 4]])
    assert float(lists.result()) == pytest.approx(200 / 3)
    arrays = M.ROUGE("rouge1")
    arrays.update_state(np.array(["The cat", b"a"], object), ["the CAT!", "b"])
    assert float(arrays.result()) == 0.5
    with pytest.raises(hb.DTypeError, match="expected a list of texts"):
        M.BLEU().update_state("one", "two")
    with pytest.raises(hb.ShapeError, match="1 references for 2 predictions"):
        M.BLEU().update_state(["one"], ["two", "three"])
    with pytest.raises(hb.ShapeError, match=r"\(batch, tokens\)"):
        M.BLEU().update_state(np.array([1, 2]), np.array([1, 2]))
    with pytest.raises(hb.InvalidArgumentError, match="sample 1 has no reference"):
        M.BLEU().update_state([["a"], []], ["a", "b"])


def test_reports_as_tables():
    true, pred = [0, 1, 1], [0, 1, 0]
    table = M.classification_report(true, pred, output="rich")
    assert [column.header for column in table.columns] == ["", "precision", "recall", "f1-score", "support"]
    assert table.row_count == 5
    try:
        import pandas
    except ImportError:
        with pytest.raises(hb.MissingPackageError, match="pip install pandas"):
            M.classification_report(true, pred, output="pandas")
    else:
        frame = M.classification_report(true, pred, output="pandas")
        assert isinstance(frame, pandas.DataFrame) and frame.loc["accuracy", "f1-score"] == pytest.approx(2 / 3)
    assert M.classification_report(true, np.eye(2)[pred], output_dict=True)["accuracy"] == pytest.approx(2 / 3)
    with pytest.raises(hb.ShapeError, match="labels of shape"):
        M.classification_report([0, 1], [0])
    with pytest.raises(hb.InvalidArgumentError, match="sample 1 has"):
        M.classification_report([0, 0.5], [0, 1])


def test_r2_adjusted_for_as_many_regressors_as_samples_warns():
    metric = M.R2Score(num_regressors=2)
    metric.update_state([[1.0], [2.0]], [[1.0], [3.0]])
    with pytest.warns(UserWarning, match="leave nothing to adjust by"):
        assert float(metric.result()) == pytest.approx(-1.0)


def test_iou_of_classes_on_another_axis():
    labels, scores = np.array([[[1, 0], [0, 1]]]), np.array([[[0.9, 0.8], [0.1, 0.2]]])
    metric = M.IoU(2, [0, 1], sparse_y_true=False, sparse_y_pred=False, axis=1)
    metric.update_state(labels, scores)
    assert float(metric.result()) == pytest.approx(0.25)


def test_labels_of_weight_0_may_be_anything():
    labels, scores, weights = np.array([1, -1, 0, 9]), np.array([0.9, 0.2, 0.1, 0.8]), np.array([1.0, 0.0, 1.0, 0.0])
    for metric in (M.AUC(), M.ExactAUC(), M.Precision()):
        metric.update_state(labels, scores, sample_weight=weights)
        assert float(metric.result()) == pytest.approx(1.0, abs=1e-6)
    metric = M.ConfusionMatrix(2)
    metric.update_state(labels, (scores > 0.5).astype("int32"), sample_weight=weights)
    assert metric.result().numpy().tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    "make", [M.F1Score, lambda: M.AUC(multi_label=True), M.ConfusionMatrix, M.R2Score, lambda: M.Precision(top_k=2)]
)
def test_state_made_while_a_step_is_captured(make):
    rng = np.random.default_rng(0)
    labels, scores = np.eye(3, dtype="float32")[rng.integers(0, 3, 12)], rng.dirichlet(np.ones(3), 12).astype("float32")
    captured, eager = make(), make()
    step = hb.jit(captured.update_state)
    for rows in (slice(0, 4), slice(4, 8), slice(8, 9), slice(9, 12)):
        step(labels[rows], scores[rows])
        eager.update_state(labels[rows], scores[rows])
    np.testing.assert_allclose(captured.result().numpy(), eager.result().numpy(), rtol=1e-6)
    assert np.abs(eager.result().numpy()).sum() > 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_predictions_equal_to_a_threshold_are_not_above_it(dtype):
    for thresholds in (0.7, [0.7, 0.1], list(np.linspace(0, 0.95, 40))):
        metric = M.TruePositives(thresholds)
        metric.update_state(np.ones(1), np.array(np.ravel(thresholds)[:1], dtype))
        assert float(np.ravel(metric.result().numpy())[0]) == 0.0


@pytest.mark.parametrize("metric", [M.SparseCategoricalAccuracy(), M.SparseTopKCategoricalAccuracy(1)])
def test_class_indices_of_no_class_warn_unless_they_weigh_nothing(metric):
    labels, scores = np.array([0, -1, 7, 1]), np.eye(2, dtype="float32")[[0, 0, 1, 1]]
    with pytest.warns(
        UserWarning, match=r"not whole numbers from 0 to 1 count as never met; sample 1 has -1 \(2 such values\)"
    ):
        metric.update_state(labels, scores)
    assert float(metric.result()) == 0.5
    metric.reset_state()
    metric.update_state(labels, scores, sample_weight=np.array([1.0, 0.0, 0.0, 1.0]))
    assert float(metric.result()) == 1.0


@pytest.mark.parametrize(
    ("metric", "sample"),
    [(M.BLEU(), ["a"]), (M.WordErrorRate(), ["a"]), (M.SpearmanCorrelation(), [1.0]), (M.MeanAveragePrecision(), [np.zeros((0, 6))])],
)  # fmt: skip
def test_metrics_on_the_host_refuse_weights_that_do_not_fit(metric, sample):
    with pytest.raises(hb.ShapeError, match="one sample weight for each of 1 samples"):
        metric.update_state(
            [np.zeros((0, 5))] if isinstance(metric, M.MeanAveragePrecision) else sample, sample, [1.0, 2.0]
        )

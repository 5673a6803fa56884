"""Metrics inside fit, evaluate and callbacks: over batches of unequal sizes they give the figure of all samples at once."""

import hornbeam as hb
import numpy as np
import pytest
from sklearn import metrics as sk

RNG = np.random.default_rng(0)
X = RNG.normal(size=(37, 5)).astype("float32")
LABELS = (X[:, 0] + X[:, 1] > 0).astype("int32") + (X[:, 2] > 0.5)
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
M = hb.metrics


def model_of(metrics, loss="categorical_crossentropy", **kwargs):
    hb.set_random_seed(1)
    model = hb.Sequential([hb.Input((5,)), hb.layers.Dense(3, activation="softmax")])
    model.compile("sgd", loss, metrics=metrics, **kwargs)
    return model


def every():
    """Metrics of one-hot labels and rows of probabilities: compiled ones and ones on the host."""
    return [
        M.AUC(), M.AUC(curve="PR", multi_label=True, name="by_label"), M.Precision(), M.Recall(thresholds=[0.3, 0.6], name="recalls"),
        M.F1Score(), M.F1Score("macro", name="macro"), M.OneHotMeanIoU(3, name="miou"), M.CohenKappa(), M.ConfusionMatrix(),
        M.TopKCategoricalAccuracy(2), M.ExpectedCalibrationError(5), M.LogLoss(), M.R2Score(), M.SensitivityAtSpecificity(0.6),
        M.ExactAUC(), M.AveragePrecision("micro"), M.SpearmanCorrelation(), M.NDCG(), "accuracy", "ce", "mse",
    ]  # fmt: skip


def whole(metric, pred):
    metric = type(metric).from_config(metric.get_config())
    metric.update_state(ONE_HOT, pred)
    return metric.result().numpy()


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_evaluate_gives_the_figures_of_all_samples_at_once(run_eagerly):
    metrics = every()
    model = model_of(metrics, run_eagerly=run_eagerly)
    model.fit(X, ONE_HOT, batch_size=16, verbose=0)
    found = model.evaluate(X, ONE_HOT, batch_size=8, return_dict=True)
    pred = model.predict(X, verbose=0)
    for metric in metrics:
        if not isinstance(metric, str):
            np.testing.assert_allclose(
                found[metric.name], whole(metric, pred), rtol=1e-4, atol=1e-5, err_msg=metric.name
            )
    assert found["accuracy"] == pytest.approx((pred.argmax(-1) == LABELS).mean())
    assert found["ce"] == pytest.approx(found["loss"], rel=1e-5)
    assert found["exact_auc"] == pytest.approx(sk.roc_auc_score(ONE_HOT, pred), rel=1e-5)
    assert found["f1_score"] == pytest.approx(sk.f1_score(LABELS, pred.argmax(-1), average=None), abs=1e-5)
    assert len(model.evaluate(X, ONE_HOT)) == len(metrics) + 1


def test_history_and_callbacks_see_them():
    stop = hb.callbacks.EarlyStopping("val_exact_auc", mode="max", patience=50)
    model = model_of([M.AUC(name="auc"), M.ExactAUC(), M.F1Score()])
    model.fit(X, ONE_HOT, batch_size=16, epochs=3, validation_split=0.3, verbose=0, callbacks=[stop])
    history = model.history.history
    assert {"auc", "exact_auc", "f1_score", "val_auc", "val_exact_auc", "val_f1_score"} <= set(history)
    assert len(history["val_exact_auc"]) == 3 and np.shape(history["f1_score"]) == (3, 3)
    held = slice(int(np.floor(37 * 0.7)), None)
    assert history["val_exact_auc"][-1] == pytest.approx(
        sk.roc_auc_score(ONE_HOT[held], model.predict(X[held], verbose=0))
    )


def test_class_indices_and_sample_weights():
    model = model_of(
        ["accuracy", M.F1Score("macro")],
        "sparse_categorical_crossentropy",
        weighted_metrics=[M.ExactAUC(), M.Precision()],
    )
    weights = RNG.integers(0, 3, 37).astype("float32")
    model.fit(X, LABELS, sample_weight=weights, verbose=0)
    found = model.evaluate(X, LABELS, sample_weight=weights, batch_size=10, return_dict=True)
    pred = model.predict(X, verbose=0)
    expected = np.mean([sk.roc_auc_score(c == LABELS, pred[:, c], sample_weight=weights) for c in range(3)])
    assert found["exact_auc"] == pytest.approx(expected, rel=1e-5)
    assert found["f1_score"] == pytest.approx(sk.f1_score(LABELS, pred.argmax(-1), average="macro"), abs=1e-5)


def test_tokens_with_masks():
    tokens = RNG.integers(1, 5, (9, 4))
    tokens[:, 3] = 0
    model = hb.Sequential([hb.layers.Embedding(5, 4, mask_zero=True), hb.layers.LSTM(4, return_sequences=True),
                           hb.layers.Dense(5, activation="softmax")])  # fmt: skip
    model.compile(
        "sgd",
        "sparse_categorical_crossentropy",
        metrics=[M.Perplexity(), M.WordErrorRate(), M.BLEU(max_order=1), "accuracy"],
    )
    model.fit(tokens, tokens, batch_size=4, verbose=0)
    found = model.evaluate(tokens, tokens, batch_size=4, return_dict=True)
    pred = model.predict(tokens, verbose=0)[:, :3]
    own = np.take_along_axis(pred, tokens[:, :3, None], -1)
    assert found["perplexity"] == pytest.approx(np.exp(-np.log(own).mean()), rel=1e-4)
    right = (pred.argmax(-1) == tokens[:, :3]).mean()
    assert found["accuracy"] == pytest.approx(right)
    metric = M.WordErrorRate()
    metric.update_state(tokens[:, :3], pred.argmax(-1))
    assert found["word_error_rate"] == pytest.approx(float(metric.result()))
    assert 0 < found["word_error_rate"] <= 1 - right + 1e-6


def test_several_outputs_and_boxes():
    x = hb.Input((5,))
    boxes = hb.layers.Reshape((2, 6), name="boxes")(hb.layers.Dense(12)(x))
    model = hb.Model(x, {"boxes": boxes, "label": hb.layers.Dense(1, activation="sigmoid", name="label")(x)})
    model.compile("sgd", {"label": "bce"}, metrics={"boxes": M.MeanAveragePrecision(), "label": [M.ExactAUC(), "auc"]})
    given = np.concatenate([RNG.random((37, 2, 4)), RNG.integers(0, 2, (37, 2, 1))], -1).astype("float32")
    y = {"boxes": given, "label": (LABELS > 0).astype("float32")}
    model.fit(X, y, verbose=0)
    found = model.evaluate(X, y, batch_size=8, return_dict=True)
    pred = model.predict(X, verbose=0)
    metric = M.MeanAveragePrecision(name="boxes_mAP")
    metric.update_state(given, pred["boxes"])
    for name, value in metric.result().items():
        assert found[name] == pytest.approx(float(value))
    assert found["label_exact_auc"] == pytest.approx(sk.roc_auc_score(LABELS > 0, pred["label"][:, 0]))
    assert found["label_auc"] == pytest.approx(found["label_exact_auc"], abs=0.05)


def test_misfits_show_before_any_training():
    for metric, labels, message in (
        (M.SparseTopKCategoricalAccuracy(), ONE_HOT, "One-hot rows go with top_k_categorical_accuracy"),
        (M.R2Score(), LABELS, "R2Score: y_true has shape"),
        (M.Precision(class_id=3), ONE_HOT, "class_id 3 needs predictions"),
    ):
        loss = "categorical_crossentropy" if labels is ONE_HOT else "sparse_categorical_crossentropy"
        model = model_of([metric], loss)
        before = model.get_weights()
        with pytest.raises(hb.ShapeError, match=message):
            model.fit(X, labels, verbose=0)
        np.testing.assert_array_equal(model.get_weights()[0], before[0])
    two = hb.initializers.Constant(2.0)
    model = hb.Sequential([hb.Input((5,)), hb.layers.Dense(1, kernel_initializer="zeros", bias_initializer=two)])
    model.compile("sgd", hb.losses.BinaryCrossentropy(from_logits=True), metrics=["auc"])
    with pytest.raises(hb.InvalidArgumentError, match=r"between 0 and 1 \(from_logits=True takes logits\); sample 0"):
        model.fit(X, (LABELS > 0).astype("float32"), verbose=0)


def test_a_metric_of_ones_own_on_the_host():
    class Largest(M.Metric):
        """The largest output, kept as a Python number."""

        on_host = True

        def reset_state(self):
            self.best = -1.0

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.best = max(self.best, float(y_pred.numpy().max()))

        def result(self):
            return self.best

    model = model_of([Largest(name="largest")])
    model.fit(X, ONE_HOT, verbose=0, batch_size=16)
    found = model.evaluate(X, ONE_HOT, batch_size=16, return_dict=True)
    assert found["largest"] == pytest.approx(float(model.predict(X, verbose=0).max()))

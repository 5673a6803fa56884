"""Makes keras.json: what genuine Keras's metrics give for each case, after each batch, and their signatures.

Run with Keras 3.15.1 and JAX on a CPU: `python make_keras.py`. The test beside it needs neither.
"""

import inspect
import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import keras
import numpy as np

RNG = np.random.default_rng(0)
SIZES = (5, 3, 7)


def reals(*shape):
    return lambda n: np.round(RNG.normal(size=(n, *shape)), 3)


def shares(*shape):
    return lambda n: np.round(RNG.random((n, *shape)), 3)


def rows(*shape):
    def made(n):
        p = RNG.random((n, *shape)) + 0.05
        return np.round(p / p.sum(-1, keepdims=True), 4)

    return made


def bits(*shape, p=0.4):
    return lambda n: (RNG.random((n, *shape)) < p).astype(int)


def classes(k, *shape):
    return lambda n: RNG.integers(0, k, (n, *shape))


def hot(k, *shape):
    return lambda n: np.eye(k, dtype=int)[RNG.integers(0, k, (n, *shape))]


def constant(value, *shape):
    return lambda n: np.full((n, *shape), value)


WHOLE = classes(3)
PLAIN = [(bits(), shares()), (bits(3), shares(3)), (bits(1), shares(1)), (bits(), lambda n: np.round(shares()(n), 1))]
DEGENERATE = [(constant(0), shares()), (constant(1), shares()), (bits(), constant(0.5)), (bits(), constant(1.0)),
              (bits(), bits()), (constant(0), constant(0.0))]  # fmt: skip
WEIGHTS = [None, shares(), WHOLE]
CASES = []


def add(name, config, data, weights=(None,)):
    for y_true, y_pred in data:
        for weight in weights:
            CASES.append((name, config, y_true, y_pred, weight))


POINTS = {"SensitivityAtSpecificity": "specificity", "SpecificityAtSensitivity": "sensitivity", "PrecisionAtRecall": "recall",
          "RecallAtPrecision": "precision"}  # fmt: skip
for curve in ("ROC", "PR", "PRGAIN"):
    for how in ("interpolation", "majoring", "minoring"):
        add("AUC", {"curve": curve, "summation_method": how}, PLAIN[:2], [None, shares()])
        add("AUC", {"curve": curve, "summation_method": how, "num_thresholds": 7}, DEGENERATE)
    add("AUC", {"curve": curve, "multi_label": True, "num_thresholds": 11}, [(bits(3), shares(3))], [None, shares()])
    add("AUC", {"curve": curve, "thresholds": [0.7, 0.2, 0.25]}, [*PLAIN, *DEGENERATE])
add("AUC", {"multi_label": True, "num_labels": 3, "label_weights": [1.0, 2.0, 0.5]}, [(bits(3), shares(3))], WEIGHTS)
add("AUC", {"multi_label": True, "thresholds": [0.7, 0.2]}, [(bits(3), shares(3))], WEIGHTS)
add("AUC", {"label_weights": [1.0, 2.0, 0.5]}, [(bits(3), shares(3))], WEIGHTS)
add("AUC", {"from_logits": True}, [(bits(), reals())])
for name in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives", "Precision", "Recall"):
    add(name, {}, [*PLAIN, *DEGENERATE], [None, shares()])
    add(name, {"thresholds": [0.8, 0.3]}, PLAIN[:2], [None, shares(), shares()])
    add(name, {"thresholds": [0.0, 0.5, 1.0]}, [*PLAIN, *DEGENERATE], [None, shares()])
    add(name, {"thresholds": [i / 50 for i in range(40)]}, PLAIN[:2])
    add(name, {}, [(bits(3), shares(3))], [shares(3)])
for name in ("Precision", "Recall"):
    add(name, {"top_k": 2}, [(bits(4), shares(4))], [None, shares()])
    add(name, {"top_k": 2, "thresholds": 0.4}, [(bits(4), shares(4))])
    add(name, {"class_id": 1}, [(bits(4), shares(4))], [None, shares()])
    add(name, {"top_k": 3, "class_id": 1}, [(bits(4), shares(4))])
for name, argument in POINTS.items():
    for value in (0.0, 0.4, 0.8, 1.0):  # with weights Keras's rounding decides whether a rate is 0 or 1
        add(name, {argument: value}, PLAIN[:2], [None, shares()] if 0 < value < 1 else [None])
        add(name, {argument: value, "num_thresholds": 5}, DEGENERATE)
    add(name, {argument: 0.5, "num_thresholds": 1}, PLAIN[:1])
    add(name, {argument: 0.5, "class_id": 2}, [(bits(4), shares(4))], [None, shares()])
for average in (None, "micro", "macro", "weighted"):
    add("F1Score", {"average": average}, [(hot(3), rows(3)), (hot(3), constant(0.0, 3))], [None, shares()])
    add("F1Score", {"average": average, "threshold": 0.4}, [(bits(3), shares(3)), (constant(0, 2), shares(2))], WEIGHTS)
    add("FBetaScore", {"average": average, "beta": 2.0}, [(hot(4), rows(4))], WEIGHTS)
    add("FBetaScore", {"average": average, "beta": 0.5, "threshold": 0.5}, [(bits(2), shares(2))], WEIGHTS)
add(
    "IoU",
    {"num_classes": 3, "target_class_ids": [0, 2]},
    [(classes(3), classes(3)), (classes(2), constant(1))],
    [None, WHOLE],
)
add("IoU", {"num_classes": 3, "target_class_ids": [1], "ignore_class": 2}, [(classes(5), classes(4))], [None, WHOLE])
add("IoU", {"num_classes": 3, "target_class_ids": [0, 2], "dtype": "float32"}, [(classes(3), classes(3))], [shares()])
add("BinaryIoU", {}, [(bits(), shares()), (bits(2, 2), shares(2, 2))], [None])
add("BinaryIoU", {"target_class_ids": [1], "threshold": 0.3}, [(bits(), shares())], [None, WHOLE])
add("MeanIoU", {"num_classes": 4}, [(classes(4), classes(4)), (classes(2), classes(3)), (classes(4, 3), classes(4, 3))])
add("OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 2]}, [(hot(3), rows(3))], [None, WHOLE])
add("OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 2], "sparse_y_pred": True}, [(hot(3), classes(3))])
add("OneHotMeanIoU", {"num_classes": 3}, [(hot(3), rows(3))], [None, WHOLE])
add(
    "Accuracy",
    {},
    [(classes(3), classes(3)), (classes(2, 3), classes(2, 3)), (classes(2, 1), classes(2))],
    [None, shares()],
)
add(
    "BinaryAccuracy",
    {},
    [(bits(), shares()), (bits(3), shares(3)), (bits(1), shares(1)), (bits(), shares(1))],
    [None, shares()],
)
add("BinaryAccuracy", {"threshold": 0.3}, [(bits(2), shares(2))], [shares(2)])
add("CategoricalAccuracy", {}, [(hot(3), rows(3)), (hot(3, 2), rows(2, 3))], [None, shares()])
add(
    "SparseCategoricalAccuracy",
    {},
    [(classes(3), rows(3)), (classes(3, 1), rows(3)), (classes(3, 2), rows(2, 3))],
    [None, shares()],
)
for k in (1, 2, 5):
    add("TopKCategoricalAccuracy", {"k": k}, [(hot(4), rows(4)), (hot(4, 2), rows(2, 4))], [None, shares()])
    add(
        "SparseTopKCategoricalAccuracy",
        {"k": k},
        [(classes(4), rows(4)), (classes(4, 2), rows(2, 4))],
        [None, shares()],
    )
    add(
        "SparseTopKCategoricalAccuracy",
        {"k": k, "from_sorted_ids": True},
        [(classes(4), lambda n: np.argsort(shares(4)(n)))],
    )
for name in ("MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError", "LogCoshError", "CosineSimilarity",
             "MeanAbsolutePercentageError"):  # fmt: skip
    add(name, {}, [(reals(3), reals(3)), (reals(2, 3), reals(2, 3)), (reals(), reals(1))], [None, shares()])
    add(name, {}, [(reals(2, 3), reals(2, 3))], [shares(2)])
add("CosineSimilarity", {}, [(constant(0.0, 3), reals(3))])
add("MeanSquaredLogarithmicError", {}, [(shares(3), shares(3)), (reals(3), reals(3))], [None, shares()])
add("R2Score", {}, [(reals(3), reals(3)), (reals(1), reals(1))], [None, shares()])
add("R2Score", {"class_aggregation": None}, [(reals(3), reals(3))], [None, shares()])
add(
    "R2Score",
    {"class_aggregation": "variance_weighted_average"},
    [(reals(3), reals(3)), (constant(1.0, 2), reals(2))],
    [None, shares()],
)
add("R2Score", {"num_regressors": 2}, [(reals(3), reals(3))])
for name in ("PearsonCorrelation", "ConcordanceCorrelation"):
    add(name, {}, [(reals(5), reals(5))], [None, shares()])
    add(name, {"axis": 1}, [(reals(5, 2), reals(5, 2))])
add("Hinge", {}, [(bits(3), reals(3)), (lambda n: 2 * bits(2)(n) - 1, reals(2))], [None, shares()])
add("SquaredHinge", {}, [(bits(3), reals(3)), (lambda n: 2 * bits(2)(n) - 1, reals(2))], [None, shares()])
add("CategoricalHinge", {}, [(hot(3), reals(3))], [None, shares()])
add("KLDivergence", {}, [(rows(3), rows(3)), (hot(3), rows(3))], [None, shares()])
add("Poisson", {}, [(classes(4, 2), shares(2))], [None, shares()])
add("BinaryCrossentropy", {}, [(bits(3), shares(3)), (bits(1), shares(1))], [None, shares()])
add("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, [(bits(3), reals(3))], [None, shares()])
add("CategoricalCrossentropy", {"label_smoothing": 0.1}, [(hot(3), rows(3))], [None, shares()])
add(
    "CategoricalCrossentropy",
    {"from_logits": True, "axis": 1},
    [(lambda n: np.moveaxis(hot(3, 2)(n), -1, 1), reals(3, 2))],
)
add("SparseCategoricalCrossentropy", {}, [(classes(3), rows(3)), (classes(3, 2), rows(2, 3))], [None, shares()])
add(
    "SparseCategoricalCrossentropy",
    {"from_logits": True, "ignore_class": 1},
    [(classes(3), reals(3))],
    [None, shares()],
)
for name in ("Mean", "Sum"):
    add(name, {}, [(reals(), None), (reals(3), None), (reals(2, 3), None)], [None, shares()])
    add(name, {}, [(reals(2, 3), None)], [shares(2), shares(2, 3)])

# metrics of masked sequences: (batch, steps, 3) with (batch, steps) masks
MASKED = [
    ("SparseCategoricalAccuracy", classes(3, 4), rows(4, 3), None), ("MeanSquaredError", reals(4, 3), reals(4, 3), None),
    ("MeanSquaredError", reals(4, 3), reals(4, 3), shares(4)), ("BinaryAccuracy", bits(4, 1), shares(4, 1), None),
    ("BinaryAccuracy", bits(4, 3), shares(4, 3), shares(4)), ("SparseCategoricalCrossentropy", classes(3, 4), rows(4, 3), None),
]  # fmt: skip


def plain(array):
    return None if array is None else np.asarray(array).tolist()


def as_array(data):
    array = np.asarray(data)
    return array.astype("float32" if array.dtype.kind == "f" else "int32")


def main():
    found = []
    for name, config, y_true, y_pred, weight in CASES:
        metric, batches, results = getattr(keras.metrics, name)(**config), [], []
        for size in SIZES:
            batch = [None if make is None else make(size) for make in (y_true, y_pred, weight)]
            batches.append([plain(b) for b in batch])
            arrays = [as_array(b) for b in batch[:2] if b is not None]
            weight_dtype = arrays[-1].dtype if "IoU" in name and "dtype" not in config else "float32"
            how = {} if batch[2] is None else {"sample_weight": np.asarray(batch[2], weight_dtype)}
            metric.update_state(*arrays, **how)
            results.append(np.round(np.asarray(metric.result(), "float64"), 7).tolist())
        found.append({"name": name, "config": config, "batches": batches, "results": results})
    masked = []
    for name, y_true, y_pred, weight in MASKED:
        metric = getattr(keras.metrics, name)()
        mask = RNG.random((5, 4)) < 0.6
        batch = [None if make is None else make(5) for make in (y_true, y_pred, weight)]
        pred = keras.ops.convert_to_tensor(np.asarray(batch[1], "float32"))
        keras.src.backend.set_keras_mask(pred, keras.ops.convert_to_tensor(mask))
        metric.update_state(batch[0], pred, sample_weight=batch[2])
        masked.append(
            {"name": name, "batch": [plain(b) for b in batch], "mask": plain(mask), "result": float(metric.result())}
        )
    signatures = {}
    for name in dir(keras.metrics):
        thing = getattr(keras.metrics, name)
        if not name.startswith("_") and callable(thing):
            of = thing.__init__ if inspect.isclass(thing) else thing
            signatures[name] = [
                [p.name, None if p.default is p.empty else p.default, str(p.kind)]
                for p in inspect.signature(of).parameters.values()
            ]
    text = json.dumps({"cases": found, "masked": masked, "signatures": signatures}, separators=(",", ":"))
    Path(__file__).with_name("keras.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

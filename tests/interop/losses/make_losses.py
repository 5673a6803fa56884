"""Makes losses.npz: what genuine Keras computes for each case of CASES, with weights, masks and gradients.

Run with Keras 3.15.1 and JAX on a CPU: `python make_losses.py`. The test beside it needs neither. SmoothL1 and the triplet
margin are PyTorch 2.13.0's, the quantile loss scikit-learn's.
"""

import inspect
import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import jax
import jax.numpy as jnp
import keras
import numpy as np
import torch
from sklearn.metrics import mean_pinball_loss

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
RNG = np.random.default_rng(0)


def probabilities(shape):
    p = RNG.uniform(0.05, 0.95, shape)
    return p / p.sum(-1, keepdims=True)


KINDS = {
    "normal": lambda: RNG.normal(size=(5, 4)),
    "positive": lambda: RNG.uniform(0.1, 3.0, (5, 4)),
    "unit": lambda: RNG.uniform(0.02, 0.98, (5, 4)),
    "probabilities": lambda: probabilities((5, 4)),
    "hot": lambda: np.eye(4)[RNG.integers(0, 4, 5)],
    "bits": lambda: RNG.integers(0, 2, (5, 4)).astype("float64"),
    "signs": lambda: RNG.integers(0, 2, (5, 4)) * 2.0 - 1.0,
    "labels": lambda: RNG.integers(0, 4, 5),
    "column": lambda: RNG.integers(0, 4, (5, 1)),
    "three": lambda: RNG.normal(size=(2, 3, 4)),
    "three_labels": lambda: RNG.integers(0, 4, (2, 3)),
    "units": lambda: (lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True))(RNG.normal(size=(6, 3))),
    "classes": lambda: np.array([0, 1, 0, 2, 1, 0]),
    "flat": lambda: RNG.normal(size=5),
    "flat_column": lambda: RNG.normal(size=(5, 1)),
    "steps": lambda: RNG.normal(size=(2, 6, 4)),
    "texts": lambda: np.array([[1, 2, 0], [3, 3, 1]]),
    "half_zero": lambda: np.where(RNG.random((5, 4)) < 0.5, 0.0, RNG.normal(size=(5, 4))),
}


def case(name, y_true, y_pred, masked=False, **config):
    return {"name": name, "config": config, "y_true": y_true, "y_pred": y_pred, "masked": masked}


CASES = [
    *(case(n, "normal", "normal") for n in (
        "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "CosineSimilarity", "Huber", "LogCosh",
    )),
    case("CosineSimilarity", "normal", "normal", axis=0),
    case("CosineSimilarity", "half_zero", "normal"),
    case("MeanSquaredLogarithmicError", "positive", "positive"),
    case("MeanSquaredLogarithmicError", "positive", "normal"),
    case("Huber", "normal", "normal", delta=0.3),
    case("Poisson", "positive", "positive"),
    case("MeanSquaredError", "three", "three", masked=True),
    case("MeanSquaredError", "flat", "flat_column"),
    case("MeanAbsoluteError", "flat_column", "flat"),
    case("Hinge", "bits", "normal"),
    case("Hinge", "signs", "normal"),
    case("SquaredHinge", "signs", "normal"),
    case("CategoricalHinge", "hot", "normal"),
    case("KLDivergence", "probabilities", "probabilities"),
    case("BinaryCrossentropy", "bits", "unit", label_smoothing=0.2),
    case("BinaryCrossentropy", "bits", "normal", from_logits=True),
    case("BinaryFocalCrossentropy", "bits", "unit"),
    case("BinaryFocalCrossentropy", "bits", "unit", apply_class_balancing=True, alpha=0.4, gamma=1.5, label_smoothing=0.1),
    case("BinaryFocalCrossentropy", "bits", "normal", from_logits=True, gamma=3.0),
    case("CategoricalCrossentropy", "hot", "probabilities"),
    case("CategoricalCrossentropy", "hot", "unit", label_smoothing=0.3),
    case("CategoricalCrossentropy", "probabilities", "normal", from_logits=True),
    case("CategoricalCrossentropy", "probabilities", "normal", from_logits=True, axis=0),
    case("CategoricalFocalCrossentropy", "hot", "probabilities"),
    case("CategoricalFocalCrossentropy", "hot", "normal", from_logits=True, alpha=0.5, gamma=1.0, label_smoothing=0.1),
    case("CategoricalGeneralizedCrossEntropy", "labels", "probabilities", q=0.3),
    case("SparseCategoricalCrossentropy", "labels", "probabilities"),
    case("SparseCategoricalCrossentropy", "column", "normal", from_logits=True),
    case("SparseCategoricalCrossentropy", "labels", "normal", from_logits=True, ignore_class=1),
    case("SparseCategoricalCrossentropy", "three_labels", "three", from_logits=True, masked=True),
    case("SparseCategoricalCrossentropy", "three_labels", "three", from_logits=True, ignore_class=2, masked=True),
    case("Dice", "bits", "unit"),
    case("Dice", "bits", "unit", axis=1),
    case("Tversky", "bits", "unit", alpha=0.3, beta=0.9),
    case("Tversky", "bits", "unit", alpha=0.3, beta=0.9, axis=[1]),
    case("Circle", "classes", "units"),
    case("Circle", "classes", "units", gamma=10.0, margin=0.2, remove_diagonal=False),
    case("CTC", "texts", "steps"),
]  # fmt: skip
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", None)
MASK = np.array([[True, False, True], [False, True, True]])


def of(loss, y_true, mask, weights):
    def run(y_pred):
        if mask is not None:
            y_pred = y_pred * 1.0
            keras.src.backend.set_keras_mask(y_pred, mask)
        return loss(y_true, y_pred, weights)

    return run


if __name__ == "__main__":
    stored = {}
    for number, c in enumerate(CASES):
        y_true, y_pred = KINDS[c["y_true"]](), KINDS[c["y_pred"]]()
        weights = RNG.uniform(0.2, 2.0, y_pred.shape[:2] if c["masked"] else y_pred.shape[:1])
        stored |= {f"{number}/true": y_true, f"{number}/pred": y_pred, f"{number}/weights": weights}
        make = lambda r, c=c: getattr(keras.losses, c["name"])(**c["config"], reduction=r)
        mask = jnp.asarray(MASK) if c["masked"] else None
        pred = jnp.asarray(y_pred)
        for reduction in REDUCTIONS:
            for kind, w in (("plain", None), ("weighted", jnp.asarray(weights))):
                if c["name"] == "CosineSimilarity" and c["config"].get("axis") == 0 and w is not None:
                    continue  # one value a column
                if c["name"] == "CategoricalCrossentropy" and c["config"].get("axis") == 0 and w is not None:
                    continue
                stored[f"{number}/{kind}/{reduction}"] = np.asarray(of(make(reduction), y_true, mask, w)(pred))
        gradient = jax.grad(of(make("sum_over_batch_size"), y_true, mask, None))(pred)
        stored[f"{number}/gradient"] = np.asarray(gradient)
    x, y, z = (RNG.normal(size=(6, 3)) for _ in range(3))
    stored |= {"torch/x": x, "torch/y": y, "torch/z": z}
    t = [torch.tensor(a) for a in (x, y, z)]
    stored["torch/smooth_l1"] = torch.nn.functional.smooth_l1_loss(t[0], t[1], beta=0.4).numpy()
    margin = torch.nn.functional.triplet_margin_loss(*t, margin=0.6, eps=0.0, reduction="none")
    stored["torch/triplet_margin"] = margin.numpy()
    stored["pinball"] = np.float64(mean_pinball_loss(x, y, alpha=0.8))
    signatures = {}
    for name in dir(keras.losses):
        thing = getattr(keras.losses, name)
        if callable(thing) and not name.startswith("_"):
            signatures[name] = {p.name: repr(p.default) for p in inspect.signature(thing).parameters.values()}
    told = {"cases": CASES, "signatures": signatures}
    stored["told"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez_compressed(Path(__file__).with_name("losses.npz"), **stored)

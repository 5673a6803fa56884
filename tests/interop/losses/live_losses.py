"""Losses beside genuine Keras on random and degenerate inputs, with gradients, in one process; `nox -s interop` runs it."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import hornbeam as hb
import jax
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

CLASSES = 3


def reals(rng, n, odd):
    return (
        np.zeros((n, CLASSES))
        if odd and rng.random() < 0.3
        else np.round(rng.normal(size=(n, CLASSES)) * 3, 0 if odd else 4)
    )


def far(rng, n, odd):
    return rng.normal(size=(n, CLASSES)) * (30.0 if odd else 1.0)


def positive(rng, n, odd):
    return abs(reals(rng, n, odd)) + 0.1


def units(rng, n, odd):
    return rng.integers(0, 2, (n, CLASSES)).astype("float64") if odd else rng.uniform(0.02, 0.98, (n, CLASSES))


def shares(rng, n, odd):
    p = units(rng, n, False)
    return np.eye(CLASSES)[rng.integers(0, CLASSES, n)] if odd else p / p.sum(-1, keepdims=True)


def bits(rng, n, odd):
    return (
        np.full((n, CLASSES), float(rng.integers(0, 2))) if odd else rng.integers(0, 2, (n, CLASSES)).astype("float64")
    )


def hot(rng, n, odd):
    return np.eye(CLASSES)[np.zeros(n, int) if odd else rng.integers(0, CLASSES, n)]


def indices(rng, n, odd):
    return np.zeros(n, "int32") if odd else rng.integers(0, CLASSES, n).astype("int32")


def directions(rng, n, odd):
    x = rng.normal(size=(n, CLASSES))
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


share = st.integers(1, 9).map(lambda i: i / 10)
smooth = {"label_smoothing": st.sampled_from([0.0, 0.1, 0.5])}
logits = {"from_logits": st.just(True)}
focus = {"alpha": share, "gamma": st.sampled_from([1.0, 2.0, 3.5])}
CASES = [
    ("MeanSquaredError", reals, reals, {}),
    ("MeanAbsoluteError", reals, reals, {}),
    ("MeanAbsolutePercentageError", positive, reals, {}),
    ("MeanSquaredLogarithmicError", positive, reals, {}),
    ("CosineSimilarity", reals, reals, {"axis": st.sampled_from([-1, 1])}),
    ("Huber", reals, reals, {"delta": share}),
    ("LogCosh", reals, reals, {}),
    ("Poisson", positive, positive, {}),
    ("Hinge", bits, reals, {}),
    ("SquaredHinge", bits, reals, {}),
    ("CategoricalHinge", hot, reals, {}),
    ("KLDivergence", shares, shares, {}),
    ("BinaryCrossentropy", bits, units, smooth),
    ("BinaryCrossentropy", units, far, {**logits, **smooth}),
    ("BinaryFocalCrossentropy", bits, units, {**focus, **smooth, "apply_class_balancing": st.booleans()}),
    ("CategoricalCrossentropy", shares, shares, smooth),
    ("CategoricalCrossentropy", hot, far, {**logits, **smooth}),
    ("CategoricalFocalCrossentropy", hot, shares, {**focus, **smooth}),
    ("CategoricalGeneralizedCrossEntropy", indices, shares, {"q": share}),
    ("SparseCategoricalCrossentropy", indices, shares, {}),
    ("SparseCategoricalCrossentropy", indices, far, {**logits, "ignore_class": st.sampled_from([None, 0, 2])}),
    ("Dice", bits, units, {"axis": st.sampled_from([None, 1])}),
    ("Tversky", bits, units, {"alpha": share, "beta": share, "axis": st.sampled_from([None, 1])}),
    (
        "Circle",
        indices,
        directions,
        {"gamma": st.sampled_from([2.0, 10.0]), "margin": share, "remove_diagonal": st.booleans()},
    ),
]


@pytest.mark.parametrize(
    ("name", "y_true", "y_pred", "arguments"), CASES, ids=[f"{i}-{c[0]}" for i, c in enumerate(CASES)]
)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_as_keras(name, y_true, y_pred, arguments, data):
    config = {argument: data.draw(values) for argument, values in arguments.items()}
    rng = np.random.default_rng(data.draw(st.integers(0, 9999)))
    odd, n = data.draw(st.booleans()), data.draw(st.integers(1, 5))
    true, pred = y_true(rng, n, odd), y_pred(rng, n, odd).astype("float32")
    weights = rng.integers(0, 3, n).astype("float32") if data.draw(st.booleans()) else None
    reduction = data.draw(st.sampled_from(["sum_over_batch_size", "sum", "mean_with_sample_weight", None]))
    ours, theirs = (getattr(m.losses, name)(**config, reduction=reduction) for m in (hb, keras))
    found, expected = ours(true, pred, weights).numpy(), np.asarray(theirs(true, pred, weights))
    np.testing.assert_allclose(found, expected, rtol=5e-4, atol=2e-5)
    mine = hb.grad(lambda p: hb.ops.sum(ours(true, p, weights)))(hb.ops.asarray(pred)).numpy()
    other = np.asarray(jax.grad(lambda p: theirs(true, p, weights).sum())(pred))
    assert np.isfinite(mine).all()
    known = np.isfinite(other) & ~_corners(name, true, pred)
    np.testing.assert_allclose(
        mine[known], other[known], rtol=2e-3, atol=1e-3 * max(1.0, abs(other[known]).max(initial=0.0))
    )


def _corners(name, true, pred):
    """Where a loss has a corner, at which each may choose its own slope: ties, and the ends of what is cut off."""
    if name in ("MeanSquaredError", "LogCosh", "Poisson"):
        return np.zeros(pred.shape, bool)
    ends = (pred <= 1e-6) | (pred >= 1 - 1e-6)
    if name in ("MeanAbsoluteError", "MeanAbsolutePercentageError", "Huber"):
        return abs(pred - true) < 1e-5
    if name in (
        "Hinge",
        "SquaredHinge",
        "CategoricalHinge",
        "CosineSimilarity",
        "MeanSquaredLogarithmicError",
        "Circle",
    ):
        return np.broadcast_to((pred == np.round(pred)).any(), pred.shape)
    return (
        np.broadcast_to(ends.any(), pred.shape) if pred.min() >= 0 and pred.max() <= 1 else np.zeros(pred.shape, bool)
    )

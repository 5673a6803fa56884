"""Activations, constraints, regularizers and initializers give the numbers of genuine Keras.

functions.npz holds them; make_functions.py beside it says how they were made.
"""

import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

STORED = dict(np.load(Path(__file__).with_name("functions.npz")))
CASES = json.loads(STORED.pop("cases").tobytes())
X = STORED["x"]


def listed(kind):
    return [pytest.param(i, *case, id=f"{case[0]}-{i}") for i, case in enumerate(CASES[kind])]


@pytest.mark.parametrize(("i", "name", "how"), listed("activations"))
def test_activations(i, name, how):
    function = getattr(hb.activations, name)
    expected = STORED[f"activations/{i}"]
    np.testing.assert_allclose(function(hb.ops.asarray(X), **how).numpy(), expected, rtol=1e-5, atol=2e-6)
    weigh = np.cos(np.arange(expected.size)).reshape(expected.shape).astype("float32")
    found = hb.jit(hb.grad(lambda x: hb.ops.sum(function(x, **how) * weigh)))(hb.ops.asarray(X))
    np.testing.assert_allclose(found.numpy(), STORED[f"gradients/{i}"], rtol=1e-4, atol=1e-5)


def test_every_activation_is_compared():
    others = {"deserialize", "get", "serialize", "sparsemax"}
    assert {case[0] for case in CASES["activations"]} == set(hb.activations.__all__) - others


@pytest.mark.parametrize("axis", [0, 1])
def test_sparsemax(axis):
    """The nearest point of the simplex (Martins and Astudillo 2016), found by bisection; not what Keras 3.15 computes."""
    x = X.astype("float64")
    low, high = x.max(axis, keepdims=True) - 1, x.max(axis, keepdims=True)
    for _ in range(60):
        middle = (low + high) / 2
        much = np.maximum(x - middle, 0).sum(axis, keepdims=True) > 1
        low, high = np.where(much, middle, low), np.where(much, high, middle)
    found = hb.activations.sparsemax(hb.ops.asarray(X), axis=axis).numpy()
    np.testing.assert_allclose(found, np.maximum(x - low, 0), atol=1e-5)


@pytest.mark.parametrize(("i", "name", "how"), listed("constraints"))
def test_constraints(i, name, how):
    how = {k: tuple(v) if isinstance(v, list) else v for k, v in how.items()}
    constraint = getattr(hb.constraints, name)(**how)
    for one in (constraint, hb.constraints.deserialize(hb.constraints.serialize(constraint))):
        np.testing.assert_allclose(one(hb.ops.asarray(X)).numpy(), STORED[f"constraints/{i}"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("i", "name", "how"), listed("regularizers"))
def test_regularizers(i, name, how):
    regularizer = getattr(hb.regularizers, name)(**how)
    for one in (regularizer, hb.regularizers.deserialize(hb.regularizers.serialize(regularizer))):
        np.testing.assert_allclose(one(hb.ops.asarray(X)).numpy(), STORED[f"regularizers/{i}"], rtol=1e-5)


@pytest.mark.parametrize(("i", "name", "how", "shape"), listed("initializers"))
def test_fixed_initializers(i, name, how, shape):
    initializer = getattr(hb.initializers, name)(**how)
    for one in (initializer, hb.initializers.deserialize(hb.initializers.serialize(initializer))):
        np.testing.assert_allclose(one(shape).numpy(), STORED[f"initializers/{i}"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "name", ["normal", "uniform", "one", "zero", "orthogonal", "OrthogonalInitializer", "he_normal", "stft"]
)
def test_names_of_initializers(name):
    found = hb.initializers.get(name)
    assert found((4, 1, 3) if name == "stft" else (4, 3)).dtype == "float32"
    assert hb.initializers.get(found) is found
    assert type(found.clone()) is type(found)


def test_axes_of_a_variance_scaling():
    """As EinsumDense has them: (heads, in, size per head)."""
    draw = hb.initializers.VarianceScaling(
        1.0, "fan_in", "untruncated_normal", seed=1, input_axes=[1], output_axes=[0, 2]
    )
    assert draw((50, 20, 40)).numpy().std() == pytest.approx(1 / np.sqrt(20), rel=0.02)  # of 40,000 draws


@pytest.mark.parametrize("how", [{"l1": -1.0}, {"l1": float("inf")}, {"l2": "much"}])
def test_factors_are_refused(how):
    with np.testing.assert_raises_regex(hb.InvalidArgumentError, "must be a number of at least 0; got l"):
        hb.regularizers.L1L2(**how)

"""Losses and metrics against formulas."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_optimizers import losses, metrics


def test_cross_entropies_agree_with_each_other_and_with_numpy():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(6, 4)) * 3
    y = rng.integers(0, 4, 6)
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    expected = -np.log(p[np.arange(6), y]).mean()
    one_hot = np.eye(4)[y]
    assert float(losses.SparseCategoricalCrossentropy(from_logits=True)(y, logits)) == pytest.approx(expected, rel=1e-6)
    assert float(losses.SparseCategoricalCrossentropy()(y, p)) == pytest.approx(expected, rel=1e-6)
    assert float(losses.CategoricalCrossentropy(from_logits=True)(one_hot, logits)) == pytest.approx(expected, rel=1e-6)
    z = rng.normal(size=(5, 1))
    t = rng.integers(0, 2, (5, 1))
    q = 1 / (1 + np.exp(-z))
    expected = -(t * np.log(q) + (1 - t) * np.log(1 - q)).mean()
    assert float(losses.BinaryCrossentropy(from_logits=True)(t, z)) == pytest.approx(expected, rel=1e-6)


def test_from_logits_is_stable_where_probabilities_overflow():
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    assert float(loss([1], [[1000.0, 0.0]])) == 1000.0


@pytest.mark.parametrize("jit", [False, True])
def test_losses_of_softmax_and_sigmoid_start_from_the_logits(jit):
    """Where probabilities round to 0 and 1 the loss and its gradient still are those of the logits."""
    x = np.array([[60.0, -60.0, 0.0]])
    makers = {
        "softmax": lambda p: losses.SparseCategoricalCrossentropy()([1], p),
        "sigmoid": lambda p: losses.BinaryCrossentropy()([[0.0, 1.0, 1.0]], p),
    }
    expected = {"softmax": (120.0, [[1.0, -1.0, 0.0]]), "sigmoid": ((120 + np.log(2)) / 3, [[1 / 3, -1 / 3, -1 / 6]])}
    for name, loss in makers.items():
        step = hb.value_and_grad(lambda x, name=name, loss=loss: loss(hb.layers.Activation(name)(x)))
        value, gradient = (hb.jit(step) if jit else step)(hb.ops.asarray(x, dtype="float64"))
        assert float(value) == pytest.approx(expected[name][0], rel=1e-6)
        np.testing.assert_allclose(gradient.numpy(), expected[name][1], atol=1e-7)


def test_probabilities_changed_in_place_are_taken_as_they_are():
    p = hb.activations.softmax(hb.ops.asarray([[0.0, 0.0]]))
    p[0] = hb.ops.asarray([0.25, 0.75])
    assert float(losses.SparseCategoricalCrossentropy()([1], p)) == pytest.approx(-np.log(0.75), rel=1e-6)


def test_metrics_accumulate_over_unequal_batches():
    metric = metrics.SparseCategoricalAccuracy()
    rng = np.random.default_rng(1)
    p, y = rng.normal(size=(10, 3)), rng.integers(0, 3, 10)
    for part in (slice(0, 7), slice(7, 10)):
        metric.update_state(y[part], p[part])
    assert float(metric.result()) == pytest.approx((p.argmax(-1) == y).mean())
    metric.reset_state()
    assert float(metric.result()) == 0.0


def test_labels_that_do_not_fit():
    with pytest.raises(hb.ShapeError, match="One-hot labels go with categorical_crossentropy"):
        losses.sparse_categorical_crossentropy(np.eye(3), np.ones((3, 3)))

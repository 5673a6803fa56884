"""Optimizers against their algorithms in NumPy over 50 steps; losses and metrics against formulas."""

import hornbeam as hb
import hornbeam_optimizers as optimizers
import numpy as np
import pytest
from hornbeam import ops
from hornbeam_optimizers import losses, metrics


def trajectory(optimizer, start, gradient, jit):
    v = hb.Variable(start, dtype="float64")
    optimizer.build([v])
    step = lambda: optimizer.apply([gradient(v.value)], [v])
    step = hb.jit(step) if jit else step
    found = []
    for _ in range(50):
        step()
        found.append(v.numpy().copy())
    return np.array(found)


START = np.array([1.0, -2.0, 0.5])
CURVE = np.array([1.0, 0.3, 4.0])


def slope(p):
    return p * CURVE


def adam(amsgrad=False):
    p, m, v, top = START.copy(), 0.0, 0.0, 0.0
    for t in range(1, 51):
        g = slope(p)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        top = np.maximum(top, v)
        alpha = 0.05 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        p = p - alpha * m / (np.sqrt(top if amsgrad else v) + 1e-7)
        yield p


def sgd(momentum, nesterov):
    p, v = START.copy(), 0.0
    for _ in range(50):
        g = slope(p)
        v = momentum * v - 0.05 * g
        p = p + (momentum * v - 0.05 * g if nesterov else v)
        yield p


def rmsprop(momentum, centered):
    p, v, mean, move = START.copy(), 0.0, 0.0, 0.0
    for _ in range(50):
        g = slope(p)
        v, mean = 0.8 * v + 0.2 * g * g, 0.8 * mean + 0.2 * g
        move = momentum * move + 0.05 * g / np.sqrt(v - (mean**2 if centered else 0.0) + 0.1)
        p = p - move
        yield p


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(
    ("make", "truth"),
    [
        (lambda: optimizers.Adam(0.05), lambda: adam()),
        (lambda: optimizers.Adam(0.05, amsgrad=True), lambda: adam(True)),
        (lambda: optimizers.RMSprop(0.05, rho=0.8, epsilon=0.1), lambda: rmsprop(0.0, False)),
        (lambda: optimizers.RMSprop(0.05, 0.8, 0.5, 0.1), lambda: rmsprop(0.5, False)),
        (lambda: optimizers.RMSprop(0.05, 0.8, 0.5, 0.1, centered=True), lambda: rmsprop(0.5, True)),
        (lambda: optimizers.SGD(0.05), lambda: sgd(0.0, False)),
        (lambda: optimizers.SGD(0.05, momentum=0.9), lambda: sgd(0.9, False)),
        (lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True), lambda: sgd(0.9, True)),
    ],
    ids=["adam", "amsgrad", "rmsprop", "rmsprop-momentum", "rmsprop-centered", "sgd", "momentum", "nesterov"],
)
def test_trajectories(make, truth, jit):
    found = trajectory(make(), START, lambda p: p * ops.asarray(CURVE), jit)
    # the learning rate is a float32 variable, so trajectories agree to its precision
    np.testing.assert_allclose(found, list(truth()), rtol=2e-6, atol=1e-7)


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

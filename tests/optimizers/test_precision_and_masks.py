"""Losses and metrics of narrow, masked and weighted predictions; arguments that are misspelled."""

import hornbeam as hb
import numpy as np
import pytest

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_losses_are_computed_in_float32_at_least(dtype):
    true, pred = (
        RNG.normal(size=(64, 3)),
        (300 + RNG.normal(size=(64, 3))).astype(dtype),
    )  # the squares overflow float16
    loss = hb.losses.MeanSquaredError()(true, hb.ops.asarray(pred, dtype=dtype))
    assert loss.dtype == ("float64" if dtype == "float64" else "float32")
    assert float(loss) == pytest.approx(((true - pred.astype(np.float64)) ** 2).mean(), rel=1e-5)
    metric = hb.metrics.MeanSquaredError()
    metric.update_state(true, hb.ops.asarray(pred, dtype=dtype))
    assert float(metric.result()) == pytest.approx(float(loss), rel=1e-6)


def test_narrow_probabilities_start_from_their_logits_in_float32():
    logits = np.array([[30.0, 0.0, -20.0]], np.float16)
    pred = hb.activations.softmax(hb.ops.asarray(logits, dtype="float16"))
    assert float(hb.losses.SparseCategoricalCrossentropy()([2], pred)) == pytest.approx(50.0, rel=1e-6)


def test_metrics_leave_masked_steps_out():
    true, pred = RNG.integers(0, 3, (4, 5)), hb.ops.asarray(RNG.normal(size=(4, 5, 3)))
    mask, weights = RNG.random((4, 5)) < 0.6, RNG.random((4, 5))
    pred.mask = hb.ops.asarray(mask)
    right = pred.numpy().argmax(-1) == true
    metric = hb.metrics.SparseCategoricalAccuracy()
    metric.update_state(true, pred)
    assert float(metric.result()) == pytest.approx(right[mask].mean(), rel=1e-6)
    metric.reset_state()
    metric.update_state(true, pred, sample_weight=weights)
    assert float(metric.result()) == pytest.approx(np.average(right, weights=weights * mask), rel=1e-6)


def test_misspelled_arguments_offer_the_near_ones():
    for make, message in (
        (lambda: hb.losses.MeanSquaredError(reducton="sum"), "MeanSquaredError does not take 'reducton'. Did you mean 'reduction'?"),
        (lambda: hb.metrics.Mean(nmae="m"), "Mean does not take 'nmae'. Did you mean 'name'?"),
        (lambda: hb.optimizers.Adam(clipnrom=1.0), "Adam does not take 'clipnrom'. Did you mean 'clipnorm'?"),
        (lambda: hb.optimizers.SGD(momentun=1.0), "SGD does not take 'momentun'. Did you mean 'momentum'?"),
        (lambda: hb.layers.Dense(3, nmae="d"), "Dense does not take 'nmae'. Did you mean 'name'?"),
    ):  # fmt: skip
        with pytest.raises(hb.InvalidArgumentError, match=message.replace("?", r"\?")):
            make()


def test_softmax_over_one_unit_warns():
    with pytest.warns(UserWarning, match="Did you mean sigmoid"):
        hb.layers.Dense(1, activation="softmax")(np.ones((2, 3), np.float32))

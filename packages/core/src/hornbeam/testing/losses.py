"""The contract of a loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hornbeam.jit import jit
from hornbeam.testing.gradients import check_gradients

__all__ = ["check_loss"]


def check_loss(
    loss_class: Any, init_kwargs: dict[str, Any] | None = None, *, y_true: Any, y_pred: Any, differentiable: bool = True
) -> None:
    """Check a loss.

    "sum" is the sum of the values per sample and "sum_over_batch_size" their mean; weights multiply the values, and a
    weight of 0 leaves a sample out; captured gives the same as eager; the gradient agrees with finite differences; the
    configuration makes an equal loss.

    Args:
        loss_class: the class.
        init_kwargs: its arguments, without `reduction`.
        y_true, y_pred: functions `(rng, batch) -> array` of labels and predictions (float64).
        differentiable: whether to compare the gradient by `y_pred` with finite differences.

    Raises:
        AssertionError: a property does not hold; the message names it.
    """
    name, arguments = loss_class.__name__, dict(init_kwargs or {})

    @given(seed=st.integers(0, 2**32 - 1), batch=st.integers(1, 5))
    def run(seed: int, batch: int) -> None:
        rng = np.random.default_rng(seed)
        t, p = y_true(rng, batch), y_pred(rng, batch)
        by_sample = loss_class(**arguments, reduction=None)
        values = by_sample(t, p).numpy()
        assert values.shape[:1] == (batch,), f"{name}: reduction=None gives shape {values.shape} for {batch} samples"

        def near(what: str, found: Any, expected: Any) -> None:
            np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-5, atol=1e-6, err_msg=f"{name}: {what}")

        near("'sum' is not the sum", loss_class(**arguments, reduction="sum")(t, p), values.sum())
        mean = loss_class(**arguments)
        near("the default reduction is not the mean", mean(t, p), values.mean())
        weights = rng.integers(0, 3, batch).astype("float32")
        shaped = weights.reshape((batch,) + (1,) * (values.ndim - 1))
        near("weights do not multiply the values", by_sample(t, p, sample_weight=weights), values * shaped)
        near("captured and eager differ", jit(lambda a, b: mean(a, b))(t, p), mean(t, p).numpy())
        again = loss_class.from_config(mean.get_config())
        near("a copy made from get_config gives another value", again(t, p), mean(t, p).numpy())
        assert again.get_config() == mean.get_config(), f"{name}: get_config changes on the way: {again.get_config()}"

    run()
    if differentiable:
        rng = np.random.default_rng(0)
        t, p = y_true(rng, 4), np.asarray(y_pred(rng, 4), "float64")
        made = check_gradients(lambda prediction: loss_class(**arguments)(t, prediction), p, order=2)
        assert made, f"{name}: no gradient could be compared: are the predictions at a kink?"

"""The contract of a metric."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

__all__ = ["check_metric"]


def check_metric(
    metric_class: Any, init_kwargs: dict[str, Any] | None = None, *, data: Any, weighted: bool = True
) -> None:
    """Check a metric.

    Batch by batch gives the same as all at once; `reset_state` forgets everything; whole-number weights count as
    repetition; the result before any data is a number; the configuration makes an equal metric.

    Args:
        metric_class: the class.
        init_kwargs: its arguments.
        data: function `(rng, n) -> tuple of arrays` of n samples each, what `update_state` takes.
        weighted: whether `update_state` takes `sample_weight`, one for each sample.

    Raises:
        AssertionError: a property does not hold; the message names it.
    """
    name, arguments = metric_class.__name__, dict(init_kwargs or {})

    def result(metric: Any) -> Any:
        return np.asarray(metric.result().numpy())

    @given(seed=st.integers(0, 2**32 - 1), sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4))
    def run(seed: int, sizes: list[int]) -> None:
        rng = np.random.default_rng(seed)
        whole = data(rng, sum(sizes))
        metric = metric_class(**arguments)
        assert not np.isinf(result(metric)).any(), f"{name}: the result before any data is {result(metric)}"
        metric.update_state(*whole)
        once = result(metric)

        def near(what: str, found: Any) -> None:
            np.testing.assert_allclose(found, once, rtol=1e-4, atol=1e-6, err_msg=f"{name}: {what}")

        metric.reset_state()
        at = 0
        for size in sizes:
            metric.update_state(*(a[at : at + size] for a in whole))
            at += size
        near("batch by batch differs from all at once, or reset_state forgets too little", result(metric))
        copy = metric_class.from_config(metric.get_config())
        copy.update_state(*whole)
        near("a copy made from get_config gives another result", result(copy))
        assert copy.get_config() == metric.get_config(), f"{name}: get_config changes on the way: {copy.get_config()}"
        if weighted:
            weights = rng.integers(0, 3, sum(sizes))
            weights[0] = 1
            repeated, by_weight = metric_class(**arguments), metric_class(**arguments)
            repeated.update_state(*(np.repeat(a, weights, axis=0) for a in whole))
            by_weight.update_state(*whole, sample_weight=weights.astype("float32"))
            once = result(repeated)
            near("whole-number weights do not count as repetition", result(by_weight))

    run()

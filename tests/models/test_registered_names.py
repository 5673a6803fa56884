"""Functions that a program registers are found by name in compile()."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.plugins import register_component, registry, unregister


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    @register_component("losses", package="test_names")
    def cube_gap(y_true: Any, y_pred: Any) -> Any:
        return hb.ops.abs(y_true - y_pred) ** 3

    @register_component("metrics", package="test_names")
    def worst_gap(y_true: Any, y_pred: Any) -> Any:
        return hb.ops.max(hb.ops.abs(y_true - y_pred), axis=-1)

    yield
    unregister("test_names")


def test_loss_and_metric_functions_by_name() -> None:
    pytest.importorskip("hornbeam_layers")
    pytest.importorskip("hornbeam_optimizers")
    model = registry.lookup("models", "Sequential")([registry.lookup("layers", "Dense")(2)])
    model.compile("sgd", "cube_gap", metrics=["worst_gap", "test_names/worst_gap"])
    x = np.linspace(-1, 1, 24, dtype=np.float32).reshape(8, 3)
    y = x[:, :2]
    result = model.evaluate(x, y, verbose=0, return_dict=True)
    gap = np.abs(y - model.predict(x, verbose=0))
    np.testing.assert_allclose(result["loss"], np.mean(gap**3), rtol=1e-5)
    np.testing.assert_allclose(result["worst_gap"], gap.max(-1).mean(), rtol=1e-5)
    np.testing.assert_allclose(result["test_names/worst_gap"], gap.max(-1).mean(), rtol=1e-5)

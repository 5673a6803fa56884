"""docs/core_from_scratch.py runs, learns, and its gradients are those of finite differences."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parents[2] / "docs" / "core_from_scratch.py"


@pytest.fixture
def scratch():
    spec = importlib.util.spec_from_file_location("core_from_scratch", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_learns_and_shows_its_graph(scratch, capsys):
    assert scratch.main() < 1e-3
    assert "matmul(" in capsys.readouterr().out


def test_gradients(scratch):
    rng = np.random.default_rng(1)
    x, w, d = rng.normal(size=(3, 2)), rng.normal(size=(2, 4)), rng.normal(size=(2, 4))

    def f(w):
        return scratch.total(scratch.tanh(scratch.as_tensor(x) @ w + np.ones(4)))

    slope = (f(scratch.as_tensor(w + 1e-6 * d)).value - f(scratch.as_tensor(w - 1e-6 * d)).value) / 2e-6
    assert np.sum(scratch.grad(f)(w).value * d) == pytest.approx(slope, rel=1e-6)


def test_a_wrong_shape_is_found_while_capturing(scratch):
    with pytest.raises(ValueError, match="broadcast"):
        scratch.capture(lambda a, b: a + b, np.ones(2), np.ones(3))

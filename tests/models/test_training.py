"""What fit, evaluate and train_on_batch give, beside genuine Keras from the same weights and data."""

import json

import hornbeam as hb
import numpy as np
import pytest

from tests.models.training_runs import GOLDEN, RUNS, figures

KERAS = json.loads(GOLDEN.read_text())


@pytest.mark.parametrize("name", RUNS)
def test_the_figures_are_those_of_keras(name):
    for found, expected in zip(figures(name, hb), KERAS[name], strict=True):
        assert sorted(found) == sorted(expected)
        for key, values in expected.items():
            np.testing.assert_allclose(found[key], values, rtol=1e-4, atol=1e-6, err_msg=key)

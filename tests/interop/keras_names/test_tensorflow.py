"""TensorFlow's names under `hornbeam run` answer what TensorFlow answers; its answers are stored in tensorflow.npz."""

from pathlib import Path

import numpy as np
import pytest
from hornbeam_apps.keras_names import keras_names

from tests.interop.keras_names import cases

STORED = np.load(Path(__file__).with_name("tensorflow.npz"))


@pytest.mark.parametrize("case", [*cases.EXPRESSIONS, *cases.PROGRAMS])
def test_as_tensorflow(case):
    with keras_names():
        import tensorflow as tf

        found = cases.answer(tf, case)
    expected = [STORED[f"{case}|{i}"] for i in range(len(found))]
    assert f"{case}|{len(expected)}" not in STORED
    for one, other in zip(found, expected, strict=True):
        assert one.shape == other.shape
        assert one.dtype.kind == other.dtype.kind
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-6)

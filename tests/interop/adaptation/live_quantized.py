"""Models of eight bits saved here are loaded by genuine Keras, and predict the same."""

import os
import sys
from pathlib import Path

os.environ |= {"KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}

import hornbeam as hb
import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import quantized  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")  # Keras's own


@pytest.mark.parametrize("name", ["network", "chain"])
def test_keras_predicts_the_same(name, tmp_path):
    ours, x = quantized.BUILDERS[name](hb), quantized.data(name)
    quantized.quantize(name, ours)
    ours.save(tmp_path / "it.keras")
    theirs = keras.saving.load_model(tmp_path / "it.keras")
    np.testing.assert_allclose(theirs.predict(x, verbose=0), ours.predict(x, verbose=0), rtol=1e-5, atol=1e-5)
    assert [str(w.dtype) for w in theirs.weights] == [str(w.dtype) for w in ours.weights]

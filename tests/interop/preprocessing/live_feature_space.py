"""A FeatureSpace saved here is loaded by genuine Keras, and gives the same."""

import os

os.environ |= {"KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}

import hornbeam as hb
import keras
import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras, TensorFlow and JAX warn of their own doings

DATA = {
    "age": [20.0, 30.0, 55.0, 41.0],
    "town": ["A", "B", "A", "C"],
    "zip": [4, 4, 2, 9],
    "plain": [0.0, 1.0, 2.0, 3.0],
}
KINDS = {"age": "float_discretized", "town": "string_categorical", "zip": "integer_hashed", "plain": "float"}


def test_ours_is_loaded_by_keras(tmp_path):
    ours = hb.utils.FeatureSpace(KINDS, crosses=[("town", "zip")], num_discretization_bins=3)
    ours.adapt(DATA)
    ours.save(tmp_path / "space.keras")
    theirs = keras.models.load_model(tmp_path / "space.keras")
    np.testing.assert_allclose(np.asarray(theirs(DATA)), ours(DATA).numpy(), rtol=1e-5)

"""Models that others published, of Keras 2.0.5 and 3.1.1, give the outputs stored beside them; skipped where they are not there.

HORNBEAM_DATA says where the folder is that has the folder `weights`; default: `shared/data` beside or above the clone.
"""

import os
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_models import load_model

PLACES = [Path(p) for p in (os.environ.get("HORNBEAM_DATA"),) if p]
PLACES += [folder / "shared" / "data" for folder in Path(__file__).resolve().parents]
FOLDER = next((place / "weights" for place in PLACES if (place / "weights").is_dir()), None)
pytestmark = pytest.mark.skipif(FOLDER is None, reason="the published models are not here: set HORNBEAM_DATA")


@pytest.fixture(scope="module")
def stored():
    return dict(np.load(FOLDER / "reference_outputs.npz"))


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_a_convnet_of_keras_3(suffix, stored):
    model = load_model(FOLDER / "keras3_mnist_cnn" / f"mnist_model.{suffix}")
    x = stored["mnist_inputs_u8"].astype("float32") / 255
    np.testing.assert_allclose(model.predict(x, verbose=0), stored[f"keras3_mnist_cnn_{suffix}"], atol=1e-5)
    assert isinstance(model.optimizer, hb.optimizers.Adam)
    assert int(model.optimizer.iterations) > 1000
    np.testing.assert_allclose(model.evaluate(x, model.predict(x).round(), verbose=0)[1], 1.0)


@pytest.mark.parametrize(
    ("file", "name", "parameters"),
    [
        ("fer2013_mini_XCEPTION.102-0.66", "fer2013_mini_xception", 58_423),
        ("gender_mini_XCEPTION.21-0.95", "gender_mini_xception", 52_658),
    ],
)
def test_networks_of_keras_2(file, name, parameters, stored):
    model = load_model(FOLDER / "keras2_mini_xception" / f"{file}.hdf5")
    assert model.count_params() == parameters
    x = (stored["faces64_u8"].astype("float32")[..., None] / 255 - 0.5) * 2
    np.testing.assert_allclose(model.predict(x, verbose=0), stored[name], atol=1e-5)
    assert all((v.numpy() >= 0).all() for v in model.optimizer.variables[3::2])  # means of squares
    again = load_model(FOLDER / "keras2_mini_xception" / f"{file}.hdf5", compile=False)
    again.set_weights([np.zeros_like(w) for w in again.get_weights()])
    again.load_weights(FOLDER / "keras2_mini_xception" / f"{file}.hdf5", by_name=True)
    np.testing.assert_allclose(again.predict(x, verbose=0), stored[name], atol=1e-5)

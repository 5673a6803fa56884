"""Files of weights and whole models go from genuine Keras to ours and back, for each kind of network."""

import json
import os
import sys
from pathlib import Path

os.environ |= {"KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}

import h5py
import hornbeam as hb
import keras
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.naming import clear_session
from keras.src.legacy.saving import legacy_h5_format

sys.path.insert(0, str(Path(__file__).parent))
import architectures  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")  # Keras's own
KNOWN = json.loads(Path(__file__).with_name("architectures.json").read_text())
MODES = {"caffe": "vgg16", "tf": "mobilenet", "torch": "densenet", "none": "convnext"}


@pytest.fixture(scope="module", params=architectures.LIVE)
def pair(request):
    """Keras's network, filled, ours, as it begins, an image, and Keras's answer."""
    theirs, ours = (fresh(library, request.param) for library in (keras, hb))
    architectures.fill(theirs)
    x = architectures.image(theirs)
    return request.param, theirs, ours, x, keras.ops.convert_to_numpy(theirs(x))


def fresh(library, name):
    clear_session(), keras.utils.clear_session()
    with using_backend("cpu"):
        return architectures.build(library, *architectures.LIVE[name], logits=True)


def same(model, x, expected):
    if isinstance(model, keras.Model):
        found = keras.ops.convert_to_numpy(model(x))
    else:
        with using_backend("cpu"):
            found = model.predict(x, verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def forget(model):
    model.set_weights([np.zeros(w.shape, w.numpy().dtype) for w in model.weights])
    return model


@pytest.mark.parametrize("name", architectures.VARIANTS)
def test_architecture(name):
    clear_session()
    with using_backend("shapes"):
        ours = architectures.fingerprint(architectures.build(hb, *architectures.VARIANTS[name]))
    assert ours == KNOWN[name]


def test_weights_of_keras_3(pair, tmp_path):
    name, theirs, ours, x, expected = pair
    theirs.save_weights(tmp_path / "it.weights.h5")
    forget(ours).load_weights(tmp_path / "it.weights.h5")
    same(ours, x, expected)
    ours.save_weights(tmp_path / "back.weights.h5")
    again = fresh(keras, name)
    again.load_weights(tmp_path / "back.weights.h5")
    for a, b in zip(again.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("by_name", [False, True])
def test_weights_in_the_layout_of_keras_2(pair, by_name, tmp_path):
    """What `keras.applications` fetches has it; genuine Keras 3 writes it with this function of its own."""
    _, theirs, ours, x, expected = pair
    with h5py.File(tmp_path / "it.h5", "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, theirs)
    forget(ours).load_weights(tmp_path / "it.h5", by_name=by_name)
    same(ours, x, expected)


def test_whole_models_of_keras(pair, tmp_path):
    _, theirs, _, x, expected = pair
    theirs.save(tmp_path / "it.keras")
    with using_backend("cpu"):
        ours = hb.models.load_model(tmp_path / "it.keras")
    same(ours, x, expected)


def test_whole_models_made_here(pair, tmp_path):
    name, _, _, x, expected = pair
    architectures.fill(fresh(hb, name)).save(tmp_path / "it.keras")
    same(keras.saving.load_model(tmp_path / "it.keras"), x, expected)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "float16"])
@pytest.mark.parametrize("mode", MODES)
def test_preprocessing(mode, dtype, data_format):
    shape = (2, 4, 5, 3) if data_format == "channels_last" else (2, 3, 4, 5)
    x = np.random.default_rng(1).integers(0, 256, shape).astype(dtype)
    module = getattr(keras.applications, MODES[mode])
    ours = getattr(hb.applications, MODES[mode]).preprocess_input
    close = {"rtol": 1e-3, "atol": 0.1} if dtype == "float16" else {"rtol": 1e-5, "atol": 1e-4}
    for some in (x, x[0]):
        expected = module.preprocess_input(some.copy(), data_format=data_format)
        found = ours(some, data_format=data_format)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, **close)
        np.testing.assert_allclose(ours(hb.ops.asarray(some), data_format=data_format).numpy(), expected, **close)

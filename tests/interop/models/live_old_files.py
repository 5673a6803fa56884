"""What was saved of a file of Keras 2 is loaded by genuine Keras 3, and means what it meant: its hard_sigmoid is another."""

import json
import os

os.environ |= {"KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}

import h5py
import hornbeam as hb
import keras
import numpy as np
import pytest

RNG = np.random.default_rng(0)


def old_file(path):
    """A file of Keras 2.2: an LSTM and a Dense layer with hard_sigmoid, and their weights."""
    sizes = {"lstm": [(3, 8), (2, 8), (8,)], "dense": [(2, 4), (4,)]}
    weights = {name: [RNG.normal(size=s).astype("float32") for s in shapes] for name, shapes in sizes.items()}
    configs = {
        "LSTM": {"name": "lstm", "units": 2, "recurrent_activation": "hard_sigmoid", "batch_input_shape": [None, 4, 3]},
        "Dense": {"name": "dense", "units": 4, "activation": "hard_sigmoid"},
    }
    layers = [{"class_name": kind, "config": config} for kind, config in configs.items()]
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = b"2.2.4", b"tensorflow"
        model = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
        file.attrs["model_config"] = json.dumps(model).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for name, values in weights.items():
            group.create_group(name).attrs["weight_names"] = [f"w{i}".encode() for i in range(len(values))]
            for i, value in enumerate(values):
                group[name][f"w{i}"] = value
    return weights


def sigmoid_of_keras_2(x):
    return np.clip(0.2 * x + 0.5, 0, 1)


def computed(x, weights):
    """What Keras 2 computed."""
    (kernel, recurrent, bias), (last, offset) = weights["lstm"], weights["dense"]
    h = c = np.zeros((len(x), 2))
    for step in x.swapaxes(0, 1):
        i, f, new, o = np.split(step @ kernel + h @ recurrent + bias, 4, axis=1)
        c = sigmoid_of_keras_2(f) * c + sigmoid_of_keras_2(i) * np.tanh(new)
        h = sigmoid_of_keras_2(o) * np.tanh(c)
    return sigmoid_of_keras_2(h @ last + offset)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_the_hard_sigmoid_of_keras_2(suffix, tmp_path):
    weights = old_file(tmp_path / "old.hdf5")
    hb.models.load_model(tmp_path / "old.hdf5").save(tmp_path / f"new{suffix}")
    x = RNG.normal(0, 2, (5, 4, 3)).astype("float32")
    theirs = keras.saving.load_model(tmp_path / f"new{suffix}")
    np.testing.assert_allclose(theirs.predict(x, verbose=0), computed(x, weights), rtol=1e-5, atol=1e-6)
    theirs.save(tmp_path / f"again{suffix}")
    ours = hb.models.load_model(tmp_path / f"again{suffix}")
    np.testing.assert_allclose(ours.predict(x, verbose=0), computed(x, weights), rtol=1e-5, atol=1e-6)

"""Models of strings saved here are loaded by genuine Keras, on TensorFlow, and predict the same."""

import subprocess
import sys
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import texts  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("strings")
    for name, builder in texts.BUILDERS.items():
        model = builder(hb)
        texts.randomize(model)
        model.save(found / f"{name}.keras")
    # a process of its own: only on TensorFlow has Keras strings
    subprocess.run([sys.executable, Path(__file__).with_name("make_strings.py"), found], check=True)
    return found


@pytest.mark.parametrize("name", texts.BUILDERS)
def test_keras_predicts_the_same(name, folder):
    ours = texts.plain(hb.models.load_model(folder / f"{name}.keras").predict(texts.data(name), verbose=0))
    theirs = np.load(folder / f"{name}.npy")
    if ours.dtype.kind == "f":
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    else:
        assert ours.tolist() == theirs.tolist()

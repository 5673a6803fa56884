"""Models of strings: files of genuine Keras, of strings.zip (see make_strings.py), predict and learn as Keras says."""

import io
import sys
import zipfile
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import texts  # noqa: E402

ARCHIVE = zipfile.ZipFile(Path(__file__).with_name("strings.zip"))
STORED = dict(np.load(io.BytesIO(ARCHIVE.read("outputs.npz"))))


def same(found, key):
    if STORED[key].dtype.kind == "f":
        np.testing.assert_allclose(found, STORED[key], rtol=1e-5, atol=1e-6)
    else:
        assert texts.plain(found).tolist() == STORED[key].tolist()


@pytest.mark.parametrize("name", texts.BUILDERS)
def test_a_file_of_keras(name, tmp_path):
    (tmp_path / "it.keras").write_bytes(ARCHIVE.read(f"{name}.keras"))
    model, x = hb.models.load_model(tmp_path / "it.keras"), texts.data(name)
    same(model.predict(x, verbose=0), f"{name}/before")
    same(model(x), f"{name}/before")
    if f"{name}/losses" in STORED:
        history = model.fit(x, texts.RATINGS, batch_size=4, epochs=3, shuffle=False, verbose=0)
        same(history.history["loss"], f"{name}/losses")
        same(model.predict(x, verbose=0), f"{name}/after")
    last = f"{name}/{'after' if model.compiled else 'before'}"
    model.save(tmp_path / "again.keras")
    same(hb.models.load_model(tmp_path / "again.keras").predict(x, batch_size=2, verbose=0), last)


@pytest.mark.parametrize("name", texts.BUILDERS)
def test_a_model_built_here(name):
    model = texts.BUILDERS[name](hb)
    texts.randomize(model)
    same(model.predict(texts.data(name), verbose=0), f"{name}/before")

"""Files of genuine Keras, of models.zip (see make_models.py), are loaded: predictions and optimizers' states are Keras's."""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hornbeam.tree import leaves
from hornbeam_models import load_model

sys.path.insert(0, str(Path(__file__).parent))
import zoo  # noqa: E402

ARCHIVE = zipfile.ZipFile(Path(__file__).with_name("models.zip"))
STORED = dict(np.load(io.BytesIO(ARCHIVE.read("outputs.npz"))))
FILES = [name for name in ARCHIVE.namelist() if name != "outputs.npz"]


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_keras(file, tmp_path):
    (tmp_path / file).write_bytes(ARCHIVE.read(file))
    model = load_model(tmp_path / file)
    x = zoo.data(model)
    same(model.predict(x, verbose=0), file)
    if f"{file}/optimizer/0" in STORED:
        for i, variable in enumerate(model.optimizer.variables):
            np.testing.assert_allclose(variable.numpy(), STORED[f"{file}/optimizer/{i}"], rtol=1e-6)
    suffix = Path(file).suffix
    model.save(tmp_path / f"again{suffix}")
    same(load_model(tmp_path / f"again{suffix}").predict(x, verbose=0), file)


def same(found, file):
    found = leaves(found)
    assert len(found) == sum(key.startswith(f"{file}/") and key.count("/") == 1 for key in STORED)
    for i, array in enumerate(found):
        np.testing.assert_allclose(array, STORED[f"{file}/{i}"], rtol=1e-5, atol=1e-5)

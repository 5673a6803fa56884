"""Makes models.zip: files that genuine Keras wrote, of some models of the zoo, with what they predict.

Run with Keras 3.15.1 on JAX on a CPU: `python make_models.py`. The test beside it needs neither.
"""

import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import keras
import numpy as np
import zoo
import zoo_layers  # noqa: F401 - adds to the zoo

sys.path.insert(0, str(Path(__file__).parents[1]))
from settled import settled  # noqa: E402

CHOSEN = {
    "mlp_regularized.keras": ("Adam", {"amsgrad": True}),
    "convnet.keras": ("RMSprop", {"momentum": 0.9}),
    "nested.keras": None,
    "nested_output.h5": None,
    "dicts.keras": None,
    "shared.keras": None,
    "embedded.keras": None,
    "bidirectional.keras": None,
    "cells.keras": None,
    "attention.keras": None,
    "operations.keras": None,
    "convolutions.keras": None,
    "merging.keras": None,
    "gru.h5": ("SGD", {"momentum": 0.9}),
    "convolutions_1d.h5": None,
}


def flat(tree):
    return [np.asarray(t) for t in keras.tree.flatten(tree)]


def main():
    stored = {}
    with zipfile.ZipFile(Path(__file__).with_name("models.zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file, how in CHOSEN.items():
            keras.utils.clear_session()
            built = zoo.BUILDERS[file.partition(".")[0]](keras)
            zoo.randomize(built)
            x = zoo.data(built)
            if how is not None:
                built.compile(getattr(keras.optimizers, how[0])(0.01, **how[1]), "mean_squared_error")
                built.train_on_batch(x, np.ones_like(built.predict(x, verbose=0)))
                for i, variable in enumerate(built.optimizer.variables):
                    stored[f"{file}/optimizer/{i}"] = np.asarray(variable)
            for i, array in enumerate(flat(built.predict(x, verbose=0))):
                stored[f"{file}/{i}"] = array
            with tempfile.TemporaryDirectory() as folder:
                built.save(Path(folder, file))
                info = zipfile.ZipInfo(file)
                info.compress_type = zipfile.ZIP_DEFLATED
                content = Path(folder, file).read_bytes()
                archive.writestr(info, settled(content) if file.endswith(".keras") else content)
        buffer = io.BytesIO()
        np.savez(buffer, **stored)
        archive.writestr(zipfile.ZipInfo("outputs.npz"), buffer.getvalue(), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()

"""Makes strings.zip: files of models of strings that genuine Keras wrote, what they predict, and how they learn.

Run with Keras 3.15.1 on TensorFlow 2.21 on a CPU: `python make_strings.py`. The test beside it needs neither.
`python make_strings.py FOLDER` writes what each file NAME.keras in a folder predicts as NAME.npy, instead.
"""

import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1"}

import keras
import numpy as np
import tensorflow as tf
import texts

sys.path.insert(0, str(Path(__file__).parents[1]))
from settled import settled  # noqa: E402


def given(name):
    """Inputs as TensorFlow takes them."""
    x = texts.data(name)
    tensors = [tf.constant(a.tolist(), tf.string) if a.dtype == object else a for a in (x if type(x) is list else [x])]
    return tensors if type(x) is list else tensors[0]


def predictions(folder):
    for file in sorted(Path(folder).glob("*.keras")):
        model = keras.saving.load_model(file)
        np.save(file.with_suffix(".npy"), texts.plain(model.predict(given(file.stem), verbose=0)))


def main():
    stored = {}
    with zipfile.ZipFile(
        Path(__file__).with_name("strings.zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=9
    ) as archive:
        for name, builder in texts.BUILDERS.items():
            keras.utils.clear_session()
            built, x = builder(keras), given(name)
            texts.randomize(built)
            stored[f"{name}/before"] = texts.plain(built.predict(x, verbose=0))
            if built.trainable_weights:
                built.compile(keras.optimizers.SGD(0.5), "mean_squared_error")
            with tempfile.TemporaryDirectory() as folder:
                built.save(Path(folder, "it.keras"))
                content = settled(Path(folder, "it.keras").read_bytes())
            archive.writestr(zipfile.ZipInfo(f"{name}.keras"), content, zipfile.ZIP_DEFLATED)
            if built.trainable_weights:
                history = built.fit(x, texts.RATINGS, batch_size=4, epochs=3, shuffle=False, verbose=0)
                stored[f"{name}/losses"] = np.array(history.history["loss"], "float32")
                stored[f"{name}/after"] = texts.plain(built.predict(x, verbose=0))
        buffer = io.BytesIO()
        np.savez(buffer, **stored)
        archive.writestr(zipfile.ZipInfo("outputs.npz"), buffer.getvalue(), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    predictions(sys.argv[1]) if sys.argv[1:] else main()

"""Makes image_generator.npz: what genuine Keras 3.15.1's ImageDataGenerator computes by given numbers (`python ...`)."""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import numpy as np
import scipy.ndimage
import scipy.ndimage as ndimage

ndimage.interpolation = scipy.ndimage  # Keras uses the name that SciPy had for it
from keras.src.legacy.preprocessing.image import ImageDataGenerator  # noqa: E402 - the name is there now

rng = np.random.default_rng(0)
image = np.clip(rng.normal(128, 60, (9, 12, 3)), 0, 255).astype("float32")
batch = np.clip(rng.normal(128, 60, (12, 4, 5, 3)), 0, 255).astype("float32")
CASES = [
    ({}, {"theta": 30}), ({"fill_mode": "constant", "cval": 7.0}, {"tx": 2.5, "ty": -1.25}), ({"fill_mode": "reflect"}, {"shear": 20}),
    ({"fill_mode": "wrap"}, {"zx": 0.8, "zy": 1.3}), ({"interpolation_order": 0}, {"theta": -75, "tx": 1, "shear": 10, "zx": 1.1}),
    ({}, {"flip_horizontal": True}), ({}, {"flip_vertical": True, "channel_shift_intensity": 30.0}), ({}, {"brightness": 1.4}),
    ({}, {"theta": 15, "ty": 2, "zx": 0.9, "zy": 0.9, "flip_horizontal": True, "brightness": 0.6}),
]  # fmt: skip
MEANS = [
    {"featurewise_center": True}, {"featurewise_std_normalization": True, "rescale": 1 / 255}, {"samplewise_std_normalization": True},
    {"zca_whitening": True}, {"rescale": 0.5},
]  # fmt: skip
found = {"image": image, "batch": batch}
for number, (how, transform) in enumerate(CASES):
    found[f"transform/{number}"] = ImageDataGenerator(**how).apply_transform(image.copy(), transform).astype("float32")
for number, how in enumerate(MEANS):
    made = ImageDataGenerator(**how)
    made.fit(batch)
    found[f"standard/{number}"] = made.standardize(batch[:2].copy()).astype("float32")
described = json.dumps({"cases": CASES, "means": MEANS})
np.savez_compressed(Path(__file__).with_name("image_generator.npz"), described=np.array(described), **found)

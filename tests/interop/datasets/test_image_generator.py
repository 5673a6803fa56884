"""ImageDataGenerator has genuine Keras's numbers (make_image_generator.py says how those were made)."""

import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

STORED = dict(np.load(Path(__file__).with_name("image_generator.npz")))
DESCRIBED = json.loads(str(STORED["described"]))


@pytest.mark.parametrize("number", range(len(DESCRIBED["cases"])))
@pytest.mark.parametrize("first", [False, True])
def test_transformations(number, first):
    how, transform = DESCRIBED["cases"][number]
    made = hb.datasets.ImageDataGenerator(**how, data_format="channels_first" if first else None)
    image = STORED["image"].transpose(2, 0, 1) if first else STORED["image"]
    found = made.apply_transform(image, transform)
    np.testing.assert_allclose(found.transpose(1, 2, 0) if first else found, STORED[f"transform/{number}"], atol=1e-3)


@pytest.mark.parametrize("number", range(len(DESCRIBED["means"])))
def test_statistics(number):
    made = hb.datasets.ImageDataGenerator(**DESCRIBED["means"][number])
    made.fit(STORED["batch"])
    found = made.standardize(STORED["batch"][:2])
    scale = np.abs(STORED[f"standard/{number}"]).max()
    np.testing.assert_allclose(
        found, STORED[f"standard/{number}"], atol=2e-4 * scale
    )  # a singular decomposition in float32

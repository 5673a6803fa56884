"""Image layers do what genuine Keras's do with the same drawn numbers; make_image_layers.py made image_layers.npz."""

import inspect
import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers.preprocessing.image.boxes import convert

STORED = dict(np.load(Path(__file__).with_name("image_layers.npz")))
CASES, SIGNATURES, BOXES = (json.loads(STORED.pop(n).tobytes()) for n in ("cases", "signatures", "given_boxes"))
NUMBERS = range(len(CASES))
IDS = [f"{c['layer']}-{i}" for i, c in enumerate(CASES)]


def layer_of(case):
    config = {**case["config"], "bounding_box_format": case["boxes"]}
    return getattr(hb.layers, case["layer"])(**config)


def drawn_of(number):
    """What Keras drew, nested as it was."""
    found = {k.removeprefix(f"{number}/drawn"): v for k, v in STORED.items() if k.startswith(f"{number}/drawn")}
    if CASES[number]["layer"] == "RandomCrop":  # Keras draws where a part begins; ours says also how large it is
        (top, left), how = (int(v) for v in found[""]), CASES[number]["config"]
        return {"window": (top, left, how["height"], how["width"])}
    if set(found) == {""}:
        return found[""]
    return {
        k[1:]: int(v) if not v.shape else tuple(v.tolist()) if k == "/input_shape" else v for k, v in found.items()
    } or None


@pytest.mark.parametrize("number", NUMBERS, ids=IDS)
def test_images(number):
    case, images = CASES[number], hb.ops.asarray(STORED[f"{number}/in"])
    layer = layer_of(case)
    drawn = layer.get_random_transformation(images) if case["layer"] in ("CenterCrop", "Resizing") else drawn_of(number)
    out = layer.transform_images(images, drawn, training=True).numpy()
    expected, high = STORED[f"{number}/out"], case["high"]
    assert out.dtype == expected.dtype
    close = {"rtol": 1e-5, "atol": 4e-6 * high * (3 if case["layer"] in ("RandomPerspective", "RandomRotation") else 1)}
    np.testing.assert_allclose(out, expected, **close)
    if case["fixed"]:  # nothing is left to chance: the whole call gives it too, also captured
        np.testing.assert_allclose(layer(images, training=True).numpy(), expected, **close)
        np.testing.assert_allclose(hb.jit(lambda x: layer(x, training=True))(images).numpy(), expected, **close)
    if f"{number}/labels" in STORED:
        labels = layer.transform_labels(hb.ops.eye(2), drawn)
        np.testing.assert_allclose(labels.numpy(), STORED[f"{number}/labels"], rtol=1e-5)
    if case["masks"]:
        masks = layer.transform_segmentation_masks(images[..., :1] % 3, drawn)
        np.testing.assert_allclose(masks.numpy(), STORED[f"{number}/masks"])


@pytest.mark.parametrize("number", [n for n in NUMBERS if CASES[n]["boxes"]], ids=lambda n: IDS[n])
def test_boxes(number):
    case, images = CASES[number], hb.ops.asarray(STORED[f"{number}/in"])
    layer = layer_of(case)
    height, width = case["shape"][1:3]
    drawn = layer.get_random_transformation(images) if case["layer"] in ("CenterCrop", "Resizing") else drawn_of(number)
    boxes = {"boxes": convert(hb.ops.asarray(BOXES, dtype="float32"), "xyxy", case["boxes"], height, width),
             "labels": hb.ops.asarray([[1, 2, 3], [4, 5, 6]])}  # fmt: skip
    found = layer.transform_bounding_boxes(boxes, drawn)
    np.testing.assert_allclose(found["boxes"].numpy(), STORED[f"{number}/boxes"], rtol=1e-4, atol=2e-5)
    np.testing.assert_array_equal(found["labels"].numpy(), STORED[f"{number}/box_labels"])


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_are_kerass(name):
    """In Keras's order, with its defaults."""
    found = list(inspect.signature(getattr(hb.layers, name).__init__).parameters.values())
    ours = ", ".join(str(p.replace(annotation=p.empty)).replace(" = ", "=") for p in found)
    assert f"({ours})" == SIGNATURES[name]

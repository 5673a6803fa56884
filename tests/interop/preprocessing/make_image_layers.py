"""Makes image_layers.npz: what genuine Keras's image layers draw, and what they make of images, masks and boxes with it.

Run with Keras 3.15.1 and JAX on a CPU: `python make_image_layers.py`. The test beside it needs neither.
"""

import inspect
import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import keras
import numpy as np

BOXES = [[[1, 1, 4, 3], [0, 2, 6, 5], [5, 0, 7, 2]], [[2, 0, 3, 1], [1, 3, 5, 4], [0, 0, 7, 5]]]
FIRST = {"data_format": "channels_first"}
UNIT = {"value_range": [0, 1]}


def case(layer, *, shape=(2, 5, 7, 3), masks=False, boxes=None, fixed=False, high=255, **config):
    """fixed: what is drawn is known; masks: they change too; boxes: the format of boxes that change too."""
    return {
        "layer": layer,
        "config": config,
        "shape": list(shape),
        "masks": masks,
        "boxes": boxes,
        "fixed": fixed,
        "high": high,
    }


CASES = [
    *(case("RandomFlip", mode=mode, seed=seed, masks=True, boxes=form)
      for mode, seed, form in (("horizontal", 1, "xyxy"), ("vertical", 3, "rel_xywh"), ("horizontal_and_vertical", 7, "center_yxhw"))),
    case("RandomFlip", shape=(2, 3, 5, 7), seed=3, **FIRST),
    case("RandomBrightness", factor=[0.2, 0.2], fixed=True),
    case("RandomBrightness", factor=0.4, high=1, **UNIT),
    case("RandomContrast", factor=[0.3, 0.6]),
    case("RandomContrast", factor=[0.4, 0.4], high=1, **UNIT),
    case("RandomContrast", shape=(2, 3, 5, 7), factor=[0.3, 0.6], **FIRST),
    case("RandomColorDegeneration", factor=[0.3, 0.3], fixed=True),
    case("RandomColorDegeneration", shape=(2, 3, 5, 7), factor=[0.3, 0.9], **FIRST),
    case("RandomHue", factor=[0.2, 0.9]),
    case("RandomHue", shape=(2, 3, 5, 7), factor=0.5, high=1, **UNIT, **FIRST),
    case("RandomSaturation", factor=[0.3, 0.3], fixed=True, high=1, **UNIT),
    case("RandomSaturation", factor=[0.7, 0.9], high=1, **UNIT),
    case("RandomSaturation", factor=[0.1, 0.4]),
    case("RandomPosterization", factor=[3, 3], fixed=True),
    case("RandomPosterization", factor=[1, 6], high=1, **UNIT),
    case("RandomSharpness", factor=[0.2, 0.2], fixed=True),
    case("RandomSharpness", factor=[0.6, 1.0]),
    case("RandomSharpness", shape=(2, 3, 5, 7), factor=[0.6, 1.0], **FIRST),
    case("Solarization", addition_factor=0.3, threshold_factor=0.8),
    case("Solarization", addition_factor=0.3, threshold_factor=0.8, high=1, **UNIT),
    case("Solarization", addition_factor=0.0, threshold_factor=0.0, fixed=True),
    case("RandomInvert", factor=[0.5, 0.5]),
    case("RandomInvert", factor=[1.0, 1.0], fixed=True, high=1, **UNIT),
    case("RandomGrayscale", factor=0.5),
    case("RandomGrayscale", factor=1.0, fixed=True),
    case("RandomGaussianBlur", factor=[0.5, 0.5], kernel_size=[3, 5], sigma=[0.5, 0.9]),
    case("RandomGaussianBlur", factor=[1.0, 1.0], kernel_size=3, sigma=[0.7, 0.7], fixed=True),
    case("RandomErasing", factor=[0.7, 0.7], scale=[0.2, 0.8]),
    case("RandomErasing", factor=[1.0, 1.0], fill_value=99.0, scale=[0.3, 0.9]),
    *(case("RandomRotation", factor=[0.07, 0.07], fill_mode=mode, fixed=True, masks=True, boxes="xyxy")
      for mode in ("reflect", "wrap", "constant", "nearest")),
    case("RandomRotation", factor=[-0.4, 0.9], interpolation="nearest"),
    case("RandomRotation", shape=(2, 3, 5, 7), factor=[0.21, 0.21], fixed=True, **FIRST),
    case("RandomZoom", height_factor=[-0.3, -0.3], width_factor=[0.2, 0.2], fixed=True, masks=True, boxes="rel_yxyx"),
    case("RandomZoom", height_factor=[-0.5, 0.5], boxes="xywh"),
    case("RandomZoom", shape=(2, 3, 5, 7), height_factor=[0.4, 0.4], fixed=True, fill_mode="constant", fill_value=7.0, **FIRST),
    case("RandomTranslation", height_factor=[0.3, 0.3], width_factor=[-0.2, -0.2], fixed=True, masks=True, boxes="center_xywh"),
    case("RandomTranslation", height_factor=0.5, width_factor=0.5, fill_mode="wrap", interpolation="nearest", boxes="yxyx"),
    case("RandomShear", x_factor=0.5, y_factor=0.3, masks=True, boxes="rel_center_xywh"),
    case("RandomShear", shape=(2, 3, 5, 7), x_factor=[0.1, 0.5], fill_mode="constant", **FIRST),
    case("RandomPerspective", factor=[0.9, 0.9], scale=0.6, masks=True, boxes="xyxy"),
    case("RandomPerspective", shape=(2, 3, 5, 7), factor=[1.0, 1.0], scale=0.3, interpolation="nearest", fill_value=3.0, **FIRST),
    case("RandomCrop", height=3, width=4),
    case("RandomCrop", shape=(2, 3, 5, 7), height=2, width=6, **FIRST),
    case("CenterCrop", height=3, width=4, fixed=True, boxes="xyxy", masks=True),
    case("CenterCrop", height=6, width=4, fixed=True, boxes="xyxy"),
    case("CenterCrop", shape=(2, 3, 5, 7), height=4, width=2, fixed=True, **FIRST),
    case("Resizing", height=8, width=4, fixed=True, boxes="xyxy", masks=True),
    case("Resizing", height=4, width=4, crop_to_aspect_ratio=True, fixed=True, boxes="xywh"),
    case("Resizing", height=6, width=6, pad_to_aspect_ratio=True, fixed=True, boxes="xyxy", fill_value=5.0),
    case("Resizing", height=3, width=3, interpolation="bicubic", antialias=True, fixed=True),
    case("CutMix", factor=[0.9, 0.9]),
    case("MixUp", alpha=0.7),
    case("AutoContrast", fixed=True),
    case("AutoContrast", fixed=True, high=1, **UNIT),
    case("Equalization", fixed=True),
    case("Equalization", fixed=True, high=1, bins=64, **UNIT),
    case("Equalization", shape=(2, 3, 5, 7), fixed=True, **FIRST),
    case("ContrastLimitedAdaptiveHistogramEqualization", shape=(2, 21, 18, 3), fixed=True, tile_grid_size=[2, 4]),
    case("ContrastLimitedAdaptiveHistogramEqualization", shape=(1, 3, 16, 24), fixed=True, tile_grid_size=[2, 3], clip_limit=1.5, **FIRST),
]  # fmt: skip
OTHERS = ["RandomElasticTransform", "RandomColorJitter", "RandAugment", "AugMix", "MaxNumBoundingBoxes"]


def flat(tree, path=""):
    """Names of the leaves that are arrays, and what they hold."""
    if tree is None:
        return {}
    if isinstance(tree, dict):
        return {k: v for key, part in tree.items() for k, v in flat(part, f"{path}/{key}").items()}
    return {path: np.asarray(tree)}


def main():
    rng, stored = np.random.default_rng(0), {}
    for number, one in enumerate(CASES):
        keras.utils.set_random_seed(number)
        config = {k: tuple(v) if isinstance(v, list) else v for k, v in one["config"].items()}
        if one["boxes"]:
            config["bounding_box_format"] = one["boxes"]
        layer = getattr(keras.layers, one["layer"])(**config)
        images = rng.integers(0, 256, one["shape"]).astype("float32")
        if one["high"] == 1:
            images = images / 255.0
        drawn = layer.get_random_transformation(images, training=True)
        stored[f"{number}/in"] = images
        for key, value in flat(drawn).items():
            stored[f"{number}/drawn{key}"] = value
        stored[f"{number}/out"] = np.asarray(
            layer.transform_images(keras.ops.convert_to_tensor(images), drawn, training=True)
        )
        if one["layer"] in ("CutMix", "MixUp"):
            stored[f"{number}/labels"] = np.asarray(layer.transform_labels(keras.ops.eye(2), drawn, training=True))
        if one["masks"]:
            masks = (images[..., :1] % 3).astype("float32")
            stored[f"{number}/masks"] = np.asarray(
                layer.transform_segmentation_masks(keras.ops.convert_to_tensor(masks), drawn)
            )
        if one["boxes"]:
            boxes = keras.utils.bounding_boxes.convert_format(
                np.asarray(BOXES, "float32"), "xyxy", one["boxes"], *one["shape"][1:3]
            )
            found = layer.transform_bounding_boxes(
                {"boxes": boxes, "labels": np.asarray([[1, 2, 3], [4, 5, 6]])}, drawn
            )
            stored[f"{number}/boxes"], stored[f"{number}/box_labels"] = (
                np.asarray(found[k]) for k in ("boxes", "labels")
            )
    names = sorted({one["layer"] for one in CASES} | set(OTHERS))
    arguments = {n: str(inspect.signature(getattr(keras.layers, n).__init__)) for n in names}
    for name, value in (("cases", CASES), ("signatures", arguments), ("given_boxes", BOXES)):
        stored[name] = np.frombuffer(json.dumps(value).encode(), dtype="uint8")
    np.savez_compressed(Path(__file__).with_name("image_layers.npz"), **stored)


if __name__ == "__main__":
    main()

"""Keras Applications' architectures, built by either library, and what is compared of them."""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import Any

import numpy as np

NAMES = (
    "VGG16", "VGG19", "Xception", "ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2",
    "InceptionV3", "InceptionResNetV2", "MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large", "DenseNet121",
    "DenseNet169", "DenseNet201", "NASNetMobile", "NASNetLarge", *(f"EfficientNetB{i}" for i in range(8)),
    *(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")),
    *(f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")),
)  # fmt: skip
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {  # the arguments that shape a network, each in some value of its own
    **{name: (name, {}) for name in NAMES},
    **{f"{name} without its top": (name, {"include_top": False, "pooling": "avg", "input_shape": (96, 96, 3)}) for name in NAMES},
    "VGG16 of another size": ("VGG16", {"input_shape": (48, 40, 3), "classes": 7}),
    "ResNet50 of maxima": ("ResNet50", {"include_top": False, "pooling": "max"}),
    "DenseNet121 of any size": ("DenseNet121", {"include_top": False}),
    "MobileNet, narrow": ("MobileNet", {"alpha": 0.5, "depth_multiplier": 2, "dropout": 0.2, "input_shape": (160, 160, 3)}),
    "MobileNetV2, wide": ("MobileNetV2", {"alpha": 1.4, "input_shape": (96, 96, 3)}),
    "MobileNetV3Small, minimalistic": ("MobileNetV3Small", {"minimalistic": True, "dropout_rate": 0.0}),
    "MobileNetV3Large, wide": ("MobileNetV3Large", {"alpha": 1.25, "include_preprocessing": False}),
    "EfficientNetV2B0 of bare numbers": ("EfficientNetV2B0", {"include_preprocessing": False}),
    "EfficientNetV2B1 of one channel": ("EfficientNetV2B1", {"input_shape": (64, 64, 1)}),
    "ConvNeXtTiny of bare numbers": ("ConvNeXtTiny", {"include_preprocessing": False}),
}  # fmt: skip

# One small network of each block function, whose outputs are compared: without softmax, which would hide what differs.
SMALL: dict[str, tuple[str, dict[str, Any]]] = {
    "VGG16": ("VGG16", {"include_top": False, "input_shape": (32, 32, 3)}),
    "Xception": ("Xception", {"input_shape": (71, 71, 3)}),
    "ResNet50": ("ResNet50", {"input_shape": (32, 32, 3)}),
    "ResNet50V2": ("ResNet50V2", {"input_shape": (32, 32, 3)}),
    "InceptionV3": ("InceptionV3", {"input_shape": (75, 75, 3)}),
    "InceptionResNetV2": ("InceptionResNetV2", {"input_shape": (75, 75, 3)}),
    "MobileNet": ("MobileNet", {"input_shape": (32, 32, 3), "alpha": 0.25}),
    "MobileNetV2": ("MobileNetV2", {"input_shape": (32, 32, 3), "alpha": 0.35}),
    "MobileNetV3Small": ("MobileNetV3Small", {"input_shape": (32, 32, 3)}),
    "DenseNet121": ("DenseNet121", {"input_shape": (32, 32, 3)}),
    "NASNetMobile": ("NASNetMobile", {"input_shape": (32, 32, 3)}),
    "EfficientNetB0": ("EfficientNetB0", {"input_shape": (32, 32, 3)}),
    "EfficientNetV2B0": ("EfficientNetV2B0", {"input_shape": (32, 32, 3)}),
    "ConvNeXtTiny": ("ConvNeXtTiny", {"input_shape": (32, 32, 3)}),
}
LIVE = {  # what else has blocks or tops of its own
    **SMALL,
    "ResNet101V2": ("ResNet101V2", {"input_shape": (32, 32, 3)}),
    "MobileNetV3Large": ("MobileNetV3Large", {"input_shape": (32, 32, 3), "minimalistic": True}),
    "EfficientNetB1": ("EfficientNetB1", {"input_shape": (40, 33, 3)}),
    "EfficientNetV2S": ("EfficientNetV2S", {"input_shape": (32, 32, 3)}),
    "ConvNeXtSmall": ("ConvNeXtSmall", {"input_shape": (33, 40, 3)}),
}


def build(library: Any, kind: str, arguments: dict[str, Any], logits: bool = False) -> Any:
    """One of them, without weights of anybody's."""
    top = {"classes": 10, "classifier_activation": None} if logits and arguments.get("include_top", True) else {}
    return getattr(library.applications, kind)(weights=None, **{**top, **arguments})


def fingerprint(model: Any) -> dict[str, Any]:
    """Layers by name and class, in order, and the shapes of all weights, in order."""

    def digest(lines: list[str]) -> str:
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    shapes = [f"{re.sub('_[0-9]+$', '', w.name)} {tuple(w.shape)} {w.trainable}" for w in model.weights]
    return {
        "name": model.name,
        "layers": len(model.layers),
        "names": digest([f"{layer.name} {type(layer).__name__}" for layer in model.layers]),
        "weights": len(shapes),
        "shapes": digest(shapes),
        "parameters": model.count_params(),
        "output": list(model.output_shape),
    }


POOL = np.random.default_rng(8).normal(size=1 << 16).astype(np.float32)  # what all weights are cut from


def fill(model: Any) -> Any:
    """Give each weight values that follow from its place, name and shape, such that signals keep their size."""
    values = []
    for place, weight in enumerate(model.weights):
        shape, name = tuple(weight.shape), weight.name
        start = zlib.crc32(f"{place} {shape}".encode()) % POOL.size
        noise = np.resize(np.roll(POOL, -start), shape)
        if name in ("variance", "moving_variance"):
            value = np.exp(0.2 * noise)
        elif name in ("gamma", "scale"):
            value = 1 + 0.1 * noise
        elif name == "count":
            value = np.zeros(shape, np.int32)
        elif "kernel" in name:
            taken = np.prod(shape[:2]) if "depthwise" in name else np.prod(shape[:-1])
            value = noise * np.float32(np.sqrt(1 / taken))
        else:
            value = 0.1 * noise
        values.append(np.asarray(value, np.int32 if name == "count" else np.float32))
    model.set_weights(values)
    return model


def image(model: Any) -> Any:
    """An image for a model, of numbers from 0 to 1."""
    return np.random.default_rng(9).uniform(size=(1, *model.input_shape[1:])).astype(np.float32)

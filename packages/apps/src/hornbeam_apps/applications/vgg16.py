"""VGG16: three-by-three convolutions, pooling, three dense layers.

Source: Simonyan and Zisserman 2015, "Very deep convolutional networks for large-scale image recognition", table 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam_layers import Conv2D, Dense, Flatten, MaxPooling2D
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import Wanted, kernels_file

__all__ = ["VGG16", "decode_predictions", "preprocess_input"]

CHANNELS = (64, 128, 256, 512, 512)
DIGESTS = ("64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc")


def VGG16(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "vgg16",
) -> Functional:  # fmt: skip
    """The network of 16 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return vgg(wanted, "vgg16", (2, 2, 3, 3, 3), DIGESTS)


def vgg(wanted: Wanted, network: str, depths: Sequence[int], digests: tuple[str, str]) -> Functional:
    """A network with so many convolutions in each of its five blocks."""
    x = start = wanted.start(224)
    for block, (depth, channels) in enumerate(zip(depths, CHANNELS, strict=True), 1):
        for i in range(1, depth + 1):
            x = Conv2D(channels, 3, activation="relu", padding="same", name=f"block{block}_conv{i}")(x)
        x = MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    if wanted.include_top:
        x = Flatten(name="flatten")(x)
        x = Dense(4096, activation="relu", name="fc1")(x)
        x = Dense(4096, activation="relu", name="fc2")(x)
        x = wanted.classified(x)
    else:
        x = wanted.pooled(x)
    return wanted.model(start, x, kernels_file(network, network, digests))


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as these networks take them: blue first, without ImageNet's mean colour."""
    return imagenet_utils.preprocess_input(x, data_format, "caffe")

"""Inception v3: branches of convolutions of several sizes, side by side.

Source: Szegedy et al. 2016, "Rethinking the inception architecture for computer vision", table 1 and figures 5 to 7.
"""

from __future__ import annotations

from typing import Any

from hornbeam_layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    MaxPooling2D,
)
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import Wanted, kernels_file

__all__ = ["InceptionV3", "decode_predictions", "preprocess_input"]

DIGESTS = ("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63")


def InceptionV3(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "inception_v3",
) -> Functional:  # fmt: skip
    """The network; images of at least 75 by 75. Arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    start = wanted.start(299, least=75)
    x = _conv(start, 32, 3, 2, "valid")
    x = _conv(_conv(x, 32, 3, padding="valid"), 64, 3)
    x = MaxPooling2D(3, strides=2)(x)
    x = _conv(_conv(x, 80, 1, padding="valid"), 192, 3, padding="valid")
    x = MaxPooling2D(3, strides=2)(x)
    for i, pooled in enumerate((32, 64, 64)):
        branches = [
            _conv(x, 64, 1),
            _convs(x, (48, 1), (64, 5)),
            _convs(x, (64, 1), (96, 3), (96, 3)),
            _means(x, pooled),
        ]
        x = Concatenate(name=f"mixed{i}")(branches)
    branches = [_conv(x, 384, 3, 2, "valid"), _conv(_convs(x, (64, 1), (96, 3)), 96, 3, 2, "valid")]
    x = Concatenate(name="mixed3")([*branches, MaxPooling2D(3, strides=2)(x)])
    row, column = (1, 7), (7, 1)
    for i, n in enumerate((128, 160, 160, 192), 4):
        branches = [_conv(x, 192, 1), _convs(x, (n, 1), (n, row), (192, column))]
        branches.append(_convs(x, (n, 1), (n, column), (n, row), (n, column), (192, row)))
        x = Concatenate(name=f"mixed{i}")([*branches, _means(x, 192)])
    branches = [_conv(_conv(x, 192, 1), 320, 3, 2, "valid")]
    branches.append(_conv(_convs(x, (192, 1), (192, row), (192, column)), 192, 3, 2, "valid"))
    x = Concatenate(name="mixed8")([*branches, MaxPooling2D(3, strides=2)(x)])
    for i in range(2):
        whole = _conv(x, 320, 1)
        once = Concatenate(name=f"mixed9_{i}")(_crossed(_conv(x, 384, 1)))
        twice = Concatenate()(_crossed(_convs(x, (448, 1), (384, 3))))
        x = Concatenate(name=f"mixed{9 + i}")([whole, once, twice, _means(x, 192)])
    return wanted.model(start, wanted.end(x), kernels_file("inception_v3", "inception_v3", DIGESTS))


def _conv(x: Any, channels: int, kernel: Any, stride: int = 1, padding: str = "same") -> Any:
    x = Conv2D(channels, kernel, strides=stride, padding=padding, use_bias=False)(x)
    return Activation("relu")(BatchNormalization(scale=False)(x))


def _convs(x: Any, *some: tuple[int, Any]) -> Any:
    for channels, kernel in some:
        x = _conv(x, channels, kernel)
    return x


def _means(x: Any, channels: int) -> Any:
    return _conv(AveragePooling2D(3, strides=1, padding="same")(x), channels, 1)


def _crossed(x: Any) -> list[Any]:
    return [_conv(x, 384, (1, 3)), _conv(x, 384, (3, 1))]


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as this network takes them: from -1 to 1."""
    return imagenet_utils.preprocess_input(x, data_format, "tf")

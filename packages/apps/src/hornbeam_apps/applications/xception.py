"""Xception: separable convolutions with residual connections.

Source: Chollet 2017, "Xception: deep learning with depthwise separable convolutions", figure 5.
"""

from __future__ import annotations

from typing import Any

from hornbeam_layers import Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, SeparableConv2D
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import Wanted, kernels_file

__all__ = ["Xception", "decode_predictions", "preprocess_input"]

DIGESTS = ("0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97")


def Xception(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "xception",
) -> Functional:  # fmt: skip
    """The network; images of at least 71 by 71. Arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    x = start = wanted.start(299, least=71)
    for i, (channels, stride) in enumerate(((32, 2), (64, 1)), 1):
        x = Conv2D(channels, 3, strides=stride, use_bias=False, name=f"block1_conv{i}")(x)
        x = BatchNormalization(name=f"block1_conv{i}_bn")(x)
        x = Activation("relu", name=f"block1_conv{i}_act")(x)
    for block, channels in ((2, 128), (3, 256), (4, 728)):
        x = _shrinking(x, block, (channels, channels))
    for block in range(5, 13):
        x = Add()([_separable(x, block, (728, 728, 728)), x])
    x = _shrinking(x, 13, (728, 1024))
    for i, channels in ((1, 1536), (2, 2048)):
        x = SeparableConv2D(channels, 3, padding="same", use_bias=False, name=f"block14_sepconv{i}")(x)
        x = BatchNormalization(name=f"block14_sepconv{i}_bn")(x)
        x = Activation("relu", name=f"block14_sepconv{i}_act")(x)
    return wanted.model(start, wanted.end(x), kernels_file("xception", "xception", DIGESTS))


def _separable(x: Any, block: int, widths: tuple[int, ...]) -> Any:
    """Separable convolutions, each of what was activated before; block 2 starts with what is activated already."""
    for i, channels in enumerate(widths, 1):
        name = f"block{block}_sepconv{i}"
        if (block, i) != (2, 1):
            x = Activation("relu", name=f"{name}_act")(x)
        x = SeparableConv2D(channels, 3, padding="same", use_bias=False, name=name)(x)
        x = BatchNormalization(name=f"{name}_bn")(x)
    return x


def _shrinking(x: Any, block: int, widths: tuple[int, int]) -> Any:
    """Half of rows and columns, on two ways that are added."""
    beside = Conv2D(widths[-1], 1, strides=2, padding="same", use_bias=False)(x)
    beside = BatchNormalization()(beside)
    x = MaxPooling2D(3, strides=2, padding="same", name=f"block{block}_pool")(_separable(x, block, widths))
    return Add()([x, beside])


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as this network takes them: from -1 to 1."""
    return imagenet_utils.preprocess_input(x, data_format, "tf")

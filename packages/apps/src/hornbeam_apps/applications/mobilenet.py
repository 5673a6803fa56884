"""MobileNet: depthwise convolutions and one-by-one convolutions in turn.

Source: Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile vision applications", table 1.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from hornbeam_layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    ReLU,
    Reshape,
    ZeroPadding2D,
)
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import HOME, File, Wanted, one_of

__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]

SIZES = (128, 160, 192, 224)  # for which there are published weights
ALPHAS = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5", 1.0: "1_0"}
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))


def MobileNet(
    input_shape: Any = None, alpha: float = 1.0, depth_multiplier: int = 1, dropout: float = 0.001,
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, pooling: str | None = None,
    classes: int = 1000, classifier_activation: Any = "softmax", name: str | None = None,
) -> Functional:  # fmt: skip
    """The network.

    Args:
        alpha: what the numbers of channels are multiplied by; 0.25, 0.5, 0.75 or 1 with the published weights.
        depth_multiplier: kernels of a depthwise convolution for each channel; 1 with the published weights.
        dropout: rate before the last layer.

    The other arguments: see `hornbeam_apps.applications`.
    """
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    size = fitting_size(input_shape, SIZES)
    start = wanted.start(size)
    rows = input_shape[0] if input_shape is not None else size if include_top else None
    if weights == "imagenet":
        one_of("alpha", alpha, ALPHAS)
        one_of("depth_multiplier", depth_multiplier, (1,))
        rows = published_size(start, SIZES)
    x = Conv2D(int(32 * alpha), 3, padding="same", use_bias=False, strides=2, name="conv1")(start)
    x = ReLU(6.0, name="conv1_relu")(BatchNormalization(name="conv1_bn")(x))
    for i, (channels, stride) in enumerate(BLOCKS, 1):
        if stride > 1:
            x = ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{i}")(x)
        padding = "same" if stride == 1 else "valid"
        x = DepthwiseConv2D(3, stride, padding, depth_multiplier, use_bias=False, name=f"conv_dw_{i}")(x)
        x = ReLU(6.0, name=f"conv_dw_{i}_relu")(BatchNormalization(name=f"conv_dw_{i}_bn")(x))
        x = Conv2D(int(channels * alpha), 1, padding="same", use_bias=False, name=f"conv_pw_{i}")(x)
        x = ReLU(6.0, name=f"conv_pw_{i}_relu")(BatchNormalization(name=f"conv_pw_{i}_bn")(x))
    if include_top:
        x = Dropout(dropout, name="dropout")(GlobalAveragePooling2D(keepdims=True)(x))
        x = Reshape((classes,), name="reshape_2")(Conv2D(classes, 1, padding="same", name="conv_preds")(x))
        x = Activation(classifier_activation, name="predictions")(x)
    else:
        x = wanted.pooled(x)
    stem = f"{HOME}mobilenet/mobilenet_{ALPHAS.get(alpha)}_{rows}_tf"
    return wanted.model(start, x, (File(f"{stem}.h5"), File(f"{stem}_no_top.h5")), f"mobilenet_{alpha:0.2f}_{rows}")


def fitting_size(input_shape: Any, sizes: Sequence[int]) -> int:
    """The size of images for which there are weights: theirs where they are square and one of `sizes`, else 224."""
    if input_shape is not None and input_shape[0] == input_shape[1] and input_shape[0] in sizes:
        return int(input_shape[0])
    return 224


def published_size(start: Any, sizes: Sequence[int], stacklevel: int = 3) -> int:
    """The size of images on which the weights to be loaded were trained; a warning where they are used for another."""
    rows, columns = start.shape[1:3]
    if rows == columns and rows in sizes:
        return int(rows)
    if rows is None and columns is None:
        return 224
    warnings.warn(
        f"there are published weights for square images of {list(sizes)} pixels a side; got images of {rows} by {columns}. "
        "Those of 224 pixels are taken.",
        stacklevel=stacklevel,
    )
    return 224


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as this network takes them: from -1 to 1."""
    return imagenet_utils.preprocess_input(x, data_format, "tf")

"""EfficientNetV2: whole convolutions instead of depthwise ones in the first blocks.

Source: Tan and Le 2021, "EfficientNetV2: smaller models and faster training", table 4.
"""

from __future__ import annotations

import math
from typing import Any

from hornbeam_layers import BatchNormalization, Normalization, Rescaling
from hornbeam_models import Functional

from hornbeam_apps.applications.efficientnet import added, convolution, depthwise, excited, swish, top
from hornbeam_apps.applications.imagenet_utils import DEVIATIONS, MEANS
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import HOME, Wanted, rounded

__all__ = [
    "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3", "EfficientNetV2L", "EfficientNetV2M",
    "EfficientNetV2S", "decode_predictions", "preprocess_input",
]  # fmt: skip

NETWORKS = {  # blocks, width, depth, size of images; what the files of weights hash to
    "b0": (("b", 1.0, 1.0, 224), ("21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff")),
    "b1": (("b", 1.0, 1.1, 240), ("069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37")),
    "b2": (("b", 1.1, 1.2, 260), ("424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb")),
    "b3": (("b", 1.2, 1.4, 300), ("1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856")),
    "s": (("s", 1.0, 1.0, 384), ("e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070")),
    "m": (("m", 1.0, 1.0, 480), ("a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342")),
    "l": (("l", 1.0, 1.0, 480), ("27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615")),
}
# The first channels; blocks: how many, channels, how often wider inside, stride of the first, and whether the convolution is whole.
BLOCKS = {
    "b": (32, ((1, 16, 1, 1, True), (2, 32, 4, 2, True), (2, 48, 4, 2, True), (3, 96, 4, 2, False), (5, 112, 6, 1, False),
               (8, 192, 6, 2, False))),
    "s": (24, ((2, 24, 1, 1, True), (4, 48, 4, 2, True), (4, 64, 4, 2, True), (6, 128, 4, 2, False), (9, 160, 6, 1, False),
               (15, 256, 6, 2, False))),
    "m": (24, ((3, 24, 1, 1, True), (5, 48, 4, 2, True), (5, 80, 4, 2, True), (7, 160, 4, 2, False), (14, 176, 6, 1, False),
               (18, 304, 6, 2, False), (5, 512, 6, 1, False))),
    "l": (32, ((4, 32, 1, 1, True), (7, 64, 4, 2, True), (7, 96, 4, 2, True), (10, 192, 4, 2, False),
               (19, 224, 6, 1, False), (25, 384, 6, 2, False), (7, 640, 6, 1, False))),
}  # fmt: skip
DROP = 0.2  # rate at which the last block's sum would be dropped in training; for those before it is smaller
MOMENTUM = 0.9


def EfficientNetV2B0(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    include_preprocessing: bool = True, name: str = "efficientnetv2-b0",
) -> Functional:  # fmt: skip
    """The smallest network, for images of 224 pixels a side; it takes pixels from 0 to 255.

    Args:
        include_preprocessing: whether the network scales the pixels itself; else it takes them from -1 to 1.

    The other arguments: see `hornbeam_apps.applications`.
    """
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2(wanted, "b0", include_preprocessing)


def EfficientNetV2B1(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    include_preprocessing: bool = True, name: str = "efficientnetv2-b1",
) -> Functional:  # fmt: skip
    """The network for images of 240 pixels a side; see `EfficientNetV2B0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2(wanted, "b1", include_preprocessing)


def EfficientNetV2B2(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    include_preprocessing: bool = True, name: str = "efficientnetv2-b2",
) -> Functional:  # fmt: skip
    """The network for images of 260 pixels a side; see `EfficientNetV2B0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2(wanted, "b2", include_preprocessing)


def EfficientNetV2B3(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    include_preprocessing: bool = True, name: str = "efficientnetv2-b3",
) -> Functional:  # fmt: skip
    """The network for images of 300 pixels a side; see `EfficientNetV2B0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2(wanted, "b3", include_preprocessing)


def EfficientNetV2S(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    include_preprocessing: bool = True, name: str = "efficientnetv2-s",
) -> Functional:  # fmt: skip
    """The network for images of 384 pixels a side; see `EfficientNetV2B0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2(wanted, "s", include_preprocessing)


def EfficientNetV2M(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    include_preprocessing: bool = True, name: str = "efficientnetv2-m",
) -> Functional:  # fmt: skip
    """The network for images of 480 pixels a side; see `EfficientNetV2B0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2(wanted, "m", include_preprocessing)


def EfficientNetV2L(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    include_preprocessing: bool = True, name: str = "efficientnetv2-l",
) -> Functional:  # fmt: skip
    """The network for images of 480 pixels a side; see `EfficientNetV2B0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2(wanted, "l", include_preprocessing)


def _efficientnet_v2(wanted: Wanted, network: str, scales: bool) -> Functional:
    (kind, width, depth, size), digests = NETWORKS[network]
    x = start = wanted.start(size)
    if scales and kind == "b" and start.shape[-1] == 3:
        variance = [deviation**2 for deviation in DEVIATIONS]
        x = Normalization(axis=3, mean=list(MEANS["torch"]), variance=variance)(Rescaling(1 / 255)(x))
    elif scales:
        x = Rescaling(1 / 128, offset=-1)(x)

    def wide(channels: int) -> int:
        return rounded(channels * width, least=0)

    first, rows = BLOCKS[kind]
    x = swish(convolution(x, wide(first), 3, 2, "stem_conv"), "stem_bn", "stem_activation", MOMENTUM)
    total, done = sum(row[0] for row in rows), 0
    for part, (count, channels, wider, stride, whole) in enumerate(rows, 1):
        for i in range(math.ceil(depth * count)):
            name, block = f"block{part}{chr(97 + i)}_", _whole if whole else _depthwise
            x = block(x, wide(channels), wider, 1 if i else stride, DROP * done / total, name)
            done += 1
    stem = f"{HOME}efficientnet_v2/efficientnetv2-{network}"
    return top(wanted, start, x, wide(1280), 0.2, stem, digests, MOMENTUM)


def _narrowed(x: Any, given: Any, channels: int, kernel: int, stride: int, drop: float, name: str, active: bool) -> Any:
    x = convolution(x, channels, kernel, stride if active else 1, f"{name}project_conv")
    if active:
        x = swish(x, f"{name}project_bn", f"{name}project_activation", MOMENTUM)
    else:
        x = BatchNormalization(momentum=MOMENTUM, name=f"{name}project_bn")(x)
    return added(x, given, drop, name) if stride == 1 and channels == given.shape[-1] else x


def _whole(given: Any, channels: int, wider: int, stride: int, drop: float, name: str) -> Any:
    if wider == 1:
        return _narrowed(given, given, channels, 3, stride, drop, name, True)
    x = convolution(given, wider * given.shape[-1], 3, stride, f"{name}expand_conv")
    x = swish(x, f"{name}expand_bn", f"{name}expand_activation", MOMENTUM)
    return _narrowed(x, given, channels, 1, stride, drop, name, False)


def _depthwise(given: Any, channels: int, wider: int, stride: int, drop: float, name: str) -> Any:
    x = convolution(given, wider * given.shape[-1], 1, 1, f"{name}expand_conv")
    x = depthwise(
        swish(x, f"{name}expand_bn", f"{name}expand_activation", MOMENTUM), 3, stride, f"{name}dwconv2", "same"
    )
    x = excited(swish(x, f"{name}bn", f"{name}activation", MOMENTUM), max(1, given.shape[-1] // 4), name)
    return _narrowed(x, given, channels, 1, stride, drop, name, False)


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as they are: these networks scale them themselves."""
    return x

"""EfficientNet: one network, scaled in width, depth and size of images together.

Source: Tan and Le 2019, "EfficientNet: rethinking model scaling for convolutional neural networks", table 1.
"""

from __future__ import annotations

import math
from typing import Any

from hornbeam_layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Multiply,
    Normalization,
    Rescaling,
    Reshape,
    ZeroPadding2D,
)
from hornbeam_layers.initializers import VarianceScaling
from hornbeam_models import Functional

from hornbeam_apps.applications.imagenet_utils import DEVIATIONS
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import File, Wanted, halved, rounded

__all__ = [
    "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4", "EfficientNetB5",
    "EfficientNetB6", "EfficientNetB7", "decode_predictions", "preprocess_input",
]  # fmt: skip

FOLDER = "https://storage.googleapis.com/keras-applications/"
NETWORKS = {  # width, depth, size of images, dropout; what the files of weights hash to
    "b0": ((1.0, 1.0, 224, 0.2), ("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d")),
    "b1": ((1.0, 1.1, 240, 0.2), ("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432")),
    "b2": ((1.1, 1.2, 260, 0.3), ("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39")),
    "b3": ((1.2, 1.4, 300, 0.3), ("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226")),
    "b4": ((1.4, 1.8, 380, 0.4), ("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba")),
    "b5": ((1.6, 2.2, 456, 0.4), ("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f")),
    "b6": ((1.8, 2.6, 528, 0.5), ("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743")),
    "b7": ((2.0, 3.1, 600, 0.5), ("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a")),
}
# Blocks of B0: how many, kernel, channels, how often wider inside, stride of the first.
BLOCKS = ((1, 3, 16, 1, 1), (2, 3, 24, 6, 2), (2, 5, 40, 6, 2), (3, 3, 80, 6, 2), (3, 5, 112, 6, 1), (4, 5, 192, 6, 2),
          (1, 3, 320, 6, 1))  # fmt: skip
DROP = 0.2  # rate at which the last block's sum would be dropped in training; for those before it is smaller


def EfficientNetB0(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "efficientnetb0",
) -> Functional:  # fmt: skip
    """The network as it was found; it takes pixels from 0 to 255. Arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet(wanted, "b0")


def EfficientNetB1(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "efficientnetb1",
) -> Functional:  # fmt: skip
    """The network for images of 240 pixels a side; see `EfficientNetB0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet(wanted, "b1")


def EfficientNetB2(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "efficientnetb2",
) -> Functional:  # fmt: skip
    """The network for images of 260 pixels a side; see `EfficientNetB0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet(wanted, "b2")


def EfficientNetB3(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "efficientnetb3",
) -> Functional:  # fmt: skip
    """The network for images of 300 pixels a side; see `EfficientNetB0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet(wanted, "b3")


def EfficientNetB4(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "efficientnetb4",
) -> Functional:  # fmt: skip
    """The network for images of 380 pixels a side; see `EfficientNetB0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet(wanted, "b4")


def EfficientNetB5(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "efficientnetb5",
) -> Functional:  # fmt: skip
    """The network for images of 456 pixels a side; see `EfficientNetB0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet(wanted, "b5")


def EfficientNetB6(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "efficientnetb6",
) -> Functional:  # fmt: skip
    """The network for images of 528 pixels a side; see `EfficientNetB0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet(wanted, "b6")


def EfficientNetB7(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "efficientnetb7",
) -> Functional:  # fmt: skip
    """The network for images of 600 pixels a side; see `EfficientNetB0`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet(wanted, "b7")


def _efficientnet(wanted: Wanted, network: str) -> Functional:
    (width, depth, size, dropout), digests = NETWORKS[network]
    start = wanted.start(size)
    x = Normalization(axis=3)(Rescaling(1 / 255)(start))
    if wanted.weights == "imagenet":  # these weights' mean and variance were taken of images scaled otherwise
        x = Rescaling([1 / math.sqrt(deviation) for deviation in DEVIATIONS])(x)
    x = convolution(
        ZeroPadding2D(halved(x, 3), name="stem_conv_pad")(x), rounded(32 * width), 3, 2, "stem_conv", "valid"
    )
    x = swish(x, "stem_bn", "stem_activation")
    rows = [(math.ceil(depth * count), *how) for count, *how in BLOCKS]
    total, done = sum(row[0] for row in rows), 0
    for part, (count, kernel, channels, wider, stride) in enumerate(rows, 1):
        for i in range(count):
            name, drop = f"block{part}{chr(97 + i)}_", DROP * done / total
            x = _block(x, rounded(channels * width), kernel, wider, 1 if i else stride, drop, name)
            done += 1
    return top(wanted, start, x, rounded(1280 * width), dropout, f"{FOLDER}efficientnet{network}", digests)


def convolution(x: Any, channels: int, kernel: int, stride: int, name: str, padding: str = "same") -> Any:
    """A convolution without bias, with the family's first weights."""
    first = VarianceScaling(2.0, "fan_out", "truncated_normal")
    return Conv2D(channels, kernel, stride, padding, use_bias=False, kernel_initializer=first, name=name)(x)


def swish(x: Any, bn: str, activation: str, momentum: float = 0.99) -> Any:
    """Batch normalisation and swish."""
    return Activation("silu", name=activation)(BatchNormalization(momentum=momentum, name=bn)(x))


def excited(x: Any, squeezed: int, name: str) -> Any:
    """Channels times shares from 0 to 1 that follow from all their means."""
    first = VarianceScaling(2.0, "fan_out", "truncated_normal")
    channels = x.shape[-1]
    share = Reshape((1, 1, channels), name=f"{name}se_reshape")(GlobalAveragePooling2D(name=f"{name}se_squeeze")(x))
    for i, activation, part in ((squeezed, "silu", "se_reduce"), (channels, "sigmoid", "se_expand")):
        layer = Conv2D(i, 1, padding="same", activation=activation, kernel_initializer=first, name=f"{name}{part}")
        share = layer(share)
    return Multiply(name=f"{name}se_excite")([x, share])


def added(x: Any, given: Any, drop: float, name: str) -> Any:
    """The sum with what the block was given, in training without the block for some images."""
    if drop > 0:
        x = Dropout(drop, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
    return Add(name=f"{name}add")([x, given])


def _block(given: Any, channels: int, kernel: int, wider: int, stride: int, drop: float, name: str) -> Any:
    x = given
    if wider > 1:
        x = convolution(x, wider * given.shape[-1], 1, 1, f"{name}expand_conv")
        x = swish(x, f"{name}expand_bn", f"{name}expand_activation")
    if stride == 2:
        x = ZeroPadding2D(halved(x, kernel), name=f"{name}dwconv_pad")(x)
    x = depthwise(x, kernel, stride, f"{name}dwconv", "same" if stride == 1 else "valid")
    x = excited(swish(x, f"{name}bn", f"{name}activation"), max(1, given.shape[-1] // 4), name)
    x = BatchNormalization(name=f"{name}project_bn")(convolution(x, channels, 1, 1, f"{name}project_conv"))
    return added(x, given, drop, name) if stride == 1 and channels == given.shape[-1] else x


def depthwise(x: Any, kernel: int, stride: int, name: str, padding: str) -> Any:
    """A convolution of each channel for itself."""
    first = VarianceScaling(2.0, "fan_out", "truncated_normal")
    return DepthwiseConv2D(kernel, stride, padding, use_bias=False, depthwise_initializer=first, name=name)(x)


def top(
    wanted: Wanted, start: Any, x: Any, channels: int, dropout: float, stem: str, digests: tuple[str, str],
    momentum: float = 0.99,
) -> Functional:  # fmt: skip
    """What follows the blocks, and the weights."""
    x = swish(convolution(x, channels, 1, 1, "top_conv"), "top_bn", "top_activation", momentum)
    first = VarianceScaling(1 / 3, "fan_out", "uniform")
    x = wanted.end(x, bare=("avg_pool", "max_pool"), dropout=dropout, kernel_initializer=first)
    return wanted.model(start, x, (File(f"{stem}.h5", digests[0]), File(f"{stem}_notop.h5", digests[1])))


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as they are: these networks scale them themselves."""
    return x

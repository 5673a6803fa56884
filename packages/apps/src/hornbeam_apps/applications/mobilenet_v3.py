"""MobileNetV3: the second version's blocks, with weights for channels (squeeze and excitation) and hard swish.

Source: Howard et al. 2019, "Searching for MobileNetV3", tables 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hornbeam_layers import (
    Activation,
    Add,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Multiply,
    ReLU,
    Rescaling,
    ZeroPadding2D,
)
from hornbeam_models import Functional

from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.mobilenet import published_size
from hornbeam_apps.applications.mobilenet_v2 import agree, normalized
from hornbeam_apps.applications.network import HOME, File, Wanted, halved, one_of, rounded

__all__ = ["MobileNetV3Large", "MobileNetV3Small", "decode_predictions", "preprocess_input"]

DIGESTS = {
    "large_224_0.75_float": ("765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"),
    "large_224_1.0_float": ("59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"),
    "large_minimalistic_224_1.0_float": ("675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"),
    "small_224_0.75_float": ("cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"),
    "small_224_1.0_float": ("8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"),
    "small_minimalistic_224_1.0_float": ("99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"),
}
# A block: how often wider it is inside, channels, kernel (5: 3 where minimalistic), stride, weights for channels, hard swish.
BLOCKS = {
    "small": (
        (1, 16, 3, 2, True, False), (72 / 16, 24, 3, 2, False, False), (88 / 24, 24, 3, 1, False, False),
        (4, 40, 5, 2, True, True), *[(6, 40, 5, 1, True, True)] * 2, *[(3, 48, 5, 1, True, True)] * 2,
        (6, 96, 5, 2, True, True), *[(6, 96, 5, 1, True, True)] * 2,
    ),
    "large": (
        (1, 16, 3, 1, False, False), (4, 24, 3, 2, False, False), (3, 24, 3, 1, False, False), (3, 40, 5, 2, True, False),
        *[(3, 40, 5, 1, True, False)] * 2, (6, 80, 3, 2, False, True), (2.5, 80, 3, 1, False, True),
        *[(2.3, 80, 3, 1, False, True)] * 2, *[(6, 112, 3, 1, True, True)] * 2, (6, 160, 5, 2, True, True),
        *[(6, 160, 5, 1, True, True)] * 2,
    ),
}  # fmt: skip


class _Own(NamedTuple):
    """Arguments that only this family has."""

    alpha: float
    minimalistic: bool
    dropout_rate: float
    include_preprocessing: bool


def MobileNetV3Small(
    input_shape: Any = None, alpha: float = 1.0, minimalistic: bool = False, include_top: bool = True,
    weights: Any = "imagenet", input_tensor: Any = None, classes: int = 1000, pooling: str | None = None,
    dropout_rate: float = 0.2, classifier_activation: Any = "softmax", include_preprocessing: bool = True,
    name: str = "MobileNetV3Small",
) -> Functional:  # fmt: skip
    """The small network; it takes pixels from 0 to 255.

    Args:
        alpha: what the numbers of channels are multiplied by; with the published weights 1, or 0.75 where not minimalistic.
        minimalistic: whether it is without weights for channels, hard swish and five-by-five kernels.
        dropout_rate: before the last layer.
        include_preprocessing: whether the network scales the pixels itself; else it takes them from -1 to 1.

    The other arguments: see `hornbeam_apps.applications`.
    """
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _mobilenet_v3(wanted, "small", 1024, _Own(alpha, minimalistic, dropout_rate, include_preprocessing))


def MobileNetV3Large(
    input_shape: Any = None, alpha: float = 1.0, minimalistic: bool = False, include_top: bool = True,
    weights: Any = "imagenet", input_tensor: Any = None, classes: int = 1000, pooling: str | None = None,
    dropout_rate: float = 0.2, classifier_activation: Any = "softmax", include_preprocessing: bool = True,
    name: str = "MobileNetV3Large",
) -> Functional:  # fmt: skip
    """The large network; arguments: see `MobileNetV3Small`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _mobilenet_v3(wanted, "large", 1280, _Own(alpha, minimalistic, dropout_rate, include_preprocessing))


def _mobilenet_v3(wanted: Wanted, size: str, last: int, own: _Own) -> Functional:
    agree(wanted.input_tensor, wanted.input_shape)
    x = start = wanted.start(224, flattens=False)
    if wanted.weights == "imagenet":
        one_of("alpha", own.alpha, (1.0,) if own.minimalistic else (0.75, 1.0))
        published_size(start, (224,), stacklevel=4)
    activated = _relu if own.minimalistic else _hard_swish
    if own.include_preprocessing:
        x = Rescaling(1 / 127.5, offset=-1.0)(x)
    x = Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    x = activated(normalized(x, "conv_bn"))
    for i, (wider, channels, kernel, stride, weighs, swish) in enumerate(BLOCKS[size]):
        kernel, weighs = (3, False) if own.minimalistic else (kernel, weighs)
        x = _block(x, wider, rounded(channels * own.alpha), kernel, stride, weighs, activated if swish else _relu, i)
    x = Conv2D(rounded(6 * x.shape[-1]), 1, padding="same", use_bias=False, name="conv_1")(x)
    x = activated(normalized(x, "conv_1_bn"))
    if wanted.include_top:
        channels = rounded(last * own.alpha) if own.alpha > 1 else last
        x = Conv2D(channels, 1, padding="same", name="conv_2")(GlobalAveragePooling2D(keepdims=True)(x))
        x = activated(x)
        if own.dropout_rate > 0:
            x = Dropout(own.dropout_rate)(x)
        x = Flatten()(Conv2D(wanted.classes, 1, padding="same", name="logits")(x))
        x = Activation(wanted.classifier_activation, name="predictions")(x)
    else:
        x = wanted.pooled(x, "avg_pool", "max_pool")
    which = f"{size}{'_minimalistic' if own.minimalistic else ''}_224_{float(own.alpha)}_float"
    stem, digests = f"{HOME}mobilenet_v3/weights_mobilenet_v3_{which}", DIGESTS.get(which, (None, None))
    return wanted.model(start, x, (File(f"{stem}.h5", digests[0]), File(f"{stem}_no_top_v2.h5", digests[1])))


def _relu(x: Any) -> Any:
    return ReLU()(x)


def _hard_swish(x: Any) -> Any:
    return Activation("hard_swish")(x)


def _block(
    x: Any, wider: float, channels: int, kernel: int, stride: int, weighs: bool, activated: Callable[[Any], Any], number: int
) -> Any:  # fmt: skip
    given, inside = x, rounded(wider * x.shape[-1])
    name = f"expanded_conv_{number}_" if number else "expanded_conv_"
    if number:
        x = Conv2D(inside, 1, padding="same", use_bias=False, name=f"{name}expand")(x)
        x = activated(normalized(x, f"{name}expand_bn"))
    if stride == 2:
        x = ZeroPadding2D(halved(x, kernel), name=f"{name}depthwise_pad")(x)
    padding = "same" if stride == 1 else "valid"
    x = DepthwiseConv2D(kernel, strides=stride, padding=padding, use_bias=False, name=f"{name}depthwise")(x)
    x = activated(normalized(x, f"{name}depthwise_bn"))
    if weighs:
        x = _weighed(x, inside, f"{name}squeeze_excite")
    x = normalized(Conv2D(channels, 1, padding="same", use_bias=False, name=f"{name}project")(x), f"{name}project_bn")
    return Add(name=f"{name}add")([given, x]) if stride == 1 and given.shape[-1] == channels else x


def _weighed(x: Any, channels: int, name: str) -> Any:
    """Channels times what follows from all their means."""
    share = GlobalAveragePooling2D(keepdims=True, name=f"{name}_avg_pool")(x)
    share = Conv2D(rounded(channels / 4), 1, padding="same", name=f"{name}_conv")(share)
    share = Conv2D(channels, 1, padding="same", name=f"{name}_conv_1")(ReLU(name=f"{name}_relu")(share))
    share = ReLU(6.0)(share + 3.0) * (1.0 / 6.0)
    return Multiply(name=f"{name}_mul")([x, share])


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as they are: these networks scale them themselves."""
    return x

"""NASNet-A: cells that a search found.

Source: Zoph et al. 2018, "Learning transferable architectures for scalable image recognition", figure 4.
"""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam_layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Cropping2D,
    MaxPooling2D,
    SeparableConv2D,
    ZeroPadding2D,
)
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import HOME, File, Wanted, halved

__all__ = ["NASNetLarge", "NASNetMobile", "decode_predictions", "preprocess_input"]

FILES = {  # with the top, and without
    "mobile": (
        File(f"{HOME}nasnet/NASNet-mobile.h5", "020fb642bf7360b370c678b08e0adf61", "nasnet_mobile.h5"),
        File(f"{HOME}nasnet/NASNet-mobile-no-top.h5", "1ed92395b5b598bdda52abe5c0dbfd63", "nasnet_mobile_no_top.h5"),
    ),
    "large": (
        File(f"{HOME}nasnet/NASNet-large.h5", "11577c9a518f0070763c2b964a382f17", "nasnet_large.h5"),
        File(f"{HOME}nasnet/NASNet-large-no-top.h5", "d81d89dc07e6e56530c4e77faddd61b5", "nasnet_large_no_top.h5"),
    ),
}


def NASNetMobile(
    input_shape: Any = None, include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "nasnet_mobile",
) -> Functional:  # fmt: skip
    """The small network; arguments: see `hornbeam_apps.applications`."""
    shape = (224, 224, 3) if input_shape is None and not include_top else input_shape
    wanted = Wanted(include_top, weights, input_tensor, shape, pooling, classes, classifier_activation, name)
    return _nasnet(wanted, "mobile", size=224, stem=32, channels=44, blocks=4, skips=False)


def NASNetLarge(
    input_shape: Any = None, include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "nasnet_large",
) -> Functional:  # fmt: skip
    """The large network; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _nasnet(wanted, "large", size=331, stem=96, channels=168, blocks=6, skips=True)


def _nasnet(wanted: Wanted, network: str, size: int, stem: int, channels: int, blocks: int, skips: bool) -> Functional:
    """Each cell is given what the two before it made; with `skips`, the reductions between do not count as one of them."""
    if wanted.weights == "imagenet" and wanted.input_shape is not None and None in wanted.input_shape:
        raise ShapeError(
            f"with the published weights, all sizes have to be known; got input_shape={wanted.input_shape}"
        )
    start = wanted.start(size)
    x = Conv2D(stem, 3, strides=2, use_bias=False, kernel_initializer="he_normal", name="stem_conv1")(start)
    x, before = normalized(x, "stem_bn1"), None
    x, before = _reduction(x, before, channels // 4, "stem_1")
    x, before = _reduction(x, before, channels // 2, "stem_2")
    for part in range(3):
        if part:
            reduced, given = _reduction(x, before, channels << part, f"reduce_{part * blocks}")
            x, before = reduced, before if skips else given
        for i in range(blocks):
            x, before = _normal(x, before, channels << part, str(part * blocks + i + (part > 0)))
    x = wanted.end(Activation("relu")(x), averages=None)
    return wanted.model(start, x, FILES[network])


def normalized(x: Any, name: str) -> Any:
    """Batch normalisation, as everywhere in these networks."""
    return BatchNormalization(momentum=0.9997, epsilon=1e-3, name=name)(x)


def _pointwise(x: Any, channels: int, name: str) -> Any:
    return Conv2D(channels, 1, padding="same", use_bias=False, kernel_initializer="he_normal", name=name)(x)


def _separable(x: Any, channels: int, kernel: int, stride: int, name: str) -> Any:
    """Two separable convolutions, of which the first may halve rows and columns."""
    x = Activation("relu")(x)
    if stride == 2:
        x = ZeroPadding2D(halved(x, kernel), name=f"separable_conv_1_pad_{name}")(x)
    padding = "same" if stride == 1 else "valid"
    x = SeparableConv2D(channels, kernel, stride, padding, use_bias=False, name=f"separable_conv_1_{name}")(x)
    x = Activation("relu")(normalized(x, f"separable_conv_1_bn_{name}"))
    x = SeparableConv2D(channels, kernel, padding="same", use_bias=False, name=f"separable_conv_2_{name}")(x)
    return normalized(x, f"separable_conv_2_bn_{name}")


def _adjusted(before: Any, x: Any, channels: int, name: str) -> Any:
    """What the cell before the last made, in the form of what the last made."""
    if before is None:
        return x
    if before.shape[2] != x.shape[2]:
        before = Activation("relu", name=f"adjust_relu_1_{name}")(before)
        halves = []
        for i, moved in enumerate((before, Cropping2D(((1, 0), (1, 0)))(ZeroPadding2D(((0, 1), (0, 1)))(before))), 1):
            half = AveragePooling2D(1, strides=2, padding="valid", name=f"adjust_avg_pool_{i}_{name}")(moved)
            halves.append(_pointwise(half, channels // 2, f"adjust_conv_{i}_{name}"))
        return normalized(Concatenate()(halves), f"adjust_bn_{name}")
    if before.shape[-1] != channels:
        before = _pointwise(Activation("relu")(before), channels, f"adjust_conv_projection_{name}")
        return normalized(before, f"adjust_bn_{name}")
    return before


def _squeezed(x: Any, channels: int, cell: str, name: str) -> Any:
    return normalized(_pointwise(Activation("relu")(x), channels, f"{cell}_conv_1_{name}"), f"{cell}_bn_1_{name}")


def _normal(given: Any, before: Any, channels: int, name: str) -> tuple[Any, Any]:
    """A cell that keeps rows and columns."""
    before = _adjusted(before, given, channels, name)
    h = _squeezed(given, channels, "normal", name)

    def means(x: Any, side: str) -> Any:
        return AveragePooling2D(3, strides=1, padding="same", name=f"normal_{side}_{name}")(x)

    def convolved(x: Any, kernel: int, side: str) -> Any:
        return _separable(x, channels, kernel, 1, f"normal_{side}_{name}")

    def added(number: int, one: Any, other: Any) -> Any:
        return Add(name=f"normal_add_{number}_{name}")([one, other])

    parts = [
        added(1, convolved(h, 5, "left1"), convolved(before, 3, "right1")),
        added(2, convolved(before, 5, "left2"), convolved(before, 3, "right2")),
        added(3, means(h, "left3"), before),
        added(4, means(before, "left4"), means(before, "right4")),
        added(5, convolved(h, 3, "left5"), h),
    ]
    return Concatenate(name=f"normal_concat_{name}")([before, *parts]), given


def _reduction(given: Any, before: Any, channels: int, name: str) -> tuple[Any, Any]:
    """A cell that halves rows and columns."""
    before = _adjusted(before, given, channels, name)
    h = _squeezed(given, channels, "reduction", name)
    padded = ZeroPadding2D(halved(h, 3), name=f"reduction_pad_1_{name}")(h)

    def convolved(x: Any, kernel: int, side: str, stride: int = 2) -> Any:
        return _separable(x, channels, kernel, stride, f"reduction_{side}_{name}")

    def pooled(kind: Any, side: str) -> Any:
        return kind(3, strides=2, padding="valid", name=f"reduction_{side}_{name}")(padded)

    x1 = Add(name=f"reduction_add_1_{name}")([convolved(h, 5, "left1"), convolved(before, 7, "right1")])
    x2 = Add(name=f"reduction_add_2_{name}")([pooled(MaxPooling2D, "left2"), convolved(before, 7, "right2")])
    x3 = Add(name=f"reduction_add3_{name}")([pooled(AveragePooling2D, "left3"), convolved(before, 5, "right3")])
    x4 = Add()([x2, AveragePooling2D(3, strides=1, padding="same", name=f"reduction_left4_{name}")(x1)])
    x5 = convolved(x1, 3, "left4", stride=1)
    x5 = Add(name=f"reduction_add4_{name}")([x5, pooled(MaxPooling2D, "right5")])
    return Concatenate(name=f"reduction_concat_{name}")([x2, x3, x4, x5]), given


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as these networks take them: from -1 to 1."""
    return imagenet_utils.preprocess_input(x, data_format, "tf")

"""ResNet whose blocks normalise before they convolve.

Source: He et al. 2016, "Identity mappings in deep residual networks".
"""

from __future__ import annotations

from typing import Any

from hornbeam_layers import Add, Conv2D, MaxPooling2D, ZeroPadding2D
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import Wanted
from hornbeam_apps.applications.resnet import DEPTHS, activated, finish, stem

__all__ = ["ResNet50V2", "ResNet101V2", "ResNet152V2", "decode_predictions", "preprocess_input"]


def ResNet50V2(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "resnet50v2",
) -> Functional:  # fmt: skip
    """The network of 50 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet_v2(wanted, "resnet50")


def ResNet101V2(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "resnet101v2",
) -> Functional:  # fmt: skip
    """The network of 101 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet_v2(wanted, "resnet101")


def ResNet152V2(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "resnet152v2",
) -> Functional:  # fmt: skip
    """The network of 152 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet_v2(wanted, "resnet152")


def _resnet_v2(wanted: Wanted, network: str) -> Functional:
    start = wanted.start(224)
    x = stem(start, lambda x: x)
    for stack, depth in enumerate(DEPTHS[network]):
        for i in range(1, depth + 1):
            stride = 2 if i == depth and stack < 3 else 1
            x = _block(x, 64 << stack, stride, i == 1, f"conv{stack + 2}_block{i}")
    return finish(wanted, start, activated(x, "post_bn", "post_relu"), f"{network}v2")


def _block(x: Any, channels: int, stride: int, widens: bool, name: str) -> Any:
    ready = activated(x, f"{name}_preact_bn", f"{name}_preact_relu")
    if widens:
        beside = Conv2D(4 * channels, 1, strides=stride, name=f"{name}_0_conv")(ready)
    else:
        beside = MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = Conv2D(channels, 1, use_bias=False, name=f"{name}_1_conv")(ready)
    x = ZeroPadding2D(1, name=f"{name}_2_pad")(activated(x, f"{name}_1_bn", f"{name}_1_relu"))
    x = Conv2D(channels, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = Conv2D(4 * channels, 1, name=f"{name}_3_conv")(activated(x, f"{name}_2_bn", f"{name}_2_relu"))
    return Add(name=f"{name}_out")([beside, x])


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as these networks take them: from -1 to 1."""
    return imagenet_utils.preprocess_input(x, data_format, "tf")

"""ResNet: blocks that add to what they are given.

Source: He et al. 2016, "Deep residual learning for image recognition", table 1; "Identity mappings in deep residual networks".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam_layers import Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, ZeroPadding2D
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import Wanted, kernels_file

__all__ = ["ResNet50", "ResNet101", "ResNet152", "decode_predictions", "preprocess_input"]

DIGESTS = {
    "resnet50": ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
    "resnet101": ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
    "resnet152": ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
    "resnet50v2": ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
    "resnet101v2": ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
    "resnet152v2": ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
}
DEPTHS = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3), "resnet152": (3, 8, 36, 3)}


def ResNet50(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "resnet50",
) -> Functional:  # fmt: skip
    """The network of 50 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet(wanted, "resnet50")


def ResNet101(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "resnet101",
) -> Functional:  # fmt: skip
    """The network of 101 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet(wanted, "resnet101")


def ResNet152(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "resnet152",
) -> Functional:  # fmt: skip
    """The network of 152 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet(wanted, "resnet152")


def normalized(x: Any, name: str) -> Any:
    """Batch normalisation, as in both versions."""
    return BatchNormalization(epsilon=1.001e-5, name=name)(x)


def activated(x: Any, bn: str, relu: str) -> Any:
    """Batch normalisation and ReLU."""
    return Activation("relu", name=relu)(normalized(x, bn))


def stem(x: Any, activate: Callable[[Any], Any]) -> Any:
    """What comes before the blocks: a quarter of rows and columns."""
    x = ZeroPadding2D(3, name="conv1_pad")(x)
    x = activate(Conv2D(64, 7, strides=2, name="conv1_conv")(x))
    return MaxPooling2D(3, strides=2, name="pool1_pool")(ZeroPadding2D(1, name="pool1_pad")(x))


def finish(wanted: Wanted, start: Any, x: Any, network: str) -> Functional:
    """The top, and the weights."""
    x = wanted.end(x, bare=("avg_pool", "max_pool"))
    return wanted.model(start, x, kernels_file("resnet", network, DIGESTS[network]))


def _resnet(wanted: Wanted, network: str) -> Functional:
    start = wanted.start(224)
    x = stem(start, lambda x: activated(x, "conv1_bn", "conv1_relu"))
    return finish(wanted, start, _stacks(x, DEPTHS[network]), network)


def _stacks(x: Any, depths: Sequence[int]) -> Any:
    for stack, depth in enumerate(depths):
        for i in range(1, depth + 1):
            stride = 2 if stack and i == 1 else 1
            x = _block(x, 64 << stack, stride, i == 1, f"conv{stack + 2}_block{i}")
    return x


def _block(x: Any, channels: int, stride: int, widens: bool, name: str) -> Any:
    """One by one, three by three, one by one; beside them what is given, through a convolution where its form changes."""
    beside = x
    if widens:
        beside = normalized(Conv2D(4 * channels, 1, strides=stride, name=f"{name}_0_conv")(x), f"{name}_0_bn")
    x = activated(Conv2D(channels, 1, strides=stride, name=f"{name}_1_conv")(x), f"{name}_1_bn", f"{name}_1_relu")
    x = activated(Conv2D(channels, 3, padding="same", name=f"{name}_2_conv")(x), f"{name}_2_bn", f"{name}_2_relu")
    x = normalized(Conv2D(4 * channels, 1, name=f"{name}_3_conv")(x), f"{name}_3_bn")
    return Activation("relu", name=f"{name}_out")(Add(name=f"{name}_add")([beside, x]))


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as these networks take them: blue first, without ImageNet's mean colour."""
    return imagenet_utils.preprocess_input(x, data_format, "caffe")

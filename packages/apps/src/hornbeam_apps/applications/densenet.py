"""DenseNet: each block is given what all before it made.

Source: Huang et al. 2017, "Densely connected convolutional networks", table 1.
"""

from __future__ import annotations

from typing import Any

from hornbeam_layers import AveragePooling2D, Concatenate, Conv2D, MaxPooling2D, ZeroPadding2D
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import Wanted, kernels_file
from hornbeam_apps.applications.resnet import activated

__all__ = ["DenseNet121", "DenseNet169", "DenseNet201", "decode_predictions", "preprocess_input"]

NETWORKS = {  # blocks of each part; what the files of weights hash to
    "densenet121": ((6, 12, 24, 16), ("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738")),
    "densenet169": ((6, 12, 32, 32), ("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b")),
    "densenet201": ((6, 12, 48, 32), ("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1")),
}
GROWTH = 32


def DenseNet121(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "densenet121",
) -> Functional:  # fmt: skip
    """The network of 121 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _densenet(wanted, "densenet121")


def DenseNet169(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "densenet169",
) -> Functional:  # fmt: skip
    """The network of 169 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _densenet(wanted, "densenet169")


def DenseNet201(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "densenet201",
) -> Functional:  # fmt: skip
    """The network of 201 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _densenet(wanted, "densenet201")


def _densenet(wanted: Wanted, network: str) -> Functional:
    depths, digests = NETWORKS[network]
    start = wanted.start(224)
    x = Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(ZeroPadding2D(3)(start))
    x = ZeroPadding2D(1)(activated(x, "conv1_bn", "conv1_relu"))
    x = MaxPooling2D(3, strides=2, name="pool1")(x)
    for part, depth in enumerate(depths, 2):
        if part > 2:
            x = activated(x, f"pool{part - 1}_bn", f"pool{part - 1}_relu")
            x = Conv2D(x.shape[-1] // 2, 1, use_bias=False, name=f"pool{part - 1}_conv")(x)
            x = AveragePooling2D(2, strides=2, name=f"pool{part - 1}_pool")(x)
        for i in range(1, depth + 1):
            x = _block(x, f"conv{part}_block{i}")
    x = wanted.end(activated(x, "bn", "relu"), bare=("avg_pool", "max_pool"))
    return wanted.model(start, x, kernels_file("densenet", network, digests))


def _block(x: Any, name: str) -> Any:
    more = Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(activated(x, f"{name}_0_bn", f"{name}_0_relu"))
    more = activated(more, f"{name}_1_bn", f"{name}_1_relu")
    more = Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(more)
    return Concatenate(name=f"{name}_concat")([x, more])


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as these networks take them: ImageNet's mean subtracted, divided by its deviation."""
    return imagenet_utils.preprocess_input(x, data_format, "torch")

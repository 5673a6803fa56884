"""MobileNetV2: blocks that widen, convolve each channel, and narrow again.

Source: Sandler et al. 2018, "MobileNetV2: inverted residuals and linear bottlenecks", table 2.
"""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam_layers import Add, BatchNormalization, Conv2D, DepthwiseConv2D, ReLU, ZeroPadding2D
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.mobilenet import fitting_size, published_size
from hornbeam_apps.applications.network import HOME, File, Wanted, halved, one_of, rounded

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]

SIZES = (96, 128, 160, 192, 224)  # for which there are published weights
ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
BLOCKS = ((16, 1), (24, 2), (24, 1), (32, 2), *[(32, 1)] * 2, (64, 2), *[(64, 1)] * 3, *[(96, 1)] * 3, (160, 2),
          *[(160, 1)] * 2, (320, 1))  # fmt: skip


def MobileNetV2(
    input_shape: Any = None, alpha: float = 1.0, include_top: bool = True, weights: Any = "imagenet",
    input_tensor: Any = None, pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Functional:  # fmt: skip
    """The network.

    Args:
        alpha: what the numbers of channels are multiplied by; 0.35, 0.5, 0.75, 1, 1.3 or 1.4 with the published weights.

    The other arguments: see `hornbeam_apps.applications`.

    Raises:
        ShapeError: `input_shape` is not that of `input_tensor`.
    """
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    agree(input_tensor, input_shape)
    given = input_shape if input_tensor is None else input_tensor.shape[1:]
    size = fitting_size(given, SIZES)
    start = wanted.start(size)
    rows = input_shape[0] if input_shape is not None else size if include_top else None
    if weights == "imagenet":
        one_of("alpha", alpha, ALPHAS)
        rows = published_size(start, SIZES)
    x = Conv2D(rounded(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(start)
    x = ReLU(6.0, name="Conv1_relu")(normalized(x, "bn_Conv1"))
    for i, (channels, stride) in enumerate(BLOCKS):
        x = _block(x, rounded(int(channels * alpha)), stride, i)
    x = Conv2D(rounded(1280 * alpha) if alpha > 1 else 1280, 1, use_bias=False, name="Conv_1")(x)
    x = wanted.end(ReLU(6.0, name="out_relu")(normalized(x, "Conv_1_bn")), averages=None)
    stem = f"{HOME}mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{float(alpha)}_{rows}"
    files = File(f"{stem}.h5"), File(f"{stem}_no_top.h5")
    return wanted.model(start, x, files, f"mobilenetv2_{alpha:0.2f}_{rows}")


def agree(input_tensor: Any, input_shape: Any) -> None:
    """Refuse a shape that is not the tensor's."""
    if input_shape is not None and input_tensor is not None and input_tensor.shape[2] != input_shape[1]:
        raise ShapeError(f"input_shape={input_shape} is not that of input_tensor: {tuple(input_tensor.shape[1:])}")


def normalized(x: Any, name: str) -> Any:
    """Batch normalisation, as in the second and the third version."""
    return BatchNormalization(epsilon=1e-3, momentum=0.999, name=name)(x)


def _block(x: Any, channels: int, stride: int, number: int) -> Any:
    given, name = x, f"block_{number}_" if number else "expanded_conv_"
    if number:
        x = Conv2D(6 * given.shape[-1], 1, padding="same", use_bias=False, name=f"{name}expand")(x)
        x = ReLU(6.0, name=f"{name}expand_relu")(normalized(x, f"{name}expand_BN"))
    if stride == 2:
        x = ZeroPadding2D(halved(x, 3), name=f"{name}pad")(x)
    padding = "same" if stride == 1 else "valid"
    x = DepthwiseConv2D(3, strides=stride, padding=padding, use_bias=False, name=f"{name}depthwise")(x)
    x = ReLU(6.0, name=f"{name}depthwise_relu")(normalized(x, f"{name}depthwise_BN"))
    x = Conv2D(channels, 1, padding="same", use_bias=False, name=f"{name}project")(x)
    x = normalized(x, f"{name}project_BN")
    return Add(name=f"{name}add")([given, x]) if stride == 1 and given.shape[-1] == channels else x


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as this network takes them: from -1 to 1."""
    return imagenet_utils.preprocess_input(x, data_format, "tf")

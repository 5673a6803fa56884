"""Inception-ResNet v2: inception's branches as blocks that add to what they are given.

Source: Szegedy et al. 2017, "Inception-v4, Inception-ResNet and the impact of residual connections on learning".
"""

from __future__ import annotations

from typing import Any

from hornbeam import Layer
from hornbeam_layers import Activation, AveragePooling2D, BatchNormalization, Concatenate, Conv2D, MaxPooling2D
from hornbeam_models import Functional

from hornbeam_apps.applications import imagenet_utils
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import Wanted, kernels_file

__all__ = ["InceptionResNetV2", "decode_predictions", "preprocess_input"]

DIGESTS = ("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4")
BRANCHES = {  # of a block: channels and kernel of each convolution of each branch
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    "block8": (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))),
}
SHRINKING = {  # of the layers between: the last convolution of each branch has stride 2
    "mixed_6a": (((384, 3),), ((256, 1), (256, 3), (384, 3))),
    "mixed_7a": (((256, 1), (384, 3)), ((256, 1), (288, 3)), ((256, 1), (288, 3), (320, 3))),
}


class CustomScaleLayer(Layer):
    """The first input, plus the second times a number.

    Args:
        scale: the number.
    """

    keras_module = "keras.src.applications.inception_resnet_v2"

    def __init__(self, scale: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        """Two tensors of one shape -> that shape."""
        return inputs[0] + inputs[1] * self.scale

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "scale": self.scale}


def InceptionResNetV2(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    name: str = "inception_resnet_v2",
) -> Functional:  # fmt: skip
    """The network; images of at least 75 by 75. Arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    start = wanted.start(299, least=75)
    x = _conv(start, 32, 3, 2, "valid")
    x = _conv(_conv(x, 32, 3, padding="valid"), 64, 3)
    x = MaxPooling2D(3, strides=2)(x)
    x = _conv(_conv(x, 80, 1, padding="valid"), 192, 3, padding="valid")
    x = MaxPooling2D(3, strides=2)(x)
    branches = [_convs(x, *some) for some in (((96, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)))]
    branches.append(_conv(AveragePooling2D(3, strides=1, padding="same")(x), 64, 1))
    x = Concatenate(name="mixed_5b")(branches)
    for i in range(1, 11):
        x = _block(x, 0.17, "block35", i)
    x = _shrunk(x, "mixed_6a")
    for i in range(1, 21):
        x = _block(x, 0.1, "block17", i)
    x = _shrunk(x, "mixed_7a")
    for i in range(1, 11):
        x = _block(x, 0.2 if i < 10 else 1.0, "block8", i, activated=i < 10)
    x = wanted.end(_conv(x, 1536, 1, name="conv_7b"))
    return wanted.model(start, x, kernels_file("inception_resnet_v2", "inception_resnet_v2", DIGESTS))


def _conv(
    x: Any, channels: int, kernel: Any, stride: int = 1, padding: str = "same", name: str | None = None
) -> Any:  # fmt: skip
    x = Conv2D(channels, kernel, strides=stride, padding=padding, use_bias=False, name=name)(x)
    x = BatchNormalization(scale=False, name=name and f"{name}_bn")(x)
    return Activation("relu", name=name and f"{name}_ac")(x)


def _convs(x: Any, *some: tuple[int, Any]) -> Any:
    for channels, kernel in some:
        x = _conv(x, channels, kernel)
    return x


def _shrunk(x: Any, name: str) -> Any:
    branches = [_conv(_convs(x, *some[:-1]), *some[-1], 2, "valid") for some in SHRINKING[name]]
    return Concatenate(name=name)([*branches, MaxPooling2D(3, strides=2, padding="valid")(x)])


def _block(x: Any, scale: float, kind: str, number: int, activated: bool = True) -> Any:
    name = f"{kind}_{number}"
    mixed = Concatenate(name=f"{name}_mixed")([_convs(x, *some) for some in BRANCHES[kind]])
    more = Conv2D(x.shape[-1], 1, padding="same", name=f"{name}_conv")(mixed)
    x = CustomScaleLayer(scale)([x, more])
    return Activation("relu", name=f"{name}_ac")(x) if activated else x


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as this network takes them: from -1 to 1."""
    return imagenet_utils.preprocess_input(x, data_format, "tf")

"""ConvNeXt: convolutional networks in the form of transformers.

Source: Liu et al. 2022, "A ConvNet for the 2020s", figure 4 and section 3.1.
"""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, ops, random
from hornbeam_layers import Activation, Conv2D, Dense, GlobalAveragePooling2D, LayerNormalization, Normalization
from hornbeam_layers.initializers import Constant
from hornbeam_models import Functional, Sequential

from hornbeam_apps.applications.imagenet_utils import DEVIATIONS, MEANS
from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import HOME, File, Wanted

__all__ = [
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge", "decode_predictions",
    "preprocess_input",
]  # fmt: skip

SCALE = 1e-6  # by which a new network's blocks are multiplied
NETWORKS = {  # blocks in the third stage, channels of the first; what the files of weights hash to
    "tiny": (9, 96, ("8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
                     "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1")),
    "small": (27, 96, ("ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
                       "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab")),
    "base": (27, 128, ("52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
                       "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45")),
    "large": (27, 192, ("070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
                        "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd")),
    "xlarge": (27, 256, ("c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
                         "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05")),
}  # fmt: skip


class LayerScale(Layer):
    """A factor for each channel.

    Args:
        init_values: the factors of a new layer.
        projection_dim: number of channels.

    Weights: gamma (channels,).
    """

    keras_module = "keras.src.applications.convnext"

    def __init__(self, init_values: float, projection_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.init_values, self.projection_dim = init_values, projection_dim

    def build(self, input_shape: Any) -> None:
        """The factors. Keras gives them no name of their own."""
        self.gamma = self.add_weight((self.projection_dim,), initializer=Constant(self.init_values))

    def call(self, x: Any) -> Any:
        """[..., channels] -> that shape."""
        return x * self.gamma

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = {"init_values": self.init_values, "projection_dim": self.projection_dim}
        return {**super().get_config(), **config}


class StochasticDepth(Layer):
    """In training, sets some samples to 0 and divides the others by the share that is kept.

    Args:
        drop_path_rate: the share of samples that are set to 0.

    Source: Huang et al. 2016, "Deep networks with stochastic depth".
    """

    keras_module = "keras.src.applications.convnext"

    def __init__(self, drop_path_rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x: Any, training: bool | None = None) -> Any:
        """The same shape."""
        if not training:
            return x
        kept = 1 - self.drop_path_rate
        chosen = ops.floor(kept + random.uniform((x.shape[0], *(1,) * (x.ndim - 1)), dtype=x.dtype))
        return x / kept * chosen

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "drop_path_rate": self.drop_path_rate}


def ConvNeXtTiny(
    include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
    input_shape: Any = None, pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    name: str = "convnext_tiny",
) -> Functional:  # fmt: skip
    """The smallest network; it takes pixels from 0 to 255.

    Args:
        include_preprocessing: whether the network scales the pixels itself; else it takes them as
            `imagenet_utils.preprocess_input` of mode "torch" gives them.

    The other arguments: see `hornbeam_apps.applications`.
    """
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext(wanted, "tiny", name, include_preprocessing)


def ConvNeXtSmall(
    include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
    input_shape: Any = None, pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    name: str = "convnext_small",
) -> Functional:  # fmt: skip
    """The small network; see `ConvNeXtTiny`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext(wanted, "small", name, include_preprocessing)


def ConvNeXtBase(
    include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
    input_shape: Any = None, pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    name: str = "convnext_base",
) -> Functional:  # fmt: skip
    """The base network; see `ConvNeXtTiny`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext(wanted, "base", name, include_preprocessing)


def ConvNeXtLarge(
    include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
    input_shape: Any = None, pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    name: str = "convnext_large",
) -> Functional:  # fmt: skip
    """The large network; see `ConvNeXtTiny`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext(wanted, "large", name, include_preprocessing)


def ConvNeXtXLarge(
    include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
    input_shape: Any = None, pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    name: str = "convnext_xlarge",
) -> Functional:  # fmt: skip
    """The xlarge network; see `ConvNeXtTiny`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext(wanted, "xlarge", name, include_preprocessing)


def _convnext(wanted: Wanted, network: str, name: str, scales: bool) -> Functional:
    third, first, digests = NETWORKS[network]
    x = start = wanted.start(224)
    if scales and start.shape[-1] == 3:
        mean, variance = [255 * m for m in MEANS["torch"]], [(255 * d) ** 2 for d in DEVIATIONS]
        x = Normalization(mean=mean, variance=variance, name=f"{name}_prestem_normalization")(x)
    for stage, depth in enumerate((3, 3, third, 3)):
        channels = first << stage
        x = _shrinking(channels, stage, name)(x)
        for i in range(depth):
            x = _block(x, channels, f"{name}_stage_{stage}_block_{i}")
    if wanted.include_top:
        x = normalized(f"{name}_head_layernorm")(GlobalAveragePooling2D(name=f"{name}_head_gap")(x))
        x = wanted.classified(x, name=f"{name}_head_dense")
    else:
        x = normalized(None)(wanted.pooled(x))
    stem = f"{HOME}convnext/convnext_{network}"
    return wanted.model(start, x, (File(f"{stem}.h5", digests[0]), File(f"{stem}_notop.h5", digests[1])))


def normalized(name: str | None) -> Any:
    """Layer normalisation, as everywhere in these networks."""
    return LayerNormalization(epsilon=1e-6, name=name)


def _shrinking(channels: int, stage: int, name: str) -> Any:
    """A quarter, later half, of rows and columns."""
    if stage == 0:
        convolution = Conv2D(channels, 4, strides=4, name=f"{name}_stem_conv")
        return Sequential([convolution, normalized(f"{name}_stem_layernorm")], name=f"{name}_stem")
    name, number = f"{name}_downsampling", stage - 1
    convolution = Conv2D(channels, 2, strides=2, name=f"{name}_conv_{number}")
    return Sequential([normalized(f"{name}_layernorm_{number}"), convolution], name=f"{name}_block_{number}")


def _block(given: Any, channels: int, name: str) -> Any:
    x = Conv2D(channels, 7, padding="same", groups=channels, name=f"{name}_depthwise_conv")(given)
    x = Dense(4 * channels, name=f"{name}_pointwise_conv_1")(normalized(f"{name}_layernorm")(x))
    x = Dense(channels, name=f"{name}_pointwise_conv_2")(Activation("gelu", name=f"{name}_gelu")(x))
    x = LayerScale(SCALE, channels, name=f"{name}_layer_scale")(x)
    return given + Activation("linear", name=f"{name}_identity")(x)


def preprocess_input(x: Any, data_format: str | None = None) -> Any:
    """Pixels from 0 to 255 as they are: these networks scale them themselves."""
    return x

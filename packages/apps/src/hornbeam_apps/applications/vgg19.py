"""VGG19: VGG16 with a fourth convolution in each of its last three blocks."""

from __future__ import annotations

from typing import Any

from hornbeam_models import Functional

from hornbeam_apps.applications.imagenet_utils import decode_predictions as decode_predictions
from hornbeam_apps.applications.network import Wanted
from hornbeam_apps.applications.vgg16 import preprocess_input as preprocess_input
from hornbeam_apps.applications.vgg16 import vgg

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]

DIGESTS = ("cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6")


def VGG19(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = "vgg19",
) -> Functional:  # fmt: skip
    """The network of 19 layers with weights; arguments: see `hornbeam_apps.applications`."""
    wanted = Wanted(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return vgg(wanted, "vgg19", (2, 2, 4, 4, 4), DIGESTS)

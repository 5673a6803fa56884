"""Keras Applications: the well-known networks for images, with Keras's names, so that its files of weights are loaded.

Every network takes:

- include_top: whether it ends in the layers that tell classes.
- weights: "imagenet" (the published ones, which are looked for in `~/.keras/models`, then in Hornbeam's cache, then fetched and
  checked), the path of a file of weights (`.weights.h5`, `.keras`, an `.h5` of Keras 2, `.safetensors`), or None (random).
- input_tensor: a KerasTensor that it starts from; default: an Input of its own.
- input_shape: (rows, columns, channels); rows and columns may be None without the top.
- pooling: what follows the last feature maps without the top: None, "avg" or "max".
- classes: how many, with the top; 1000 with the published weights.
- classifier_activation: of the last layer; None for logits.
- name: of the model.

Images are channels-last. Each module has `preprocess_input`, which makes of pixels from 0 to 255 what its networks take, and
`decode_predictions`, which makes names of classes of what they give.

Raises:
    InvalidArgumentError: arguments that do not go together, or a file that is not there.
    ShapeError: images that are too small, or of no size where one is needed.
    DownloadError: the published weights are not here and cannot be fetched; the message says from where to take them, and
        where to put them.

Example:
    >>> from hornbeam.backends.base import using_backend
    >>> with using_backend("shapes"):  # no weights are made: parameters are counted only
    ...     ResNet50(weights=None).count_params()
    25636712
"""

from hornbeam_apps.applications import convnext as convnext
from hornbeam_apps.applications import densenet as densenet
from hornbeam_apps.applications import efficientnet as efficientnet
from hornbeam_apps.applications import efficientnet_v2 as efficientnet_v2
from hornbeam_apps.applications import imagenet_utils as imagenet_utils
from hornbeam_apps.applications import inception_resnet_v2 as inception_resnet_v2
from hornbeam_apps.applications import inception_v3 as inception_v3
from hornbeam_apps.applications import mobilenet as mobilenet
from hornbeam_apps.applications import mobilenet_v2 as mobilenet_v2
from hornbeam_apps.applications import mobilenet_v3 as mobilenet_v3
from hornbeam_apps.applications import nasnet as nasnet
from hornbeam_apps.applications import resnet as resnet
from hornbeam_apps.applications import resnet50 as resnet50
from hornbeam_apps.applications import resnet_v2 as resnet_v2
from hornbeam_apps.applications import vgg16 as vgg16
from hornbeam_apps.applications import vgg19 as vgg19
from hornbeam_apps.applications import xception as xception
from hornbeam_apps.applications.convnext import ConvNeXtBase as ConvNeXtBase
from hornbeam_apps.applications.convnext import ConvNeXtLarge as ConvNeXtLarge
from hornbeam_apps.applications.convnext import ConvNeXtSmall as ConvNeXtSmall
from hornbeam_apps.applications.convnext import ConvNeXtTiny as ConvNeXtTiny
from hornbeam_apps.applications.convnext import ConvNeXtXLarge as ConvNeXtXLarge
from hornbeam_apps.applications.densenet import DenseNet121 as DenseNet121
from hornbeam_apps.applications.densenet import DenseNet169 as DenseNet169
from hornbeam_apps.applications.densenet import DenseNet201 as DenseNet201
from hornbeam_apps.applications.efficientnet import EfficientNetB0 as EfficientNetB0
from hornbeam_apps.applications.efficientnet import EfficientNetB1 as EfficientNetB1
from hornbeam_apps.applications.efficientnet import EfficientNetB2 as EfficientNetB2
from hornbeam_apps.applications.efficientnet import EfficientNetB3 as EfficientNetB3
from hornbeam_apps.applications.efficientnet import EfficientNetB4 as EfficientNetB4
from hornbeam_apps.applications.efficientnet import EfficientNetB5 as EfficientNetB5
from hornbeam_apps.applications.efficientnet import EfficientNetB6 as EfficientNetB6
from hornbeam_apps.applications.efficientnet import EfficientNetB7 as EfficientNetB7
from hornbeam_apps.applications.efficientnet_v2 import EfficientNetV2B0 as EfficientNetV2B0
from hornbeam_apps.applications.efficientnet_v2 import EfficientNetV2B1 as EfficientNetV2B1
from hornbeam_apps.applications.efficientnet_v2 import EfficientNetV2B2 as EfficientNetV2B2
from hornbeam_apps.applications.efficientnet_v2 import EfficientNetV2B3 as EfficientNetV2B3
from hornbeam_apps.applications.efficientnet_v2 import EfficientNetV2L as EfficientNetV2L
from hornbeam_apps.applications.efficientnet_v2 import EfficientNetV2M as EfficientNetV2M
from hornbeam_apps.applications.efficientnet_v2 import EfficientNetV2S as EfficientNetV2S
from hornbeam_apps.applications.inception_resnet_v2 import InceptionResNetV2 as InceptionResNetV2
from hornbeam_apps.applications.inception_v3 import InceptionV3 as InceptionV3
from hornbeam_apps.applications.mobilenet import MobileNet as MobileNet
from hornbeam_apps.applications.mobilenet_v2 import MobileNetV2 as MobileNetV2
from hornbeam_apps.applications.mobilenet_v3 import MobileNetV3Large as MobileNetV3Large
from hornbeam_apps.applications.mobilenet_v3 import MobileNetV3Small as MobileNetV3Small
from hornbeam_apps.applications.nasnet import NASNetLarge as NASNetLarge
from hornbeam_apps.applications.nasnet import NASNetMobile as NASNetMobile
from hornbeam_apps.applications.resnet import ResNet50 as ResNet50
from hornbeam_apps.applications.resnet import ResNet101 as ResNet101
from hornbeam_apps.applications.resnet import ResNet152 as ResNet152
from hornbeam_apps.applications.resnet_v2 import ResNet50V2 as ResNet50V2
from hornbeam_apps.applications.resnet_v2 import ResNet101V2 as ResNet101V2
from hornbeam_apps.applications.resnet_v2 import ResNet152V2 as ResNet152V2
from hornbeam_apps.applications.vgg16 import VGG16 as VGG16
from hornbeam_apps.applications.vgg19 import VGG19 as VGG19
from hornbeam_apps.applications.xception import Xception as Xception

__all__ = [
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge", "DenseNet121", "DenseNet169",
    "DenseNet201", "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4",
    "EfficientNetB5", "EfficientNetB6", "EfficientNetB7", "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2",
    "EfficientNetV2B3", "EfficientNetV2L", "EfficientNetV2M", "EfficientNetV2S", "InceptionResNetV2", "InceptionV3",
    "MobileNet", "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small", "NASNetLarge", "NASNetMobile", "ResNet101",
    "ResNet101V2", "ResNet152", "ResNet152V2", "ResNet50", "ResNet50V2", "VGG16", "VGG19", "Xception", "convnext",
    "densenet", "efficientnet", "efficientnet_v2", "imagenet_utils", "inception_resnet_v2", "inception_v3", "mobilenet",
    "mobilenet_v2", "mobilenet_v3", "nasnet", "resnet", "resnet50", "resnet_v2", "vgg16", "vgg19", "xception",
]  # fmt: skip

"""ResNet50 in a module of its own, as Keras has it, too."""

from hornbeam_apps.applications.resnet import ResNet50 as ResNet50
from hornbeam_apps.applications.resnet import decode_predictions as decode_predictions
from hornbeam_apps.applications.resnet import preprocess_input as preprocess_input

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]

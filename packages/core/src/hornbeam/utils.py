"""Facade: what Keras has under `keras.utils`, of hornbeam-models and, where they are installed, of -datasets and -layers."""

import importlib
from typing import TYPE_CHECKING, Any

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_models.utils import *
except ModuleNotFoundError as error:
    if error.name != "hornbeam_models":
        raise
    raise MissingPackageError("hornbeam.utils", "hornbeam-models") from None

if TYPE_CHECKING:
    from hornbeam_datasets import array_to_img as array_to_img
    from hornbeam_datasets import audio_dataset_from_directory as audio_dataset_from_directory
    from hornbeam_datasets import get_file as get_file
    from hornbeam_datasets import image_dataset_from_directory as image_dataset_from_directory
    from hornbeam_datasets import img_to_array as img_to_array
    from hornbeam_datasets import load_img as load_img
    from hornbeam_datasets import normalize as normalize
    from hornbeam_datasets import pad_sequences as pad_sequences
    from hornbeam_datasets import save_img as save_img
    from hornbeam_datasets import text_dataset_from_directory as text_dataset_from_directory
    from hornbeam_datasets import timeseries_dataset_from_array as timeseries_dataset_from_array
    from hornbeam_datasets import to_categorical as to_categorical
    from hornbeam_layers import FeatureSpace as FeatureSpace

__all__ = [
    "CustomObjectScope", "FeatureSpace", "PyDataset", "Sequence", "array_to_img", "audio_dataset_from_directory", "custom_object_scope",
    "deserialize_keras_object", "enable_determinism", "get_custom_objects", "get_file", "get_registered_name",
    "get_registered_object", "image_dataset_from_directory", "img_to_array", "load_img", "model_to_dot", "normalize",
    "pack_x_y_sample_weight", "pad_sequences", "plot_model", "register_keras_serializable", "save_img",
    "serialize_keras_object", "set_random_seed", "text_dataset_from_directory", "timeseries_dataset_from_array",
    "to_categorical", "unpack_x_y_sample_weight",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Names of hornbeam-datasets and hornbeam-layers, at their first use."""
    if name not in __all__:
        raise AttributeError(f"module 'hornbeam.utils' has no attribute {name!r}")
    package = "layers" if name == "FeatureSpace" else "datasets"
    try:
        home = importlib.import_module(f"hornbeam_{package}")
    except ModuleNotFoundError as error:
        if error.name != f"hornbeam_{package}":
            raise
        raise MissingPackageError(f"hornbeam.utils.{name}", f"hornbeam-{package}") from None
    return getattr(home, name)

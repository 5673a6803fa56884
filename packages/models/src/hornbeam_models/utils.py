"""What Keras has under `keras.utils` and belongs to models."""

from hornbeam.random import set_random_seed as set_random_seed

from hornbeam_models.data import PyDataset as PyDataset
from hornbeam_models.data import pack_x_y_sample_weight as pack_x_y_sample_weight
from hornbeam_models.data import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from hornbeam_models.pictures import model_to_dot as model_to_dot
from hornbeam_models.pictures import plot_model as plot_model
from hornbeam_models.saving import CustomObjectScope as CustomObjectScope
from hornbeam_models.saving import custom_object_scope as custom_object_scope
from hornbeam_models.saving import deserialize_keras_object as deserialize_keras_object
from hornbeam_models.saving import get_custom_objects as get_custom_objects
from hornbeam_models.saving import get_registered_name as get_registered_name
from hornbeam_models.saving import get_registered_object as get_registered_object
from hornbeam_models.saving import register_keras_serializable as register_keras_serializable
from hornbeam_models.saving import serialize_keras_object as serialize_keras_object

__all__ = [
    "CustomObjectScope", "PyDataset", "Sequence", "custom_object_scope", "deserialize_keras_object", "enable_determinism",
    "get_custom_objects", "get_registered_name", "get_registered_object", "model_to_dot", "pack_x_y_sample_weight", "plot_model",
    "register_keras_serializable", "serialize_keras_object", "set_random_seed", "unpack_x_y_sample_weight",
]  # fmt: skip

Sequence = PyDataset


def enable_determinism() -> None:
    """Do nothing: runs are deterministic already, whatever the number of threads. `set_random_seed` makes them repeatable."""

"""Saving and loading: Keras's names, and its files, which go both ways."""

from typing import TYPE_CHECKING, Any

from hornbeam.plugins.custom import custom_object_scope as custom_object_scope
from hornbeam.plugins.custom import get_custom_objects as get_custom_objects
from hornbeam.plugins.custom import get_registered_name as get_registered_name
from hornbeam.plugins.custom import get_registered_object as get_registered_object
from hornbeam.plugins.custom import register_keras_serializable as register_keras_serializable
from hornbeam.serialization import deserialize_keras_object as deserialize_keras_object
from hornbeam.serialization import serialize_keras_object as serialize_keras_object

from hornbeam_models.saving.api import load_model as load_model
from hornbeam_models.saving.api import load_weights as load_weights
from hornbeam_models.saving.api import save_model as save_model
from hornbeam_models.saving.api import save_weights as save_weights

if TYPE_CHECKING:
    from hornbeam_models.saving.editor import KerasFileEditor as KerasFileEditor

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope", "KerasFileEditor", "custom_object_scope", "deserialize_keras_object", "get_custom_objects",
    "get_registered_name", "get_registered_object", "load_model", "load_weights", "register_keras_serializable",
    "save_model", "save_weights", "serialize_keras_object",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """The editor, which takes h5py, when it is asked for."""
    if name == "KerasFileEditor":
        from hornbeam_models.saving.editor import KerasFileEditor

        return KerasFileEditor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

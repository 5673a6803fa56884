"""What Keras has under `keras.utils` and belongs to models."""

from hornbeam.random import set_random_seed as set_random_seed

from hornbeam_models.data import PyDataset as PyDataset
from hornbeam_models.data import pack_x_y_sample_weight as pack_x_y_sample_weight
from hornbeam_models.data import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from hornbeam_models.pictures import model_to_dot as model_to_dot
from hornbeam_models.pictures import plot_model as plot_model

__all__ = [
    "PyDataset", "Sequence", "enable_determinism", "model_to_dot", "pack_x_y_sample_weight", "plot_model", "set_random_seed",
    "unpack_x_y_sample_weight",
]  # fmt: skip

Sequence = PyDataset


def enable_determinism() -> None:
    """Do nothing: runs are deterministic already, whatever the number of threads. `set_random_seed` makes them repeatable."""

"""Sequential, Functional and subclassed models for Hornbeam: training, callbacks, files."""

from hornbeam_models.cloning import clone_model as clone_model
from hornbeam_models.data import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from hornbeam_models.functional import Functional as Functional
from hornbeam_models.model import Model as Model
from hornbeam_models.saving.api import load_model as load_model
from hornbeam_models.saving.api import save_model as save_model
from hornbeam_models.saving.text import model_from_config as model_from_config
from hornbeam_models.saving.text import model_from_json as model_from_json
from hornbeam_models.sequential import Sequential as Sequential

__version__ = "0.1.0"
__all__ = [
    "Functional", "Model", "Sequential", "clone_model", "load_model", "model_from_config", "model_from_json", "save_model",
    "unpack_x_y_sample_weight",
]  # fmt: skip

"""Pictures of models."""

from hornbeam_models.pictures.plot import model_to_dot as model_to_dot
from hornbeam_models.pictures.plot import plot_model as plot_model

__all__ = ["model_to_dot", "plot_model"]

"""Drawings of training, weights, activations and results, with matplotlib (`pip install hornbeam-models[plots]`)."""

from hornbeam_models.plots.figures import activation_histograms as activation_histograms
from hornbeam_models.plots.figures import confusion_matrix as confusion_matrix
from hornbeam_models.plots.figures import feature_maps as feature_maps
from hornbeam_models.plots.figures import grad_cam as grad_cam
from hornbeam_models.plots.figures import learning_curves as learning_curves
from hornbeam_models.plots.figures import learning_rates as learning_rates
from hornbeam_models.plots.figures import roc_curve as roc_curve
from hornbeam_models.plots.figures import saliency as saliency
from hornbeam_models.plots.figures import weight_histograms as weight_histograms
from hornbeam_models.plots.inside import grad_cam_map as grad_cam_map
from hornbeam_models.plots.inside import saliency_map as saliency_map

__all__ = [
    "activation_histograms", "confusion_matrix", "feature_maps", "grad_cam", "grad_cam_map", "learning_curves", "learning_rates",
    "roc_curve", "saliency", "saliency_map", "weight_histograms",
]  # fmt: skip

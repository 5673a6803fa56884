"""Every loss as a function: one value per sample, over the last axis."""

from hornbeam_optimizers.losses.boxes import ciou, diou, giou, iou
from hornbeam_optimizers.losses.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    categorical_generalized_cross_entropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from hornbeam_optimizers.losses.embeddings import circle, contrastive, triplet, triplet_margin
from hornbeam_optimizers.losses.focal import binary_focal_crossentropy, categorical_focal_crossentropy
from hornbeam_optimizers.losses.hinges import categorical_hinge, hinge, squared_hinge
from hornbeam_optimizers.losses.margins import arcface, cosface
from hornbeam_optimizers.losses.overlap import dice, tversky
from hornbeam_optimizers.losses.regression import (
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    quantile,
    smooth_l1,
)
from hornbeam_optimizers.losses.sequences import ctc

__all__ = [
    "arcface", "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
    "categorical_focal_crossentropy", "categorical_generalized_cross_entropy", "categorical_hinge", "ciou", "circle",
    "contrastive", "cosface", "cosine_similarity", "ctc", "dice", "diou", "giou", "hinge", "huber", "iou", "kl_divergence", "log_cosh",
    "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error",
    "poisson", "quantile", "smooth_l1", "sparse_categorical_crossentropy", "squared_hinge", "triplet", "triplet_margin",
    "tversky",
]  # fmt: skip

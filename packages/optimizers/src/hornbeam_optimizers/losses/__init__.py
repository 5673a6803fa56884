"""Losses, as classes and as functions."""

from hornbeam_optimizers.losses.base import *
from hornbeam_optimizers.losses.boxes import *
from hornbeam_optimizers.losses.crossentropy import *
from hornbeam_optimizers.losses.embeddings import *
from hornbeam_optimizers.losses.focal import *
from hornbeam_optimizers.losses.hinges import *
from hornbeam_optimizers.losses.margins import *
from hornbeam_optimizers.losses.overlap import *
from hornbeam_optimizers.losses.registered import *
from hornbeam_optimizers.losses.regression import *
from hornbeam_optimizers.losses.sequences import *

__all__ = [
    "ArcFace", "BinaryCrossentropy", "BinaryFocalCrossentropy", "CIoU", "CTC", "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy", "CategoricalHinge", "Circle", "Contrastive",
    "CosFace", "CosineSimilarity", "DIoU", "Dice", "GIoU", "Hinge", "Huber", "IoU", "KLDivergence", "LogCosh", "Loss",
    "LossFunctionWrapper", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "Poisson", "Quantile", "SmoothL1", "SparseCategoricalCrossentropy", "SquaredHinge",
    "Triplet", "Tversky", "arcface", "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
    "categorical_focal_crossentropy", "categorical_generalized_cross_entropy", "categorical_hinge", "ciou", "circle",
    "contrastive", "cosface", "cosine_similarity", "ctc", "deserialize", "dice", "diou", "get", "giou", "hinge",
    "huber", "iou", "kl_divergence", "log_cosh", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_error", "mean_squared_logarithmic_error", "poisson", "quantile", "serialize", "smooth_l1",
    "sparse_categorical_crossentropy", "squared_hinge", "triplet", "triplet_margin", "tversky",
]  # fmt: skip

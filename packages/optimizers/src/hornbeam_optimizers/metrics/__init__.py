"""Metrics: streaming figures, kept in variables."""

from hornbeam_optimizers.losses.functions import binary_crossentropy as binary_crossentropy
from hornbeam_optimizers.losses.functions import binary_focal_crossentropy as binary_focal_crossentropy
from hornbeam_optimizers.losses.functions import categorical_crossentropy as categorical_crossentropy
from hornbeam_optimizers.losses.functions import categorical_focal_crossentropy as categorical_focal_crossentropy
from hornbeam_optimizers.losses.functions import categorical_hinge as categorical_hinge
from hornbeam_optimizers.losses.functions import hinge as hinge
from hornbeam_optimizers.losses.functions import huber as huber
from hornbeam_optimizers.losses.functions import kl_divergence as kl_divergence
from hornbeam_optimizers.losses.functions import log_cosh as log_cosh
from hornbeam_optimizers.losses.functions import mean_absolute_error as mean_absolute_error
from hornbeam_optimizers.losses.functions import mean_absolute_percentage_error as mean_absolute_percentage_error
from hornbeam_optimizers.losses.functions import mean_squared_error as mean_squared_error
from hornbeam_optimizers.losses.functions import mean_squared_logarithmic_error as mean_squared_logarithmic_error
from hornbeam_optimizers.losses.functions import poisson as poisson
from hornbeam_optimizers.losses.functions import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from hornbeam_optimizers.losses.functions import squared_hinge as squared_hinge
from hornbeam_optimizers.metrics.accuracy import *
from hornbeam_optimizers.metrics.auc import *
from hornbeam_optimizers.metrics.base import *
from hornbeam_optimizers.metrics.confusion import *
from hornbeam_optimizers.metrics.correlation import *
from hornbeam_optimizers.metrics.errors import *
from hornbeam_optimizers.metrics.fscore import *
from hornbeam_optimizers.metrics.hinges import *
from hornbeam_optimizers.metrics.iou import *
from hornbeam_optimizers.metrics.moments import *
from hornbeam_optimizers.metrics.operating import *
from hornbeam_optimizers.metrics.probabilistic import *
from hornbeam_optimizers.metrics.reductions import *
from hornbeam_optimizers.metrics.registered import *

__all__ = [
    "AUC", "Accuracy", "BinaryAccuracy", "BinaryCrossentropy", "BinaryIoU", "CategoricalAccuracy",
    "CategoricalCrossentropy", "CategoricalHinge", "ConcordanceCorrelation", "CosineSimilarity", "ExplainedVariance",
    "F1Score", "FBetaScore", "FalseNegatives", "FalsePositives", "Hinge", "IoU", "KLDivergence", "LogCoshError",
    "Mean", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanIoU", "MeanMetricWrapper", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "Metric", "OneHotIoU", "OneHotMeanIoU", "PearsonCorrelation", "PearsonR", "Poisson",
    "Precision", "PrecisionAtRecall", "R2Score", "Recall", "RecallAtPrecision", "RootMeanSquaredError",
    "SensitivityAtSpecificity", "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy", "SpecificityAtSensitivity", "SquaredHinge", "Sum", "TopKCategoricalAccuracy",
    "TrueNegatives", "TruePositives", "accuracy", "binary_accuracy", "binary_crossentropy",
    "binary_focal_crossentropy", "categorical_accuracy", "categorical_crossentropy", "categorical_focal_crossentropy",
    "categorical_hinge", "concordance_correlation", "cosine_similarity", "deserialize", "get", "hinge", "huber",
    "kl_divergence", "log_cosh", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error",
    "mean_squared_logarithmic_error", "pearson_correlation", "poisson", "serialize", "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy", "sparse_top_k_categorical_accuracy", "squared_hinge",
    "top_k_categorical_accuracy",
]  # fmt: skip

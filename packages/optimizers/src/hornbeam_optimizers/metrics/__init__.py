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
from hornbeam_optimizers.metrics.agreement import *
from hornbeam_optimizers.metrics.auc import *
from hornbeam_optimizers.metrics.base import *
from hornbeam_optimizers.metrics.bleu import *
from hornbeam_optimizers.metrics.calibration import *
from hornbeam_optimizers.metrics.chrf import *
from hornbeam_optimizers.metrics.confusion import *
from hornbeam_optimizers.metrics.correlation import *
from hornbeam_optimizers.metrics.curves import *
from hornbeam_optimizers.metrics.detection import *
from hornbeam_optimizers.metrics.edits import *
from hornbeam_optimizers.metrics.errors import *
from hornbeam_optimizers.metrics.exact import *
from hornbeam_optimizers.metrics.fscore import *
from hornbeam_optimizers.metrics.hinges import *
from hornbeam_optimizers.metrics.iou import *
from hornbeam_optimizers.metrics.moments import *
from hornbeam_optimizers.metrics.operating import *
from hornbeam_optimizers.metrics.probabilistic import *
from hornbeam_optimizers.metrics.ranking import *
from hornbeam_optimizers.metrics.reductions import *
from hornbeam_optimizers.metrics.registered import *
from hornbeam_optimizers.metrics.report import *
from hornbeam_optimizers.metrics.rouge import *
from hornbeam_optimizers.metrics.scaled import *

__all__ = [
    "AUC", "Accuracy", "AveragePrecision", "BLEU", "BalancedAccuracy", "BinaryAccuracy", "BinaryCrossentropy",
    "BinaryIoU", "BrierScore", "CategoricalAccuracy", "CategoricalCrossentropy", "CategoricalHinge",
    "CharacterErrorRate", "ChrF", "CohenKappa", "ConcordanceCorrelation", "ConfusionMatrix", "CosineSimilarity",
    "ExactAUC", "ExactOperatingPoint", "ExpectedCalibrationError", "ExplainedVariance", "F1Score", "FBetaScore",
    "FalseNegatives", "FalsePositives", "Hinge", "IoU", "JaccardScore", "KLDivergence", "LogCoshError", "LogLoss",
    "MatthewsCorrelation", "Mean", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanAbsoluteScaledError",
    "MeanAveragePrecision", "MeanIoU", "MeanMetricWrapper", "MeanReciprocalRank", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "Metric", "NDCG", "OneHotIoU", "OneHotMeanIoU", "PearsonCorrelation", "PearsonR",
    "Perplexity", "Poisson", "Precision", "PrecisionAtRecall", "PrecisionScore", "R2Score", "ROUGE", "Recall",
    "RecallAtPrecision", "RecallScore", "RetrievalAveragePrecision", "RootMeanSquaredError",
    "SensitivityAtSpecificity", "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy", "SpearmanCorrelation", "SpecificityAtSensitivity", "SquaredHinge", "Sum",
    "SymmetricMeanAbsolutePercentageError", "TopKCategoricalAccuracy", "TrueNegatives", "TruePositives",
    "WordErrorRate", "accuracy", "binary_accuracy", "binary_crossentropy", "binary_focal_crossentropy", "brier_score",
    "categorical_accuracy", "categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge",
    "classification_report", "concordance_correlation", "cosine_similarity", "deserialize", "edit_distance", "get",
    "hinge", "huber", "kl_divergence", "log_cosh", "log_loss", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_error", "mean_squared_logarithmic_error", "ndcg", "pearson_correlation", "poisson",
    "precision_recall_curve", "reciprocal_rank", "retrieval_average_precision", "roc_curve", "serialize",
    "sparse_categorical_accuracy", "sparse_categorical_crossentropy", "sparse_top_k_categorical_accuracy",
    "squared_hinge", "symmetric_mean_absolute_percentage_error", "top_k_categorical_accuracy",
]  # fmt: skip

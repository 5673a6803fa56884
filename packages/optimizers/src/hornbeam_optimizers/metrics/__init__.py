"""Metrics: streaming figures, kept in variables."""

from hornbeam_optimizers.metrics.accuracy import *
from hornbeam_optimizers.metrics.base import *

__all__ = [
    "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "Mean", "MeanAbsoluteError", "MeanMetricWrapper",
    "MeanSquaredError", "Metric", "SparseCategoricalAccuracy", "Sum", "accuracy", "binary_accuracy",
    "categorical_accuracy", "sparse_categorical_accuracy",
]  # fmt: skip

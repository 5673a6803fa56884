"""What this package offers to the registry. Reading it imports no optimizer."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


OPTIMIZERS = {  # by the module that has them
    "adafactor": ("Adafactor",), "adagrad": ("Adadelta", "Adagrad"), "adam": ("Adam", "AdamW"),
    "adamax": ("Adamax", "Nadam"), "ftrl": ("Ftrl",), "layerwise": ("LARS", "Lamb"), "lion": ("Lion",),
    "multi": ("MultiOptimizer", "OptimizerMap"), "muon": ("Muon",), "radam": ("RAdam",), "rmsprop": ("RMSprop",),
    "schedule_free": ("ScheduleFreeAdamW",), "sgd": ("SGD",), "wrapper": ("Lookahead", "LossScaleOptimizer"),
}  # fmt: skip
SCHEDULES = {
    "cosine": ("CosineDecay", "CosineDecayRestarts", "OneCycle"),
    "decays": ("ExponentialDecay", "InverseTimeDecay", "PiecewiseConstantDecay", "PolynomialDecay"),
}


@hookimpl
def provide_optimizers() -> list[Component]:
    """Every optimizer, by its Keras names: that of the class, and the same in small letters."""
    return [
        Component(name, f"hornbeam_optimizers.optimizers.{module}:{name}", aliases=(name.lower(),))
        for module, names in OPTIMIZERS.items()
        for name in names
    ]


@hookimpl
def provide_schedules() -> list[Component]:
    """Every learning-rate schedule."""
    return [
        Component(name, f"hornbeam_optimizers.schedules.{module}:{name}")
        for module, names in SCHEDULES.items()
        for name in names
    ]


LOSSES = {  # by the module that has them
    "base": ("LossFunctionWrapper",),
    "boxes": ("CIoU", "DIoU", "GIoU", "IoU"),
    "crossentropy": (
        "BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy", "KLDivergence",
        "SparseCategoricalCrossentropy",
    ),
    "embeddings": ("Circle", "Contrastive", "Triplet"),
    "focal": ("BinaryFocalCrossentropy", "CategoricalFocalCrossentropy"),
    "hinges": ("CategoricalHinge", "Hinge", "SquaredHinge"),
    "margins": ("ArcFace", "CosFace"),
    "overlap": ("Dice", "Tversky"),
    "regression": (
        "CosineSimilarity", "Huber", "LogCosh", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
        "MeanSquaredLogarithmicError", "Poisson", "Quantile", "SmoothL1",
    ),
    "sequences": ("CTC",),
}  # fmt: skip
LOSS_ALIASES = {
    "ArcFace": ("arcface",),
    "BinaryCrossentropy": ("bce", "BCE"),
    "CIoU": ("ciou",),
    "CosFace": ("cosface",),
    "CosineSimilarity": ("cosine_proximity",),
    "DIoU": ("diou",),
    "GIoU": ("giou",),
    "IoU": ("iou",),
    "KLDivergence": ("kld", "KLD", "kullback_leibler_divergence"),
    "LogCosh": ("logcosh",),
    "MeanAbsoluteError": ("mae", "MAE"),
    "MeanAbsolutePercentageError": ("mape", "MAPE"),
    "MeanSquaredError": ("mse", "MSE"),
    "MeanSquaredLogarithmicError": ("msle", "MSLE"),
    "SmoothL1": ("smooth_l1",),
}


@hookimpl
def provide_losses() -> list[Component]:
    """Every loss, by its Keras names."""
    return [
        Component(name, f"hornbeam_optimizers.losses.{module}:{name}", aliases=LOSS_ALIASES.get(name, ()))
        for module, names in LOSSES.items()
        for name in names
    ]


METRICS = {  # by the module that has them
    "accuracy": (
        "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy",
        "TopKCategoricalAccuracy",
    ),
    "agreement": ("BalancedAccuracy", "CohenKappa", "ConfusionMatrix", "MatthewsCorrelation"),
    "auc": ("AUC",),
    "bleu": ("BLEU",),
    "calibration": ("BrierScore", "ExpectedCalibrationError", "LogLoss", "Perplexity"),
    "chrf": ("ChrF",),
    "confusion": ("FalseNegatives", "FalsePositives", "Precision", "Recall", "TrueNegatives", "TruePositives"),
    "correlation": ("ConcordanceCorrelation", "CosineSimilarity", "PearsonCorrelation"),
    "detection": ("MeanAveragePrecision",),
    "edits": ("CharacterErrorRate", "WordErrorRate"),
    "errors": (
        "LogCoshError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "MeanSquaredLogarithmicError",
    ),
    "exact": ("AveragePrecision", "ExactAUC", "ExactOperatingPoint", "SpearmanCorrelation"),
    "fscore": ("F1Score", "FBetaScore", "JaccardScore", "PrecisionScore", "RecallScore"),
    "hinges": ("CategoricalHinge", "Hinge", "SquaredHinge"),
    "iou": ("BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"),
    "moments": ("ExplainedVariance", "PearsonR", "R2Score", "RootMeanSquaredError"),
    "probabilistic": (
        "BinaryCrossentropy", "CategoricalCrossentropy", "KLDivergence", "Poisson", "SparseCategoricalCrossentropy",
    ),
    "operating": ("PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity"),
    "ranking": ("NDCG", "MeanReciprocalRank", "RetrievalAveragePrecision"),
    "reductions": ("Mean", "MeanMetricWrapper", "Sum"),
    "rouge": ("ROUGE",),
    "scaled": ("MeanAbsoluteScaledError", "SymmetricMeanAbsolutePercentageError"),
}  # fmt: skip
METRIC_ALIASES = {
    "BinaryCrossentropy": ("bce", "BCE"),
    "BinaryIoU": ("binary_iou",),
    "IoU": ("iou",),
    "KLDivergence": ("kld", "KLD", "kullback_leibler_divergence"),
    "LogCoshError": ("logcosh", "log_cosh"),
    "MeanAbsoluteError": ("mae", "MAE"),
    "MeanAbsolutePercentageError": ("mape", "MAPE"),
    "MeanIoU": ("mean_iou",),
    "MeanSquaredError": ("mse", "MSE"),
    "MeanSquaredLogarithmicError": ("msle", "MSLE"),
    "CharacterErrorRate": ("cer", "CER"),
    "ExpectedCalibrationError": ("ece", "ECE"),
    "MeanAbsoluteScaledError": ("mase", "MASE"),
    "MeanReciprocalRank": ("mrr", "MRR"),
    "RootMeanSquaredError": ("rmse", "RMSE"),
    "SymmetricMeanAbsolutePercentageError": ("smape", "sMAPE", "SMAPE"),
    "WordErrorRate": ("wer", "WER"),
}


@hookimpl
def provide_metrics() -> list[Component]:
    """Every metric, by its Keras names."""
    return [
        Component(name, f"hornbeam_optimizers.metrics.{module}:{name}", aliases=METRIC_ALIASES.get(name, ()))
        for module, names in METRICS.items()
        for name in names
    ]

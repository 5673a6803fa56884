"""Which names are in which module of Keras, and where Hornbeam has them."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from typing import Any

from hornbeam.errors import HornbeamError

from hornbeam_apps.keras_names.config import KERAS_VERSION

__all__ = ["MISSING", "Names", "is_module", "names_of"]

TENSORFLOW_VERSION = "2.20.0"  # whose names these are
MISSING = object()


class Names:
    """The names of a module.

    Args:
        sources: modules in which they are looked for, in order.
        others: names under which something else, or nothing, is there: "module:name" each.
    """

    def __init__(self, *sources: str, others: Mapping[str, Any] | None = None) -> None:
        self.sources, self.others = sources, dict(others or {})

    def find(self, name: str) -> Any:
        """What a name stands for; MISSING if it is not there."""
        if name in self.others:
            target = self.others[name]
            return _load(target) if isinstance(target, str) and ":" in target else MISSING if target is None else target
        for source in self.sources:
            found = getattr(_module(source), name, MISSING)
            if found is not MISSING:
                return found
        return MISSING

    def all(self) -> list[str]:
        """Every name."""
        found = {name for source in self.sources for name in getattr(_module(source), "__all__", ())}
        return sorted(found | set(self.others))


@functools.cache
def _module(name: str) -> Any:
    """A module of ours, or None where it does not exist."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        return None
    except HornbeamError:
        return None


def _load(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(_module(module), name, MISSING)


BACKEND = "hornbeam_apps.keras_names.backend"
CONFIG = "hornbeam_apps.keras_names.config"
INPUT = "hornbeam_apps.keras_names.old:Input"
TF = "hornbeam_apps.keras_names.tensorflow"
LAYERS = {  # of Keras 1 and 2
    **{f"Convolution{n}D": f"hornbeam_layers:Conv{n}D" for n in (1, 2, 3)},
    **{f"Convolution{n}DTranspose": f"hornbeam_layers:Conv{n}DTranspose" for n in (2, 3)},
    **{f"Deconvolution{n}D": f"hornbeam_layers:Conv{n}DTranspose" for n in (2, 3)},
    **{f"{short}Pool{n}D": f"hornbeam_layers:{name}Pooling{n}D" for short, name in (
        ("Max", "Max"), ("Avg", "Average"), ("GlobalMax", "GlobalMax"), ("GlobalAvg", "GlobalAverage"),
    ) for n in (1, 2, 3)},
    "AbstractRNNCell": "hornbeam:Layer", "SyncBatchNormalization": "hornbeam_layers:BatchNormalization",
    "BatchNormalizationV1": "hornbeam_layers:BatchNormalization",
    "CuDNNGRU": "hornbeam_layers:GRU", "CuDNNLSTM": "hornbeam_layers:LSTM",
    "SeparableConvolution2D": "hornbeam_layers:SeparableConv2D",
}  # fmt: skip
UTILS = {
    "FeatureSpace": "hornbeam_layers:FeatureSpace",
    **{name: f"{CONFIG}:{name}" for name in (
        "disable_interactive_logging", "enable_interactive_logging", "is_interactive_logging_enabled", "standardize_dtype",
    )},
    "is_keras_tensor": f"{BACKEND}.variables:is_keras_tensor",
    "Progbar": "hornbeam_models.callbacks:ProgbarLogger",
    "clear_session": "hornbeam.naming:clear_session",
    "multi_gpu_model": "hornbeam_apps.keras_names.old:multi_gpu_model",
}  # fmt: skip
SHORT = {short: f"hornbeam_optimizers.losses:{name}" for short, name in (  # losses of Keras 2, in capitals too
    ("bce", "binary_crossentropy"), ("kld", "kl_divergence"), ("mae", "mean_absolute_error"), ("mape", "mean_absolute_percentage_error"),
    ("mse", "mean_squared_error"), ("msle", "mean_squared_logarithmic_error"),
)}  # fmt: skip
SHORT |= {short.upper(): target for short, target in SHORT.items()}
SHORT |= {
    "Reduction": "hornbeam_apps.keras_names.old:Reduction", "huber_loss": "hornbeam_optimizers.losses:huber",
    **{name: "hornbeam_optimizers.losses:cosine_similarity" for name in ("cosine", "cosine_proximity")},
    "kullback_leibler_divergence": SHORT["kld"], "logcosh": "hornbeam_optimizers.losses:log_cosh",
}  # fmt: skip
MIXED = {
    "DTypePolicy": "hornbeam:DTypePolicy", "Policy": "hornbeam:DTypePolicy", "dtype_policy": "hornbeam.policy:dtype_policy",
    "global_policy": "hornbeam.policy:dtype_policy", "set_dtype_policy": "hornbeam.policy:set_dtype_policy",
    "set_global_policy": "hornbeam.policy:set_dtype_policy", "set_policy": "hornbeam.policy:set_dtype_policy",
}  # fmt: skip
OPTIMIZERS = {name.lower(): f"hornbeam_optimizers:{name}" for name in (
    "Adadelta", "Adagrad", "Adam", "Adamax", "Nadam", "RMSprop", "SGD",
)}  # fmt: skip
DATASETS = ("hornbeam_datasets",)
OF_K = tuple(f"{BACKEND}.{part}" for part in ("settings", "variables", "graphs", "arrays", "networks", "volumes"))
MODULES: dict[str, Names] = {
    "": Names("hornbeam", "hornbeam_models", others={
        "__version__": KERAS_VERSION, "Initializer": "hornbeam_layers.initializers:Initializer",
        "Regularizer": "hornbeam_layers.regularizers:Regularizer", "device": f"{CONFIG}:device", "name_scope": f"{CONFIG}:name_scope",
        "version": f"{CONFIG}:version", "Input": INPUT, "Layer": "hornbeam:Layer",
        "InputSpec": "hornbeam_layers:InputSpec", "Loss": "hornbeam_optimizers.losses:Loss",
        "Metric": "hornbeam_optimizers.metrics:Metric", "Optimizer": "hornbeam_optimizers:Optimizer",
        **{name: None for name in ("applications", "layers", "models", "optimizers", "losses", "metrics", "callbacks", "datasets",
           "initializers", "regularizers", "constraints", "activations", "saving", "utils", "ops", "random", "backend")},
    }),
    "activations": Names("hornbeam_layers.activations", others={"swish": "hornbeam.ops:silu"}),
    "applications": Names("hornbeam_apps.applications"),
    "backend": Names(*OF_K, CONFIG, "hornbeam.ops", others={
        "floatx": "hornbeam.dtypes:floatx", "set_floatx": "hornbeam.dtypes:set_floatx",
        "clear_session": "hornbeam.naming:clear_session", "stop_gradient": "hornbeam:stop_gradient",
    }),
    "callbacks": Names("hornbeam_models.callbacks"),
    "config": Names(CONFIG),
    "dtype_policies": Names("hornbeam", "hornbeam.policy"),
    "constraints": Names("hornbeam_layers.constraints", others={
        short: f"hornbeam_layers.constraints:{name}" for short, name in (
            ("maxnorm", "MaxNorm"), ("nonneg", "NonNeg"), ("unitnorm", "UnitNorm"),
        )
    }),
    "datasets": Names(*DATASETS),
    "engine": Names("hornbeam_layers", "hornbeam_models", others=LAYERS),
    "initializers": Names("hornbeam_layers.initializers", others={
        "normal": "hornbeam_layers.initializers:RandomNormal", "uniform": "hornbeam_layers.initializers:RandomUniform",
    }),
    "layers": Names("hornbeam_layers", others={**LAYERS, "Input": INPUT, "Layer": "hornbeam:Layer"}),
    "losses": Names("hornbeam_optimizers.losses", others=SHORT),
    "metrics": Names("hornbeam_optimizers.metrics", "hornbeam_optimizers.losses", others=SHORT),
    "mixed_precision": Names("hornbeam_optimizers", others=MIXED),
    "models": Names("hornbeam_models", "hornbeam_models.saving", others={"Input": INPUT}),
    "ops": Names("hornbeam.ops"),
    "optimizers": Names("hornbeam_optimizers", "hornbeam_optimizers.schedules", others=OPTIMIZERS),
    "optimizers.schedules": Names("hornbeam_optimizers.schedules"),
    "preprocessing": Names(f"{TF}.data_sources", *DATASETS),
    "random": Names("hornbeam.random"),
    "regularizers": Names("hornbeam_layers.regularizers"),
    "saving": Names("hornbeam_models.saving"),
    "tree": Names("hornbeam.tree"),
    "utils": Names("hornbeam_models.utils", f"{TF}.data_sources", *DATASETS, "hornbeam_models", others=UTILS),
    "wrappers": Names("hornbeam_apps.keras_names.wrappers"),
}  # fmt: skip
BELOW = frozenset({  # modules below others, whose names are those of the one above
    "activation", "advanced_activations", "attention", "base_layer", "convolutional", "convolutional_recurrent", "core",
    "cudnn_recurrent", "data_utils", "embeddings", "experimental", "functional", "generic_utils", "input_layer", "io_utils",
    "keras_tensor", "layer_utils", "legacy", "local", "losses_utils", "merge", "merging", "network", "noise",
    "normalization", "np_utils", "object_identity", "pooling", "preprocessing", "recurrent", "recurrent_v2",
    "regularization", "reshaping", "rnn", "scikit_learn", "sequential", "tensorflow_backend", "theano_backend", "topology",
    "training", "training_utils", "v1", "v2", "vis_utils", "wrappers",
})  # fmt: skip
ALSO = {"initializations": "initializers", "objectives": "losses", "legacy": "layers"}  # names of Keras 1
OF_TF = tuple(f"{TF}.{part}" for part in (
    "arrays", "arithmetic", "places", "more_arrays", "scopes", "surroundings", "functions", "tape", "old", "operations",
))  # fmt: skip
MODULES |= {
    "tensorflow": Names(
        *OF_TF,
        others={
            "__version__": TENSORFLOW_VERSION,
            **{
                f"{name}_initializer": f"hornbeam_layers.initializers:{cls}"
                for name, cls in (
                    ("constant", "Constant"),
                    ("ones", "Ones"),
                    ("random_normal", "RandomNormal"),
                    ("random_uniform", "RandomUniform"),
                    ("zeros", "Zeros"),
                )
            },
        },
    ),
    "tensorflow.config": Names(f"{TF}.config"),
    "tensorflow.audio": Names(f"{TF}.files"),
    "tensorflow.data": Names(f"{TF}.data", f"{TF}.data_sources"),
    "tensorflow.io": Names(f"{TF}.files"),
    "tensorflow.signal": Names(f"{TF}.signal"),
    "tensorflow.strings": Names(f"{TF}.strings"),
    "tensorflow.debugging": Names(f"{TF}.debugging"),
    "tensorflow.distribute": Names(f"{TF}.distribute"),
    "tensorflow.initializers": Names("hornbeam_layers.initializers"),
    "tensorflow.image": Names(f"{TF}.images", f"{TF}.cuts", f"{TF}.colours", "hornbeam.ops.image", f"{TF}.files"),
    "tensorflow.linalg": Names(
        f"{TF}.arithmetic",
        f"{TF}.places",
        f"{TF}.more_arrays",
        f"{TF}.networks",
        "hornbeam.ops.linalg",
        f"{TF}.operations",
    ),
    "tensorflow.math": Names(*OF_TF, f"{TF}.networks"),
    "tensorflow.nest": Names("hornbeam.tree"),
    "tensorflow.nn": Names(f"{TF}.networks", *OF_TF),
    "tensorflow.random": Names(f"{TF}.random"),
}
TENSORFLOW = {  # modules of tensorflow, and where their names are
    "compat": "tensorflow", "compat.v1": "tensorflow", "compat.v2": "tensorflow", "dtypes": "tensorflow",
    "python": "tensorflow", "test": "tensorflow.config",
}  # fmt: skip
TENSORFLOW |= {where.removeprefix("tensorflow."): where for where in MODULES if where.startswith("tensorflow.")}


def _home(where: str) -> str | None:
    """The module of the table that has a place's names."""
    first, _, rest = where.partition(".")
    if first == "tensorflow":
        rest = rest.removeprefix("compat.v1.").removeprefix("compat.v2.")
        return "tensorflow" if not rest or rest.startswith("python.") else TENSORFLOW.get(rest)
    if where in MODULES:
        return where
    if first in ("datasets", "preprocessing", "applications"):
        name = rest.partition(".")[0]
        own = f"hornbeam_apps.applications.{name}" if first == "applications" else f"hornbeam_datasets.{name}"
        if first == "preprocessing" or _module(own) is not None:
            return first
        return None
    first = ALSO.get(first, first)
    return first if first in MODULES and first and (not rest or rest.rpartition(".")[2] in BELOW) else None


def is_module(where: str) -> bool:
    """Whether there is a module at a place."""
    return where == "" or _home(where) is not None


def names_of(where: str) -> Names:
    """The names of the module at a place: those of its own module where there is one, and those of what is above it."""
    home = _home(where) or ""
    first, _, rest = where.partition(".")
    if rest and first in ("datasets", "preprocessing", "applications"):
        own = {"applications": "hornbeam_apps.applications"}.get(first, "hornbeam_datasets")
        return Names(f"{own}.{rest}", *MODULES[first].sources, others=MODULES[first].others)
    return MODULES[home]

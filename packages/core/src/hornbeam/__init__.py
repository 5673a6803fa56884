"""Hornbeam: a deep-learning library that you assemble. This package is its core; see `hornbeam.layers` and the others."""

import typing as _typing
from importlib import import_module as _import_module

from hornbeam import mixed_precision as mixed_precision
from hornbeam import ops as ops
from hornbeam import random as random
from hornbeam import tree as tree
from hornbeam.recompute import checkpoint as checkpoint
from hornbeam.gradient_rules import custom_vjp as custom_vjp
from hornbeam.autodiff import grad as grad
from hornbeam.autodiff import jvp as jvp
from hornbeam.gradient_rules import no_grad as no_grad
from hornbeam.gradient_rules import stop_gradient as stop_gradient
from hornbeam.autodiff import value_and_grad as value_and_grad
from hornbeam.autodiff import vjp as vjp
from hornbeam.backends import backend as backend
from hornbeam.backends import set_backend as set_backend
from hornbeam.dtypes import *
from hornbeam.dtypes import DType as DType
from hornbeam.errors import *
from hornbeam.interpreters import evaluate as _evaluate
from hornbeam.input_spec import InputSpec as InputSpec
from hornbeam.jit import capture as capture
from hornbeam.jit import jit as jit
from hornbeam.layer import Layer as Layer
from hornbeam.policy import DTypePolicy as DTypePolicy
from hornbeam.profiler import profile as profile
from hornbeam.random import set_random_seed as set_random_seed
from hornbeam.remat import RematScope as RematScope
from hornbeam.remat import remat as remat
from hornbeam.stateless import StatelessScope as StatelessScope
from hornbeam.symbolic import KerasTensor as KerasTensor
from hornbeam.tensor import Tensor as Tensor
from hornbeam.threads import get_num_threads as get_num_threads
from hornbeam.threads import set_num_threads as set_num_threads
from hornbeam.variable import Variable as Variable

if _typing.TYPE_CHECKING:
    from hornbeam import layers as layers
    from hornbeam import initializers as initializers
    from hornbeam import regularizers as regularizers
    from hornbeam import constraints as constraints
    from hornbeam import activations as activations
    from hornbeam import optimizers as optimizers
    from hornbeam import losses as losses
    from hornbeam import metrics as metrics
    from hornbeam import models as models
    from hornbeam import callbacks as callbacks
    from hornbeam import datasets as datasets
    from hornbeam import applications as applications
    from hornbeam import plots as plots
    from hornbeam import saving as saving
    from hornbeam import utils as utils
    from hornbeam_layers import Input as Input
    from hornbeam_models import Model as Model
    from hornbeam_models import Sequential as Sequential

__version__ = "0.1.0"
_FACADES = (
    *(
        "activations",
        "applications",
        "callbacks",
        "constraints",
        "datasets",
        "initializers",
        "layers",
        "losses",
        "metrics",
        "models",
    ),
    *("optimizers", "plots", "regularizers", "saving", "utils"),
)
_FROM_FACADES = {"Input": "layers", "Model": "models", "Sequential": "models"}


def __getattr__(name: str) -> _typing.Any:
    """Load a facade, or a name that Keras has at the top, at its first use."""
    if name in _FACADES:
        return _import_module(f"hornbeam.{name}")
    if name in _FROM_FACADES:
        return getattr(_import_module(f"hornbeam.{_FROM_FACADES[name]}"), name)
    raise AttributeError(f"module 'hornbeam' has no attribute {name!r}")


def __dir__() -> list[str]:
    """What there is, facades included."""
    return sorted({*globals(), *_FACADES, *_FROM_FACADES})

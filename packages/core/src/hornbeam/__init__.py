"""Hornbeam: a deep-learning library that you assemble. This package is its core; see `hornbeam.layers` and the others."""

import importlib as _importlib
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from hornbeam import ops as ops
from hornbeam import random as random
from hornbeam import tree as tree
from hornbeam.autodiff import checkpoint as checkpoint
from hornbeam.autodiff import custom_vjp as custom_vjp
from hornbeam.autodiff import grad as grad
from hornbeam.autodiff import jvp as jvp
from hornbeam.autodiff import no_grad as no_grad
from hornbeam.autodiff import stop_gradient as stop_gradient
from hornbeam.autodiff import value_and_grad as value_and_grad
from hornbeam.autodiff import vjp as vjp
from hornbeam.backends import backend as backend
from hornbeam.backends import set_backend as set_backend
from hornbeam.dtypes import *
from hornbeam.dtypes import DType as DType
from hornbeam.errors import *
from hornbeam.interpreters import evaluate as _evaluate
from hornbeam.jit import capture as capture
from hornbeam.jit import jit as jit
from hornbeam.layer import Layer as Layer
from hornbeam.policy import DTypePolicy as DTypePolicy
from hornbeam.random import set_random_seed as set_random_seed
from hornbeam.symbolic import KerasTensor as KerasTensor
from hornbeam.tensor import Tensor as Tensor
from hornbeam.variable import Variable as Variable

__version__ = "0.1.0"

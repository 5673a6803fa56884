"""Initializers: the first values of weights. Each is called with (shape, dtype)."""

from __future__ import annotations

from typing import Any

from hornbeam_layers.initializers.base import Initializer as Initializer
from hornbeam_layers.initializers.constant import STFT as STFT
from hornbeam_layers.initializers.constant import STFT as STFTInitializer
from hornbeam_layers.initializers.constant import STFT as stft
from hornbeam_layers.initializers.constant import Constant as Constant
from hornbeam_layers.initializers.constant import Constant as constant
from hornbeam_layers.initializers.constant import Identity as Identity
from hornbeam_layers.initializers.constant import Identity as IdentityInitializer
from hornbeam_layers.initializers.constant import Identity as identity
from hornbeam_layers.initializers.constant import Ones as Ones
from hornbeam_layers.initializers.constant import Ones as ones
from hornbeam_layers.initializers.constant import Zeros as Zeros
from hornbeam_layers.initializers.constant import Zeros as zeros
from hornbeam_layers.initializers.random import GlorotNormal as GlorotNormal
from hornbeam_layers.initializers.random import GlorotNormal as glorot_normal
from hornbeam_layers.initializers.random import GlorotUniform as GlorotUniform
from hornbeam_layers.initializers.random import GlorotUniform as glorot_uniform
from hornbeam_layers.initializers.random import HeNormal as HeNormal
from hornbeam_layers.initializers.random import HeNormal as he_normal
from hornbeam_layers.initializers.random import HeUniform as HeUniform
from hornbeam_layers.initializers.random import HeUniform as he_uniform
from hornbeam_layers.initializers.random import LecunNormal as LecunNormal
from hornbeam_layers.initializers.random import LecunNormal as lecun_normal
from hornbeam_layers.initializers.random import LecunUniform as LecunUniform
from hornbeam_layers.initializers.random import LecunUniform as lecun_uniform
from hornbeam_layers.initializers.random import Orthogonal as Orthogonal
from hornbeam_layers.initializers.random import Orthogonal as OrthogonalInitializer
from hornbeam_layers.initializers.random import Orthogonal as orthogonal
from hornbeam_layers.initializers.random import RandomNormal as RandomNormal
from hornbeam_layers.initializers.random import RandomNormal as random_normal
from hornbeam_layers.initializers.random import RandomUniform as RandomUniform
from hornbeam_layers.initializers.random import RandomUniform as random_uniform
from hornbeam_layers.initializers.random import TruncatedNormal as TruncatedNormal
from hornbeam_layers.initializers.random import TruncatedNormal as truncated_normal
from hornbeam_layers.initializers.random import VarianceScaling as VarianceScaling
from hornbeam_layers.initializers.random import VarianceScaling as variance_scaling
from hornbeam_layers.initializers.random import compute_fans as compute_fans
from hornbeam_layers.serialization import resolve
from hornbeam_layers.serialization import serialize as saved_form

__all__ = [
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "IdentityInitializer",
    "Initializer", "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "OrthogonalInitializer", "RandomNormal",
    "RandomUniform", "STFT", "STFTInitializer", "TruncatedNormal", "VarianceScaling", "Zeros", "compute_fans",
    "constant", "deserialize", "get", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "identity",
    "lecun_normal", "lecun_uniform", "ones", "orthogonal", "random_normal", "random_uniform", "serialize", "stft",
    "truncated_normal", "variance_scaling", "zeros",
]  # fmt: skip
KNOWN = {
    name: globals()[name]
    for name in __all__
    if name not in ("Initializer", "compute_fans", "deserialize", "get", "serialize")
}
KNOWN |= {"normal": RandomNormal, "one": Ones, "uniform": RandomUniform, "zero": Zeros}


def get(identifier: Any) -> Any:
    """The initializer that a name, a class, a saved form or an object stands for.

    Raises:
        UnknownNameError: no initializer has that name.

    Example:
        >>> type(get("glorot_uniform")).__name__, type(get("uniform")).__name__
        ('GlorotUniform', 'RandomUniform')
    """
    return resolve("initializers", identifier, KNOWN)


def serialize(initializer: Any) -> Any:
    """The saved form of an initializer."""
    return saved_form(initializer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The initializer of what `serialize` returned.

    Args:
        config: a saved form, or a name.
        custom_objects: classes and functions of your own, by name.
    """
    return resolve("initializers", config, KNOWN, custom_objects)

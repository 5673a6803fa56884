"""Arguments that a file of another Keras has and a class of ours does not take: left out where they change nothing."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from hornbeam.errors import SerializationError

__all__ = ["fitted_config", "taken"]

EIGHT_BITS = {  # how Keras rounds where it is not told otherwise, and we do
    "module": "keras.quantizers",
    "class_name": "Int8QuantizationConfig",
    "config": {
        "weight_quantizer": None,
        "activation_quantizer": {
            "module": "keras.quantizers",
            "class_name": "AbsMaxQuantizer",
            "config": {"value_range": [-127, 127], "epsilon": 1e-07, "output_dtype": "int8"},
            "registered_name": None,
        },
    },
    "registered_name": None,
}
NEUTRAL: dict[str, tuple[Any, ...]] = {  # values with which an argument changes nothing, beside None and False
    "ema_momentum": (0.99,),
    "implementation": (0, 1, 2),
    "quantization_config": (EIGHT_BITS,),
    "renorm_momentum": (0.99,),
    "use_cudnn": ("auto", True),
    "weights": (None,),
}
WHEREVER = (
    "input_length",
    "jit_compile",
    "ragged",
    "sparse",
    "synchronized",
)  # how something is stored or run, not what comes out


def fitted_config(cls: type, config: dict[str, Any]) -> dict[str, Any]:
    """The configuration without arguments that the class does not take and that change nothing.

    Raises:
        SerializationError: an argument is left that the class does not take.
    """
    known = taken(cls)
    if known is None:
        return config
    left = {name: value for name, value in config.items() if name not in known}
    wrong = {
        n: v
        for n, v in left.items()
        if v not in (None, False) and n not in WHEREVER and _unshared(v) not in NEUTRAL.get(n, ())
    }
    if wrong:
        told = ", ".join(f"{name}={value!r}" for name, value in wrong.items())
        raise SerializationError(f"the file has {cls.__name__}({told}), which this version does not know")
    return {name: value for name, value in config.items() if name in known}


def _unshared(value: Any) -> Any:
    """A saved form without the numbers by which objects that occur twice are known."""
    if not isinstance(value, dict):
        return value
    return {k: _unshared(v) for k, v in value.items() if k != "shared_object_id"}


@functools.cache
def taken(cls: type) -> frozenset[str] | None:
    """The arguments that a class takes; None where its own `from_config` decides, or it takes any."""
    from hornbeam.layer import Layer

    if "from_config" in vars(cls) or "inputs" in inspect.signature(cls.__init__).parameters:  # type: ignore[misc]
        return None
    names: set[str] = set()
    for base in cls.__mro__:
        if "__init__" not in vars(base):
            continue
        parameters = inspect.signature(base.__init__).parameters.values()  # type: ignore[misc]
        names |= {p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            return frozenset(names - {"self"})
        if base is Layer:
            return frozenset(names - {"self"} | {"input_shape", "input_dim"})
        if base.__name__ == "Optimizer":
            return frozenset(names - {"self"})
    return None

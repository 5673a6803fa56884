"""The few names of tensorflow itself that scripts for Keras use; NumPy's and Keras's come from `hornbeam.ops`."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.ops import all as reduce_all
from hornbeam.ops import any as reduce_any
from hornbeam.ops import concatenate as concat
from hornbeam.ops import max as reduce_max
from hornbeam.ops import mean as reduce_mean
from hornbeam.ops import min as reduce_min
from hornbeam.ops import prod as reduce_prod
from hornbeam.ops import std as reduce_std
from hornbeam.ops import sum as reduce_sum
from hornbeam.ops import var as reduce_variance
from hornbeam.ops import where as where
from hornbeam.plugins import registry
from hornbeam.variable import Variable as Variable

__all__ = [
    "Tensor", "Variable", "clip_by_value", "concat", "constant",
    "convert_to_tensor", "function", "gather", "get_logger", "is_tensor", "pow", "reduce_all", "reduce_any", "reduce_max",
    "reduce_mean", "reduce_min", "reduce_prod", "reduce_std", "reduce_sum", "reduce_variance", "set_random_seed", "where",
]  # fmt: skip
Tensor = hb.Tensor
float16, float32, float64, bfloat16 = "float16", "float32", "float64", "bfloat16"
int8, int16, int32, int64, uint8, bool = "int8", "int16", "int32", "int64", "uint8", "bool"  # noqa: A001
set_random_seed = hb.set_random_seed
is_tensor = ops.is_tensor
newaxis = None


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A tensor of the value."""
    found = ops.asarray(value, dtype=dtype)
    return found if shape is None else ops.reshape(found, shape)


def convert_to_tensor(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A tensor of the value."""
    return ops.asarray(value, dtype=dtype)


def pow(x: Any, y: Any, name: str | None = None) -> Any:  # noqa: A001 - its name
    """x to the power y."""
    return ops.power(x, y)


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Values limited to an interval."""
    return ops.clip(t, clip_value_min, clip_value_max)


def gather(params: Any, indices: Any, axis: int = 0, name: str | None = None) -> Any:
    """Parts along an axis, by their indices."""
    return ops.take(params, indices, axis=axis)


def function(func: Any = None, **options: Any) -> Any:
    """Decorator: the function, compiled by `hornbeam.jit`."""
    return hb.jit(func) if func is not None else hb.jit


def get_logger() -> Any:
    """A logger whose level changes nothing."""
    import logging

    return logging.getLogger("hornbeam.tensorflow")


def __getattr__(name: str) -> Any:
    if name == "Dataset":
        return registry.lookup("loaders", "Dataset")
    if name in ("GradientTape", "Session"):
        raise InvalidArgumentError(
            f"tf.{name} is not here: write a function, and hornbeam.grad or hornbeam.value_and_grad of it"
        )
    raise AttributeError(name)

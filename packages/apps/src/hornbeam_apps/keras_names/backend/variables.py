"""K's variables and constants, and questions about tensors."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import ops
from hornbeam.dtypes import floatx
from hornbeam.ops import cast

__all__ = [
    "batch_get_value",
    "batch_set_value",
    "cast_to_floatx",
    "constant",
    "count_params",
    "dtype",
    "eval",
    "get_value",
    "identity",
    "int_shape",
    "is_keras_tensor",
    "is_tensor",
    "moving_average_update",
    "ndim",
    "print_tensor",
    "set_value",
    "update",
    "update_add",
    "update_sub",
    "variable",
]


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> hb.Variable:
    """A variable of the value, of the default float unless `dtype` says otherwise."""
    found = hb.Variable(cast(ops.asarray(value), dtype or floatx()), name=name or "variable")
    found.constraint = constraint
    return found


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A tensor of the value, repeated to a shape."""
    found = cast(ops.asarray(value), dtype or floatx())
    return found if shape is None else ops.broadcast_to(found, tuple(shape))


def get_value(x: Any) -> Any:
    """The values, as a NumPy array."""
    return x.numpy().copy() if hasattr(x, "numpy") else x


eval = get_value  # noqa: A001 - Keras's name


def set_value(x: Any, value: Any) -> None:
    """Give a variable a value."""
    x.assign(value)


def batch_get_value(xs: Any) -> list[Any]:
    """The values of several variables."""
    return [get_value(x) for x in xs]


def batch_set_value(tuples: Any) -> None:
    """Give several variables their values."""
    for x, value in tuples:
        x.assign(value)


def update(x: Any, new_x: Any) -> Any:
    """Give a variable a value, also within what is compiled."""
    x.assign(new_x)
    return x


def update_add(x: Any, increment: Any) -> Any:
    """Add to a variable."""
    x.assign_add(increment)
    return x


def update_sub(x: Any, decrement: Any) -> Any:
    """Subtract from a variable."""
    x.assign_sub(decrement)
    return x


def moving_average_update(x: Any, value: Any, momentum: float) -> Any:
    """Move a variable towards a value."""
    x.assign(x * momentum + value * (1.0 - momentum))
    return x


def count_params(x: Any) -> int:
    """The number of elements."""
    return int(x.size)


def int_shape(x: Any) -> Any:
    """The sizes; None where they are not known yet."""
    return tuple(x.shape)


def ndim(x: Any) -> int:
    """The number of axes."""
    return len(x.shape)


def dtype(x: Any) -> str:
    """The dtype's name."""
    return str(x.dtype)


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor or a variable."""
    return isinstance(x, (hb.Tensor, hb.Variable))


def is_keras_tensor(x: Any) -> bool:
    """Whether it is a place in a Functional model."""
    return isinstance(x, hb.KerasTensor)


def print_tensor(x: Any, message: str = "") -> Any:
    """Print the values, where there are some; return the tensor."""
    if not isinstance(x, hb.KerasTensor):
        print(message, x)
    return x


def cast_to_floatx(x: Any) -> Any:
    """The value in the default float: an array stays one."""
    return x.astype(floatx()) if hasattr(x, "astype") and not is_tensor(x) else cast(x, floatx())


def identity(x: Any, name: str | None = None) -> Any:
    """The value itself."""
    return ops.asarray(x) if not is_tensor(x) else x

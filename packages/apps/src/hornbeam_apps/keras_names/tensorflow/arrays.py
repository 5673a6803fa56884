"""Tensors and variables of tf, and what makes them."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import ops
from hornbeam.dtypes import DType, floatx

from hornbeam_apps.keras_names.tensorflow.naming import renamed, sizes
from hornbeam_apps.keras_names.tensorflow.text import text

__all__ = [
    "DType", "Tensor", "Variable", "bfloat16", "bool", "complex64", "constant", "convert_to_tensor", "eye", "fill",
    "float16", "float32", "float64", "int16", "int32", "int64", "int8", "is_tensor", "linspace", "meshgrid",
    "newaxis", "one_hot", "ones", "range", "set_random_seed", "string", "uint8", "zeros",
]  # fmt: skip
Tensor = hb.Tensor
float16, float32, float64, bfloat16, complex64 = "float16", "float32", "float64", "bfloat16", "complex64"
string = "string"
int8, int16, int32, int64, uint8, bool = "int8", "int16", "int32", "int64", "uint8", "bool"  # noqa: A001
set_random_seed = hb.set_random_seed
is_tensor = ops.is_tensor
newaxis = None
_asarray = renamed(ops.asarray)


class Variable(hb.Variable):
    """A tensor that can be assigned.

    Args:
        initial_value: numbers, or a function without arguments that returns them.
        trainable: whether optimizers may change it.
        name: shown in summaries.
        dtype: default: that of the value.
        **options: what concerns TensorFlow's graphs.
    """

    def __init__(
        self, initial_value: Any, trainable: Any = True, name: str | None = None, dtype: Any = None, **options: Any
    ) -> None:
        value = initial_value() if callable(initial_value) and not is_tensor(initial_value) else initial_value
        super().__init__(value, dtype=dtype, trainable=trainable is not False, autocast=False, name=name or "Variable")

    def read_value(self) -> Any:
        """The present value."""
        return self.value


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A tensor of the value; of strings a tensor of text."""
    found = convert_to_tensor(value, dtype)
    if shape is None or not is_tensor(found):
        return found
    return ops.full(shape, found) if found.size == 1 else ops.reshape(found, shape)


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """A tensor of the value; of strings a tensor of text."""
    first = value
    while isinstance(first, (list, tuple)) and first:
        first = first[0]
    if dtype == string or (dtype is None and isinstance(first, (str, bytes))):
        return text(value)
    return _asarray(value, dtype=dtype)


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Zeros."""
    return ops.zeros(sizes(shape), dtype=dtype)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Ones."""
    return ops.ones(sizes(shape), dtype=dtype)


def eye(
    num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = None, name: str | None = None
) -> Any:
    """Ones on the diagonal, zeros elsewhere; of `batch_shape` so many matrices."""
    columns = num_rows if num_columns is None else num_columns
    found = ops.eye(int(num_rows), int(columns), dtype=dtype or floatx())
    return found if batch_shape is None else ops.broadcast_to(found, (*sizes(batch_shape), *found.shape))


def fill(dims: Any, value: Any, name: str | None = None) -> Any:
    """One value everywhere."""
    return ops.full(sizes(dims), value)


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = None) -> Any:  # noqa: A001
    """Numbers at equal distances, without the limit."""
    start, limit, delta = (x.numpy().item() if is_tensor(x) else x for x in (start, limit, delta))
    whole = all(isinstance(x, int) for x in (start, limit, delta) if x is not None)
    return ops.arange(start, limit, delta, dtype=dtype or ("int32" if whole else floatx()))


def linspace(start: Any, stop: Any, num: int, name: str | None = None, axis: int = 0) -> Any:
    """`num` numbers at equal distances, with the last."""
    return ops.linspace(start, stop, int(num), axis=axis)


def one_hot(
    indices: Any, depth: int, on_value: Any = 1, off_value: Any = 0, axis: int = -1, dtype: Any = None, name: str | None = None
) -> Any:  # fmt: skip
    """Rows that are `on_value` at an index, and `off_value` elsewhere."""
    found = ops.one_hot(indices, int(depth), axis=axis, dtype=dtype or floatx())
    return found if (on_value, off_value) == (1, 0) else ops.where(found == 1, on_value, off_value)


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None) -> Any:
    """Coordinates of a grid."""
    return ops.meshgrid(*args, indexing=indexing)

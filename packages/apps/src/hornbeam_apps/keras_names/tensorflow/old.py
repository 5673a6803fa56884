"""Names that left tf with TensorFlow 2, as far as scripts for Keras use them."""

from __future__ import annotations

from typing import Any

from hornbeam import ops

from hornbeam_apps.keras_names.tensorflow.naming import renamed, same
from hornbeam_apps.keras_names.tensorflow.random import normal as random_normal
from hornbeam_apps.keras_names.tensorflow.random import shuffle as random_shuffle
from hornbeam_apps.keras_names.tensorflow.random import truncated_normal
from hornbeam_apps.keras_names.tensorflow.random import uniform as random_uniform

__all__ = [
    "assign", "div", "floor_div", "floordiv", "matrix_inverse", "random_normal", "random_shuffle", "random_uniform", "realdiv",
    "to_float", "to_int32", "to_int64", "truncated_normal", "truncatediv",
]  # fmt: skip
floordiv = floor_div = same(ops.floor_divide)
realdiv = same(ops.divide)
matrix_inverse = renamed(ops.linalg.inv, input="x")


def to_float(x: Any, name: str | None = None) -> Any:
    """As float32."""
    return ops.cast(x, "float32")


def to_int32(x: Any, name: str | None = None) -> Any:
    """As int32."""
    return ops.cast(x, "int32")


def to_int64(x: Any, name: str | None = None) -> Any:
    """As int64."""
    return ops.cast(x, "int64")


def div(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, of integers rounded down."""
    x, y = ops.asarray(x), ops.asarray(y)
    return ops.divide(x, y) if x.dtype.is_inexact or y.dtype.is_inexact else ops.floor_divide(x, y)


def truncatediv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, rounded towards 0."""
    x = ops.asarray(x)
    return ops.cast(ops.trunc(ops.divide(x, y)), x.dtype)


def assign(ref: Any, value: Any, **options: Any) -> Any:
    """Give a variable a value."""
    ref.assign(value)
    return ref

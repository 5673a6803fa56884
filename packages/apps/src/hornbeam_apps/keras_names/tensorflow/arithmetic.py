"""Arithmetic of tf and tf.math where names or arguments are TensorFlow's own."""

from __future__ import annotations

from typing import Any

from hornbeam import ops

from hornbeam_apps.keras_names.tensorflow.naming import renamed, same

__all__ = [
    "acos", "add_n", "argmax", "argmin", "argsort", "asin", "atan", "cast", "clip_by_global_norm", "clip_by_norm",
    "clip_by_value", "confusion_matrix", "cumprod", "cumsum", "floormod", "global_norm", "is_finite", "is_inf",
    "is_nan", "matmul", "norm", "pow", "reduce_all", "reduce_any", "reduce_euclidean_norm", "reduce_logsumexp",
    "reduce_max", "reduce_mean", "reduce_min", "reduce_prod", "reduce_std", "reduce_sum", "reduce_variance", "sort",
    "squared_difference", "top_k", "xlogy",
]  # fmt: skip
acos, asin, atan = same(ops.arccos), same(ops.arcsin), same(ops.arctan)
is_nan, is_inf, is_finite = same(ops.isnan), same(ops.isinf), same(ops.isfinite)
floormod = same(ops.mod)
cast = renamed(ops.cast)
reduce_all, reduce_any, reduce_max, reduce_mean, reduce_min, reduce_prod, reduce_std, reduce_sum, reduce_variance = (
    renamed(op, input_tensor="x")
    for op in (ops.all, ops.any, ops.max, ops.mean, ops.min, ops.prod, ops.std, ops.sum, ops.var)
)
reduce_logsumexp = renamed(ops.logsumexp, input_tensor="x")


def pow(x: Any, y: Any, name: str | None = None) -> Any:  # noqa: A001 - its name
    """x to the power y."""
    return ops.power(x, y)


def add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of tensors."""
    found = inputs[0]
    for tensor in inputs[1:]:
        found = ops.add(found, tensor)
    return found


def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    """(x - y)**2."""
    return ops.square(ops.subtract(x, y))


def xlogy(x: Any, y: Any, name: str | None = None) -> Any:
    """x log(y), and 0 where x is."""
    zero = ops.equal(x, 0)
    return ops.where(zero, 0.0, ops.multiply(x, ops.log(ops.where(zero, 1.0, y))))


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Values limited to an interval."""
    return ops.clip(t, clip_value_min, clip_value_max)


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """The values, made smaller where their Euclidean norm is larger than `clip_norm`."""
    length = reduce_euclidean_norm(t, axis=axes, keepdims=True)
    return ops.multiply(t, ops.divide(clip_norm, ops.maximum(length, clip_norm)))


def global_norm(t_list: Any, name: str | None = None) -> Any:
    """The Euclidean norm of all values of several tensors together."""
    return ops.sqrt(add_n([ops.sum(ops.square(t)) for t in t_list if t is not None]))


def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None) -> Any:
    """Tensors made smaller by one factor where their common norm is larger than `clip_norm`; and that norm."""
    length = global_norm(t_list) if use_norm is None else use_norm
    factor = ops.divide(clip_norm, ops.maximum(length, clip_norm))
    return [None if t is None else ops.multiply(t, factor) for t in t_list], length


def reduce_euclidean_norm(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> Any:
    """The square root of the sum of squares."""
    axis = tuple(axis) if isinstance(axis, list) else axis
    return ops.sqrt(ops.sum(ops.square(input_tensor), axis=axis, keepdims=keepdims))


def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = False, name: str | None = None) -> Any:  # noqa: A002
    """A norm; without `axis` that of all values."""
    axis = tuple(axis) if isinstance(axis, list) else axis
    if ord in ("euclidean", "fro"):
        return reduce_euclidean_norm(tensor, axis, keepdims)
    if axis is None:
        tensor = ops.reshape(tensor, (-1,))
    return ops.norm(tensor, ord=ord, axis=axis, keepdims=keepdims)


def matmul(a: Any, b: Any, transpose_a: Any = False, transpose_b: Any = False, name: str | None = None) -> Any:
    """The product of matrices."""
    a = ops.swapaxes(a, -1, -2) if transpose_a else a
    return ops.matmul(a, ops.swapaxes(b, -1, -2) if transpose_b else b)


def argmax(input: Any, axis: Any = 0, output_type: Any = "int64", name: str | None = None) -> Any:  # noqa: A002
    """Where the largest value is; along the first axis unless told otherwise."""
    return ops.cast(ops.argmax(input, axis=0 if axis is None else axis), output_type)


def argmin(input: Any, axis: Any = 0, output_type: Any = "int64", name: str | None = None) -> Any:  # noqa: A002
    """Where the smallest value is; along the first axis unless told otherwise."""
    return ops.cast(ops.argmin(input, axis=0 if axis is None else axis), output_type)


def cumsum(x: Any, axis: int = 0, exclusive: Any = False, reverse: Any = False, name: str | None = None) -> Any:
    """Running sums; `exclusive` ones begin with 0."""
    return _running(ops.cumsum, x, axis, exclusive, reverse, 0)


def cumprod(x: Any, axis: int = 0, exclusive: Any = False, reverse: Any = False, name: str | None = None) -> Any:
    """Running products; `exclusive` ones begin with 1."""
    return _running(ops.cumprod, x, axis, exclusive, reverse, 1)


def _running(op: Any, x: Any, axis: int, exclusive: Any, reverse: Any, start: int) -> Any:
    x = ops.asarray(x)
    found = op(ops.flip(x, axis=axis) if reverse else x, axis=axis)
    if exclusive:
        first = ops.full_like(ops.take(found, [0], axis=axis), start)
        kept = ops.take(found, ops.arange(found.shape[axis] - 1), axis=axis)
        found = ops.concatenate([first, kept], axis=axis)
    return ops.flip(found, axis=axis) if reverse else found


def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None) -> Any:
    """The values in order."""
    return ops.sort(values, axis=axis, descending=direction == "DESCENDING")


def top_k(input: Any, k: int = 1, sorted: Any = True, name: str | None = None) -> Any:  # noqa: A002
    """The largest values, and where they are."""
    return ops.top_k(input, int(k), sorted)


def argsort(
    values: Any, axis: int = -1, direction: str = "ASCENDING", stable: Any = False, name: str | None = None
) -> Any:
    """The places of the values in order."""
    return ops.argsort(values, axis=axis, descending=direction == "DESCENDING")


def confusion_matrix(
    labels: Any, predictions: Any, num_classes: int | None = None, weights: Any = None, dtype: Any = "int32", name: str | None = None
) -> Any:  # fmt: skip
    """How often each class (a row) was taken for each (a column). Without `num_classes` not within tf.function."""
    labels, predictions = ops.reshape(labels, (-1,)), ops.reshape(predictions, (-1,))
    if num_classes is None:
        num_classes = 1 + int(ops.maximum(ops.max(labels), ops.max(predictions)))
    rows, columns = (ops.one_hot(x, num_classes, dtype="float32") for x in (labels, predictions))
    if weights is not None:
        rows = ops.multiply(rows, ops.expand_dims(ops.cast(weights, "float32"), -1))
    return ops.cast(ops.matmul(ops.transpose(rows), columns), dtype)

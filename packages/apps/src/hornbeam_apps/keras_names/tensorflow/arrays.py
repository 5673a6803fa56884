"""Functions of tf and tf.math whose names or arguments are TensorFlow's own; the others are those of `hornbeam.ops`."""

from __future__ import annotations

from math import prod
from typing import Any

import hornbeam as hb
from hornbeam import ops
from hornbeam.dtypes import DType, floatx
from hornbeam.host import strings as _strings
from hornbeam.ops.movement import identity as _same

from hornbeam_apps.keras_names.tensorflow.naming import renamed, same

__all__ = [
    "DType", "Tensor", "Variable", "acos", "add_n", "argmax", "argmin", "asin", "assert_equal", "atan", "bfloat16", "bool",
    "boolean_mask", "broadcast_to", "cast", "clip_by_global_norm", "clip_by_norm", "clip_by_value", "complex64", "concat",
    "constant", "convert_to_tensor", "cumprod", "cumsum", "ensure_shape", "expand_dims", "fill", "float16", "float32", "float64",
    "floormod", "gather", "gather_nd", "global_norm", "identity", "int16", "int32", "int64", "int8", "is_finite", "is_inf",
    "is_nan", "is_tensor", "linspace", "map_fn", "matmul", "meshgrid", "newaxis", "no_op", "norm", "one_hot", "ones", "pad",
    "pow", "print", "range", "rank", "reduce_all", "reduce_any", "reduce_euclidean_norm", "reduce_logsumexp", "reduce_max",
    "reduce_mean", "reduce_min", "reduce_prod", "reduce_std", "reduce_sum", "reduce_variance", "reverse", "set_random_seed",
    "size", "sort", "split", "squared_difference", "squeeze", "string", "tensor_scatter_nd_update", "top_k", "transpose", "uint8", "where",
    "xlogy", "zeros",
]  # fmt: skip
Tensor = hb.Tensor
float16, float32, float64, bfloat16, complex64 = "float16", "float32", "float64", "bfloat16", "complex64"
string = "string"
int8, int16, int32, int64, uint8, bool = "int8", "int16", "int32", "int64", "uint8", "bool"  # noqa: A001
set_random_seed = hb.set_random_seed
is_tensor = ops.is_tensor
newaxis = None

acos, asin, atan = same(ops.arccos), same(ops.arcsin), same(ops.arctan)
is_nan, is_inf, is_finite = same(ops.isnan), same(ops.isinf), same(ops.isfinite)
floormod = same(ops.mod)
broadcast_to = renamed(ops.broadcast_to, input="x")
expand_dims = renamed(ops.expand_dims, input="x")
squeeze = renamed(ops.squeeze, input="x")
cast = renamed(ops.cast)
concat = renamed(ops.concatenate, values="xs")
reverse = renamed(ops.flip, tensor="x")
transpose = renamed(ops.transpose, a="x", perm="axes")
reduce_all, reduce_any, reduce_max, reduce_mean, reduce_min, reduce_prod, reduce_std, reduce_sum, reduce_variance = (
    renamed(op, input_tensor="x")
    for op in (ops.all, ops.any, ops.max, ops.mean, ops.min, ops.prod, ops.std, ops.sum, ops.var)
)
reduce_logsumexp = renamed(ops.logsumexp, input_tensor="x")


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


# ---- made of numbers


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A tensor of the value; of strings an array, as models and layers take it."""
    found = convert_to_tensor(value, dtype)
    if shape is None or not is_tensor(found):
        return found
    return ops.full(shape, found) if found.size == 1 else ops.reshape(found, shape)


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """A tensor of the value; of strings an array, as models and layers take it."""
    first = value
    while isinstance(first, (list, tuple)) and first:
        first = first[0]
    if dtype == string or (dtype is None and isinstance(first, (str, bytes))):
        return _strings(value)
    return ops.asarray(value, dtype=dtype)


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Zeros."""
    return ops.zeros(_sizes(shape), dtype=dtype)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Ones."""
    return ops.ones(_sizes(shape), dtype=dtype)


def fill(dims: Any, value: Any, name: str | None = None) -> Any:
    """One value everywhere."""
    return ops.full(_sizes(dims), value)


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


def _sizes(shape: Any) -> tuple[int, ...]:
    return tuple(int(n) for n in ((shape,) if isinstance(shape, int) else shape))


# ---- arithmetic


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


# ---- shapes and places


def identity(input: Any, name: str | None = None) -> Any:  # noqa: A002
    """The tensor."""
    return _same(ops.asarray(input))


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """The tensor."""
    return x


def rank(input: Any, name: str | None = None) -> int:  # noqa: A002
    """How many axes it has."""
    return len(ops.shape(input))


def size(input: Any, out_type: Any = None, name: str | None = None) -> int:  # noqa: A002
    """How many values it has."""
    return prod(ops.shape(input))


def split(value: Any, num_or_size_splits: Any, axis: int = 0, num: Any = None, name: str | None = None) -> Any:
    """Parts along an axis: so many, or of such sizes (one of which may be -1: what is left)."""
    if isinstance(num_or_size_splits, int):
        return ops.split(value, num_or_size_splits, axis=axis)
    sizes = [int(n) for n in num_or_size_splits]
    left = ops.shape(value)[axis] - sum(n for n in sizes if n >= 0)
    places, total = [], 0
    for n in sizes[:-1]:
        total += left if n < 0 else n
        places.append(total)
    return ops.split(value, places, axis=axis)


def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: str | None = None) -> Any:
    """The tensor with something around it."""
    paddings = [[int(n) for n in pair] for pair in paddings]
    if mode.lower() == "constant":
        return ops.pad(tensor, paddings, "constant", constant_values)
    return ops.pad(tensor, paddings, mode.lower())


def gather(
    params: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: int = 0, name: str | None = None
) -> Any:  # fmt: skip
    """Parts along an axis, by their indices; with `batch_dims`, each row's own."""
    axis = batch_dims if axis is None else axis
    if not batch_dims:
        return ops.take(params, indices, axis=axis)
    return ops.vectorized_map(
        lambda pair: gather(pair[0], pair[1], axis=axis - 1, batch_dims=batch_dims - 1), (params, indices)
    )


def gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: str | None = None) -> Any:
    """The parts at places, each given by as many numbers as `indices` has along its last axis."""
    if batch_dims:
        return ops.vectorized_map(lambda pair: gather_nd(pair[0], pair[1], batch_dims - 1), (params, indices))
    params, indices = ops.asarray(params), ops.asarray(indices)
    return params[tuple(ops.unstack(indices, axis=-1))]


def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor with other values at places, given as for `gather_nd`."""
    return ops.scatter_update(tensor, indices, updates)


def boolean_mask(tensor: Any, mask: Any, axis: int = 0, name: str | None = None) -> Any:
    """The parts where `mask` is true. How many follows from values: not within tf.function."""
    tensor, mask = ops.asarray(tensor), ops.asarray(mask)
    if axis:
        return ops.take(tensor, ops.nonzero(mask)[0], axis=axis)
    return tensor[ops.nonzero(mask)]


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """One of two values, element by element; of a condition alone, the places where it is true, a row each."""
    if x is None and y is None:
        return ops.stack(ops.nonzero(condition), axis=-1)
    return ops.where(condition, x, y)


def map_fn(fn: Any, elems: Any, dtype: Any = None, name: str | None = None, **options: Any) -> Any:
    """A function of each element along the first axis."""
    return ops.map(fn, elems)


# ---- on the side


def print(*values: Any, output_stream: Any = None, **options: Any) -> None:  # noqa: A001
    """Show values; within tf.function only at its first call."""
    import builtins

    builtins.print(*(v.numpy() if is_tensor(v) and hasattr(v, "numpy") else v for v in values))


def no_op(*args: Any, **options: Any) -> None:
    """Nothing."""


def assert_equal(x: Any, y: Any, message: str | None = None, **options: Any) -> None:
    """Raise where values differ."""
    if not hb.ops.all(ops.equal(x, y)):
        raise AssertionError(message or f"{x} and {y} differ")

"""Shapes and places of values in tf."""

from __future__ import annotations

from math import prod
from typing import Any

from hornbeam import ops
from hornbeam.ops.movement import identity as _same

from hornbeam_apps.keras_names.tensorflow.naming import renamed, sizes

__all__ = [
    "boolean_mask", "broadcast_to", "concat", "ensure_shape", "expand_dims", "gather", "gather_nd", "identity",
    "map_fn", "pad", "rank", "reshape", "reverse", "size", "split", "squeeze", "tensor_scatter_nd_update", "tile", "transpose", "where",
]  # fmt: skip
expand_dims = renamed(ops.expand_dims, input="x")
squeeze = renamed(ops.squeeze, input="x")
concat = renamed(ops.concatenate, values="xs")
reverse = renamed(ops.flip, tensor="x")
transpose = renamed(ops.transpose, a="x", perm="axes")


_reshape, _tile, _broadcast = (renamed(op, tensor="x", input="x") for op in (ops.reshape, ops.tile, ops.broadcast_to))


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Any:
    """The elements under another shape."""
    return _reshape(tensor, sizes(shape))


def tile(input: Any, multiples: Any, name: str | None = None) -> Any:  # noqa: A002
    """The tensor repeated along each axis."""
    return _tile(input, sizes(multiples))


def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Any:  # noqa: A002
    """The tensor repeated to a shape."""
    return _broadcast(input, sizes(shape))


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

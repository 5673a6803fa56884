"""Masks, segments, diagonals and scattered values in tf."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam import ops

from hornbeam_apps.keras_names.tensorflow.naming import same
from hornbeam_apps.keras_names.tensorflow.text import host, text

__all__ = [
    "band_part", "bincount", "diag", "diag_part", "in_top_k", "matvec", "multiply_no_nan", "numpy_function", "py_function",
    "saturate_cast", "scatter_nd", "segment_mean", "sequence_mask", "set_diag", "tensor_scatter_nd_add", "tensor_scatter_nd_max",
    "tensor_scatter_nd_min", "tensor_scatter_nd_sub", "unique", "unsorted_segment_max", "unsorted_segment_mean",
    "unsorted_segment_min", "unsorted_segment_prod", "unsorted_segment_sum", "zero_fraction",
]  # fmt: skip
unsorted_segment_sum, unsorted_segment_max = same(ops.segment_sum), same(ops.segment_max)
unsorted_segment_min, unsorted_segment_prod = same(ops.segment_min), same(ops.segment_prod)
saturate_cast = same(ops.saturate_cast)


def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = "bool", name: str | None = None) -> Any:
    """True for as many steps as each length says. Without `maxlen` not within tf.function."""
    lengths = ops.asarray(lengths)
    count = int(ops.max(lengths)) if maxlen is None else int(maxlen)
    return ops.cast(ops.arange(count, dtype=lengths.dtype) < ops.expand_dims(lengths, -1), dtype)


def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: int, name: str | None = None) -> Any:
    """The mean of the rows of each segment; 0 where it has none."""
    data = ops.asarray(data)
    counts = ops.segment_sum(ops.ones_like(segment_ids, dtype=data.dtype), segment_ids, num_segments)
    total = ops.segment_sum(data, segment_ids, num_segments)
    return total / ops.reshape(ops.maximum(counts, 1), (-1,) + (1,) * (data.ndim - 1))


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The mean of the rows of each segment. Not within tf.function: the last number says how many there are."""
    return unsorted_segment_mean(data, segment_ids, int(ops.asarray(segment_ids)[-1]) + 1)


def bincount(
    arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None, dtype: Any = "int32", name: str | None = None
) -> Any:  # fmt: skip
    """How often each number is there."""
    found = ops.bincount(ops.reshape(arr, (-1,)), weights=weights, minlength=int(minlength or 0))
    found = found if maxlength is None else found[: int(maxlength)]
    return found if weights is not None else ops.cast(found, dtype)


def band_part(input: Any, num_lower: int, num_upper: int, name: str | None = None) -> Any:  # noqa: A002
    """Matrices without what is further from the diagonal than so many places; -1: all is kept."""
    found = input if num_upper < 0 else ops.tril(input, num_upper)
    return found if num_lower < 0 else ops.triu(found, -num_lower)


def diag(diagonal: Any, name: str | None = None, **options: Any) -> Any:
    """Matrices with these diagonals."""
    diagonal = ops.asarray(diagonal)
    return ops.expand_dims(diagonal, -1) * ops.eye(diagonal.shape[-1], dtype=diagonal.dtype)


def diag_part(input: Any, name: str | None = None, **options: Any) -> Any:  # noqa: A002
    """The diagonals of matrices."""
    return ops.diagonal(input, axis1=-2, axis2=-1)


def set_diag(input: Any, diagonal: Any, name: str | None = None, **options: Any) -> Any:  # noqa: A002
    """Matrices with other diagonals."""
    rows, columns = ops.shape(input)[-2:]
    return ops.where(ops.eye(rows, columns, dtype="bool"), ops.expand_dims(diagonal, -1), input)


def matvec(a: Any, b: Any, transpose_a: bool = False, name: str | None = None) -> Any:
    """Matrices times vectors."""
    a = ops.swapaxes(a, -1, -2) if transpose_a else a
    return ops.squeeze(ops.matmul(a, ops.expand_dims(b, -1)), -1)


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x * y, and 0 where y is, whatever x is."""
    return ops.where(ops.equal(y, 0), ops.zeros_like(y), ops.multiply(x, y))


def in_top_k(targets: Any, predictions: Any, k: int, name: str | None = None) -> Any:
    """Whether the target is among the k largest predictions."""
    return ops.in_top_k(targets, predictions, k)


def zero_fraction(value: Any, name: str | None = None) -> Any:
    """The share of zeros."""
    return ops.mean(ops.cast(ops.equal(value, 0), "float32"))


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Any:
    """Zeros, with values added at places."""
    return ops.scatter(indices, updates, tuple(int(n) for n in shape))


def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor with values added at places."""
    return ops.scatter_update(tensor, indices, updates, reduction="add")


def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor with values subtracted at places."""
    return ops.scatter_update(tensor, indices, ops.negative(updates), reduction="add")


def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor with the larger of its values and others at places."""
    return ops.scatter_update(tensor, indices, updates, reduction="max")


def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor with the smaller of its values and others at places."""
    return ops.scatter_update(tensor, indices, updates, reduction="min")


def unique(x: Any, out_idx: Any = "int32", name: str | None = None) -> tuple[Any, Any]:
    """The different values in the order of their first place, and of each value which it is. Not within tf.function."""
    values = host(x)
    _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    places = np.argsort(order)[inverse.reshape(-1)]
    return _tensor(values[np.sort(first)]), ops.asarray(places, dtype=out_idx)


def numpy_function(
    func: Any = None, inp: Any = (), Tout: Any = None, stateful: bool = True, name: str | None = None
) -> Any:  # noqa: N803
    """A function of arrays called with those of tensors; not within tf.function."""
    return _results(func(*(host(value) for value in inp)), Tout)


def py_function(func: Any = None, inp: Any = (), Tout: Any = None, name: str | None = None) -> Any:  # noqa: N803
    """A function of tensors called; not within tf.function."""
    return _results(func(*inp), Tout)


def _results(found: Any, dtypes: Any) -> Any:
    if isinstance(found, (list, tuple)):
        kinds = dtypes if isinstance(dtypes, Sequence) and not isinstance(dtypes, str) else [dtypes] * len(found)
        return [_tensor(value, kind) for value, kind in zip(found, kinds, strict=True)]
    kind = dtypes[0] if isinstance(dtypes, (list, tuple)) and dtypes else dtypes
    return _tensor(found, kind or None)


def _tensor(value: Any, dtype: Any = None) -> Any:
    array = host(value)
    return text(array) if array.dtype.kind in "OUS" else ops.asarray(array, dtype=dtype)

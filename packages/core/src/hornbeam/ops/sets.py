"""Sets of values: distinct ones, membership, union, intersection, difference."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam import dtypes
from hornbeam.errors import CaptureError, InvalidArgumentError
from hornbeam.interpret import user_line
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.creation import arange, full, ones, zeros
from hornbeam.ops.cumulative import cumulative_sum
from hornbeam.ops.elementwise.arithmetic import minimum
from hornbeam.ops.elementwise.bitwise import bitwise_invert
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import equal, not_equal, where
from hornbeam.ops.elementwise.complex import imag, real
from hornbeam.ops.indexing import take
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import axes_of, expand_dims, moveaxis, reshape
from hornbeam.ops.reduction import any as some
from hornbeam.ops.sorting import argsort, searchsorted, sort
from hornbeam.tensor import Tensor

__all__ = [
    "intersect1d",
    "isin",
    "setdiff1d",
    "setxor1d",
    "union1d",
    "unique",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
]


class UniqueAll(NamedTuple):
    """Distinct values, where each comes first, which of them each element is, and how many there are of each."""

    values: Tensor
    indices: Tensor
    inverse_indices: Tensor
    counts: Tensor


class UniqueCounts(NamedTuple):
    """Distinct values, and how many there are of each."""

    values: Tensor
    counts: Tensor


class UniqueInverse(NamedTuple):
    """Distinct values, and which of them each element is."""

    values: Tensor
    inverse_indices: Tensor


def _order(rows: Tensor) -> Tensor:
    """What sorts the rows of a tensor (n, m) in lexicographic order; complex numbers by real part, then imaginary part."""
    parts = [rows] if rows.dtype.kind != "complex" else [real(rows), imag(rows)]
    order = arange(rows.shape[0], dtype=dtypes.int32)
    for j in reversed(range(rows.shape[1])):  # stable sorts, the last column first
        for part in reversed(parts):
            order = take(order, argsort(take(part[:, j], order)))
    return order


def _distinct(rows: Tensor, size: int | None, fill_value: Any) -> UniqueAll:
    """The distinct rows of a tensor (n, m), in lexicographic order; `size` of them, or as many as there are."""
    n = rows.shape[0]
    order = _order(rows)
    ordered = take(rows, order, axis=0)
    first = concat([ones(min(1, n), dtypes.bool), some(not_equal(ordered[1:], ordered[:-1]), 1)])
    numbers = cumulative_sum(astype(first, dtypes.int32)) - 1  # which of the distinct rows each one is
    if size is None:
        if numbers.owner.symbolic:
            raise CaptureError(
                f"how many distinct values a tensor has depends on its values, and one with {n} of them is being captured at "
                f"{user_line()}. Give unique(x, size=...), or take the unique values eagerly, before the captured function."
            )
        size = int(numbers[-1]) + 1 if n else 0
    places = arange(size, dtype=dtypes.int32)
    starts = searchsorted(numbers, places)
    counts = searchsorted(numbers, places, side="right") - starts
    inverse = take(numbers, argsort(order))
    if not n:
        values = full((size, rows.shape[1]), fill_value, dtype=rows.dtype)
        return UniqueAll(values, zeros(size, dtypes.int32), inverse, counts)
    missing, at = equal(counts, 0), minimum(starts, n - 1)
    values = where(expand_dims(missing, 1), as_tensor(fill_value, rows.dtype), take(ordered, at, axis=0))
    return UniqueAll(values, where(missing, 0, take(order, at)), inverse, counts)


def unique(
    x: Any,
    sorted: bool = True,  # noqa: A002 - Keras's name
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The distinct values of a tensor, or its distinct slices along an axis, in ascending order; each NaN is distinct.

    Args:
        x: tensor.
        sorted: always so.
        return_index: also give where each comes first.
        return_inverse: also give which of them each element is.
        return_counts: also give how many there are of each.
        axis: along which to take slices; None: the elements of the flattened tensor.
        size: give so many: the first ones, or all and `fill_value` after them (with position and count 0). Needed where the
            function is captured.
        fill_value: default 0.

    Returns:
        The values, or a tuple of them and what else is asked for (int32), in the order of the arguments.

    Raises:
        CaptureError: the tensor is being captured, and `size` is not given.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.unique([3, 1, 2, 1]).numpy().tolist(), hb.ops.unique([3, 1, 1], size=3).numpy().tolist()
        ([1, 2, 3], [1, 3, 0])
    """
    if size is not None and size < 0:
        raise InvalidArgumentError(f"unique: size cannot be negative; got {size}")
    tensor = as_tensor(x)
    fill = 0 if fill_value is None else fill_value
    if axis is None:
        found = _distinct(reshape(tensor, (tensor.size, 1)), size, fill)
        values, inverse = reshape(found.values, (-1,)), reshape(found.inverse_indices, tensor.shape)
    else:
        (along,) = axes_of(axis, tensor.ndim, "unique")
        moved = moveaxis(tensor, along, 0)
        rest = moved.shape[1:]
        width = tensor.size // moved.shape[0] if moved.shape[0] else 0
        found = _distinct(reshape(moved, (moved.shape[0], width)), size, fill)
        values = moveaxis(reshape(found.values, (found.values.shape[0], *rest)), 0, along)
        inverse = found.inverse_indices
    asked = ((return_index, found.indices), (return_inverse, inverse), (return_counts, found.counts))
    chosen = [part for wanted, part in asked if wanted]
    return (values, *chosen) if chosen else values


def unique_all(x: Any, /) -> UniqueAll:
    """The distinct values in ascending order, with all that is known of them; each NaN is distinct.

    Raises:
        CaptureError: the tensor is being captured: how many values there are is not known.

    Example:
        >>> import hornbeam as hb
        >>> [t.numpy().tolist() for t in hb.ops.unique_all(hb.ops.asarray([7, 5, 7]))]
        [[5, 7], [1, 0], [1, 0, 1], [1, 2]]
    """
    return UniqueAll(*unique(x, return_index=True, return_inverse=True, return_counts=True))


def unique_counts(x: Any, /) -> UniqueCounts:
    """The distinct values in ascending order, and how many there are of each (int32)."""
    return UniqueCounts(*unique(x, return_counts=True))


def unique_inverse(x: Any, /) -> UniqueInverse:
    """The distinct values in ascending order, and which of them each element is (int32)."""
    return UniqueInverse(*unique(x, return_inverse=True))


def unique_values(x: Any, /) -> Tensor:
    """The distinct values in ascending order; each NaN is distinct."""
    values: Tensor = unique(x)
    return values


def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element of a tensor is among some values; NaN never is.

    Args:
        x1: tensor.
        x2: the values, in any shape.
        assume_unique: for NumPy's sake; it makes no difference.
        invert: whether it is not.

    Returns:
        Booleans in the shape of `x1`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.isin([1, 2, 3], [3, 1]).numpy().tolist()
        [True, False, True]
    """
    x, values = promote_tensors(x1, x2)
    values = reshape(values, (values.size,))
    if not values.size:
        found = zeros(x.shape, dtypes.bool)
    elif x.dtype.kind == "complex":  # they have no order to search in
        found = some(equal(expand_dims(x, -1), values), -1)
    else:
        x, values = (astype(t, dtypes.int32) if t.dtype == "bool" else t for t in (x, values))
        ordered = sort(values)
        found = equal(take(ordered, minimum(searchsorted(ordered, x), values.size - 1)), x)
    return bitwise_invert(found) if invert else found


def _vector(x: Any, assume_unique: bool) -> Tensor:
    tensor = as_tensor(x)
    return reshape(tensor, (tensor.size,)) if assume_unique else unique_values(tensor)


def union1d(ar1: Any, ar2: Any) -> Tensor:
    """The distinct values of two tensors, in ascending order.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.union1d([3, 1], [2, 3]).numpy().tolist()
        [1, 2, 3]
    """
    return unique_values(concat(promote_tensors(ar1, ar2), axis=None))


def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """The distinct values that are in both of two tensors, in ascending order.

    Args:
        ar1, ar2: tensors.
        assume_unique: whether no value is twice in one of them; that need not be looked for then.
        return_indices: also give where each comes first in the one and in the other (flattened).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.intersect1d([3, 1, 3], [2, 3]).numpy().tolist()
        [3]
    """
    x, y = promote_tensors(ar1, ar2)
    found = []
    for one, other in ((x, y), (y, x)):
        if assume_unique:
            values = reshape(one, (one.size,))
            indices = _order(expand_dims(values, 1))
            values = take(values, indices)
        else:
            values, indices = unique(one, return_index=True)
        both = isin(values, other)
        found.append((values[both], indices[both]))
    (values, first), (_, second) = found
    return (values, first, second) if return_indices else values


def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Tensor:
    """The distinct values of one tensor that are not in another, in ascending order.

    Args:
        ar1, ar2: tensors.
        assume_unique: whether no value is twice in `ar1`; the values are then left in their order.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.setdiff1d([3, 1, 3], [2, 3]).numpy().tolist()
        [1]
    """
    values = _vector(ar1, assume_unique)
    return values[isin(values, ar2, invert=True)]


def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Tensor:
    """The values that are in just one of two tensors, in ascending order.

    Args:
        ar1, ar2: tensors.
        assume_unique: whether no value is twice in one of them; that need not be looked for then.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.setxor1d([3, 1], [2, 3]).numpy().tolist()
        [1, 2]
    """
    x, y = (_vector(t, assume_unique) for t in promote_tensors(ar1, ar2))
    found = concat([x[isin(x, y, invert=True)], y[isin(y, x, invert=True)]])
    return take(found, _order(expand_dims(found, 1)))

"""Sorting, searching in sorted tensors, and sets of values."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam import dtypes
from hornbeam.errors import CaptureError, DTypeError, InvalidArgumentError, ShapeError
from hornbeam.interpret import bind, user_line
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.creation import ones, zeros
from hornbeam.ops.cumulative import cumulative_sum
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import not_equal
from hornbeam.ops.elementwise.complex import imag, real
from hornbeam.ops.indexing import nonzero, scatter_p, take, take_along_axis
from hornbeam.ops.movement import axes_of, concat, reshape
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = [
    "argsort", "searchsorted", "sort", "top_k", "unique_all", "unique_counts", "unique_inverse", "unique_values",
]  # fmt: skip

argsort_p = primitive(
    "argsort",
    lambda x, axis, descending: Spec(x.shape, dtypes.int32),
    zero_gradient=True,
    cases=lambda t: t.case(t.array((3, 5)), axis=1, descending=True),
)


@argsort_p.kernel
def _(xp: Any, x: Any, *, axis: int, descending: bool) -> Any:
    if not descending:
        return xp.astype(xp.argsort(x, axis=axis, stable=True), xp.int32)
    order = xp.flip(
        xp.argsort(xp.flip(x, axis=axis), axis=axis, stable=True), axis=axis
    )  # equal elements keep their order
    return xp.astype(x.shape[axis] - 1 - order, xp.int32)


def argsort(x: Any, axis: int = -1, *, descending: bool = False, stable: bool = True) -> Tensor:
    """The order (int32) that sorts a tensor along an axis; equal elements keep their order.

    Args:
        x: real tensor with axes.
        axis: along which to sort.
        descending: largest first.
        stable: always so, whatever is asked for.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.argsort(hb.ops.asarray([3, 1, 2])).numpy().tolist()
        [1, 2, 0]
    """
    tensor = as_tensor(x)
    if tensor.dtype.kind == "complex":
        raise DTypeError("complex numbers have no order to sort by")
    if not tensor.ndim:
        raise ShapeError("a tensor without axes cannot be sorted")
    (along,) = axes_of(axis, tensor.ndim, "argsort")
    tensor = astype(tensor, dtypes.uint8) if tensor.dtype == "bool" else tensor
    return bind(argsort_p, tensor, axis=along, descending=bool(descending))


def sort(x: Any, axis: int = -1, *, descending: bool = False, stable: bool = True) -> Tensor:
    """The elements in order along an axis; NaN counts as the largest.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.sort(hb.ops.asarray([3, 1, 2]), descending=True).numpy().tolist()
        [3, 2, 1]
    """
    tensor = as_tensor(x)
    return take_along_axis(tensor, argsort(tensor, axis=axis, descending=descending, stable=stable), axis)


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:  # noqa: A002 - Keras's name
    """The k largest elements along the last axis, largest first, and their positions (int32).

    Args:
        x: (..., n).
        k: from 0 to n.
        sorted: always so.

    Example:
        >>> import hornbeam as hb
        >>> [t.numpy().tolist() for t in hb.ops.top_k(hb.ops.asarray([1, 3, 2]), 2)]
        [[3, 2], [1, 2]]
    """
    tensor = as_tensor(x)
    if not tensor.ndim or not 0 <= k <= tensor.shape[-1]:
        raise InvalidArgumentError(f"top_k: k is {k}, but the last axis of shape {tensor.shape} must hold that many")
    order = argsort(tensor, descending=True)[..., :k]
    return take_along_axis(tensor, order, -1), order


searchsorted_p = primitive(
    "searchsorted",
    lambda row, values, side: Spec(values.shape, dtypes.int32),
    zero_gradient=True,
    cases=lambda t: t.case(
        t.floats("n", low=0.0, high=0.5).cumsum(), t.floats("d m", low=-1.0, high=3.0), side="right"
    ),
)
searchsorted_p.kernel(lambda xp, row, values, *, side: xp.astype(xp.searchsorted(row, values, side=side), xp.int32))


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left", *, sorter: Any = None) -> Tensor:
    """Where each of some values would be put into a sorted vector to keep it sorted, as int32.

    Args:
        sorted_sequence: (n,), in ascending order (in that of `sorter`, if given).
        values: of any shape.
        side: before ("left") or after ("right") equal elements.
        sorter: an order of the vector, as `argsort` gives.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.searchsorted(hb.ops.asarray([1, 2, 2, 5]), hb.ops.asarray([2, 9]), side="right").numpy().tolist()
        [3, 4]
    """
    row, wanted = promote_tensors(sorted_sequence, values)
    if row.ndim != 1:
        raise ShapeError(f"searchsorted needs a vector to search in; got shape {row.shape}")
    if side not in ("left", "right"):
        raise InvalidArgumentError(f"searchsorted: side must be 'left' or 'right'; got {side!r}")
    if row.dtype.kind == "complex":
        raise DTypeError("complex numbers have no order to search in")
    row, wanted = (astype(t, dtypes.uint8) if t.dtype == "bool" else t for t in (row, wanted))
    row = row if sorter is None else take(row, sorter)
    return bind(searchsorted_p, row, wanted, side=side)


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


def unique_all(x: Any, /) -> UniqueAll:
    """The distinct values in ascending order, with all that is known of them; each NaN is distinct.

    Raises:
        CaptureError: the tensor is being captured: how many values there are is not known.

    Example:
        >>> import hornbeam as hb
        >>> [t.numpy().tolist() for t in hb.ops.unique_all(hb.ops.asarray([7, 5, 7]))]
        [[5, 7], [1, 0], [1, 0, 1], [1, 2]]
    """
    tensor = as_tensor(x)
    if tensor.owner.symbolic:
        raise CaptureError(
            f"how many distinct values a tensor of shape {tensor.shape} has depends on its values, and it is being captured at "
            f"{user_line()}. Take the unique values eagerly, before the captured function."
        )
    flat = reshape(tensor, (tensor.size,))
    if tensor.dtype.kind == "complex":  # by real part, then by imaginary part
        by_imag = argsort(imag(flat))
        order = take(by_imag, argsort(take(real(flat), by_imag)))
    else:
        order = argsort(flat)
    ordered = take(flat, order)
    first = concat([ones(min(1, flat.size), dtypes.bool), not_equal(ordered[1:], ordered[:-1])])
    (starts,) = nonzero(first)
    ends = concat([starts[1:], as_tensor([flat.size], dtypes.int32)]) if starts.size else starts
    numbers = cumulative_sum(astype(first, dtypes.int32)) - 1
    inverse = bind(scatter_p, zeros(flat.shape, numbers.dtype), order, numbers, mode="set")
    return UniqueAll(take(ordered, starts), take(order, starts), reshape(inverse, tensor.shape), ends - starts)


def unique_counts(x: Any, /) -> UniqueCounts:
    """The distinct values in ascending order, and how many there are of each (int32)."""
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x: Any, /) -> UniqueInverse:
    """The distinct values in ascending order, and which of them each element is (int32)."""
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


def unique_values(x: Any, /) -> Tensor:
    """The distinct values in ascending order; each NaN is distinct."""
    return unique_all(x).values

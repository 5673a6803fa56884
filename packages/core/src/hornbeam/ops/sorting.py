"""Sorting, and searching in sorted tensors."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.errors import DTypeError, InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.indexing import take, take_along_axis
from hornbeam.ops.movement import axes_of
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = [
    "argsort", "searchsorted", "sort", "top_k",
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

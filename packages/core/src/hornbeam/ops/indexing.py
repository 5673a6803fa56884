"""Indexing: gather and scatter, the indices of what is not zero, and picking along axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hornbeam import dtypes
from hornbeam.errors import (
    CaptureError,
    DTypeError,
    InvalidArgumentError,
    OutOfRangeError,
    ShapeError,
)
from hornbeam.interpret import bind, broadcast_shapes, user_line
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange, zeros
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import equal, where
from hornbeam.ops.movement import axes_of, broadcast_to, moveaxis, reshape
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["nonzero", "take", "take_along_axis"]


# ---- primitives: an index is first brought into range, then gathered or scattered along the first axis


index_within_p = primitive(
    "index_within",
    lambda index, size: Spec(index.shape, index.dtype),
    zero_gradient=True,
    cases=lambda t: t.case(t.ints("n d", low=-3, high=2), size=3),
)


@index_within_p.kernel
def _(xp: Any, index: Any, *, size: int) -> Any:
    outside = (index < -size) | (index >= size)
    if bool(xp.any(outside)):
        raise out_of_range(int(xp.max(index)), int(xp.min(index)), size)
    return xp.where(index < 0, index + size, index)


def out_of_range(largest: int, smallest: int, size: int) -> OutOfRangeError:
    """The error of an index outside [-size, size)."""
    bad = largest if largest >= size else smallest
    return OutOfRangeError(f"index {bad} is out of range for an axis of size {size}: expected -{size} to {size - 1}")


gather_p = primitive(
    "gather",
    lambda x, index: Spec((*index.shape, *x.shape[1:]), x.dtype),
    cases=lambda t: t.case(t.array((4, 3)), t.ints("n d", low=0, high=3)),
)


@gather_p.kernel
def _(xp: Any, x: Any, index: Any) -> Any:
    """Rows of x (n, *rest) at index (*k): (*k, *rest)."""
    return xp.reshape(xp.take(x, xp.reshape(index, (-1,)), axis=0), (*index.shape, *x.shape[1:]))


@gather_p.vjp("x.spec index")
def _(ct: Tensor, x: Spec, index: Tensor) -> Any:
    rows = reshape(ct, (index.size, *x.shape[1:]))
    return bind(scatter_p, zeros(x.shape, ct.dtype), reshape(index, (index.size,)), rows, mode="add"), None


MODES = ("set", "add", "max", "min")


def _scatter_infer(x: Any, index: Any, updates: Any, mode: str) -> Spec:
    if mode not in MODES:
        raise InvalidArgumentError(f"scatter: mode must be one of {MODES}; got {mode!r}")
    if len(index.shape) != 1 or updates.shape != (*index.shape, *x.shape[1:]) or updates.dtype != x.dtype:
        raise ShapeError(f"scatter: updates {updates!r} and index {index!r} do not fit {x!r}")
    return Spec(x.shape, x.dtype)


scatter_p = primitive(
    "scatter",
    _scatter_infer,
    cases=lambda t: t.case(t.array((4, 3)), t.ints("n", low=0, high=3), t.floats("n 3"), mode="add"),
)


@scatter_p.kernel
def _(xp: Any, x: Any, index: Any, updates: Any, *, mode: str) -> Any:
    """x (n, *rest) with updates (k, *rest) put in at index (k,); of several in one place, "set" keeps the last."""
    out = xp.asarray(x, copy=True)
    for k in range(index.shape[0]):
        i, new = int(index[k]), updates[k, ...]
        if mode == "add":
            new = out[i, ...] + new
        elif mode != "set":
            new = (xp.maximum if mode == "max" else xp.minimum)(out[i, ...], new)
        out[i, ...] = new
    return out


@scatter_p.vjp("x index updates out")
def _(ct: Tensor, x: Tensor, index: Tensor, updates: Tensor, out: Tensor, mode: str) -> Any:
    if mode == "add":
        return ct, None, lambda: bind(gather_p, ct, index)
    if mode == "set":

        def of_updates() -> Tensor:  # only the last of those that meet in one place is seen in the result
            order = arange(index.size, dtype=dtypes.int32)
            last = bind(scatter_p, zeros(x.shape[:1], dtypes.int32), index, order, mode="max")
            seen = reshape(equal(bind(gather_p, last, index), order), (index.size, *(1,) * (x.ndim - 1)))
            return where(seen, bind(gather_p, ct, index), 0)

        return lambda: bind(scatter_p, ct, index, zeros(updates.shape, ct.dtype), mode="set"), None, of_updates
    chosen_x, chosen = equal(x, out), equal(updates, bind(gather_p, out, index))
    ties = bind(scatter_p, astype(chosen_x, ct.dtype), index, astype(chosen, ct.dtype), mode="add")
    share = ct / where(equal(ties, 0), 1, ties)
    return where(chosen_x, share, 0), None, lambda: where(chosen, bind(gather_p, share, index), 0)


# ---- indices


def in_range(index: Tensor, size: int) -> Tensor:
    """An index tensor in int32 or int64, in [0, size)."""
    if not index.dtype.is_integer or index.dtype.kind == "bool":
        raise DTypeError(f"an index must be an integer or boolean tensor; got {index.dtype}")
    wide = dtypes.int64 if index.dtype.itemsize == 8 else dtypes.int32
    return bind(index_within_p, astype(index, wide), size=size)


def nonzero(x: Any) -> tuple[Tensor, ...]:
    """The indices of the elements that are not zero: one int32 vector per axis, in row-major order.

    Raises:
        CaptureError: the tensor is being captured: how many there are is not known.

    Example:
        >>> import hornbeam as hb
        >>> [i.numpy().tolist() for i in hb.ops.nonzero(hb.ops.asarray([[0, 1], [2, 0]]))]
        [[0, 1], [1, 0]]
    """
    tensor = as_tensor(x)
    if not tensor.ndim:
        raise ShapeError("nonzero needs a tensor with axes")
    if tensor.owner.symbolic:
        raise CaptureError(
            f"the shape of a result of nonzero, or of x[mask], depends on values, which a tensor of shape {tensor.shape} that "
            f"is being captured does not have yet, at {user_line()}. Use hb.ops.where(mask, x, y), which keeps the shape."
        )
    return tuple(as_tensor(i, dtypes.int32) for i in tensor.numpy().nonzero())


def gathered(x: Tensor, indices: Sequence[tuple[int, Tensor]]) -> Tensor:
    """Elements at indices that are in range, one for each of some axes; their common shape replaces those axes."""
    axes = tuple(a for a, _ in indices)
    shape = broadcast_shapes(*(i.shape for _, i in indices), where="index")
    sizes = tuple(x.shape[a] for a in axes)
    flat: Any = None
    for size, (_, index) in zip(sizes, indices, strict=True):
        flat = index if flat is None else flat * size + index
    assert flat is not None
    flat = broadcast_to(flat, shape)
    front = moveaxis(x, axes, tuple(range(len(axes))))
    rest = front.shape[len(axes) :]
    out: Tensor = bind(gather_p, reshape(front, (math.prod(sizes), *rest)), flat)
    if axes == tuple(range(axes[0], axes[0] + len(axes))):  # side by side: the result's axes take their place
        out = moveaxis(out, tuple(range(len(shape))), tuple(range(axes[0], axes[0] + len(shape))))
    return out


def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """The slices of `x` at `indices` along an axis.

    Args:
        x: tensor.
        indices: integers of any shape, which takes the place of the axis; negative ones count from the end.
        axis: default: the elements in row-major order.

    Raises:
        OutOfRangeError: an index is outside the axis.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.take(hb.ops.asarray([10, 20, 30]), hb.ops.asarray([2, -3])).numpy().tolist()
        [30, 10]
    """
    tensor = as_tensor(x)
    if axis is None:
        tensor, axis = reshape(tensor, (tensor.size,)), 0
    (where_,) = axes_of(axis, tensor.ndim, "take")
    return gathered(tensor, [(where_, in_range(as_tensor(indices), tensor.shape[where_]))])


def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> Tensor:
    """Elements picked along one axis, by an index for every place on the others.

    Args:
        x: (..., n, ...).
        indices: integers (..., k, ...), as many axes as `x`; the others broadcast.
        axis: that of n and k; None: both flattened.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.asarray([[3, 1], [4, 9]])
        >>> hb.ops.take_along_axis(x, hb.ops.asarray([[1], [0]]), axis=1).numpy().tolist()
        [[1], [4]]
    """
    tensor, index = as_tensor(x), as_tensor(indices)
    if axis is None:
        tensor, index, axis = reshape(tensor, (tensor.size,)), reshape(index, (index.size,)), 0
    if tensor.ndim != index.ndim:
        raise ShapeError(f"take_along_axis: indices of shape {index.shape} for a tensor of shape {tensor.shape}")
    (along,) = axes_of(axis, tensor.ndim, "take_along_axis")
    others = tuple(1 if a == along else s for a, s in enumerate(tensor.shape))
    lead = tuple(1 if a == along else s for a, s in enumerate(index.shape))
    common = broadcast_shapes(others, lead, where="take_along_axis")
    tensor = broadcast_to(tensor, tuple(tensor.shape[a] if a == along else s for a, s in enumerate(common)))
    picks = []
    for a, size in enumerate(tensor.shape):
        counting = reshape(arange(size, dtype=dtypes.int32), tuple(size if b == a else 1 for b in range(tensor.ndim)))
        picks.append((a, in_range(index, size) if a == along else counting))
    return gathered(tensor, picks)

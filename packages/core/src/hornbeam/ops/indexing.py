"""Indexing: NumPy's keys for reading and replacing elements, and gather and scatter beneath them."""

from __future__ import annotations

import math
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
from hornbeam.ops.movement import (
    axes_of,
    broadcast_to,
    flip,
    identity,
    moveaxis,
    reshape,
    static_slice,
)
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["nonzero", "scatter", "scatter_update", "slice", "slice_update", "take", "take_along_axis"]

_slice = slice  # the built-in; this module's own `slice` is Keras's


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


# ---- keys


def _integers(index: Tensor, size: int) -> Tensor:
    """An index tensor in int32 or int64, in [0, size)."""
    if not index.dtype.is_integer or index.dtype.kind == "bool":
        raise DTypeError(f"an index must be an integer or boolean tensor; got {index.dtype}")
    wide = dtypes.int64 if index.dtype.itemsize == 8 else dtypes.int32
    return bind(index_within_p, astype(index, wide), size=size)


def nonzero(x: Any, /) -> tuple[Tensor, ...]:
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


def _parts(x: Tensor, key: Any) -> list[Any]:
    """The key as one entry per axis of x (and None for new ones): ints, slices and integer tensors; masks replaced."""
    entries = list(key) if isinstance(key, tuple) else [key]
    found: list[Any] = []
    used = 0
    for entry in entries:
        if entry is None or entry is Ellipsis or isinstance(entry, _slice):
            found.append(entry)
            used += isinstance(entry, _slice)
        elif (
            not isinstance(entry, bool)
            and hasattr(entry, "__index__")
            and not getattr(entry, "shape", None)
            and not (isinstance(entry, Tensor) and (entry.owner.symbolic or not entry.dtype.is_integer))
        ):
            found.append(entry.__index__())
            used += 1
        else:
            index = as_tensor(entry)
            if index.dtype == "float32" and not index.size and isinstance(entry, (list, tuple)):
                index = astype(index, dtypes.int32)
            if index.dtype != "bool":
                found.append(index)
                used += 1
                continue
            if not index.ndim:
                raise InvalidArgumentError("a single truth value cannot be part of a key; use hb.ops.where")
            if index.shape != x.shape[used : used + index.ndim] and found.count(Ellipsis) == 0:
                raise OutOfRangeError(
                    f"a mask of shape {index.shape} does not fit the axes it selects from in shape {x.shape}"
                )
            found += nonzero(index)
            used += index.ndim
    if used > x.ndim:
        raise OutOfRangeError(f"too many indices: {used} for a tensor of shape {x.shape}")
    dots = [i for i, e in enumerate(found) if e is Ellipsis]
    if len(dots) > 1:
        raise OutOfRangeError("a key can hold only one Ellipsis (...)")
    at = dots[0] if dots else len(found)
    found[at : at + 1] = [_slice(None)] * (x.ndim - used)
    return found


def get_item(tensor: Tensor, key: Any) -> Tensor:
    """`tensor[key]` by NumPy's rules: integers, slices, Ellipsis, None, integer tensors, boolean masks (concrete only).

    Raises:
        OutOfRangeError: an index is outside its axis, or there are too many.
        CaptureError: a mask whose values are not known yet.
    """
    if (isinstance(key, bool) or getattr(key, "dtype", None) == "bool") and not getattr(key, "shape", ()):
        return reshape(tensor, (1, *tensor.shape)) if bool(key) else zeros((0, *tensor.shape), tensor.dtype)
    parts = _parts(tensor, key)
    arrays = any(isinstance(p, Tensor) for p in parts)
    start, stop, strides, flips = [], [], [], []
    sizes: list[int] = []  # of the sliced tensor, new axes included and integers left out
    indices: list[tuple[int, Tensor]] = []  # axis of the sliced tensor, and the index along it
    axis = 0
    for part in parts:
        if part is None:
            sizes.append(1)
            continue
        size = tensor.shape[axis]
        low, high, step = 0, size, 1
        if isinstance(part, Tensor) or (arrays and isinstance(part, int)):
            indices.append(
                (len(sizes), _integers(as_tensor(part, None if isinstance(part, Tensor) else dtypes.int32), size))
            )
            sizes.append(size)
        elif isinstance(part, int):
            if not -size <= part < size:
                raise out_of_range(part, part, size)
            low = part % size
            high = low + 1
        else:
            low, high, step = part.indices(size)
            count = len(range(low, high, step))
            if step < 0:
                flips.append(len(sizes))
                low, high, step = low + (count - 1) * step, low + 1, -step
            low, high = (low, low + (count - 1) * step + 1) if count else (0, 0)
            sizes.append(count)
        start.append(low)
        stop.append(high)
        strides.append(step)
        axis += 1
    out = reshape(static_slice(tensor, start, stop, strides), tuple(sizes))
    if flips:
        out = flip(out, axis=tuple(flips))
    if out is tensor and not indices:  # a handle of its own, so that replacing elements of one is not seen in the other
        return identity(tensor)
    return _gather(out, indices) if indices else out


def _gather(x: Tensor, indices: list[tuple[int, Tensor]]) -> Tensor:
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


def set_item(tensor: Tensor, key: Any, value: Any) -> Tensor:
    """A tensor like this one in which `tensor[key]` is `value`, converted to its dtype and broadcast.

    Raises:
        ShapeError: the value does not broadcast to the elements that the key selects.
    """
    new = as_tensor(value, tensor.dtype)
    mask = None if isinstance(key, (tuple, _slice, int)) or key is None or key is Ellipsis else as_tensor(key)
    if mask is not None and mask.dtype == "bool" and mask.shape == tensor.shape[: mask.ndim] and not new.ndim:
        spread = reshape(mask, mask.shape + (1,) * (tensor.ndim - mask.ndim))
        return where(spread, new, tensor)
    return _scatter_at(tensor, key, new, "set")


def _scatter_at(tensor: Tensor, key: Any, new: Tensor, mode: str) -> Tensor:
    """`new` put in at a key: where the elements lie in row-major order is found by indexing their numbers."""
    places = get_item(reshape(arange(tensor.size, dtype=dtypes.int32), tensor.shape), key)
    while new.ndim > places.ndim and new.shape[0] == 1:
        new = reshape(new, new.shape[1:])
    updates = reshape(broadcast_to(new, places.shape), (places.size,))
    flat = reshape(tensor, (tensor.size,))
    return reshape(bind(scatter_p, flat, reshape(places, (places.size,)), updates, mode=mode), tensor.shape)


# ---- functions


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
    return _gather(tensor, [(where_, _integers(as_tensor(indices), tensor.shape[where_]))])


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
        picks.append((a, _integers(index, size) if a == along else counting))
    return _gather(tensor, picks)


def scatter(indices: Any, values: Any, shape: Any) -> Tensor:
    """A tensor of zeros to which values are added at the given places.

    Args:
        indices: integers (k, depth): the first `depth` coordinates of each place.
        values: (k, *rest), where rest are the other sizes of `shape`.
        shape: sizes of the result.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.scatter(hb.ops.asarray([[0], [2], [0]]), hb.ops.asarray([1, 2, 3]), (4,)).numpy().tolist()
        [4, 0, 2, 0]
    """
    new = as_tensor(values)
    return _scatter_at(zeros(tuple(shape), new.dtype), _coordinates(indices), new, "add")


def _coordinates(indices: Any) -> tuple[Tensor, ...]:
    tensor = as_tensor(indices)
    if not tensor.ndim:
        raise ShapeError("indices need at least one axis, that of the coordinates; got a single number")
    return tuple(tensor[..., d] for d in range(tensor.shape[-1]))


def scatter_update(inputs: Any, indices: Any, updates: Any) -> Tensor:
    """The tensor with the elements at the places `indices` (k, depth) replaced by `updates` (k, *rest).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.scatter_update(hb.ops.zeros(3), hb.ops.asarray([[1]]), hb.ops.asarray([5.0])).numpy().tolist()
        [0.0, 5.0, 0.0]
    """
    tensor = as_tensor(inputs)
    return _scatter_at(tensor, _coordinates(indices), as_tensor(updates, tensor.dtype), "set")


def _starts(start_indices: Any, shape: tuple[int, ...]) -> list[int]:
    starts = [int(i) for i in start_indices]
    if len(starts) != len(shape):
        raise ShapeError(f"{len(starts)} start indices for {len(shape)} axes")
    return starts


def slice(inputs: Any, start_indices: Any, shape: Any) -> Tensor:
    """The block of a given shape that begins at `start_indices` (concrete integers, one per axis).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.slice(hb.ops.asarray([1, 2, 3, 4]), [1], [2]).numpy().tolist()
        [2, 3]
    """
    tensor, sizes = as_tensor(inputs), tuple(int(s) for s in shape)
    starts = _starts(start_indices, tensor.shape)
    return static_slice(tensor, starts, [a + s for a, s in zip(starts, sizes, strict=True)])


def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Tensor:
    """The tensor with the block that begins at `start_indices` replaced by `updates`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.slice_update(hb.ops.zeros(3), [1], hb.ops.ones(2)).numpy().tolist()
        [0.0, 1.0, 1.0]
    """
    tensor = as_tensor(inputs)
    new = as_tensor(updates, tensor.dtype)
    starts = _starts(start_indices, tensor.shape)
    if new.ndim != tensor.ndim or any(
        a < 0 or a + s > n for a, s, n in zip(starts, new.shape, tensor.shape, strict=True)
    ):
        raise ShapeError(f"slice_update: a block of shape {new.shape} at {starts} does not fit shape {tensor.shape}")
    return _scatter_at(tensor, tuple(_slice(a, a + s) for a, s in zip(starts, new.shape, strict=True)), new, "set")

"""Keys: `t[key]` and `t[key] = value` by NumPy's rules."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam import dtypes
from hornbeam.errors import InvalidArgumentError, OutOfRangeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange, zeros
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import where
from hornbeam.ops.indexing import gathered, in_range, nonzero, out_of_range, scatter_p
from hornbeam.ops.movement import broadcast_to, flip, identity, reshape, static_slice
from hornbeam.ops.slicing import replaced
from hornbeam.tensor import Tensor

__all__ = ["get_item"]


def _parts(x: Tensor, key: Any) -> list[Any]:
    """The key as one entry per axis of x (and None for new ones): ints, slices and integer tensors; masks replaced."""
    entries = list(key) if isinstance(key, tuple) else [key]
    found: list[Any] = []
    used = 0
    for entry in entries:
        if entry is None or entry is Ellipsis or isinstance(entry, slice):
            found.append(entry)
            used += isinstance(entry, slice)
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
            axes = x.shape[used : used + index.ndim]
            fits = len(axes) == index.ndim and all(m in (s, 0) for m, s in zip(index.shape, axes, strict=True))
            if not fits and found.count(Ellipsis) == 0:
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
    found[at : at + 1] = [slice(None)] * (x.ndim - used)
    return found


class _Key(NamedTuple):
    """What a key asks for: a block (start, stop, strides), seen under `sizes`, flipped, and then picked from by indices."""

    start: tuple[int, ...]
    stop: tuple[int, ...]
    strides: tuple[int, ...]
    sizes: tuple[int, ...]  # of the block, new axes included and those of integers left out
    flips: tuple[int, ...]
    indices: tuple[tuple[int, Tensor], ...]  # axis under `sizes`, and the index along it


def _read(tensor: Tensor, key: Any) -> _Key:
    parts = _parts(tensor, key)
    arrays = any(isinstance(p, Tensor) for p in parts)
    start, stop, strides, flips, sizes = [], [], [], [], []
    indices: list[tuple[int, Tensor]] = []
    axis = 0
    for part in parts:
        if part is None:
            sizes.append(1)
            continue
        size = tensor.shape[axis]
        low, high, step = 0, size, 1
        if isinstance(part, Tensor) or (arrays and isinstance(part, int)):
            index = as_tensor(part, None if isinstance(part, Tensor) else dtypes.int32)
            indices.append((len(sizes), in_range(index, size)))
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
    return _Key(tuple(start), tuple(stop), tuple(strides), tuple(sizes), tuple(flips), tuple(indices))


def _truth(key: Any) -> bool:
    """Whether the key is a single truth value."""
    return (isinstance(key, bool) or getattr(key, "dtype", None) == "bool") and not getattr(key, "shape", ())


def get_item(x: Any, key: Any) -> Tensor:
    """`x[key]` by NumPy's rules: integers, slices, Ellipsis, None, integer tensors, boolean masks (concrete only).

    Raises:
        OutOfRangeError: an index is outside its axis, or there are too many.
        CaptureError: a mask whose values are not known yet.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.get_item(hb.ops.asarray([1, 2, 3]), -1))
        3
    """
    tensor = as_tensor(x)
    if _truth(key):
        return reshape(tensor, (1, *tensor.shape)) if bool(key) else zeros((0, *tensor.shape), tensor.dtype)
    read = _read(tensor, key)
    out = reshape(static_slice(tensor, read.start, read.stop, read.strides), read.sizes)
    if read.flips:
        out = flip(out, axis=read.flips)
    if out is tensor and not read.indices:  # a handle of its own: replacing elements of one is not seen in the other
        return identity(tensor)
    return gathered(out, read.indices) if read.indices else out


def set_item(tensor: Tensor, key: Any, value: Any) -> Tensor:
    """A tensor like this one in which `tensor[key]` is `value`, converted to its dtype and broadcast.

    Raises:
        ShapeError: the value does not broadcast to the elements that the key selects.
    """
    new = as_tensor(value, tensor.dtype)
    mask = None if isinstance(key, (tuple, slice, int)) or key is None or key is Ellipsis else as_tensor(key)
    if mask is not None and mask.dtype == "bool" and mask.shape == tensor.shape[: mask.ndim] and not new.ndim:
        spread = reshape(mask, mask.shape + (1,) * (tensor.ndim - mask.ndim))
        return where(spread, new, tensor)
    read = None if _truth(key) else _read(tensor, key)
    if read is not None and not read.indices:
        block = _fitted(new, read.sizes)
        block = flip(block, axis=read.flips) if read.flips else block
        steps = zip(read.start, read.stop, read.strides, strict=True)
        shape = tuple(-(-(high - low) // step) for low, high, step in steps)
        return replaced(tensor, reshape(block, shape), read.start, read.strides)
    # where the elements lie in row-major order is found by indexing their numbers
    places = get_item(reshape(arange(tensor.size, dtype=dtypes.int32), tensor.shape), key)
    updates = reshape(_fitted(new, places.shape), (places.size,))
    flat = reshape(tensor, (tensor.size,))
    return reshape(bind(scatter_p, flat, reshape(places, (places.size,)), updates, mode="set"), tensor.shape)


def _fitted(new: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The value broadcast to what the key selects; leading axes of size 1 may be too many."""
    while new.ndim > len(shape) and new.shape[0] == 1:
        new = reshape(new, new.shape[1:])
    return broadcast_to(new, shape)

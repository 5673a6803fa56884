"""Blocks of a tensor, read and replaced: at places that are known, and at places that depend on values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam import dtypes
from hornbeam.errors import ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import zeros
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.movement import slice_p, static_slice
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor
from hornbeam.variable import Variable

__all__ = ["slice", "slice_update"]

Sizes = tuple[int, ...]
_slice = slice  # the built-in; this module's own `slice` is Keras's


# ---- a block at a known place


def _update_infer(x: Any, updates: Any, *, start: Sizes, strides: Sizes) -> Spec:
    if x.dtype != updates.dtype or not len(x.shape) == len(updates.shape) == len(start) == len(strides):
        raise ShapeError(f"replacing a block: {updates!r} does not fit {x!r}")
    for size, count, low, step in zip(x.shape, updates.shape, start, strides, strict=True):
        if count and not (low >= 0 and low + (count - 1) * step < size and step > 0):
            raise ShapeError(f"a block of shape {updates.shape} at {start}, strides {strides}, does not fit {x.shape}")
    return Spec(x.shape, x.dtype)


update_slice_p = primitive(
    "update_slice",
    _update_infer,
    cases=lambda t: t.case(t.array((4, 7)), t.array((2, 3)), start=(1, 0), strides=(1, 2)),
)


@update_slice_p.kernel
def _(xp: Any, x: Any, updates: Any, *, start: Sizes, strides: Sizes) -> Any:
    out = xp.asarray(x, copy=True)
    if 0 not in updates.shape:
        counts = zip(start, updates.shape, strides, strict=True)
        out[tuple(_slice(low, low + (n - 1) * step + 1, step) for low, n, step in counts)] = updates
    return out


@update_slice_p.vjp("updates.spec")
def _(ct: Tensor, updates: Spec, start: Sizes, strides: Sizes) -> Any:
    def of_updates() -> Tensor:
        counts = zip(start, updates.shape, strides, strict=True)
        stop = tuple(low + ((n - 1) * step + 1 if n else 0) for low, n, step in counts)
        return bind(slice_p, ct, start=start, stop=stop, strides=strides)

    return lambda: replaced(ct, zeros(updates.shape, ct.dtype), start, strides), of_updates


def replaced(x: Tensor, updates: Tensor, start: Sequence[int], strides: Sequence[int]) -> Tensor:
    """The tensor with each `strides`-th element from `start` on replaced."""
    if 0 in updates.shape:
        return x
    return bind(update_slice_p, x, updates, start=tuple(start), strides=tuple(strides))


# ---- a block at a place that depends on values: a place too far out is brought in until the block fits, as in XLA


def _cut_infer(x: Any, start: Any, *, sizes: Sizes) -> Spec:
    if start.shape != (len(x.shape),) or len(sizes) != len(x.shape):
        raise ShapeError(f"a block of shape {sizes} at {start!r} needs a size and a place for each axis of {x!r}")
    if any(not 0 <= n <= size for n, size in zip(sizes, x.shape, strict=True)):
        raise ShapeError(f"a block of shape {sizes} does not fit shape {x.shape}")
    return Spec(sizes, x.dtype)


def _put_infer(x: Any, updates: Any, start: Any) -> Spec:
    _cut_infer(x, start, sizes=updates.shape)
    return Spec(x.shape, x.dtype)


dynamic_slice_p = primitive(
    "dynamic_slice", _cut_infer, cases=lambda t: t.case(t.array((4, 7)), t.ints("2", low=-1, high=5), sizes=(2, 3))
)
dynamic_update_slice_p = primitive(
    "dynamic_update_slice",
    _put_infer,
    cases=lambda t: t.case(t.array((4, 7)), t.array((2, 3)), t.ints("2", low=-1, high=5)),
)


def _block(shape: Sizes, sizes: Sizes, start: Any) -> tuple[_slice, ...]:
    lows = (min(max(int(start[a]), 0), size - n) for a, (size, n) in enumerate(zip(shape, sizes, strict=True)))
    return tuple(_slice(low, low + n) for low, n in zip(lows, sizes, strict=True))


@dynamic_slice_p.kernel
def _(xp: Any, x: Any, start: Any, *, sizes: Sizes) -> Any:
    return x[_block(x.shape, sizes, start)]


@dynamic_update_slice_p.kernel
def _(xp: Any, x: Any, updates: Any, start: Any) -> Any:
    out = xp.asarray(x, copy=True)
    out[_block(x.shape, updates.shape, start)] = updates
    return out


@dynamic_slice_p.vjp("x.spec start")
def _(ct: Tensor, x: Spec, start: Tensor, sizes: Sizes) -> Any:
    return bind(dynamic_update_slice_p, zeros(x.shape, ct.dtype), ct, start), None


@dynamic_update_slice_p.vjp("updates.spec start")
def _(ct: Tensor, updates: Spec, start: Tensor) -> Any:
    return (
        lambda: bind(dynamic_update_slice_p, ct, zeros(updates.shape, ct.dtype), start),
        lambda: bind(dynamic_slice_p, ct, start, sizes=updates.shape),
        None,
    )


# ---- functions


def _starts(start_indices: Any, shape: Sizes, name: str) -> list[int] | Tensor:
    """The place as integers, or as an int32 vector if it, or a part of it, is a tensor."""
    items: Any = start_indices if isinstance(start_indices, (Tensor, Variable)) else list(start_indices)
    dynamic = not isinstance(items, list) or any(isinstance(i, (Tensor, Variable)) for i in items)
    count = len(items) if isinstance(items, list) else as_tensor(items).size
    if count != len(shape):
        raise ShapeError(f"{name}: {count} start indices for {len(shape)} axes")
    return astype(as_tensor(items), dtypes.int32) if dynamic else [int(i) for i in items]


def slice(inputs: Any, start_indices: Any, shape: Any) -> Tensor:
    """The block of a given shape that begins at `start_indices`.

    Args:
        inputs: tensor.
        start_indices: one integer per axis. Where one is a tensor, and the block would reach beyond `inputs`, it is moved
            until it fits.
        shape: sizes of the block.

    Raises:
        ShapeError: the block does not fit.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.slice(hb.ops.asarray([1, 2, 3, 4]), [1], [2]).numpy().tolist()
        [2, 3]
    """
    tensor, sizes = as_tensor(inputs), tuple(int(s) for s in shape)
    starts = _starts(start_indices, tensor.shape, "slice")
    if isinstance(starts, Tensor):
        return bind(dynamic_slice_p, tensor, starts, sizes=sizes)
    if len(sizes) != tensor.ndim:
        raise ShapeError(f"slice: a block of shape {sizes} from a tensor of shape {tensor.shape}")
    return static_slice(tensor, starts, [a + s for a, s in zip(starts, sizes, strict=True)])


def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Tensor:
    """The tensor with the block that begins at `start_indices` replaced by `updates`; arguments as for `slice`.

    Raises:
        ShapeError: the block does not fit.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.slice_update(hb.ops.zeros(3), [1], hb.ops.ones(2)).numpy().tolist()
        [0.0, 1.0, 1.0]
    """
    tensor = as_tensor(inputs)
    new = as_tensor(updates, tensor.dtype)
    starts = _starts(start_indices, tensor.shape, "slice_update")
    if isinstance(starts, Tensor):
        return bind(dynamic_update_slice_p, tensor, new, starts)
    if new.ndim != tensor.ndim or any(
        a < 0 or a + s > n for a, s, n in zip(starts, new.shape, tensor.shape, strict=True)
    ):
        raise ShapeError(f"slice_update: a block of shape {new.shape} at {starts} does not fit shape {tensor.shape}")
    return replaced(tensor, new, starts, (1,) * tensor.ndim)

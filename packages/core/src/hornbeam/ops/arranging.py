"""Joining, cutting and turning tensors, as NumPy names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.errors import InvalidArgumentError, OutOfRangeError, ShapeError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.indexing import take
from hornbeam.ops.joining import concat, split
from hornbeam.ops.movement import axes_of, broadcast_to, expand_dims, flip, moveaxis, permute_dims, reshape
from hornbeam.tensor import Tensor

__all__ = [
    "append", "array_split", "atleast_1d", "atleast_2d", "atleast_3d", "column_stack", "delete", "dsplit",
    "dstack", "fliplr", "flipud", "hsplit", "hstack", "insert", "rot90", "vsplit", "vstack",
]  # fmt: skip


def append(x1: Any, x2: Any, axis: int | None = None) -> Tensor:
    """`x1` with `x2` put behind it along an axis (None: both flattened).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.append(hb.ops.asarray([1, 2]), hb.ops.asarray([[3]])).numpy().tolist()
        [1, 2, 3]
    """
    return concat([x1, x2], axis=axis)


def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """`split`, in which the parts may differ by one in size: the first ones are the larger.

    Example:
        >>> import hornbeam as hb
        >>> [t.shape[0] for t in hb.ops.array_split(hb.ops.zeros(7), 3)]
        [3, 2, 2]
    """
    tensor = as_tensor(x)
    if not isinstance(indices_or_sections, int):
        return split(tensor, indices_or_sections, axis)
    parts = indices_or_sections
    if parts <= 0:
        raise InvalidArgumentError(f"array_split: the number of parts must be positive; got {parts}")
    (along,) = axes_of(axis, tensor.ndim, "array_split")
    small, larger = divmod(tensor.shape[along], parts)
    return split(tensor, [small * i + min(i, larger) for i in range(1, parts)], along)


def _raised(rank: int, xs: tuple[Any, ...]) -> Any:
    """Tensors of at least `rank` axes, as NumPy adds them: before, but the third behind."""
    found = []
    for x in xs:
        t = as_tensor(x)
        if t.ndim < min(rank, 2):
            t = reshape(t, (1,) * (min(rank, 2) - t.ndim) + t.shape)
        found.append(expand_dims(t, -1) if rank == 3 and t.ndim == 2 else t)
    return found[0] if len(found) == 1 else tuple(found)


def atleast_1d(*xs: Any) -> Any:
    """The tensor (or a tuple of them, for several) with at least one axis.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.atleast_1d(3.0).shape
        (1,)
    """
    return _raised(1, xs)


def atleast_2d(*xs: Any) -> Any:
    """The tensor (or a tuple of them, for several) with at least two axes; a vector becomes a row.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.atleast_2d(hb.ops.zeros(3)).shape
        (1, 3)
    """
    return _raised(2, xs)


def atleast_3d(*xs: Any) -> Any:
    """The tensor (or a tuple of them, for several) with at least three axes; a vector becomes (1, n, 1).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.atleast_3d(hb.ops.zeros(3)).shape
        (1, 3, 1)
    """
    return _raised(3, xs)


def hstack(xs: Sequence[Any]) -> Tensor:
    """Tensors joined side by side: along the second axis, vectors along their only one.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.hstack([hb.ops.zeros((2, 1)), hb.ops.zeros((2, 3))]).shape
        (2, 4)
    """
    raised = [atleast_1d(x) for x in xs]
    return concat(raised, axis=0 if raised and raised[0].ndim == 1 else 1)


def vstack(xs: Sequence[Any]) -> Tensor:
    """Tensors joined one below the other; vectors are rows.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.vstack([hb.ops.zeros(3), hb.ops.zeros((2, 3))]).shape
        (3, 3)
    """
    return concat([atleast_2d(x) for x in xs], axis=0)


def dstack(xs: Sequence[Any]) -> Tensor:
    """Tensors joined along the third axis.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.dstack([hb.ops.zeros((2, 3)), hb.ops.zeros((2, 3))]).shape
        (2, 3, 2)
    """
    return concat([atleast_3d(x) for x in xs], axis=2)


def column_stack(xs: Sequence[Any]) -> Tensor:
    """Vectors as the columns of a matrix; matrices are joined side by side.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.column_stack([hb.ops.zeros(3), hb.ops.zeros((3, 2))]).shape
        (3, 3)
    """
    tensors = [as_tensor(x) for x in xs]
    return concat([reshape(t, (t.size, 1)) if t.ndim < 2 else t for t in tensors], axis=1)


def _cut(x: Any, parts: Any, axis: int, name: str) -> list[Tensor]:
    tensor = as_tensor(x)
    if tensor.ndim <= axis:
        raise ShapeError(f"{name} needs a tensor of at least {axis + 1} axes; got shape {tensor.shape}")
    return split(tensor, parts, axis)


def hsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """`split` along the second axis; a vector along its only one.

    Example:
        >>> import hornbeam as hb
        >>> [t.shape for t in hb.ops.hsplit(hb.ops.zeros((2, 4)), 2)]
        [(2, 2), (2, 2)]
    """
    return _cut(x, indices_or_sections, 0 if as_tensor(x).ndim == 1 else 1, "hsplit")


def vsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """`split` of a matrix (or more axes) along the first axis.

    Example:
        >>> import hornbeam as hb
        >>> [t.shape for t in hb.ops.vsplit(hb.ops.zeros((2, 4)), 2)]
        [(1, 4), (1, 4)]
    """
    if as_tensor(x).ndim < 2:
        raise ShapeError(f"vsplit needs a tensor of at least 2 axes; got shape {as_tensor(x).shape}")
    return split(x, indices_or_sections, 0)


def dsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """`split` along the third axis.

    Example:
        >>> import hornbeam as hb
        >>> [t.shape for t in hb.ops.dsplit(hb.ops.zeros((1, 2, 4)), 2)]
        [(1, 2, 2), (1, 2, 2)]
    """
    return _cut(x, indices_or_sections, 2, "dsplit")


def fliplr(x: Any) -> Tensor:
    """The columns (second axis) in reverse order.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fliplr(hb.ops.asarray([[1, 2]])).numpy().tolist()
        [[2, 1]]
    """
    if as_tensor(x).ndim < 2:
        raise ShapeError(f"fliplr needs a tensor of at least 2 axes; got shape {as_tensor(x).shape}")
    return flip(x, axis=1)


def flipud(x: Any) -> Tensor:
    """The rows (first axis) in reverse order.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.flipud(hb.ops.asarray([1, 2])).numpy().tolist()
        [2, 1]
    """
    if not as_tensor(x).ndim:
        raise ShapeError("flipud needs a tensor with axes")
    return flip(x, axis=0)


def rot90(array: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Tensor:
    """The tensor turned by k quarters in the plane of two axes, from the first towards the second.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.rot90(hb.ops.asarray([[1, 2], [3, 4]])).numpy().tolist()
        [[2, 4], [1, 3]]
    """
    tensor = as_tensor(array)
    first, second = axes_of(tuple(axes), tensor.ndim, "rot90")
    order = list(range(tensor.ndim))
    order[first], order[second] = second, first
    quarters = k % 4
    if quarters == 0:
        return tensor
    if quarters == 2:
        return flip(tensor, axis=(first, second))
    if quarters == 1:
        return permute_dims(flip(tensor, axis=second), tuple(order))
    return flip(permute_dims(tensor, tuple(order)), axis=second)


def _row(x: Any, axis: int | None, name: str) -> tuple[Tensor, int]:
    tensor = as_tensor(x)
    if axis is None:
        return reshape(tensor, (tensor.size,)), 0
    return tensor, axes_of(axis, tensor.ndim, name)[0]


def delete(arr: Any, obj: Any, axis: int | None = None) -> Tensor:
    """The tensor without what lies at some places along an axis (None: flattened).

    Args:
        arr: tensor.
        obj: an integer, a slice, or a sequence of integers.
        axis: along which.

    Raises:
        OutOfRangeError: a place lies outside.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.delete([1, 2, 3], 1).numpy().tolist()
        [1, 3]
    """
    tensor, along = _row(arr, axis, "delete")
    size = tensor.shape[along]
    if isinstance(obj, slice):
        gone = set(range(*obj.indices(size)))
    else:
        places = [int(i) for i in (obj if hasattr(obj, "__len__") else [obj])]
        for i in places:
            if not -size <= i < size:
                raise OutOfRangeError(f"delete: place {i} is out of range for axis {along} of size {size}")
        gone = {i % size for i in places}
    kept = [i for i in range(size) if i not in gone]
    return take(tensor, as_tensor(kept, "int32"), axis=along)


def insert(arr: Any, obj: int, values: Any, axis: int | None = None) -> Tensor:
    """The tensor with values put in before one place along an axis (None: flattened).

    Args:
        arr: tensor.
        obj: the place, from -n to n.
        values: broadcast to the other sizes; along the axis, as many as are put in.
        axis: along which.

    Raises:
        OutOfRangeError: the place lies outside.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.insert([1, 2, 3], 1, [7, 8]).numpy().tolist()
        [1, 7, 8, 2, 3]
    """
    tensor, along = _row(arr, axis, "insert")
    size = tensor.shape[along]
    if not -size <= obj <= size:
        raise OutOfRangeError(f"insert: place {obj} is out of range for axis {along} of size {size}")
    new = as_tensor(values, tensor.dtype)
    if new.ndim < tensor.ndim:
        new = reshape(new, (1,) * (tensor.ndim - new.ndim) + new.shape)
    new = moveaxis(new, 0, along)
    new = broadcast_to(new, tuple(new.shape[along] if a == along else s for a, s in enumerate(tensor.shape)))
    first, second = split(tensor, [obj % size if obj < 0 else obj], along)
    return concat([first, new, second], axis=along)

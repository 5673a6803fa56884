"""Tensors put together, padded, taken apart and repeated."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.movement import (
    axes_of,
    broadcast_to,
    expand_dims,
    flip,
    pad_p,
    ravel,
    reshape,
    squeeze,
    take_range,
)
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = [
    "concat", "concatenate", "pad", "repeat", "roll", "split", "stack", "tile", "unstack",
]  # fmt: skip


def _joined(*xs: Any, axis: int) -> Spec:
    first = xs[0]
    for x in xs[1:]:
        same = all(a == b for i, (a, b) in enumerate(zip(x.shape, first.shape, strict=False)) if i != axis)
        if len(x.shape) != len(first.shape) or not same or x.dtype != first.dtype:
            shapes = ", ".join(str(y.shape) for y in xs)
            raise ShapeError(f"concatenate: shapes {shapes} must agree on every axis but {axis}")
    return Spec((*first.shape[:axis], sum(x.shape[axis] for x in xs), *first.shape[axis + 1 :]), first.dtype)


concatenate_p = primitive("concatenate", _joined, cases=lambda t: t.case(t.array((2, 3)), t.array((2, 1)), axis=1))
concatenate_p.kernel(lambda xp, *xs, axis: xp.concat(xs, axis=axis))


@concatenate_p.vjp("inputs.spec")
def _(ct: Tensor, inputs: tuple[Spec, ...], axis: int) -> Any:
    ends, total = [], 0
    for spec in inputs:
        ends.append((total, total + spec.shape[axis]))
        total = ends[-1][1]
    return tuple((lambda a=a, b=b: take_range(ct, axis, a, b)) for a, b in ends)


def concat(arrays: Any, /, *, axis: int | None = 0) -> Tensor:
    """Tensors one after the other along an axis (None: flattened).

    Raises:
        ShapeError: they differ on another axis.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.concat([hb.ops.asarray([1, 2]), hb.ops.asarray([3])]).tolist()
        [1, 2, 3]
    """
    tensors = promote_tensors(*arrays) if arrays else []
    if not tensors:
        raise InvalidArgumentError("concatenate needs at least one tensor")
    if axis is None:
        tensors, axis = [reshape(t, (t.size,)) for t in tensors], 0
    (where,) = axes_of(axis, tensors[0].ndim, "concatenate")
    return tensors[0] if len(tensors) == 1 else bind(concatenate_p, *tensors, axis=where)


def concatenate(xs: Any, axis: int = 0) -> Tensor:
    """Tensors one after the other along an axis (Keras's and NumPy's name of `concat`).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.concatenate([hb.ops.ones((2, 3)), hb.ops.zeros((2, 1))], axis=1).shape
        (2, 4)
    """
    return concat(xs, axis=axis)


def stack(x: Any, axis: int = 0) -> Tensor:
    """Tensors of one shape side by side along a new axis.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.stack([hb.ops.asarray([1, 2]), hb.ops.asarray([3, 4])], axis=1).tolist()
        [[1, 3], [2, 4]]
    """
    tensors = promote_tensors(*x) if len(x) else []
    if not tensors:
        raise InvalidArgumentError("stack needs at least one tensor")
    if len({t.shape for t in tensors}) > 1:
        raise ShapeError(f"stack: shapes differ: {', '.join(str(t.shape) for t in tensors)}")
    (where,) = axes_of(axis, tensors[0].ndim + 1, "stack")
    return concat([expand_dims(t, axis=where) for t in tensors], axis=where)


def unstack(x: Any, num: int | None = None, axis: int = 0) -> tuple[Tensor, ...]:
    """The slices along an axis, without that axis.

    Args:
        x: tensor.
        num: how many there are; the shape says so already.
        axis: along which.

    Raises:
        ShapeError: `num` is not the axis's size.

    Example:
        >>> import hornbeam as hb
        >>> [row.tolist() for row in hb.ops.unstack(hb.ops.asarray([[1, 2], [3, 4]]))]
        [[1, 2], [3, 4]]
    """
    tensor = as_tensor(x)
    (where,) = axes_of(axis, tensor.ndim, "unstack")
    if num not in (None, tensor.shape[where]):
        raise ShapeError(
            f"unstack: num is {num}, but axis {axis} of shape {tensor.shape} has size {tensor.shape[where]}"
        )
    return tuple(squeeze(take_range(tensor, where, i, i + 1), axis=where) for i in range(tensor.shape[where]))


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """The tensor cut along an axis: into so many equal parts, or before each of the given indices.

    Raises:
        InvalidArgumentError: the axis does not divide into equal parts.

    Example:
        >>> import hornbeam as hb
        >>> [part.tolist() for part in hb.ops.split(hb.ops.arange(6), 3)]
        [[0, 1], [2, 3], [4, 5]]
        >>> [part.tolist() for part in hb.ops.split(hb.ops.arange(6), [1, 4])]
        [[0], [1, 2, 3], [4, 5]]
    """
    tensor = as_tensor(x)
    (where,) = axes_of(axis, tensor.ndim, "split")
    size = tensor.shape[where]
    if isinstance(indices_or_sections, int):
        if indices_or_sections <= 0 or size % indices_or_sections:
            raise InvalidArgumentError(
                f"split: axis {where} of size {size} does not divide into {indices_or_sections} equal parts"
            )
        step = size // indices_or_sections
        cuts = list(range(step, size, step)) if step else [0] * (indices_or_sections - 1)
    else:
        cuts = [min(max(0, int(i) if int(i) >= 0 else size + int(i)), size) for i in indices_or_sections]
    ends = [0, *cuts, size]
    return [take_range(tensor, where, a, max(a, b)) for a, b in zip(ends, ends[1:], strict=False)]


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Tensor:
    """Each element so many times in a row along an axis (None: flattened).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.repeat(hb.ops.asarray([1, 2]), 2).tolist()
        [1, 1, 2, 2]
    """
    tensor = ravel(x) if axis is None else as_tensor(x)
    (where,) = axes_of(0 if axis is None else axis, tensor.ndim, "repeat")
    counts = as_tensor(repeats).tolist() if not isinstance(repeats, int) else repeats
    if isinstance(counts, list) and len(counts) == 1:
        counts = counts[0]
    if isinstance(counts, list):
        from hornbeam.ops.indexing import take

        if len(counts) != tensor.shape[where]:
            raise ShapeError(f"repeat: {len(counts)} counts for an axis of size {tensor.shape[where]}")
        return take(tensor, as_tensor([i for i, n in enumerate(counts) for _ in range(n)], dtype="int32"), axis=where)
    if counts < 0:
        raise InvalidArgumentError(f"repeat: counts cannot be negative; got {counts}")
    wide = broadcast_to(
        expand_dims(tensor, where + 1), (*tensor.shape[: where + 1], counts, *tensor.shape[where + 1 :])
    )
    return reshape(wide, (*tensor.shape[:where], tensor.shape[where] * counts, *tensor.shape[where + 1 :]))


def tile(x: Any, repeats: Any) -> Tensor:
    """The whole tensor so many times along each axis.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.tile(hb.ops.asarray([1, 2]), 2).tolist()
        [1, 2, 1, 2]
    """
    tensor = as_tensor(x)
    counts = (repeats,) if isinstance(repeats, int) else tuple(int(r) for r in repeats)
    rank = max(len(counts), tensor.ndim)
    shape = (1,) * (rank - tensor.ndim) + tensor.shape
    counts = (1,) * (rank - len(counts)) + counts
    paired = reshape(tensor, tuple(v for s in shape for v in (1, s)))
    wide = broadcast_to(paired, tuple(v for s, c in zip(shape, counts, strict=True) for v in (c, s)))
    return reshape(wide, tuple(s * c for s, c in zip(shape, counts, strict=True)))


def roll(x: Any, shift: Any, axis: Any = None) -> Tensor:
    """The elements moved along axes; those that fall off come back at the other end.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.roll(hb.ops.asarray([1, 2, 3, 4]), 1).tolist()
        [4, 1, 2, 3]
    """
    tensor = as_tensor(x)
    if axis is None:
        return reshape(roll(reshape(tensor, (tensor.size,)), shift, axis=0), tensor.shape)
    axes = axes_of(axis, tensor.ndim, "roll", unique=False)
    shifts = (shift,) * len(axes) if isinstance(shift, int) else tuple(int(s) for s in shift)
    for a, s in zip(axes, shifts, strict=True):
        size = tensor.shape[a]
        if size and s % size:
            cut = size - s % size
            tensor = concat([take_range(tensor, a, cut, size), take_range(tensor, a, 0, cut)], axis=a)
    return tensor


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """The tensor with a border.

    Args:
        x: tensor.
        pad_width: (before, after) for each axis, or one such pair, or one integer, for all.
        mode: "constant", "reflect" (without the edge) or "symmetric" (with it).
        constant_values: the border's value in "constant" mode, default 0.

    Raises:
        InvalidArgumentError: the mode is unknown, or a reflected border is wider than the tensor.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.pad(hb.ops.asarray([1, 2, 3]), (1, 2)).tolist()
        [0, 1, 2, 3, 0, 0]
        >>> hb.ops.pad(hb.ops.asarray([1, 2, 3]), 2, mode="reflect").tolist()
        [3, 2, 1, 2, 3, 2, 1]
    """
    tensor = as_tensor(x)
    width = [pad_width] * tensor.ndim if isinstance(pad_width, int) else list(pad_width)
    if len(width) == 2 and all(isinstance(w, int) for w in width):
        width = [width] * tensor.ndim
    if len(width) == 1:
        width *= tensor.ndim
    pairs = [(w, w) if isinstance(w, int) else (int(w[0]), int(w[1])) for w in width]
    if len(pairs) != tensor.ndim:
        raise InvalidArgumentError(f"pad: {len(pairs)} pairs for a tensor of {tensor.ndim} axes")
    if min((0, *(v for p in pairs for v in p))) < 0:
        raise InvalidArgumentError(f"pad: widths cannot be negative; got {pad_width}")
    if mode == "constant":
        low, high = tuple(p[0] for p in pairs), tuple(p[1] for p in pairs)
        fill = as_tensor(0 if constant_values is None else constant_values, dtype=tensor.dtype)
        return bind(pad_p, tensor, fill, low=low, high=high, interior=(0,) * tensor.ndim)
    if mode not in ("reflect", "symmetric"):
        raise InvalidArgumentError(f"pad: mode must be 'constant', 'reflect' or 'symmetric'; got {mode!r}")
    for axis, (before, after) in enumerate(pairs):
        size, edge = tensor.shape[axis], 1 if mode == "reflect" else 0
        if max(before, after) > size - edge:
            raise InvalidArgumentError(
                f"pad: a {mode} border of {max(before, after)} is wider than axis {axis} of size {size}"
            )
        left = flip(take_range(tensor, axis, edge, edge + before), axis=axis)
        right = flip(take_range(tensor, axis, size - edge - after, size - edge), axis=axis)
        tensor = concat([left, tensor, right], axis=axis)
    return tensor

"""Movement: reshape, transpose, broadcast, pad, slice, flip and what is made of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hornbeam.errors import AxisError, DTypeError, InvalidArgumentError, ShapeError
from hornbeam.interpret import bind, broadcast_shapes
from hornbeam.ops.convert import as_tensor
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = [
    "broadcast_arrays", "broadcast_to", "copy", "expand_dims", "flip", "matrix_transpose", "moveaxis",
    "permute_dims", "ravel", "reshape", "squeeze", "swapaxes", "transpose",
]  # fmt: skip

identity_p = primitive("identity", lambda x: Spec(x.shape, x.dtype), elementwise=True, cases=lambda t: t.floats("n d"))
identity_p.kernel(lambda xp, x: x)
identity_p.vjp()(lambda ct: ct)


def identity(x: Any) -> Tensor:
    """The same values under a new identity."""
    return bind(identity_p, as_tensor(x))


def copy(x: Any) -> Tensor:
    """A tensor of the same values, which can be changed in place on its own."""
    return identity(x)


# ---- reshape


def _reshape_infer(x: Any, shape: tuple[int, ...]) -> Spec:
    if math.prod(x.shape) != math.prod(shape):
        raise ShapeError(f"reshape: the elements of shape {x.shape} do not fill shape {shape}")
    return Spec(shape, x.dtype)


reshape_p = primitive("reshape", _reshape_infer, cases=lambda t: t.case(t.array((2, 3, 4)), shape=(6, 4)))
reshape_p.kernel(lambda xp, x, *, shape: xp.reshape(x, shape))
reshape_p.vjp("x.spec")(lambda ct, x, *, shape: bind(reshape_p, ct, shape=x.shape))


def reshape(x: Any, shape: Any = None, *, copy: bool | None = None, newshape: Any = None) -> Tensor:
    """The elements, in order, under another shape.

    Args:
        x: tensor.
        shape: sizes of the axes; one may be -1, and is worked out.
        copy: kept for the array API; values are never shared observably.
        newshape: Keras's name of `shape`.

    Raises:
        ShapeError: the number of elements differs.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.reshape(hb.ops.arange(6), (2, -1)).tolist()
        [[0, 1, 2], [3, 4, 5]]
    """
    tensor = as_tensor(x)
    shape = newshape if shape is None else shape
    if shape is None:
        raise InvalidArgumentError("reshape: give the shape")
    if not isinstance(shape, int) and any(s is None for s in shape):
        raise ShapeError(f"reshape: sizes must be integers; got {tuple(shape)}. For one that is not known, write -1.")
    sizes = [int(s) for s in ((shape,) if isinstance(shape, int) else shape)]
    if -1 in sizes:
        known = -math.prod(sizes)
        if sizes.count(-1) > 1 or known == 0 or tensor.size % known:
            raise ShapeError(f"reshape: cannot work out the -1 in {tuple(sizes)} for shape {tensor.shape}")
        sizes[sizes.index(-1)] = tensor.size // known
    target = tuple(sizes)
    return tensor if target == tensor.shape else bind(reshape_p, tensor, shape=target)


def axes_of(axis: Any, ndim: int, name: str, *, unique: bool = True) -> tuple[int, ...]:
    """Axes as a tuple of non-negative integers; None: all of them.

    Raises:
        AxisError: an axis is outside [-ndim, ndim), or given twice.
    """
    if axis is None:
        return tuple(range(ndim))
    found = []
    for a in axis if isinstance(axis, (tuple, list)) else (axis,):
        index = a.__index__()
        if not -ndim <= index < ndim:
            raise AxisError(f"{name}: axis {index} is out of range for a tensor of {ndim} axes")
        found.append(index % ndim)
    if unique and len(set(found)) != len(found):
        raise AxisError(f"{name}: an axis is given twice in {axis}")
    return tuple(found)


def ravel(x: Any, order: str = "C") -> Tensor:
    """All elements in one axis."""
    if order != "C":
        raise InvalidArgumentError("ravel: only order='C' is meaningful for tensors")
    return reshape(x, (-1,)) if as_tensor(x).size else reshape(x, (0,))


def expand_dims(x: Any, axis: Any = 0) -> Tensor:
    """New axes of size 1 at the given positions of the result.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.expand_dims(hb.ops.ones((2, 3)), -1).shape
        (2, 3, 1)
    """
    tensor = as_tensor(x)
    count = len(axis) if isinstance(axis, (tuple, list)) else 1
    new = axes_of(axis, tensor.ndim + count, "expand_dims")
    sizes = iter(tensor.shape)
    return reshape(tensor, tuple(1 if a in new else next(sizes) for a in range(tensor.ndim + count)))


def squeeze(x: Any, axis: Any = None) -> Tensor:
    """Without the given axes (default: all) of size 1.

    Raises:
        ShapeError: a given axis has another size.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.squeeze(hb.ops.ones((1, 3, 1)), 0).shape
        (3, 1)
    """
    tensor = as_tensor(x)
    axes = [a for a, s in enumerate(tensor.shape) if s == 1] if axis is None else axes_of(axis, tensor.ndim, "squeeze")
    for a in axes:
        if tensor.shape[a] != 1:
            raise ShapeError(f"squeeze: axis {a} has size {tensor.shape[a]}, not 1, in shape {tensor.shape}")
    return reshape(tensor, tuple(s for a, s in enumerate(tensor.shape) if a not in axes))


# ---- transpose

transpose_p = primitive(
    "transpose",
    lambda x, axes: Spec(tuple(x.shape[a] for a in axes), x.dtype),
    cases=lambda t: t.case(t.array((2, 3, 4)), axes=(2, 0, 1)),
)
transpose_p.kernel(lambda xp, x, *, axes: xp.permute_dims(x, axes))


@transpose_p.vjp()
def _(ct: Tensor, axes: tuple[int, ...]) -> Tensor:
    return bind(transpose_p, ct, axes=tuple(axes.index(a) for a in range(len(axes))))


def permute_dims(x: Any, /, axes: Any) -> Tensor:
    """The axes in another order.

    Raises:
        InvalidArgumentError: `axes` is not a permutation.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.permute_dims(hb.ops.ones((2, 3, 4)), (1, 0, 2)).shape
        (3, 2, 4)
    """
    tensor = as_tensor(x)
    order = axes_of(tuple(axes), tensor.ndim, "permute_dims")
    if len(order) != tensor.ndim:
        raise InvalidArgumentError(f"permute_dims: {axes} does not name each of the {tensor.ndim} axes once")
    return tensor if order == tuple(range(tensor.ndim)) else bind(transpose_p, tensor, axes=order)


def transpose(x: Any, axes: Any = None) -> Tensor:
    """The axes in another order; default: reversed.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.transpose(hb.ops.ones((2, 3, 4))).shape
        (4, 3, 2)
        >>> hb.ops.transpose(hb.ops.ones((2, 3, 4)), (1, 0, 2)).shape
        (3, 2, 4)
    """
    tensor = as_tensor(x)
    return permute_dims(tensor, tuple(range(tensor.ndim))[::-1] if axes is None else axes)


def matrix_transpose(x: Any, /) -> Tensor:
    """The last two axes exchanged.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.matrix_transpose(hb.ops.ones((5, 2, 3))).shape
        (5, 3, 2)
    """
    return swapaxes(x, -2, -1)


def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """Two axes exchanged.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.swapaxes(hb.ops.ones((2, 3, 4)), 0, 2).shape
        (4, 3, 2)
    """
    tensor = as_tensor(x)
    if tensor.ndim < 2 and axis1 != axis2:
        raise ShapeError(f"exchanging axes {axis1} and {axis2} needs at least two axes; got shape {tensor.shape}")
    a, b = axes_of((axis1, axis2), tensor.ndim, "swapaxes", unique=False)
    order = list(range(tensor.ndim))
    order[a], order[b] = b, a
    return permute_dims(tensor, order)


def moveaxis(x: Any, source: Any, destination: Any) -> Tensor:
    """Axes moved to other positions; the rest keep their order.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.moveaxis(hb.ops.ones((2, 3, 4)), 0, -1).shape
        (3, 4, 2)
    """
    tensor = as_tensor(x)
    sources, targets = axes_of(source, tensor.ndim, "moveaxis"), axes_of(destination, tensor.ndim, "moveaxis")
    if len(sources) != len(targets):
        raise InvalidArgumentError(f"moveaxis: {len(sources)} sources and {len(targets)} destinations")
    order = [a for a in range(tensor.ndim) if a not in sources]
    for target, src in sorted(zip(targets, sources, strict=True)):
        order.insert(target, src)
    return permute_dims(tensor, order)


# ---- broadcast

broadcast_to_p = primitive(
    "broadcast_to", lambda x, shape: Spec(shape, x.dtype), cases=lambda t: t.case(t.array((3, 1)), shape=(2, 3, 4))
)
broadcast_to_p.kernel(lambda xp, x, *, shape: xp.broadcast_to(x, shape))


@broadcast_to_p.vjp("x.spec")
def _(ct: Tensor, x: Spec, shape: tuple[int, ...]) -> Tensor:
    from hornbeam.ops.reduction import reduce_sum

    lead = len(shape) - len(x.shape)
    axes = (*range(lead), *(lead + a for a, s in enumerate(x.shape) if s == 1 and shape[lead + a] != 1))
    return reshape(reduce_sum(ct, axes), x.shape)


def broadcast_to(x: Any, shape: Any) -> Tensor:
    """The tensor repeated along new axes and axes of size 1, up to `shape`.

    Raises:
        ShapeError: it does not broadcast to that shape.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.broadcast_to(hb.ops.asarray([1, 2]), (2, 2)).tolist()
        [[1, 2], [1, 2]]
    """
    tensor, target = as_tensor(x), tuple(int(s) for s in shape)
    if tensor.shape == target:
        return tensor
    if broadcast_shapes(tensor.shape, target, where="broadcast_to") != target:
        raise ShapeError(f"broadcast_to: shape {tensor.shape} does not broadcast to {target}")
    return bind(broadcast_to_p, tensor, shape=target)


def broadcast_arrays(*arrays: Any) -> list[Tensor]:
    """All of them, repeated to their common shape."""
    tensors = [as_tensor(a) for a in arrays]
    shape = broadcast_shapes(*(t.shape for t in tensors))
    return [broadcast_to(t, shape) for t in tensors]


# ---- pad and slice: each is the other's gradient


def _padded(x: Any, value: Any, low: tuple[int, ...], high: tuple[int, ...], interior: tuple[int, ...]) -> Spec:
    if value.dtype != x.dtype or value.shape != ():
        raise DTypeError(f"pad: the value must be one number of dtype {x.dtype}; got {value!r}")
    sizes = (s + max(0, s - 1) * i + a + b for s, a, b, i in zip(x.shape, low, high, interior, strict=True))
    shape = tuple(sizes)
    if any(s < 0 for s in shape):
        raise ShapeError(f"pad: {low} and {high} take away more than there is of shape {x.shape}")
    return Spec(shape, x.dtype)


pad_p = primitive(
    "pad", _padded,
    cases=lambda t: t.case(t.array((2, 3)), t.array(()), low=(1, 0), high=(2, -1), interior=(0, 1)),
)  # fmt: skip


@pad_p.kernel
def _(xp: Any, x: Any, value: Any, *, low: Any, high: Any, interior: Any) -> Any:
    shape = tuple(s + max(0, s - 1) * i + a + b for s, a, b, i in zip(x.shape, low, high, interior, strict=True))
    out = (
        xp.broadcast_to(value, shape) + xp.zeros(shape, dtype=x.dtype)
        if x.dtype != xp.bool
        else xp.zeros(shape, dtype=x.dtype)
    )
    if x.dtype == xp.bool:
        out[...] = xp.broadcast_to(value, shape)
    source, target = [], []
    for s, a, i, n in zip(x.shape, low, interior, shape, strict=True):
        step = i + 1  # element j of x lands at a + j step
        first = max(0, -(a // step)) if a < 0 else 0
        last = min(s, (n - 1 - a) // step + 1) if n else 0
        last = max(first, last)
        source.append(slice(first, last))
        target.append(slice(a + first * step, a + (last - 1) * step + 1 if last > first else a + first * step, step))
    if all(p.stop > p.start for p in source):
        out[tuple(target)] = x[tuple(source)]
    return out


@pad_p.vjp("x.spec")
def _(ct: Tensor, x: Spec, low: Any, high: Any, interior: Any) -> Any:
    def of_x() -> Tensor:
        none = (0,) * len(x.shape)
        uncut = bind(pad_p, ct, as_tensor(0, ct.dtype), low=tuple(max(0, -a) for a in low), high=tuple(max(0, -b) for b in high),
                     interior=none) if min((*low, *high, 0)) < 0 else ct  # fmt: skip
        start = tuple(max(0, a) for a in low)
        stop = tuple(
            a + (max(0, s - 1) * (i + 1) + 1 if s else 0) for a, s, i in zip(start, x.shape, interior, strict=True)
        )
        return bind(slice_p, uncut, start=start, stop=stop, strides=tuple(i + 1 for i in interior))

    def of_value() -> Tensor:
        return ct.sum() - of_x().sum()

    return of_x, of_value


def _sliced(x: Any, start: Any, stop: Any, strides: Any) -> Spec:
    for s, a, b, step in zip(x.shape, start, stop, strides, strict=True):
        if not (0 <= a <= b <= s and step > 0):
            raise ShapeError(f"slice: start {start}, stop {stop}, strides {strides} do not fit shape {x.shape}")
    return Spec(tuple(-(-(b - a) // step) for a, b, step in zip(start, stop, strides, strict=True)), x.dtype)


slice_p = primitive(
    "slice", _sliced, cases=lambda t: t.case(t.array((4, 7)), start=(1, 0), stop=(3, 6), strides=(1, 2))
)


@slice_p.kernel
def _(xp: Any, x: Any, *, start: Any, stop: Any, strides: Any) -> Any:
    if not start:
        return x
    return x[tuple(slice(a, b, s) for a, b, s in zip(start, stop, strides, strict=True))]


@slice_p.vjp("x.spec")
def _(ct: Tensor, x: Spec, start: Any, stop: Any, strides: Any) -> Tensor:
    high = tuple(
        s - a - ((n - 1) * step + 1 if n else 0)
        for s, a, n, step in zip(x.shape, start, ct.shape, strides, strict=True)
    )
    return bind(pad_p, ct, as_tensor(0, ct.dtype), low=start, high=high, interior=tuple(s - 1 for s in strides))


def static_slice(x: Any, start: Sequence[int], stop: Sequence[int], strides: Sequence[int] | None = None) -> Tensor:
    """The elements from `start` up to `stop` on every axis, each `strides`-th of them."""
    tensor = as_tensor(x)
    steps = tuple(strides or (1,) * tensor.ndim)
    if tuple(start) == (0,) * tensor.ndim and tuple(stop) == tensor.shape and set(steps) <= {1}:
        return tensor
    return bind(slice_p, tensor, start=tuple(start), stop=tuple(stop), strides=steps)


def take_range(x: Tensor, axis: int, start: int, stop: int) -> Tensor:
    low, high = [0] * x.ndim, list(x.shape)
    low[axis], high[axis] = start, stop
    return static_slice(x, low, high)


# ---- flip, concatenate

flip_p = primitive("flip", lambda x, axes: Spec(x.shape, x.dtype), cases=lambda t: t.case(t.array((2, 3)), axes=(1,)))
flip_p.kernel(lambda xp, x, *, axes: xp.flip(x, axis=axes))
flip_p.vjp()(lambda ct, *, axes: bind(flip_p, ct, axes=axes))


def flip(x: Any, axis: Any = None) -> Tensor:
    """The elements in reverse order along the given axes (default: all).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.flip(hb.ops.asarray([[1, 2], [3, 4]]), axis=0).tolist()
        [[3, 4], [1, 2]]
    """
    tensor = as_tensor(x)
    return bind(flip_p, tensor, axes=axes_of(axis, tensor.ndim, "flip")) if tensor.ndim else tensor

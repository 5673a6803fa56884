"""Reductions: sum, product, extremes, truth, positions, and the statistics made of them."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import dtypes
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import add, divide, maximum, minimum, multiply, sqrt, square, subtract
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import equal
from hornbeam.ops.elementwise.exponential import exp, log
from hornbeam.ops.movement import axes_of, broadcast_to, reshape
from hornbeam.primitive import Primitive, Spec, primitive
from hornbeam.tensor import Tensor

__all__ = [
    "all", "amax", "amin", "any", "argmax", "argmin", "average", "count_nonzero", "logsumexp", "max", "mean", "min",
    "prod", "std", "sum", "var",
]  # fmt: skip

_builtin_sum, _builtin_any = sum, any


def _reduced(name: str, dtype: Any = None, empty: bool = True) -> Any:
    def infer(x: Any, axes: tuple[int, ...]) -> Spec:
        if not empty and _builtin_any(x.shape[a] == 0 for a in axes):
            raise ShapeError(f"{name} of no elements is not defined: axes {axes} of shape {x.shape}")
        return Spec(tuple(s for a, s in enumerate(x.shape) if a not in axes), dtype or x.dtype)

    return infer


def _axes_case(t: Any) -> Any:
    return t.case(t.array((2, 3, 4)), axes=(0, 2))


sum_p = primitive("reduce_sum", _reduced("sum"), cases=_axes_case)
prod_p = primitive("reduce_prod", _reduced("prod"), cases=_axes_case)
max_p = primitive("reduce_max", _reduced("max", empty=False), cases=_axes_case)
min_p = primitive("reduce_min", _reduced("min", empty=False), cases=_axes_case)
any_p = primitive(
    "reduce_any", _reduced("any", dtypes.bool), zero_gradient=True, cases=lambda t: t.case(t.bools("n d"), axes=(1,))
)
all_p = primitive(
    "reduce_all", _reduced("all", dtypes.bool), zero_gradient=True, cases=lambda t: t.case(t.bools("n d"), axes=(1,))
)
sum_p.kernel(lambda xp, x, *, axes: xp.sum(x, axis=axes, dtype=x.dtype))
prod_p.kernel(lambda xp, x, *, axes: xp.prod(x, axis=axes, dtype=x.dtype))
max_p.kernel(lambda xp, x, *, axes: xp.max(x, axis=axes))
min_p.kernel(lambda xp, x, *, axes: xp.min(x, axis=axes))
any_p.kernel(lambda xp, x, *, axes: xp.any(x, axis=axes))
all_p.kernel(lambda xp, x, *, axes: xp.all(x, axis=axes))


def keep(x: Tensor, shape: tuple[int, ...], axes: tuple[int, ...]) -> Tensor:
    """A reduced tensor with its reduced axes back as size 1."""
    return reshape(x, tuple(1 if a in axes else s for a, s in enumerate(shape)))


@sum_p.vjp("x.spec")
def _(ct: Tensor, x: Spec, axes: tuple[int, ...]) -> Tensor:
    return broadcast_to(keep(ct, x.shape, axes), x.shape)


@max_p.vjp("x out")
def _max_vjp(ct: Tensor, x: Tensor, out: Tensor, axes: tuple[int, ...]) -> Tensor:
    chosen = astype(equal(x, keep(out, x.shape, axes)), x.dtype)  # equal extremes share the gradient
    share = divide(ct, reduce_sum(chosen, axes))
    return multiply(chosen, keep(share, x.shape, axes))


min_p.vjp("x out")(_max_vjp)


@prod_p.vjp("x")
def _(ct: Tensor, x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The product of all others, from both sides, so zeros are no problem."""
    from hornbeam.ops.creation import ones
    from hornbeam.ops.cumulative import cumulative_prod
    from hornbeam.ops.joining import concat
    from hornbeam.ops.movement import flip, permute_dims, static_slice

    rest = tuple(a for a in range(x.ndim) if a not in axes)
    order = (*rest, *axes)
    rows, n = math.prod(x.shape[a] for a in rest), math.prod(x.shape[a] for a in axes)
    flat = reshape(permute_dims(x, order), (rows, n))
    edge = ones((rows, 1), x.dtype)

    def before(t: Tensor) -> Tensor:
        return cumulative_prod(static_slice(concat([edge, t], axis=1), (0, 0), (rows, n)), axis=1)

    others = multiply(before(flat), flip(before(flip(flat, axis=1)), axis=1))
    moved = reshape(others, tuple(x.shape[a] for a in order))
    back = permute_dims(moved, tuple(order.index(a) for a in range(x.ndim)))
    return multiply(back, keep(ct, x.shape, axes))


def reduce_sum(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The sum over `axes`; x itself where there are none."""
    return bind(sum_p, x, axes=tuple(axes)) if axes else x


def _reduce(p: Primitive, x: Tensor, axis: Any, keepdims: bool, name: str) -> Tensor:
    axes = axes_of(axis, x.ndim, name)
    out = bind(p, x, axes=tuple(sorted(axes)))
    return keep(out, x.shape, axes) if keepdims else out


def accumulator(x: Tensor, dtype: Any) -> Tensor:
    """x in the dtype that sums are made in: small integers widen to the default integer."""
    if dtype is not None:
        return astype(x, dtype)
    if x.dtype.kind == "bool" or (x.dtype.kind == "int" and x.dtype.itemsize < 4):
        return astype(x, dtypes.int32)
    if x.dtype.kind == "uint" and x.dtype.itemsize < 4:
        return astype(x, dtypes.uint32)
    return x


def sum(x: Any, axis: Any = None, keepdims: bool = False, *, dtype: Any = None) -> Tensor:  # noqa: A001
    """The sum over axes (default: all).

    Args:
        x: tensor.
        axis: an integer or a tuple of them.
        dtype: in which to sum; default: the tensor's, at least int32.
        keepdims: leave the axes in, with size 1.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.sum(hb.ops.asarray([[1.0, 2.0], [3.0, 4.0]]), axis=0).numpy().tolist()
        [4.0, 6.0]
    """
    return _reduce(sum_p, accumulator(as_tensor(x), dtype), axis, keepdims, "sum")


def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Tensor:
    """The product over axes (default: all); arguments as for `sum`."""
    return _reduce(prod_p, accumulator(as_tensor(x), dtype), axis, keepdims, "prod")


def max(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:  # noqa: A001
    """The largest element over axes (default: all); NaN if there is one. Equal ones share the gradient.

    Args:
        x: real tensor.
        axis: an integer or a tuple of them.
        keepdims: leave the axes in, with size 1.
        initial: a number that takes part, as one more element.

    Raises:
        ShapeError: there are no elements, and no `initial`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.max(hb.ops.asarray([[1.0, 2.0], [3.0, 0.0]]), axis=1).tolist()
        [2.0, 3.0]
    """
    return _extreme(max_p, x, axis, keepdims, initial, "max")


def min(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:  # noqa: A001
    """The smallest element over axes (default: all); NaN if there is one. Equal ones share the gradient.

    Args:
        x: real tensor.
        axis: an integer or a tuple of them.
        keepdims: leave the axes in, with size 1.
        initial: a number that takes part, as one more element.

    Raises:
        ShapeError: there are no elements, and no `initial`.
    """
    return _extreme(min_p, x, axis, keepdims, initial, "min")


def _extreme(p: Primitive, x: Any, axis: Any, keepdims: bool, initial: Any, name: str) -> Tensor:
    tensor = as_tensor(x)
    if initial is None:
        return _reduce(p, tensor, axis, keepdims, name)
    first = as_tensor(initial, tensor.dtype)
    if not math.prod(tensor.shape[a] for a in axes_of(axis, tensor.ndim, name)):
        return add(_reduce(sum_p, tensor, axis, keepdims, name), first)
    return (maximum if p is max_p else minimum)(_reduce(p, tensor, axis, keepdims, name), first)


amax, amin = max, min


def any(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:  # noqa: A001
    """Whether any element is true (not zero)."""
    return _reduce(any_p, _truth(x), axis, keepdims, "any")


def all(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:  # noqa: A001
    """Whether all elements are true (not zero)."""
    return _reduce(all_p, _truth(x), axis, keepdims, "all")


def _truth(x: Any) -> Tensor:
    return astype(as_tensor(x), dtypes.bool)


def count_nonzero(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """How many elements are not zero."""
    return sum(_truth(x), axis, keepdims=keepdims)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The arithmetic mean over axes (default: all); of no elements: NaN. Half precision is added up in float32.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.mean(hb.ops.asarray([[1.0, 2.0], [3.0, 5.0]]), axis=0).tolist()
        [2.0, 3.5]
    """
    given = as_float(x)
    tensor = _wide(given)
    count = math.prod(tensor.shape[a] for a in axes_of(axis, tensor.ndim, "mean"))
    found = multiply(_reduce(sum_p, tensor, axis, keepdims, "mean"), 1.0 / count if count else math.nan)
    return astype(found, given.dtype, copy=False)


def _wide(x: Tensor) -> Tensor:
    """Half precision as float32: a sum of an image's pixels is beyond float16's largest number."""
    return astype(x, dtypes.float32) if x.dtype.is_floating and x.dtype.itemsize == 2 else x


def average(x: Any, axis: Any = None, weights: Any = None) -> Tensor:
    """The mean, weighted where weights are given."""
    if weights is None:
        return mean(x, axis)
    tensor = as_float(x)
    w = as_tensor(weights, dtype=tensor.dtype)
    if w.shape != tensor.shape:
        if not isinstance(axis, int) or w.shape != (tensor.shape[axis],):
            raise ShapeError(f"average: weights of shape {w.shape} do not fit shape {tensor.shape} over axis {axis}")
        w = broadcast_to(
            keep(w, tensor.shape, tuple(a for a in range(tensor.ndim) if a != axis % tensor.ndim)), tensor.shape
        )
    return divide(sum(multiply(tensor, w), axis), sum(w, axis))


def var(x: Any, axis: Any = None, keepdims: bool = False, *, correction: float = 0.0) -> Tensor:
    """The variance over axes (default: all): the mean squared distance from the mean.

    Args:
        correction: subtracted from the number of elements in the divisor (1 for the unbiased estimate).

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.var(hb.ops.asarray([1.0, 3.0])))
        1.0
    """
    given = as_float(x)
    tensor = _wide(given)
    count = math.prod(tensor.shape[a] for a in axes_of(axis, tensor.ndim, "var")) - correction
    centred = subtract(tensor, mean(tensor, axis, keepdims=True))
    found = multiply(_reduce(sum_p, square(centred), axis, keepdims, "var"), 1.0 / count if count > 0 else math.nan)
    return astype(found, given.dtype, copy=False)


def std(x: Any, axis: Any = None, keepdims: bool = False, *, correction: float = 0.0) -> Tensor:
    """The standard deviation over axes: the square root of `var`.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.std(hb.ops.asarray([1.0, 3.0])))
        1.0
    """
    return sqrt(var(x, axis, correction=correction, keepdims=keepdims))


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """log(sum(exp(x))) over axes, without overflow.

    Example:
        >>> import hornbeam as hb
        >>> round(float(hb.ops.logsumexp(hb.ops.asarray([0.0, 0.0]))), 4)
        0.6931
    """
    from hornbeam.gradient_rules import stop_gradient
    from hornbeam.ops.elementwise.comparison import isfinite, where

    tensor = as_float(x)
    top = stop_gradient(max(tensor, axis, keepdims=True))
    top = where(isfinite(top), top, 0.0)
    out = add(log(sum(exp(subtract(tensor, top)), axis, keepdims=True)), top)
    return (
        out
        if keepdims
        else reshape(out, tuple(s for a, s in enumerate(out.shape) if a not in axes_of(axis, out.ndim, "logsumexp")))
    )


# ---- positions


def _position(name: str) -> Primitive:
    def infer(x: Any, axis: int) -> Spec:
        if not x.shape[axis]:
            raise ShapeError(f"{name} of no elements is not defined: axis {axis} of shape {x.shape}")
        return Spec((*x.shape[:axis], *x.shape[axis + 1 :]), dtypes.int32)

    p = primitive(name, infer, zero_gradient=True, cases=lambda t: t.case(t.array((3, 4)), axis=1))
    p.kernel(lambda xp, x, *, axis: xp.astype(getattr(xp, name)(x, axis=axis), xp.int32))
    return p


argmax_p, argmin_p = _position("argmax"), _position("argmin")


def _find(p: Primitive, x: Any, axis: int | None, keepdims: bool) -> Tensor:
    tensor = as_tensor(x)
    if axis is None:
        out = bind(p, reshape(tensor, (tensor.size,)), axis=0)
        return reshape(out, (1,) * tensor.ndim) if keepdims else out
    if not isinstance(axis, int):
        raise InvalidArgumentError(f"{p.name} takes one axis; got {axis}")
    (where,) = axes_of(axis, tensor.ndim, p.name)
    out = bind(p, tensor, axis=where)
    return keep(out, tensor.shape, (where,)) if keepdims else out


def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The position of the first largest element along an axis (None: flattened), as int32.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.argmax(hb.ops.asarray([[1.0, 2.0], [3.0, 0.0]]), axis=1).tolist()
        [1, 0]
    """
    return _find(argmax_p, x, axis, keepdims)


def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The position of the first smallest element along an axis (None: flattened), as int32."""
    return _find(argmin_p, x, axis, keepdims)

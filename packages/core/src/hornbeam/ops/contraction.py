"""Products of matrices and tensors: one primitive, dot_general."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.errors import DTypeError, ShapeError
from hornbeam.interpret import bind, broadcast_shapes
from hornbeam.ops.convert import promote_tensors
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.movement import axes_of, broadcast_to, expand_dims, permute_dims, reshape
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["dot", "inner", "matmul", "outer", "tensordot", "vdot", "vecdot"]

Axes = tuple[tuple[int, ...], tuple[int, ...]]


def _infer(x: Any, y: Any, contracting: Axes, batch: Axes) -> Spec:
    if x.dtype != y.dtype:
        raise DTypeError(f"a product needs operands of one dtype; got {x!r} and {y!r}")
    for i, j in zip((*contracting[0], *batch[0]), (*contracting[1], *batch[1]), strict=True):
        if x.shape[i] != y.shape[j]:
            raise ShapeError(
                f"matrix product of shapes {x.shape} and {y.shape}: axis {i} of the first has size {x.shape[i]}, axis {j} of "
                f"the second {y.shape[j]}; they are multiplied together and must be equal."
            )
    return Spec(
        (
            *(x.shape[a] for a in batch[0]),
            *(x.shape[a] for a in free_axes(len(x.shape), contracting[0], batch[0])),
            *(y.shape[a] for a in free_axes(len(y.shape), contracting[1], batch[1])),
        ),
        x.dtype,
    )


def free_axes(ndim: int, contracting: tuple[int, ...], batch: tuple[int, ...]) -> tuple[int, ...]:
    """The axes of an operand that are neither contracted nor batched, in order."""
    return tuple(a for a in range(ndim) if a not in contracting and a not in batch)


dot_general_p = primitive(
    "dot_general",
    _infer,
    cases=lambda t: t.case(t.array((2, 3, 4)), t.array((2, 5, 4)), contracting=((2,), (2,)), batch=((0,), (0,))),
)


@dot_general_p.kernel
def _(xp: Any, x: Any, y: Any, *, contracting: Axes, batch: Axes) -> Any:
    xf, yf = free_axes(x.ndim, contracting[0], batch[0]), free_axes(y.ndim, contracting[1], batch[1])
    b = tuple(x.shape[a] for a in batch[0])
    m, n = tuple(x.shape[a] for a in xf), tuple(y.shape[a] for a in yf)
    k = math.prod(x.shape[a] for a in contracting[0])
    left = xp.reshape(xp.permute_dims(x, (*batch[0], *xf, *contracting[0])), (*b, math.prod(m), k))
    right = xp.reshape(xp.permute_dims(y, (*batch[1], *contracting[1], *yf)), (*b, k, math.prod(n)))
    return xp.reshape(xp.matmul(left, right), (*b, *m, *n))


@dot_general_p.vjp("x y")
def _(ct: Tensor, x: Tensor, y: Tensor, contracting: Axes, batch: Axes) -> Any:
    nb = len(batch[0])
    xf, yf = free_axes(x.ndim, contracting[0], batch[0]), free_axes(y.ndim, contracting[1], batch[1])
    lead = tuple(range(nb))

    def of_x() -> Tensor:  # ct (b, m, n) with y over n -> (b, m, contracted of y in y's order)
        mine = bind(dot_general_p, ct, y, contracting=(tuple(range(nb + len(xf), ct.ndim)), yf), batch=(lead, batch[1]))
        ordered = sorted(range(len(contracting[1])), key=lambda i: contracting[1][i])
        source = (*batch[0], *xf, *(contracting[0][i] for i in ordered))
        return permute_dims(mine, tuple(source.index(a) for a in range(x.ndim)))

    def of_y() -> Tensor:  # x with ct over m -> (b, contracted of x in x's order, n)
        mine = bind(dot_general_p, x, ct, contracting=(xf, tuple(range(nb, nb + len(xf)))), batch=(batch[0], lead))
        ordered = sorted(range(len(contracting[0])), key=lambda i: contracting[0][i])
        source = (*batch[1], *(contracting[1][i] for i in ordered), *yf)
        return permute_dims(mine, tuple(source.index(a) for a in range(y.ndim)))

    return of_x, of_y


def _numbers(*xs: Any) -> list[Tensor]:
    tensors = promote_tensors(*xs)
    return [astype(t, "int32") for t in tensors] if tensors[0].dtype == "bool" else tensors


def matmul(x1: Any, x2: Any) -> Tensor:
    """The matrix product over the last two axes; leading axes broadcast; a vector counts as a row or a column.

    Args:
        x1: (..., m, k) or (k,).
        x2: (..., k, n) or (k,).

    Returns:
        (..., m, n); without m or n where that operand is a vector.

    Raises:
        ShapeError: the inner sizes differ, or an operand has no axes.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.matmul(hb.ops.asarray([[1.0, 2.0]]), hb.ops.asarray([3.0, 4.0])).numpy().tolist()
        [11.0]
    """
    x, y = _numbers(x1, x2)
    if not x.ndim or not y.ndim:
        raise ShapeError(f"matmul needs operands with axes; got shapes {x.shape} and {y.shape}")
    inner = y.ndim - 2 if y.ndim > 1 else 0
    if y.ndim <= 2 or x.ndim == 1:  # no common leading axes: one plain product
        if x.ndim == 1 and y.ndim > 2:
            return bind(dot_general_p, y, x, contracting=((y.ndim - 2,), (0,)), batch=((), ()))
        return bind(dot_general_p, x, y, contracting=((x.ndim - 1,), (inner,)), batch=((), ()))
    lead = broadcast_shapes(x.shape[:-2], y.shape[:-2], where="matmul")
    x, y = broadcast_to(x, lead + x.shape[-2:]), broadcast_to(y, lead + y.shape[-2:])
    axes = tuple(range(len(lead)))
    return bind(dot_general_p, x, y, contracting=((x.ndim - 1,), (y.ndim - 2,)), batch=(axes, axes))


def dot(x1: Any, x2: Any) -> Tensor:
    """NumPy's dot: the sum over the last axis of the first and the last but one of the second."""
    x, y = _numbers(x1, x2)
    if not x.ndim or not y.ndim:
        return x * y
    return bind(dot_general_p, x, y, contracting=((x.ndim - 1,), (max(0, y.ndim - 2),)), batch=((), ()))


def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Tensor:
    """The sum of products over pairs of axes.

    Args:
        axes: how many of the last axes of `x1` meet the first of `x2`; or a pair of sequences of axes.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.tensordot(hb.ops.ones((2, 3, 4)), hb.ops.ones((3, 4, 5)), axes=2).shape
        (2, 5)
        >>> hb.ops.tensordot(hb.ops.ones((2, 3)), hb.ops.ones((4, 2)), axes=([0], [1])).shape
        (3, 4)
    """
    x, y = _numbers(x1, x2)
    if isinstance(axes, int):
        if not 0 <= axes <= min(x.ndim, y.ndim):
            raise ShapeError(f"tensordot over {axes} axes of shapes {x.shape} and {y.shape}")
        pair: Any = (tuple(range(x.ndim - axes, x.ndim)), tuple(range(axes)))
    else:
        pair = tuple((a,) if isinstance(a, int) else tuple(a) for a in axes)
    contracting = (axes_of(pair[0], x.ndim, "tensordot"), axes_of(pair[1], y.ndim, "tensordot"))
    return bind(dot_general_p, x, y, contracting=contracting, batch=((), ()))


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Tensor:
    """The sum of conj(x1) * x2 over one axis; the others broadcast."""
    from hornbeam.ops.elementwise.complex import conj
    from hornbeam.ops.reduction import sum as total

    x, y = _numbers(x1, x2)
    if x.shape[axis] != y.shape[axis]:
        raise ShapeError(f"vecdot: axis {axis} has sizes {x.shape[axis]} and {y.shape[axis]}")
    return total((conj(x) if x.dtype.kind == "complex" else x) * y, axis, dtype=x.dtype)


def outer(x1: Any, x2: Any) -> Tensor:
    """All products of an element of one vector with one of the other: (n, m).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.outer(hb.ops.asarray([1, 2]), hb.ops.asarray([3, 4])).tolist()
        [[3, 4], [6, 8]]
    """
    x, y = _numbers(x1, x2)
    return expand_dims(reshape(x, (x.size,)), 1) * expand_dims(reshape(y, (y.size,)), 0)


def inner(x1: Any, x2: Any) -> Tensor:
    """The sum of products over the last axis of both; with a number, the product.

    Args:
        x1: (*rows, n).
        x2: (*columns, n).

    Returns:
        (*rows, *columns).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.inner(hb.ops.asarray([1, 2]), hb.ops.asarray([[3, 4], [5, 6]])).numpy().tolist()
        [11, 17]
    """
    x, y = _numbers(x1, x2)
    return x * y if not x.ndim or not y.ndim else tensordot(x, y, axes=((-1,), (-1,)))


def vdot(x1: Any, x2: Any) -> Tensor:
    """The sum of conj(x1) * x2 over all elements.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.vdot(hb.ops.asarray([[1, 2]]), hb.ops.asarray([3, 4])))
        11
    """
    from hornbeam.ops.elementwise.complex import conj
    from hornbeam.ops.movement import ravel

    x, y = _numbers(x1, x2)
    return tensordot(ravel(conj(x)), ravel(y), axes=1)

"""Running sums and products, and differences of neighbours."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import full
from hornbeam.ops.elementwise.comparison import not_equal
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import axes_of, flip, static_slice
from hornbeam.ops.reduction import accumulator
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "diff"]

cumulative_sum_p = primitive(
    "cumulative_sum", lambda x, axis: Spec(x.shape, x.dtype), cases=lambda t: t.case(t.array((2, 4)), axis=1)
)
cumulative_sum_p.kernel(lambda xp, x, *, axis: xp.cumulative_sum(x, axis=axis, dtype=x.dtype))


@cumulative_sum_p.vjp()
def _(ct: Tensor, axis: int) -> Tensor:
    return flip(bind(cumulative_sum_p, flip(ct, axis=axis), axis=axis), axis=axis)


def _prepare(x: Any, axis: int | None, dtype: Any, name: str) -> tuple[Tensor, int]:
    tensor = accumulator(as_tensor(x), dtype)
    if axis is None:
        if tensor.ndim != 1:
            raise InvalidArgumentError(
                f"{name}: give the axis; only a vector has none to choose, and this has shape {tensor.shape}"
            )
        axis = 0
    return tensor, axes_of(axis, tensor.ndim, name)[0]


def _with_initial(x: Tensor, axis: int, value: int) -> Tensor:
    return concat([full((*x.shape[:axis], 1, *x.shape[axis + 1 :]), value, dtype=x.dtype), x], axis=axis)


def cumulative_sum(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Tensor:
    """The sum of each element and those before it along an axis.

    Args:
        x: tensor.
        axis: needed where there are several.
        dtype: in which to sum; default: the tensor's, at least int32.
        include_initial: begin with a 0.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.cumulative_sum(hb.ops.asarray([1, 2, 3]), include_initial=True).numpy().tolist()
        [0, 1, 3, 6]
    """
    tensor, along = _prepare(x, axis, dtype, "cumulative_sum")
    out: Tensor = bind(cumulative_sum_p, tensor, axis=along)
    return _with_initial(out, along, 0) if include_initial else out


def cumulative_prod(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Tensor:
    """The product of each element and those before it along an axis; the arguments are those of `cumulative_sum`.

    Products over 1, 2, 4, ... elements are made from one another, so that the gradient is right beside zeros too.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.cumulative_prod(hb.ops.asarray([2, 3, 4])).numpy().tolist()
        [2, 6, 24]
    """
    out, along = _prepare(x, axis, dtype, "cumulative_prod")
    size, reach = out.shape[along], 1
    none = (0,) * out.ndim
    while reach < size:
        at = tuple(reach if a == along else 0 for a in range(out.ndim))
        early = tuple(size - reach if a == along else s for a, s in enumerate(out.shape))
        first = tuple(reach if a == along else s for a, s in enumerate(out.shape))
        later = static_slice(out, at, out.shape) * static_slice(out, none, early)
        out = concat([static_slice(out, none, first), later], axis=along)
        reach *= 2
    return _with_initial(out, along, 1) if include_initial else out


def _flat(x: Any, axis: int | None) -> tuple[Tensor, int]:
    tensor = as_tensor(x)
    return (tensor.reshape(-1), 0) if axis is None else (tensor, axis)


def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The running sum along an axis (None: flattened), as NumPy and Keras name it.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.cumsum(hb.ops.asarray([1, 2, 3])).tolist()
        [1, 3, 6]
    """
    tensor, along = _flat(x, axis)
    return cumulative_sum(tensor, axis=along, dtype=dtype)


def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The running product along an axis (None: flattened), as NumPy and Keras name it."""
    tensor, along = _flat(x, axis)
    return cumulative_prod(tensor, axis=along, dtype=dtype)


def diff(a: Any, n: int = 1, axis: int = -1, *, prepend: Any = None, append: Any = None) -> Tensor:
    """The difference of each element and the one before it along an axis, taken `n` times.

    Args:
        a: tensor with axes.
        n: how often, at least 0.
        axis: along which.
        prepend, append: tensors to put before and after `a` along the axis first.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.diff(hb.ops.asarray([1, 4, 9])).numpy().tolist()
        [3, 5]
    """
    if n < 0:
        raise InvalidArgumentError(f"diff: n cannot be negative; got {n}")
    if n == 0:
        return as_tensor(a)
    (along,) = axes_of(axis, as_tensor(a).ndim, "diff")
    out = concat([as_tensor(part) for part in (prepend, a, append) if part is not None], axis=along)
    for _ in range(min(n, out.shape[along])):
        low = tuple(int(a == along) for a in range(out.ndim))
        high = tuple(s - int(a == along) for a, s in enumerate(out.shape))
        later, earlier = static_slice(out, low, out.shape), static_slice(out, (0,) * out.ndim, high)
        out = not_equal(later, earlier) if out.dtype == "bool" else later - earlier
    return out

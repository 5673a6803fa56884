"""New tensors: constants, ranges, grids."""

from __future__ import annotations

import builtins
import math
from typing import Any

from hornbeam.dtypes import DType, as_dtype, scalar_dtype
from hornbeam.errors import InvalidArgumentError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor, check_device
from hornbeam.ops.elementwise.arithmetic import add, divide, floor, multiply
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import where
from hornbeam.ops.movement import broadcast_arrays, broadcast_to, expand_dims, moveaxis, reshape
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = [
    "arange", "empty", "empty_like", "eye", "full", "full_like", "identity_matrix", "linspace", "meshgrid", "ones",
    "ones_like", "tri", "tril", "triu", "zeros", "zeros_like",
]  # fmt: skip

iota_p = primitive(
    "iota",
    lambda length, dtype: Spec((length,), dtype),
    zero_gradient=True,
    cases=lambda t: t.case(length=5, dtype=as_dtype("int32")),
)


@iota_p.kernel
def _(xp: Any, *, length: int, dtype: DType) -> Any:
    return xp.astype(xp.arange(length), getattr(xp, str(dtype)))


def _shape(shape: Any) -> tuple[int, ...]:
    sizes = (
        (shape,)
        if isinstance(shape, int) or hasattr(shape, "__index__") and not isinstance(shape, (tuple, list))
        else shape
    )
    result = tuple(int(s) for s in sizes)
    if any(s < 0 for s in result):
        raise InvalidArgumentError(f"sizes of axes cannot be negative; got shape {result}")
    return result


def full(shape: Any, fill_value: Any, dtype: Any = None, *, device: str | None = None) -> Tensor:
    """A tensor filled with one value.

    Args:
        shape: sizes of the axes, or one integer.
        fill_value: a number, or a tensor that broadcasts to `shape`.
        dtype: default: that of the value.

    Raises:
        InvalidArgumentError: a size is negative.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.full((2,), 7).numpy().tolist()
        [7, 7]
    """
    check_device(device)
    return broadcast_to(as_tensor(fill_value, dtype=None if dtype is None else as_dtype(dtype)), _shape(shape))


def zeros(shape: Any, dtype: Any = None, *, device: str | None = None) -> Tensor:
    """A tensor of zeros; default dtype: the default float.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.zeros((2, 2)).tolist()
        [[0.0, 0.0], [0.0, 0.0]]
    """
    return full(shape, 0, dtype=as_dtype(dtype), device=device)


def ones(shape: Any, dtype: Any = None, *, device: str | None = None) -> Tensor:
    """A tensor of ones; default dtype: the default float.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.ones(2, dtype="int32").tolist()
        [1, 1]
    """
    return full(shape, 1, dtype=as_dtype(dtype), device=device)


def empty(shape: Any, dtype: Any = None, *, device: str | None = None) -> Tensor:
    """A tensor whose values do not matter; they are zeros."""
    return zeros(shape, dtype, device=device)


def full_like(x: Any, fill_value: Any, dtype: Any = None, *, device: str | None = None) -> Tensor:
    """A tensor of the shape (and dtype) of `x`, filled with one value."""
    t = as_tensor(x)
    return full(t.shape, fill_value, dtype=t.dtype if dtype is None else dtype, device=device)


def zeros_like(x: Any, dtype: Any = None, *, device: str | None = None) -> Tensor:
    """Zeros of the shape (and dtype) of `x`."""
    return full_like(x, 0, dtype, device=device)


def ones_like(x: Any, dtype: Any = None, *, device: str | None = None) -> Tensor:
    """Ones of the shape (and dtype) of `x`."""
    return full_like(x, 1, dtype, device=device)


def empty_like(x: Any, dtype: Any = None, *, device: str | None = None) -> Tensor:
    """A tensor of the shape (and dtype) of `x` whose values do not matter; they are zeros."""
    return full_like(x, 0, dtype, device=device)


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None, *, device: str | None = None) -> Tensor:
    """Numbers from `start` up to, not including, `stop`; with one argument, from 0 up to it.

    Raises:
        InvalidArgumentError: `step` is 0.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.arange(1, 7, 2).numpy().tolist()
        [1, 3, 5]
    """
    check_device(device)
    start, stop = (0, start) if stop is None else (start, stop)
    step = 1 if step is None else step
    start, stop, step = (x.item() if isinstance(x, Tensor) else x for x in (start, stop, step))
    if step == 0:
        raise InvalidArgumentError("arange: step must not be 0")
    length = max(0, math.ceil((stop - start) / step))
    ends = [start, start + step * max(0, length - 1)]
    found = (
        as_dtype(dtype)
        if dtype is not None
        else max((scalar_dtype(e + 0 * stop + 0 * step) for e in ends), key=lambda d: d.itemsize)
    )
    if found.is_integer:
        wide = bind(iota_p, length=length, dtype=as_dtype("int64"))
        return astype(add(multiply(wide, int(step)), int(start)), found)
    counted = bind(iota_p, length=length, dtype=as_dtype("float64"))
    return astype(add(multiply(counted, float(step)), float(start)), found)


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: builtins.bool = True,
    retstep: builtins.bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: str | None = None,
) -> Any:
    """`num` evenly spaced numbers from `start` to `stop`.

    Args:
        start, stop: the first and the last, numbers or tensors that broadcast.
        num: how many.
        endpoint: whether `stop` is the last one, or left out.
        retstep: give the step, too: (numbers, step).
        dtype: default: the default float.
        axis: along which they lie, where `start` or `stop` has axes.
        device: only the current backend's.

    Raises:
        InvalidArgumentError: `num` is negative.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linspace(0, 1, 3).numpy().tolist()
        [0.0, 0.5, 1.0]
    """
    check_device(device)
    if num < 0:
        raise InvalidArgumentError(f"linspace: num must not be negative; got {num}")
    complex_ = any(as_tensor(end).dtype.kind == "complex" for end in (start, stop))
    found = as_dtype(dtype) if dtype is not None else scalar_dtype(1j if complex_ else 1.0)
    work = as_dtype("complex128" if complex_ or found.kind == "complex" else "float64")
    first, last = broadcast_arrays(as_tensor(start, work), as_tensor(stop, work))
    intervals = num - 1 if endpoint else num
    spread = (num, *(1,) * first.ndim)
    count = reshape(bind(iota_p, length=num, dtype=as_dtype("int32")), spread)
    step = divide(add(last, multiply(first, -1.0)), float(intervals) if intervals > 0 else math.nan)
    values = add(multiply(astype(count, work), step), first) if intervals > 0 else add(multiply(count, 0.0), first)
    if endpoint and num > 1:
        values = where(count == num - 1, last, values)
    if found.is_integer:
        values = floor(values)
    out = astype(values if not first.ndim else moveaxis(values, 0, axis), found)
    if not retstep:
        return out
    return out, astype(step, found if found.is_inexact else scalar_dtype(1.0))


def eye(
    N: int,  # noqa: N803 - NumPy's names
    M: int | None = None,  # noqa: N803
    k: int = 0,
    dtype: Any = None,
    *,
    device: str | None = None,
) -> Tensor:
    """Ones on the k-th diagonal, zeros elsewhere: (N, M), where M is N unless given.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.eye(2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    check_device(device)
    columns = N if M is None else M
    _shape((N, columns))
    return astype(_offsets(N, columns) == _within(k, N, columns), as_dtype(dtype))


def identity_matrix(n: int, dtype: Any = None) -> Tensor:
    """The identity matrix (n, n)."""
    return eye(n, dtype=dtype)


def _offsets(rows: int, columns: int) -> Tensor:
    """Column index minus row index: (rows, columns) int32."""
    row = reshape(bind(iota_p, length=rows, dtype=as_dtype("int32")), (rows, 1))
    return add(bind(iota_p, length=columns, dtype=as_dtype("int32")), multiply(row, -1))


def _within(k: Any, rows: int, columns: int) -> Any:
    """The diagonal's number, brought next to the matrix where it lies farther out: any integer is allowed."""
    return k if isinstance(k, Tensor) else max(-rows, min(k, columns))


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:  # noqa: N803 - NumPy's names
    """Ones at and below the k-th diagonal."""
    columns = N if M is None else M
    return astype(_offsets(N, columns) <= _within(k, N, columns), as_dtype(dtype))


def tril(x: Any, k: int = 0) -> Tensor:
    """The lower triangle of the last two axes; zeros above the k-th diagonal."""
    t = as_tensor(x)
    rows, columns = _matrix(t, "tril")
    return where(_offsets(rows, columns) <= _within(k, rows, columns), t, as_tensor(0, dtype=t.dtype))


def triu(x: Any, k: int = 0) -> Tensor:
    """The upper triangle of the last two axes; zeros below the k-th diagonal."""
    t = as_tensor(x)
    rows, columns = _matrix(t, "triu")
    return where(_offsets(rows, columns) >= _within(k, rows, columns), t, as_tensor(0, dtype=t.dtype))


def _matrix(t: Tensor, name: str) -> tuple[int, int]:
    if t.ndim < 2:
        raise InvalidArgumentError(f"{name} needs a tensor of at least two axes; got shape {t.shape}")
    return t.shape[-2], t.shape[-1]


def meshgrid(*arrays: Any, indexing: str = "xy") -> list[Tensor]:
    """Coordinate grids of one-dimensional tensors; "xy" swaps the first two axes, "ij" does not.

    Example:
        >>> import hornbeam as hb
        >>> [grid.shape for grid in hb.ops.meshgrid(hb.ops.arange(3), hb.ops.arange(2))]
        [(2, 3), (2, 3)]
    """
    if indexing not in ("xy", "ij"):
        raise InvalidArgumentError(f"meshgrid: indexing must be 'xy' or 'ij'; got {indexing!r}")
    tensors = [as_tensor(a) for a in arrays]
    order = list(range(len(tensors)))
    if indexing == "xy" and len(tensors) > 1:
        order[0], order[1] = 1, 0
    shape = tuple(tensors[i].size for i in order)
    grids = []
    for i, t in enumerate(tensors):
        axes = tuple(a for a in range(len(tensors)) if a != order.index(i))
        grids.append(broadcast_to(expand_dims(reshape(t, (t.size,)), axes), shape))
    return grids

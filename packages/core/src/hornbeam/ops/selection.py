"""Choosing between tensors, and elements by rank or by number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam import dtypes
from hornbeam.errors import DTypeError, InvalidArgumentError, ShapeError
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.creation import zeros
from hornbeam.ops.elementwise.arithmetic import add, floor_divide, remainder
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import greater, isnan, less_equal, where
from hornbeam.ops.indexing import in_range, take_along_axis
from hornbeam.ops.movement import axes_of, expand_dims, reshape
from hornbeam.ops.nn import one_hot
from hornbeam.ops.reduction import max as largest
from hornbeam.ops.reduction import sum as total
from hornbeam.ops.sorting import argsort, sort
from hornbeam.tensor import Tensor

__all__ = [
    "argpartition", "argwhere", "flatnonzero", "in_top_k", "lexsort", "multi_hot", "partition", "piecewise",
    "ravel_multi_index", "select", "tril_indices", "triu_indices", "unravel_index",
]  # fmt: skip


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Tensor:
    """From the first choice whose condition holds; `default` where none does.

    Args:
        condlist: boolean tensors.
        choicelist: as many tensors or numbers; all broadcast.
        default: a tensor or a number.

    Raises:
        InvalidArgumentError: the lists differ in length, or are empty.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.arange(4)
        >>> hb.ops.select([x < 1, x > 2], [10, x], default=-1).numpy().tolist()
        [10, -1, -1, 3]
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise InvalidArgumentError(
            f"select: as many choices as conditions, at least one; got {len(condlist)} conditions, {len(choicelist)} choices"
        )
    *choices, out = promote_tensors(*choicelist, default)
    for condition, choice in zip(reversed(condlist), reversed(choices), strict=True):
        out = where(condition, choice, out)
    return out


def piecewise(x: Any, condlist: Sequence[Any], funclist: Sequence[Any], *args: Any, **kw: Any) -> Tensor:
    """Functions of `x`, each where its condition holds; the last condition that holds counts.

    Args:
        x: tensor.
        condlist: boolean tensors.
        funclist: a function or a number for each condition, and one more for the rest (default: 0).
        *args, **kw: handed on to the functions.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.asarray([-1.0, 2.0])
        >>> hb.ops.piecewise(x, [x < 0, x >= 0], [lambda t: -t, 5.0]).numpy().tolist()
        [1.0, 5.0]
    """
    tensor = as_tensor(x)
    conditions = [condlist] if isinstance(condlist, Tensor) else list(condlist)
    functions: list[Any] = list(funclist)
    if len(functions) == len(conditions) + 1:
        otherwise = functions.pop()
    elif len(functions) == len(conditions):
        otherwise = 0
    else:
        raise InvalidArgumentError(
            f"piecewise: {len(conditions)} conditions need {len(conditions)} or {len(conditions) + 1} functions; "
            f"got {len(functions)}"
        )

    def value(function: Callable[..., Any] | Any) -> Tensor:
        return as_tensor(function(tensor, *args, **kw) if callable(function) else function, tensor.dtype)

    out = add(value(otherwise), zeros(tensor.shape, tensor.dtype))
    for condition, function in zip(conditions, functions, strict=True):
        out = where(condition, value(function), out)
    return out


def in_top_k(targets: Any, predictions: Any, k: int) -> Tensor:
    """Whether fewer than k predictions of a row are larger than that of its target.

    Args:
        targets: (n,) integers, the right column of each row.
        predictions: (n, classes).
        k: from 1.

    Example:
        >>> import hornbeam as hb
        >>> p = hb.ops.asarray([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]])
        >>> hb.ops.in_top_k(hb.ops.asarray([2, 2]), p, 2).numpy().tolist()
        [True, False]
    """
    scores, right = as_float(predictions), as_tensor(targets)
    if right.shape != scores.shape[:-1]:
        raise ShapeError(f"in_top_k: targets of shape {right.shape} for predictions of shape {scores.shape}")
    own = take_along_axis(scores, expand_dims(right, -1), -1)
    own = where(isnan(own), -float("inf"), own)
    return less_equal(add(1, total(astype(greater(scores, own), dtypes.int32), -1)), k)


def multi_hot(
    inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False, **kwargs: Any
) -> Tensor:
    """1 at every position that an index of a row names, 0 elsewhere.

    Args:
        inputs: (n,) or (batch, n) integers; an index outside is left out.
        num_classes: size of the new axis.
        axis: where the new axis is put, before the indices' own is reduced.
        dtype: default: the default float.
        sparse: sparse tensors are not supported.
        **kwargs: `num_tokens`, an older name of `num_classes`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.multi_hot(hb.ops.asarray([1, 3]), 4).numpy().tolist()
        [0.0, 1.0, 0.0, 1.0]
    """
    classes = kwargs.pop("num_tokens", None) if num_classes is None else num_classes
    if classes is None or kwargs:
        raise InvalidArgumentError(f"multi_hot: give num_classes; got {sorted(kwargs) or 'none'}")
    tensor = as_tensor(inputs)
    spread = one_hot(tensor, classes, axis=axis, dtype=dtype, sparse=sparse)
    return largest(spread, 1 if tensor.ndim > 1 else 0)


def argpartition(x: Any, kth: int, axis: int = -1) -> Tensor:
    """An order (int32) that puts the kth smallest element in its place, smaller ones before and larger ones behind it.

    It is the order that sorts.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.argpartition(hb.ops.asarray([7, 1, 4]), 1).numpy().tolist()
        [1, 2, 0]
    """
    return argsort(_checked(x, kth, axis, "argpartition"), axis=axis)


def partition(x: Any, kth: int, axis: int = -1) -> Tensor:
    """The elements in an order that puts the kth smallest in its place; they are sorted.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.partition(hb.ops.asarray([7, 1, 4]), 1).numpy().tolist()
        [1, 4, 7]
    """
    return sort(_checked(x, kth, axis, "partition"), axis=axis)


def _checked(x: Any, kth: int, axis: int, name: str) -> Tensor:
    tensor = as_tensor(x)
    (along,) = axes_of(axis, tensor.ndim, name)
    size = tensor.shape[along]
    if not -size <= kth < size:
        raise InvalidArgumentError(f"{name}: kth is {kth}, but axis {axis} has size {size}")
    return tensor


def unravel_index(indices: Any, shape: Any) -> tuple[Tensor, ...]:
    """The coordinates of elements, from their numbers in row-major order.

    Args:
        indices: integers of any shape, from 0; negative ones count from the end.
        shape: sizes of the axes.

    Returns:
        One tensor of the shape of `indices` per axis.

    Example:
        >>> import hornbeam as hb
        >>> [t.numpy().tolist() for t in hb.ops.unravel_index(hb.ops.asarray([1, 5]), (2, 3))]
        [[0, 1], [1, 2]]
    """
    number = as_tensor(indices)
    if not number.dtype.is_integer:
        raise DTypeError(f"unravel_index takes integers; got {number.dtype}")
    found: list[Tensor] = []
    for size in reversed(tuple(int(s) for s in shape)):
        found.append(remainder(number, size))
        number = floor_divide(number, size)
    return tuple(reversed(found))


def flatnonzero(x: Any) -> Tensor:
    """The numbers, in row-major order, of the elements that are not zero (int32); the tensor must have values.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.flatnonzero(hb.ops.asarray([[0, 1], [2, 0]])).numpy().tolist()
        [1, 2]
    """
    from hornbeam.ops.indexing import nonzero

    tensor = as_tensor(x)
    return nonzero(reshape(tensor, (tensor.size,)))[0]


def argwhere(x: Any) -> Tensor:
    """The coordinates (n, axes) of the elements that are not zero (int32); the tensor must have values.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.argwhere(hb.ops.asarray([[0, 1], [2, 0]])).numpy().tolist()
        [[0, 1], [1, 0]]
    """
    from hornbeam.ops.indexing import nonzero
    from hornbeam.ops.joining import stack

    return stack(list(nonzero(x)), axis=-1)


def ravel_multi_index(multi_index: Sequence[Any], dims: Any) -> Tensor:
    """The numbers, in row-major order, of elements at given coordinates: the inverse of `unravel_index`.

    Args:
        multi_index: one integer tensor per axis; they broadcast.
        dims: sizes of the axes.

    Raises:
        ShapeError: there are more or fewer coordinates than axes.
        OutOfRangeError: a place lies outside.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.ravel_multi_index(([0, 1], [1, 2]), (2, 3)).numpy().tolist()
        [1, 5]
    """
    sizes = tuple(int(s) for s in dims)
    if len(multi_index) != len(sizes) or not sizes:
        raise ShapeError(f"ravel_multi_index: {len(multi_index)} coordinates for a tensor of shape {sizes}")
    number: Any = 0
    for places, size in zip(multi_index, sizes, strict=True):
        number = add(number * size, in_range(as_tensor(places), size))
    return as_tensor(number)


def lexsort(keys: Sequence[Any], axis: int = -1) -> Tensor:
    """The order (int32) that sorts by several keys: by the last one, equal ones by the one before, and so on.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.lexsort(([3, 1, 2], [0, 1, 0])).numpy().tolist()
        [2, 0, 1]
    """
    if not len(keys):
        raise InvalidArgumentError("lexsort needs at least one key")
    tensors = [as_tensor(k) for k in keys]
    order = argsort(tensors[0], axis=axis)
    for key in tensors[1:]:
        order = take_along_axis(order, argsort(take_along_axis(key, order, axis), axis=axis), axis)
    return order


def _triangle(n: int, k: int, m: int | None, lower: bool) -> tuple[Tensor, Tensor]:
    columns = n if m is None else m
    places = [(i, j) for i in range(n) for j in range(columns) if (j - i <= k if lower else j - i >= k)]
    rows, cols = ([p[a] for p in places] for a in (0, 1))
    return as_tensor(rows, dtypes.int32), as_tensor(cols, dtypes.int32)


def tril_indices(n: int, k: int = 0, m: int | None = None) -> tuple[Tensor, Tensor]:
    """Rows and columns (int32) of the places at and below the k-th diagonal of a matrix (n, m).

    Example:
        >>> import hornbeam as hb
        >>> [t.numpy().tolist() for t in hb.ops.tril_indices(2)]
        [[0, 1, 1], [0, 0, 1]]
    """
    return _triangle(n, k, m, True)


def triu_indices(n: int, k: int = 0, m: int | None = None) -> tuple[Tensor, Tensor]:
    """Rows and columns (int32) of the places at and above the k-th diagonal of a matrix (n, m).

    Example:
        >>> import hornbeam as hb
        >>> [t.numpy().tolist() for t in hb.ops.triu_indices(2)]
        [[0, 0, 1], [0, 1, 1]]
    """
    return _triangle(n, k, m, False)

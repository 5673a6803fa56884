"""Reductions of the elements that belong to the same segment."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.errors import CaptureError, InvalidArgumentError, ShapeError
from hornbeam.interpret import bind, user_line
from hornbeam.ops.control.scan import associative_scan
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import full, ones
from hornbeam.ops.cumulative import cumulative_sum
from hornbeam.ops.elementwise.arithmetic import clip, multiply, subtract
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import greater, greater_equal, less, logical_and, logical_or, not_equal, where
from hornbeam.ops.indexing import scatter_p, take
from hornbeam.ops.info import lowest_and_highest
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import reshape
from hornbeam.ops.reduction import max as largest
from hornbeam.ops.sorting import argsort
from hornbeam.tensor import Tensor

__all__ = ["segment_max", "segment_min", "segment_prod", "segment_sum"]


def _prepare(data: Any, segment_ids: Any, num_segments: int | None, name: str) -> tuple[Tensor, Tensor, int]:
    """Data, ids and the number of segments; ids outside are sent to one segment more, which is cut off in the end."""
    tensor, ids = as_tensor(data), as_tensor(segment_ids)
    if not ids.dtype.is_integer or ids.ndim != 1 or not tensor.ndim or ids.shape[0] != tensor.shape[0]:
        raise ShapeError(
            f"{name}: segment_ids must be a vector of as many integers as data has rows; got shape {ids.shape}, dtype "
            f"{ids.dtype} for data of shape {tensor.shape}"
        )
    if num_segments is None:
        if ids.owner.symbolic:
            raise CaptureError(
                f"{name}: the number of segments depends on values of a tensor that is being captured, at {user_line()}. "
                "Give num_segments."
            )
        num_segments = int(largest(ids)) + 1 if ids.size else 0
    count = int(num_segments)
    if count < 0:
        raise InvalidArgumentError(f"{name}: num_segments must not be negative; got {count}")
    wide = astype(ids, dtypes.int32 if ids.dtype.itemsize < 8 else dtypes.int64)
    inside = logical_and(greater_equal(wide, 0), less(wide, count))
    return tensor, where(inside, wide, count), count


def _scattered(data: Any, segment_ids: Any, num_segments: int | None, name: str, mode: str, start: Any) -> Tensor:
    tensor, ids, count = _prepare(data, segment_ids, num_segments, name)
    empty = full((count + 1, *tensor.shape[1:]), start(tensor.dtype), dtype=tensor.dtype)
    return bind(scatter_p, empty, ids, tensor, mode=mode)[:count]


def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:  # noqa: A002
    """The sum of the rows of each segment; of none: 0.

    Args:
        data: (n, *rest).
        segment_ids: (n,) integers: the segment of each row; rows of segments outside [0, num_segments) are left out.
        num_segments: default: the largest id + 1, which a captured function cannot know.
        sorted: whether the ids are in order; makes no difference here.

    Returns:
        (num_segments, *rest).

    Raises:
        CaptureError: `num_segments` is not given, and the ids are being captured.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.segment_sum(hb.ops.asarray([1, 2, 4]), hb.ops.asarray([0, 2, 0])).numpy().tolist()
        [5, 0, 2]
    """
    return _scattered(data, segment_ids, num_segments, "segment_sum", "add", lambda dtype: 0)


def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:  # noqa: A002
    """The largest element of each segment; of none: the smallest number. Arguments as for `segment_sum`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.segment_max(hb.ops.asarray([1, 2, 4]), hb.ops.asarray([0, 1, 0])).numpy().tolist()
        [4, 2]
    """
    return _scattered(data, segment_ids, num_segments, "segment_max", "max", lambda d: lowest_and_highest(d)[0])


def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:  # noqa: A002
    """The smallest element of each segment; of none: the largest number. Arguments as for `segment_sum`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.segment_min(hb.ops.asarray([1, 2, 4]), hb.ops.asarray([0, 1, 0])).numpy().tolist()
        [1, 2]
    """
    return _scattered(data, segment_ids, num_segments, "segment_min", "min", lambda d: lowest_and_highest(d)[1])


def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:  # noqa: A002
    """The product of the rows of each segment; of none: 1. Arguments as for `segment_sum`.

    The rows are brought together and multiplied in pairs, so that the gradient is right beside zeros too.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.segment_prod(hb.ops.asarray([3, 2, 4]), hb.ops.asarray([0, 2, 0])).numpy().tolist()
        [12, 1, 2]
    """
    tensor, ids, count = _prepare(data, segment_ids, num_segments, "segment_prod")
    rest = (1,) * (tensor.ndim - 1)
    if not tensor.shape[0]:
        return ones((count, *tensor.shape[1:]), tensor.dtype)
    order = argsort(ids)
    rows, ids = take(tensor, order, axis=0), take(ids, order)
    first = concat([ones(1, "bool"), not_equal(ids[1:], ids[:-1])])

    def join(early: tuple[Tensor, Tensor], late: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        begins = reshape(late[0], (-1, *rest))
        return logical_or(early[0], late[0]), multiply(where(begins, 1, early[1]), late[1])

    running = associative_scan(join, (first, rows))[1]
    sizes = bind(scatter_p, full(count + 1, 0, dtype="int32"), ids, ones(ids.shape, "int32"), mode="add")[:count]
    ends = clip(subtract(cumulative_sum(sizes), 1), 0, None)
    return where(reshape(greater(sizes, 0), (count, *rest)), take(running, ends, axis=0), 1)

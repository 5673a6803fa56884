"""Functions known at points: interpolation, slopes, differences, polynomials, angles made continuous."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.ops.arranging import atleast_1d
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.creation import zeros
from hornbeam.ops.cumulative import cumulative_sum, diff
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import add, clip, divide, floor, multiply, subtract
from hornbeam.ops.elementwise.cast import as_float
from hornbeam.ops.elementwise.comparison import equal, greater, less, logical_and, where
from hornbeam.ops.indexing import take
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import axes_of, moveaxis, ravel
from hornbeam.ops.sorting import searchsorted
from hornbeam.tensor import Tensor

__all__ = ["ediff1d", "gradient", "interp", "polyval", "unwrap"]


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Tensor:
    """A function known at points, at places between them, along straight lines.

    Args:
        x: where, of any shape.
        xp: (n,) the points, in ascending order.
        fp: (n,) the values there.
        left, right: the value before the first and behind the last point; default: theirs.

    Raises:
        ShapeError: points and values are no vectors of one size, or there are none.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.interp([1.5, 9.0], [1.0, 2.0], [10.0, 20.0]).numpy().tolist()
        [15.0, 20.0]
    """
    at, points = (as_float(t) for t in promote_tensors(x, xp))
    values = as_float(fp)
    if points.ndim != 1 or points.shape != values.shape or not points.size:
        raise ShapeError(
            f"interp: points {points.shape} and values {values.shape} must be vectors of one size, at least 1"
        )
    if points.size == 1:
        inside = add(values[0], multiply(at, 0.0))
    else:
        upper = clip(searchsorted(points, at, side="right"), 1, points.size - 1)
        x0, x1 = take(points, subtract(upper, 1)), take(points, upper)
        y0, y1 = take(values, subtract(upper, 1)), take(values, upper)
        inside = add(
            y0, multiply(divide(subtract(clip(at, points[0], points[-1]), x0), subtract(x1, x0)), subtract(y1, y0))
        )
    before = values[0] if left is None else left
    behind = values[-1] if right is None else right
    return where(less(at, points[0]), before, where(greater(at, points[-1]), behind, inside))


def gradient(f: Any, spacing: Any = 1.0, axis: int | None = None) -> Any:
    """The slopes of a sampled function: central differences inside, one-sided ones at the ends.

    Args:
        f: samples, at least two along the axis.
        spacing: the distance of the samples, or a vector of their places.
        axis: along which; default: a list with the slopes along each axis, or the slopes of a vector.

    Raises:
        ShapeError: there are fewer than two samples, or the places do not fit.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.gradient(hb.ops.asarray([1.0, 2.0, 4.0])).numpy().tolist()
        [1.0, 1.5, 2.0]
    """
    samples = as_float(f)
    if axis is None:
        each = [gradient(samples, spacing, a) for a in range(samples.ndim)]
        return each[0] if len(each) == 1 else each
    (along,) = axes_of(axis, samples.ndim, "gradient")
    n = samples.shape[along]
    places = as_tensor(spacing, samples.dtype)
    if n < 2 or (places.ndim and places.shape != (n,)):
        raise ShapeError(
            f"gradient: axis {axis} of shape {samples.shape} needs two samples or more, and as many places; got {places.shape}"
        )
    y = moveaxis(samples, along, -1)
    steps = diff(places) if places.ndim else add(zeros(n - 1, samples.dtype), places)
    slopes = divide(diff(y), steps)  # between neighbours
    before, behind = steps[:-1], steps[1:]
    inner = divide(add(multiply(slopes[..., :-1], behind), multiply(slopes[..., 1:], before)), add(before, behind))
    return moveaxis(concat([slopes[..., :1], inner, slopes[..., -1:]], axis=-1), -1, along)


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Tensor:
    """The differences of neighbours in row-major order, with numbers put before and behind.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.ediff1d([1, 4, 9], to_begin=7).numpy().tolist()
        [7, 3, 5]
    """
    steps = diff(ravel(ary))
    ends = [None if e is None else ravel(atleast_1d(as_tensor(e, steps.dtype))) for e in (to_begin, to_end)]
    return concat([t for t in (ends[0], steps, ends[1]) if t is not None])


def polyval(p: Any, x: Any) -> Tensor:
    """A polynomial at `x`, by Horner's rule.

    Args:
        p: (n,) coefficients, that of the highest power first.
        x: of any shape.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.polyval([3, 0, 1], 5))
        76
    """
    coefficients, at = promote_tensors(p, x)
    if coefficients.ndim != 1:
        raise ShapeError(f"polyval: the coefficients must be a vector; got shape {coefficients.shape}")
    out = multiply(at, 0)
    for k in range(coefficients.size):
        out = add(multiply(out, at), coefficients[k])
    return out


def unwrap(p: Any, discont: float | None = None, axis: int = -1, *, period: float = 2 * math.pi) -> Tensor:
    """Angles made continuous: neighbours that differ by more than half a period are moved by whole periods.

    Args:
        p: angles.
        discont: the least jump that is undone; default: half a period.
        axis: along which.
        period: of the angles.

    Raises:
        InvalidArgumentError: the period is not positive.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.unwrap(hb.ops.asarray([0.0, 3.0, 5.0, 1.0]), period=6.0).numpy().tolist()
        [0.0, 3.0, 5.0, 7.0]
    """
    if period <= 0:
        raise InvalidArgumentError(f"unwrap: the period must be positive; got {period}")
    angles = as_float(p)
    (along,) = axes_of(axis, angles.ndim, "unwrap")
    half = period / 2
    steps = diff(angles, axis=along)
    turned = subtract(add(steps, half), multiply(floor(divide(add(steps, half), period)), period))
    within = subtract(turned, half)
    within = where(logical_and(equal(within, -half), greater(steps, 0)), half, within)
    small = less(absolute(steps), max(half, half if discont is None else discont))
    moved = cumulative_sum(where(small, 0.0, subtract(within, steps)), axis=along)
    shape = tuple(1 if a == along else s for a, s in enumerate(angles.shape))
    return add(angles, concat([zeros(shape, moved.dtype), moved], axis=along)) if angles.size else angles

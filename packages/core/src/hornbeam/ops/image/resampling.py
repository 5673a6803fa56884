"""Images of another size: sums of pixels weighted by a kernel, as a product with a matrix along each axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam import dtypes
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import running
from hornbeam.ops.contraction import tensordot
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange, full
from hornbeam.ops.elementwise.arithmetic import absolute, maximum, round  # noqa: A004 - the array API's name
from hornbeam.ops.elementwise.cast import as_float, cast
from hornbeam.ops.elementwise.comparison import equal, logical_and, where
from hornbeam.ops.elementwise.trigonometric import sin
from hornbeam.ops.image.layout import images_of, one_of
from hornbeam.ops.indexing import take
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import moveaxis, reshape, static_slice
from hornbeam.ops.reduction import sum  # noqa: A004 - the array API's name
from hornbeam.ops.views import saturate_cast
from hornbeam.tensor import Tensor

__all__ = ["resize", "scale_and_translate"]


def _triangle(x: Tensor) -> Tensor:
    return maximum(1.0 - x, 0.0)


def _cubic(x: Tensor) -> Tensor:
    """Keys 1981 with a = -0.5."""
    near = ((1.5 * x - 2.5) * x) * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return where(x >= 2.0, 0.0, where(x >= 1.0, far, near))


def _lanczos(radius: float) -> Callable[[Tensor], Tensor]:
    def kernel(x: Tensor) -> Tensor:
        up = radius * sin(math.pi * x) * sin(math.pi * x / radius)
        out = where(x > 1e-3, up / where(equal(x, 0.0), 1.0, math.pi**2 * x * x), 1.0)
        return where(x > radius, 0.0, out)

    return kernel


KERNELS: dict[str, Callable[[Tensor], Tensor]] = {
    "bilinear": _triangle,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3.0),
    "lanczos5": _lanczos(5.0),
}
METHODS = {
    **KERNELS,
    **dict.fromkeys(("linear", "trilinear", "triangle"), _triangle),
    **dict.fromkeys(("cubic", "tricubic"), _cubic),
}


def _weights(
    before: int, after: int, scale: Any, shift: Any, kernel: Callable[[Tensor], Tensor], antialias: bool
) -> Tensor:
    """(before, after): how much each old pixel counts for each new one. `scale` and `shift` take old places to new ones."""
    back = 1.0 / as_float(scale)
    wide = maximum(back, 1.0) if antialias else 1.0  # a smaller image wants a low-pass filter
    centre = (arange(after, dtype=back.dtype) + 0.5) * back - shift * back - 0.5
    centre = reshape(centre, (1, after))
    values = kernel(absolute(centre - reshape(arange(before, dtype=back.dtype), (before, 1))) / wide)
    total = sum(values, axis=0, keepdims=True)
    values = where(absolute(total) > 1.2e-4, values / where(equal(total, 0.0), 1.0, total), 0.0)
    return where(logical_and(centre >= -0.5, centre <= before - 0.5), values, 0.0)


def _resampled(x: Tensor, axis: int, weights: Tensor) -> Tensor:
    return moveaxis(tensordot(x, cast(weights, x.dtype), axes=((axis,), (0,))), -1, axis)


def _to_size(x: Tensor, axis: int, size: int, interpolation: str, antialias: bool) -> Tensor:
    """A batch with another size along an axis."""
    from hornbeam.interpreters.evaluate import Evaluate

    old = x.shape[axis]
    if old == size:
        return x
    if interpolation == "nearest":
        return take(x, as_tensor([(2 * i + 1) * old // (2 * size) for i in range(size)], dtypes.int32), axis=axis)
    with running(Evaluate()):  # the matrix depends on sizes alone: a constant of whatever is being captured
        weights = _weights(old, size, size / old, 0.0, KERNELS[interpolation], antialias)
    return _resampled(as_float(x), axis, weights)


def resize(
    images: Any,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Images of another size.

    Args:
        images: one image (height, width, channels), or a batch. Integers are rounded and kept in range.
        size: height and width of the result.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        antialias: whether smaller images are filtered first.
        crop_to_aspect_ratio: take the largest part of the middle that has the proportions of the result.
        pad_to_aspect_ratio: add borders, so that the image has the proportions of the result.
        fill_mode: of the borders: "constant".
        fill_value: of the borders.
        data_format: "channels_last" (default) or "channels_first".

    Raises:
        InvalidArgumentError: the size is not two positive integers, names are unknown, or both ratios are asked for.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.reshape(hb.ops.arange(4.0), (2, 2, 1))
        >>> hb.ops.image.resize(x, (2, 4))[0, :, 0].numpy().tolist()
        [0.0, 0.25, 0.75, 1.0]
    """
    one_of("resize", "interpolation", interpolation, ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"))
    one_of("resize", "fill_mode", fill_mode, ("constant",))
    if not isinstance(size, (tuple, list)) or len(size) != 2 or any(not isinstance(s, int) or s <= 0 for s in size):
        raise InvalidArgumentError(f"resize: size must be (height, width), two positive integers; got size={size!r}")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise InvalidArgumentError("resize: only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be True")
    found = images_of(images, data_format, "resize")
    x, (height, width) = found.batch, size
    if crop_to_aspect_ratio:
        x = _cropped(x, height, width)
    elif pad_to_aspect_ratio:
        x = _bordered(x, height, width, fill_value)
    for axis, wanted in ((1, height), (2, width)):
        x = _to_size(x, axis, wanted, interpolation, antialias)
    old = found.batch.dtype
    if x.dtype != old:
        x = saturate_cast(round(x), old)
    return found.back(x)


def _cropped(x: Tensor, height: int, width: int) -> Tensor:
    """The largest part of the middle that has the proportions of height and width."""
    n, h, w, c = x.shape
    rows = max(min(h, int(w * height / width)), 1)
    columns = max(min(w, int(h * width / height)), 1)
    top, left = (h - rows) // 2, (w - columns) // 2
    return static_slice(x, (0, top, left, 0), (n, top + rows, left + columns, c))


def _bordered(x: Tensor, height: int, width: int, fill_value: float) -> Tensor:
    """The images between borders, above and below or left and right, so that they have the proportions of height and width."""
    n, h, w, c = x.shape
    rows = (max(h, int(w * height / width)) - h) // 2
    columns = (max(w, int(h * width / height)) - w) // 2
    if rows:
        border = full((n, rows, w, c), fill_value, x.dtype)
        return concat([border, x, border], axis=1)
    if columns:
        border = full((n, h, columns, c), fill_value, x.dtype)
        return concat([border, x, border], axis=2)
    return x


def scale_and_translate(
    images: Any,
    output_shape: Sequence[int],
    scale: Any,
    translation: Any,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Tensor:
    """Arrays scaled and moved: what was at p along an axis is at p * scale + translation, pixels having centres at halves.

    Args:
        images: array of n axes.
        output_shape: n sizes.
        scale, translation: (k,): of the axes in `spatial_dims`.
        spatial_dims: k axes.
        method: "linear", "cubic" (or "bilinear", ...), "lanczos3" or "lanczos5".
        antialias: whether a filter is used where the scale is below 1.

    Returns:
        An array of `output_shape`; 0 where it would be read outside.

    Raises:
        ShapeError, InvalidArgumentError: shapes do not fit; the method is unknown.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.reshape(hb.ops.arange(9.0), (3, 3))
        >>> hb.ops.image.scale_and_translate(x, (3, 5), [2.0], [-0.5], (1,), "linear")[0].numpy().tolist()
        [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    one_of("scale_and_translate", "method", method, METHODS)
    x, factors, shifts = as_float(images), as_float(scale), as_float(translation)
    axes = [a % x.ndim for a in spatial_dims]
    kept = [x.shape[a] == s for a, s in enumerate(output_shape) if a not in axes]
    if len(output_shape) != x.ndim or factors.shape != (len(axes),) or shifts.shape != (len(axes),) or not all(kept):
        raise ShapeError(
            f"scale_and_translate: output_shape must have {x.ndim} sizes, equal to those of shape {x.shape} but at "
            f"{tuple(spatial_dims)}, and scale and translation a number for each of these; got output_shape="
            f"{tuple(output_shape)}, {factors.shape} and {shifts.shape}"
        )
    for i, axis in enumerate(axes):
        weights = _weights(x.shape[axis], output_shape[axis], factors[i], shifts[i], METHODS[method], antialias)
        x = _resampled(x, axis, weights)
    return x

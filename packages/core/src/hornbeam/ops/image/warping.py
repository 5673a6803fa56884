"""Images moved, turned and bent: each pixel of the result is read somewhere in the image."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.errors import ShapeError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange
from hornbeam.ops.elementwise.cast import as_float, cast
from hornbeam.ops.image.filters import gaussian_blur
from hornbeam.ops.image.layout import Images, images_of, one_of
from hornbeam.ops.image.sampling import FILL_MODES, ORDERS, read_between
from hornbeam.ops.joining import concat, stack
from hornbeam.ops.linalg.solving import solve
from hornbeam.ops.movement import broadcast_to, reshape
from hornbeam.tensor import Tensor

__all__ = ["affine_transform", "elastic_transform", "grid", "homography", "perspective_transform", "warped"]


def warped(found: Images, y: Tensor, x: Tensor, interpolation: str, fill_mode: str, fill_value: Any) -> Tensor:
    """Images read at places (batch, height, width) along both axes, in the layout in which they came."""
    n, height, width, channels = found.batch.shape
    start = reshape(arange(n, dtype=dtypes.int32) * (height * width), (n, 1, 1))
    rows = reshape(found.batch, (n * height * width, channels))
    places = [broadcast_to(c, (n, *c.shape[1:])) for c in (y, x)]
    return found.back(read_between(rows, (height, width), places, start, ORDERS[interpolation], fill_mode, fill_value))


def grid(found: Images, dtype: Any) -> tuple[Tensor, Tensor]:
    """The places of the pixels themselves: (1, height, 1) and (1, 1, width)."""
    _, height, width, _ = found.batch.shape
    return reshape(arange(height, dtype=dtype), (1, height, 1)), reshape(arange(width, dtype=dtype), (1, 1, width))


def _columns(table: Tensor) -> list[Tensor]:
    """(n, k) as k tensors (n, 1, 1)."""
    return [reshape(table[:, i], (table.shape[0], 1, 1)) for i in range(table.shape[1])]


def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: Any = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images turned, moved, scaled and sheared.

    Args:
        images: one image (height, width, channels), or a batch.
        transform: (8,), or (batch, 8): pixel (x, y) of the result is read at (a0 x + a1 y + a2, b0 x + b1 y + b2), where
            the row is [a0, a1, a2, b0, b1, b2, 0, 0].
        interpolation: "bilinear" or "nearest".
        fill_mode: how images go on outside of themselves, as for `map_coordinates`.
        fill_value: for "constant".
        data_format: "channels_last" (default) or "channels_first".

    Raises:
        ShapeError, InvalidArgumentError: the transformation has no 8 numbers; names are unknown.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.reshape(hb.ops.arange(3.0), (1, 3, 1))
        >>> hb.ops.image.affine_transform(x, [1, 0, 1, 0, 1, 0, 0, 0])[0, :, 0].numpy().tolist()
        [1.0, 2.0, 0.0]
    """
    one_of("affine_transform", "interpolation", interpolation, ORDERS)
    one_of("affine_transform", "fill_mode", fill_mode, FILL_MODES)
    found = images_of(images, data_format, "affine_transform")
    rows = as_float(transform)
    if (
        rows.ndim not in (1, 2)
        or rows.shape[-1] != 8
        or (rows.ndim == 2 and rows.shape[0] not in (1, found.batch.shape[0]))
    ):
        raise ShapeError(
            f"affine_transform: the transformation must have shape (8,), or ({found.batch.shape[0]}, 8), one for each image; "
            f"got {rows.shape}"
        )
    a0, a1, a2, b0, b1, b2, *_ = _columns(reshape(rows, (-1, 8)))
    y, x = grid(found, rows.dtype)
    return warped(found, b1 * y + b0 * x + b2, a1 * y + a0 * x + a2, interpolation, fill_mode, fill_value)


def homography(start_points: Tensor, end_points: Tensor) -> Tensor:
    """(n, 4, 2) twice: the eight numbers (n, 8) of the projective map that takes each end point to its start point."""
    n = start_points.shape[0]
    (sx, sy), (ex, ey) = ((p[..., 0], p[..., 1]) for p in (start_points, end_points))
    none, one = ex * 0.0, ex * 0.0 + 1.0
    of_x = stack([ex, ey, one, none, none, none, -sx * ex, -sx * ey], axis=-1)
    of_y = stack([none, none, none, ex, ey, one, -sy * ex, -sy * ey], axis=-1)
    target = reshape(concat([sx, sy], axis=-1), (n, 8, 1))
    return reshape(solve(concat([of_x, of_y], axis=1), target), (n, 8))


def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: Any = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images seen from elsewhere: four points of the image are moved, and the rest follows.

    Args:
        images: one image (height, width, channels), or a batch.
        start_points: (4, 2), or (batch, 4, 2): points (x, y) of the image.
        end_points: the same shape: where they are in the result.
        interpolation: "bilinear" or "nearest".
        fill_value: what is outside of the image.
        data_format: "channels_last" (default) or "channels_first".

    Raises:
        ShapeError, InvalidArgumentError: the points have another shape; names are unknown.

    Example:
        >>> import hornbeam as hb
        >>> points = [[0, 0], [0, 3], [3, 0], [3, 3]]
        >>> hb.ops.image.perspective_transform(hb.ops.ones((4, 4, 1)), points, points).shape
        (4, 4, 1)
    """
    one_of("perspective_transform", "interpolation", interpolation, ORDERS)
    found = images_of(images, data_format, "perspective_transform")
    start, end = (cast(as_tensor(p), dtypes.float32) for p in (start_points, end_points))
    if start.shape != end.shape or start.ndim not in (2, 3) or start.shape[-2:] != (4, 2):
        raise ShapeError(
            "perspective_transform: start_points and end_points must have shape (4, 2), or (batch, 4, 2); got "
            f"{start.shape} and {end.shape}"
        )
    h = _columns(homography(reshape(start, (-1, 4, 2)), reshape(end, (-1, 4, 2))))
    y, x = grid(found, start.dtype)
    depth = h[6] * x + h[7] * y + 1.0
    return warped(
        found,
        (h[3] * x + h[4] * y + h[5]) / depth,
        (h[0] * x + h[1] * y + h[2]) / depth,
        interpolation,
        "constant",
        fill_value,
    )


def elastic_transform(
    images: Any,
    alpha: Any = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: Any = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """Images bent by a smooth random field.

    Args:
        images: one image (height, width, channels), or a batch.
        alpha: strength of the field.
        sigma: its smoothness, in pixels: normally distributed numbers, times sigma, are blurred by a Gaussian of sigma.
        interpolation: "bilinear" or "nearest".
        fill_mode: how images go on outside of themselves, as for `map_coordinates`.
        fill_value: for "constant".
        seed: an integer, a SeedGenerator, a key, or None for the global generator.
        data_format: "channels_last" (default) or "channels_first".

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.image.elastic_transform(hb.ops.ones((8, 8, 3)), seed=1).shape
        (8, 8, 3)

    Source: Simard et al. 2003, "Best practices for convolutional neural networks".
    """
    from hornbeam.random import normal, split
    from hornbeam.random.generator import key_of

    one_of("elastic_transform", "interpolation", interpolation, ORDERS)
    one_of("elastic_transform", "fill_mode", fill_mode, FILL_MODES)
    found = images_of(images, data_format, "elastic_transform")
    n, height, width, _ = found.batch.shape
    window = int(6 * sigma) | 1
    dtype = found.batch.dtype if found.batch.dtype.is_floating else dtypes.float32
    fields = [
        gaussian_blur(normal((n, height, width, 1), dtype=dtype, seed=k) * sigma, (window, window), (sigma, sigma))
        for k in split(key_of(seed))
    ]
    dx, dy = (reshape(f, (n, height, width)) * alpha for f in fields)
    y, x = grid(found, dtype)
    return warped(found, y + dy, x + dx, interpolation, fill_mode, fill_value)

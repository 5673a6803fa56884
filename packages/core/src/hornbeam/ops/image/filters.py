"""Filters of images: blurring, edges, structural similarity."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam.ops.contraction import outer
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.convolution import conv, per_axis
from hornbeam.ops.creation import arange
from hornbeam.ops.elementwise.cast import as_float, cast
from hornbeam.ops.elementwise.exponential import exp
from hornbeam.ops.image.layout import images_of
from hornbeam.ops.joining import stack
from hornbeam.ops.movement import permute_dims, reshape
from hornbeam.ops.reduction import mean, sum  # noqa: A004 - the array API's name
from hornbeam.tensor import Tensor

__all__ = ["gaussian_blur", "gaussian_weights", "sobel_edges", "ssim"]


def gaussian_weights(size: int, sigma: Any, dtype: Any) -> Tensor:
    """`size` values of a Gaussian around the middle, of sum 1."""
    x = (arange(size, dtype=dtype) - (size - 1) / 2) / sigma
    values = exp(-0.5 * x * x)
    return values / sum(values)


def each_channel(batch: Tensor, kernel: Tensor, padding: str) -> Tensor:
    """(n, h, w, c) with each channel convolved by (rows, columns, k): (n, h', w', c, k)."""
    n, height, width, channels = batch.shape
    rows = reshape(permute_dims(batch, (0, 3, 1, 2)), (n * channels, height, width, 1))
    out = conv(rows, reshape(kernel, (*kernel.shape[:2], 1, kernel.shape[2])), padding=padding)
    return permute_dims(reshape(out, (n, channels, *out.shape[1:])), (0, 2, 3, 1, 4))


def gaussian_blur(
    images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Tensor:
    """Images smoothed by a Gaussian, with zeros around them.

    Args:
        images: one image (height, width, channels), or a batch.
        kernel_size: of the window, along width and height.
        sigma: standard deviations in pixels along width and height; numbers or a tensor (2,).
        data_format: "channels_last" (default) or "channels_first".

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.image.gaussian_blur(hb.ops.ones((2, 8, 8, 3)), (3, 3), (1.0, 1.0)).shape
        (2, 8, 8, 3)
    """
    found = images_of(as_float(images), data_format, "gaussian_blur")
    x = found.batch
    columns, rows = per_axis(kernel_size, 2, "gaussian_blur", "kernel_size")
    spread = as_tensor(sigma, x.dtype)
    if spread.shape != (2,):
        raise ShapeError(f"gaussian_blur: sigma must be two numbers, along width and height; got shape {spread.shape}")
    for size, i, shape in ((columns, 0, (1, columns, 1)), (rows, 1, (rows, 1, 1))):  # one axis after the other
        out = each_channel(x, reshape(gaussian_weights(size, spread[i], x.dtype), shape), "same")
        x = reshape(out, out.shape[:-1])
    return found.back(x)


def sobel_edges(images: Any, data_format: str | None = None) -> Tensor:
    """How fast the brightness changes along height and width, by Sobel's filters, with zeros around the images.

    Args:
        images: one image (height, width, channels), or a batch.
        data_format: "channels_last" (default) or "channels_first".

    Returns:
        The same shape with an axis of 2 behind: along height, along width.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.image.sobel_edges(hb.ops.ones((1, 8, 8, 1))).shape
        (1, 8, 8, 1, 2)
    """
    found = images_of(as_float(images), data_format, "sobel_edges")
    along_x = as_tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], found.batch.dtype)
    return found.back(each_channel(found.batch, stack([permute_dims(along_x, (1, 0)), along_x], axis=-1), "same"))


def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """Structural similarity of images, from -1 to 1 (equal).

    Args:
        image1, image2: images (height, width, channels), or batches, of one shape.
        max_val: largest value of a pixel.
        filter_size: of the Gaussian window, in pixels.
        filter_sigma: its standard deviation.
        k1, k2: constants that keep quotients stable.
        data_format: "channels_last" (default) or "channels_first".

    Returns:
        A number an image: () or (batch,).

    Raises:
        ShapeError: the shapes differ, or the images are smaller than the window.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.random.uniform((16, 16, 3), seed=1)
        >>> round(float(hb.ops.image.ssim(x, x)), 3)
        1.0

    Source: Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity".
    """
    one, other = as_tensor(image1), as_tensor(image2)
    if one.shape != other.shape:
        raise ShapeError(f"ssim: the images must have one shape; got {one.shape} and {other.shape}")
    found = images_of(as_float(one), data_format, "ssim")
    x, y = found.batch, images_of(as_float(other), data_format, "ssim").batch
    weights = gaussian_weights(filter_size, filter_sigma, x.dtype)
    kernel = reshape(outer(weights, weights), (filter_size, filter_size, 1))
    mean_x, mean_y, xx, yy, xy = (each_channel(t, kernel, "valid") for t in (x, y, x * x, y * y, x * y))
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    up = (2.0 * mean_x * mean_y + c1) * (2.0 * (xy - mean_x * mean_y) + c2)
    down = (mean_x * mean_x + mean_y * mean_y + c1) * (xx - mean_x * mean_x + yy - mean_y * mean_y + c2)
    each = mean(up / down, axis=(1, 2, 3, 4))
    return cast(reshape(each, ()) if found.single else each, one.dtype)

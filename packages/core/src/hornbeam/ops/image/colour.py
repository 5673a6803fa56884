"""Colour spaces."""

from __future__ import annotations

from typing import Any

from hornbeam.dtypes import to_float
from hornbeam.errors import DTypeError, ShapeError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import absolute, clip, remainder
from hornbeam.ops.elementwise.cast import cast
from hornbeam.ops.elementwise.comparison import equal, greater, where
from hornbeam.ops.image.layout import channel_axis
from hornbeam.ops.info import finfo
from hornbeam.ops.joining import concat, split
from hornbeam.tensor import Tensor

__all__ = ["hsv_to_rgb", "rgb_to_grayscale", "rgb_to_hsv"]


def _planes(images: Any, data_format: str | None, name: str) -> tuple[list[Tensor], int]:
    """The three channels of floating-point images, each with its axis kept, and that axis.

    Raises:
        ShapeError: rank or channels are wrong.
        DTypeError: the images hold no floats.
    """
    tensor, axis = as_tensor(images), channel_axis(data_format, name)
    if tensor.ndim not in (3, 4) or tensor.shape[axis] != 3:
        raise ShapeError(f"{name} takes images of 3 channels, of rank 3, or a batch of them; got shape {tensor.shape}")
    if not tensor.dtype.is_floating:
        raise DTypeError(f"{name} takes floating-point images; got {tensor.dtype}")
    return split(tensor, 3, axis), axis


def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Tensor:
    """Luminance: 0.2989 red + 0.587 green + 0.114 blue.

    Args:
        images: one image (height, width, 3), or a batch; images of one channel stay as they are.
        data_format: "channels_last" (default) or "channels_first".

    Returns:
        The same with one channel.

    Raises:
        ShapeError: there are neither 1 nor 3 channels.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.image.rgb_to_grayscale(hb.ops.ones((4, 4, 3))).shape
        (4, 4, 1)
    """
    tensor, axis = as_tensor(images), channel_axis(data_format, "rgb_to_grayscale")
    if tensor.ndim not in (3, 4) or tensor.shape[axis] not in (1, 3):
        raise ShapeError(
            f"rgb_to_grayscale takes images of 3 channels (or 1), or a batch of them; got shape {tensor.shape}"
        )
    if tensor.shape[axis] == 1:
        return tensor
    red, green, blue = split(cast(tensor, to_float(tensor.dtype)), 3, axis)
    return cast(red * 0.2989 + green * 0.5870 + blue * 0.1140, tensor.dtype)


def rgb_to_hsv(images: Any, data_format: str | None = None) -> Tensor:
    """Red, green and blue as hue, saturation and value, all in [0, 1].

    Args:
        images: floats in [0, 1]: one image (height, width, 3), or a batch.
        data_format: "channels_last" (default) or "channels_first".

    Raises:
        ShapeError, DTypeError: the images have no 3 channels, or hold no floats.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.image.rgb_to_hsv([[[0.0, 1.0, 0.0]]]).numpy().round(3).tolist()
        [[[0.3330000042915344, 1.0, 1.0]]]
    """
    planes, axis = _planes(images, data_format, "rgb_to_hsv")
    eps = finfo(planes[0].dtype).eps
    red, green, blue = (where(absolute(p) < eps, 0.0, p) for p in planes)
    value = where(greater(red, green), red, green)
    value = where(greater(value, blue), value, blue)
    least = where(red < green, red, green)
    least = where(least < blue, least, blue)
    spread = value - least
    saturation = where(value > 0, spread / where(value > 0, value, 1.0), 0.0)
    sixth = 1.0 / (6.0 * where(spread > 0, spread, 1.0))
    hue = where(equal(value, green), sixth * (blue - red) + 2.0 / 6.0, sixth * (red - green) + 4.0 / 6.0)
    hue = where(equal(value, red), sixth * (green - blue), hue)
    hue = where(spread > 0, hue, 0.0) + cast(hue < 0, hue.dtype)
    return concat([hue, saturation, value], axis=axis)


def hsv_to_rgb(images: Any, data_format: str | None = None) -> Tensor:
    """Hue, saturation and value as red, green and blue: the inverse of `rgb_to_hsv`.

    Args:
        images: floats: one image (height, width, 3), or a batch; hues differing by whole numbers are the same.
        data_format: "channels_last" (default) or "channels_first".

    Raises:
        ShapeError, DTypeError: the images have no 3 channels, or hold no floats.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.image.hsv_to_rgb([[[0.5, 1.0, 0.5]]]).numpy().tolist()
        [[[0.0, 0.5, 0.5]]]
    """
    (hue, saturation, value), axis = _planes(images, data_format, "hsv_to_rgb")
    turn = remainder(hue, 1.0) * 6.0
    shares = (
        clip(absolute(turn - 3.0) - 1.0, 0.0, 1.0),
        clip(2.0 - absolute(turn - 2.0), 0.0, 1.0),
        clip(2.0 - absolute(turn - 4.0), 0.0, 1.0),
    )
    return concat([value * (1.0 - saturation + saturation * share) for share in shares], axis=axis)

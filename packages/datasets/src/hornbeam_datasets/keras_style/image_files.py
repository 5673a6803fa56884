"""Single images: files, Pillow's images and arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.images import RESAMPLING
from hornbeam_datasets.loaders.optional import require

__all__ = ["array_to_img", "img_to_array", "load_img", "save_img"]

NEEDS = "images", "images"


def _check(data_format: str | None) -> bool:
    """Whether channels come first."""
    if data_format not in (None, "channels_last", "channels_first"):
        raise InvalidArgumentError(f"data_format must be channels_last or channels_first; got {data_format!r}")
    return data_format == "channels_first"


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: Any = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """A file as an image of Pillow.

    Args:
        path: of the file, or a file that is open.
        color_mode: "rgb", "rgba" or "grayscale" (8, 16 or 32 bits).
        target_size: (height, width) to which it is scaled; None: as it is.
        interpolation: "nearest", "bilinear", "bicubic", "lanczos", "box" or "hamming".
        keep_aspect_ratio: cut off at the sides what does not have the proportions of `target_size`.

    Raises:
        InvalidArgumentError: an argument is not among those.
        MissingPackageError: Pillow is not installed.

    Source: keras.utils.load_img of Keras 3.15.
    """
    pillow = require("PIL.Image", *NEEDS)
    kept = {"rgb": ("RGB",), "rgba": ("RGBA",), "grayscale": ("L", "I;16", "I")}.get(color_mode)
    if kept is None:
        raise InvalidArgumentError(f"color_mode must be 'grayscale', 'rgb' or 'rgba'; got {color_mode!r}")
    image = pillow.open(path)
    image.load()
    image = image if image.mode in kept else image.convert(kept[0])
    if target_size is None or (image.height, image.width) == tuple(target_size):
        return image
    if interpolation not in RESAMPLING:
        raise InvalidArgumentError(f"interpolation must be one of {', '.join(RESAMPLING)}; got {interpolation!r}")
    height, width = target_size
    box = None
    if keep_aspect_ratio:
        cut_height, cut_width = (
            min(image.height, image.width * height // width),
            min(image.width, image.height * width // height),
        )
        top, left = (image.height - cut_height) // 2, (image.width - cut_width) // 2
        box = (left, top, left + cut_width, top + cut_height)
    return image.resize((width, height), RESAMPLING[interpolation], box)


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> Any:
    """An image of Pillow as an array [height, width, channels], or [channels, height, width].

    Args:
        img: the image.
        data_format: "channels_last" (default) or "channels_first".
        dtype: of the array; default: float32.

    Raises:
        InvalidArgumentError: `img` has not two or three axes.
    """
    first = _check(data_format)
    array = np.asarray(img, dtype or np.float32)
    if array.ndim not in (2, 3):
        raise InvalidArgumentError(f"expected an image of two or three axes; got shape {array.shape}")
    array = array[..., None] if array.ndim == 2 else array
    return array.transpose(2, 0, 1) if first else array


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """An array of one image as an image of Pillow.

    Args:
        x: [height, width, channels], or [channels, height, width], of 1, 3 or 4 channels.
        data_format: "channels_last" (default) or "channels_first".
        scale: whether the smallest value becomes 0 and the largest 255.
        dtype: in which that is computed; default: float32.

    Raises:
        InvalidArgumentError: the array is no image.
    """
    pillow = require("PIL.Image", *NEEDS)
    first = _check(data_format)
    array = np.array(x, dtype or np.float32)
    if array.ndim != 3:
        raise InvalidArgumentError(f"expected an array of one image, of three axes; got shape {array.shape}")
    array = array.transpose(1, 2, 0) if first else array
    if array.shape[2] not in (1, 3, 4):
        raise InvalidArgumentError(f"an image has 1, 3 or 4 channels; got {array.shape[2]}")
    if scale:
        array = array - array.min()
        array = array / (array.max() or 1) * 255
    if array.shape[2] == 1:
        return pillow.fromarray(array[..., 0].astype(np.int32 if array.max() > 255 else np.uint8))
    return pillow.fromarray(array.astype(np.uint8))


def save_img(
    path: Any, x: Any, data_format: str | None = None, file_format: str | None = None, scale: bool = True, **kwargs: Any
) -> None:
    """Write an array of one image to a file.

    Args:
        path: of the file, or a file that is open.
        x, data_format, scale: as for `array_to_img`.
        file_format: such as "png"; default: by the path's ending.
        **kwargs: of Pillow's `save`.

    Example:
        >>> import hornbeam as hb
        >>> save_img("grey.png", hb.ops.ones((4, 4, 3)).numpy(), scale=False)
        >>> load_img("grey.png").size
        (4, 4)
    """
    image = array_to_img(x, data_format, scale)
    name = file_format or (Path(path).suffix[1:] if isinstance(path, (str, Path)) else "")
    if image.mode == "RGBA" and name.lower() in ("jpg", "jpeg"):
        image = image.convert("RGB")
    image.save(path, format=file_format, **kwargs)

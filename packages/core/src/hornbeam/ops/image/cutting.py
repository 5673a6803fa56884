"""Parts of images: borders added and taken away, and patches."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.convolution import padding_of, per_axis
from hornbeam.ops.image.layout import channel_axis, images_of
from hornbeam.ops.joining import pad, stack
from hornbeam.ops.movement import pad_p, permute_dims, reshape, static_slice
from hornbeam.tensor import Tensor

__all__ = ["crop_images", "extract_patches", "extract_patches_3d", "pad_images"]


def _along(
    name: str, words: tuple[str, str, str], given: tuple[Any, Any, Any], size: int, grows: bool
) -> tuple[int, int]:
    """What is added (or taken away) before and behind, of which one, or the target size, is not given.

    Raises:
        InvalidArgumentError: not two of the three are given, or something is negative.
    """
    said = ", ".join(f"{word}={value!r}" for word, value in zip(words, given, strict=True))
    if given.count(None) != 1 or any(v is not None and v < 0 for v in given):
        raise InvalidArgumentError(f"{name}: give two of {', '.join(words)}, not negative; got {said}")
    before, behind, target = given
    change = None if target is None else (target - size if grows else size - target)
    if before is None:
        before = change - behind
    if behind is None:
        behind = change - before
    if before < 0 or behind < 0 or (not grows and before + behind > size):
        raise InvalidArgumentError(f"{name}: {said} does not fit images of size {size} along that axis")
    return int(before), int(behind)


def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images with borders of zeros.

    Args:
        images: one image (height, width, channels), or a batch.
        top_padding, left_padding, bottom_padding, right_padding: pixels to add.
        target_height, target_width: size of the result; two of three are to be given along each axis.
        data_format: "channels_last" (default) or "channels_first".

    Raises:
        InvalidArgumentError: not two of three are given, or they do not fit.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.image.pad_images(hb.ops.ones((15, 25, 3)), 2, 3, target_height=20, target_width=30).shape
        (20, 30, 3)
    """
    found = images_of(images, data_format, "pad_images")
    _, height, width, _ = found.batch.shape
    rows = _along("pad_images", ("top_padding", "bottom_padding", "target_height"),
                  (top_padding, bottom_padding, target_height), height, True)  # fmt: skip
    columns = _along("pad_images", ("left_padding", "right_padding", "target_width"),
                     (left_padding, right_padding, target_width), width, True)  # fmt: skip
    return found.back(pad(found.batch, ((0, 0), rows, columns, (0, 0))))


def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images without their borders.

    Args:
        images: one image (height, width, channels), or a batch.
        top_cropping, left_cropping, bottom_cropping, right_cropping: pixels to take away.
        target_height, target_width: size of the result; two of three are to be given along each axis.
        data_format: "channels_last" (default) or "channels_first".

    Raises:
        InvalidArgumentError: not two of three are given, or they do not fit.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.reshape(hb.ops.arange(9.0), (3, 3, 1))
        >>> hb.ops.image.crop_images(x, 1, 0, 0, 1)[..., 0].numpy().tolist()
        [[3.0, 4.0], [6.0, 7.0]]
    """
    found = images_of(images, data_format, "crop_images")
    n, height, width, channels = found.batch.shape
    top, bottom = _along("crop_images", ("top_cropping", "bottom_cropping", "target_height"),
                         (top_cropping, bottom_cropping, target_height), height, False)  # fmt: skip
    left, right = _along("crop_images", ("left_cropping", "right_cropping", "target_width"),
                         (left_cropping, right_cropping, target_width), width, False)  # fmt: skip
    return found.back(static_slice(found.batch, (0, top, left, 0), (n, height - bottom, width - right, channels)))


def extract_patches(
    images: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Patches of images, or of volumes where `size` has three parts, laid out as channels.

    Args:
        images: one image (height, width, channels) or volume (depth, height, width, channels), or a batch.
        size: of a patch: an integer or (height, width), or (depth, height, width).
        strides: from one patch to the next; default: `size`.
        dilation_rate: distance between the elements of a patch.
        padding: "valid" or "same".
        data_format: "channels_last" (default) or "channels_first".

    Returns:
        (batch, *positions, elements of a patch times channels), the channels running fastest.

    Raises:
        ShapeError, InvalidArgumentError: sizes do not fit.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.image.extract_patches(hb.ops.zeros((2, 20, 20, 3)), (5, 5)).shape
        (2, 4, 4, 75)
    """
    if not isinstance(size, int) and (not isinstance(size, (tuple, list)) or len(size) not in (2, 3)):
        raise InvalidArgumentError(f"extract_patches: size must be an integer, or 2 or 3 of them; got size={size!r}")
    rank = 2 if isinstance(size, int) else len(size)
    return _patches(images, rank, size, strides, dilation_rate, padding, data_format, "extract_patches")


def extract_patches_3d(
    volumes: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Patches of volumes (depth, height, width, channels), or of a batch; arguments as for `extract_patches`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.image.extract_patches_3d(hb.ops.zeros((10, 10, 10, 3)), 3).shape
        (3, 3, 3, 81)
    """
    return _patches(volumes, 3, size, strides, dilation_rate, padding, data_format, "extract_patches_3d")


def _patches(
    images: Any, rank: int, size: Any, strides: Any, dilation: Any, padding: str, data_format: str | None, name: str
) -> Tensor:
    first = channel_axis(data_format, name) != -1
    x = as_tensor(images)
    single = x.ndim == rank + 1
    if x.ndim not in (rank + 1, rank + 2):
        raise ShapeError(f"{name}: patches of {rank} axes need inputs of rank {rank + 1} or {rank + 2}; got {x.shape}")
    x = reshape(x, (1, *x.shape)) if single else x
    x = permute_dims(x, (0, *range(2, x.ndim), 1)) if first else x
    window, gaps = per_axis(size, rank, name, "size"), per_axis(dilation, rank, name, "dilation_rate")
    steps = per_axis(strides or size, rank, name, "strides")
    pairs = padding_of(padding, x.shape[1:-1], window, steps, gaps, name)
    low, high = ((0, *(p[side] for p in pairs), 0) for side in (0, 1))
    full = bind(pad_p, x, as_tensor(0, x.dtype), low=low, high=high, interior=(0,) * x.ndim) if any(low + high) else x
    counts = [(s - (w - 1) * d - 1) // t + 1 for s, w, d, t in zip(full.shape[1:-1], window, gaps, steps, strict=True)]
    if min(counts) < 1:
        raise ShapeError(f"{name}: patches of {window} (dilation {gaps}) do not fit inputs of shape {x.shape}")
    taps = []
    for number in range(math.prod(window)):
        at: list[int] = []
        for w, d in zip(reversed(window), reversed(gaps), strict=True):
            number, place = divmod(number, w)
            at.insert(0, place * d)
        stop = [a + (c - 1) * t + 1 for a, c, t in zip(at, counts, steps, strict=True)]
        taps.append(static_slice(full, (0, *at, 0), (x.shape[0], *stop, x.shape[-1]), (1, *steps, 1)))
    out = reshape(stack(taps, axis=-2), (x.shape[0], *counts, len(taps) * x.shape[-1]))
    out = permute_dims(out, (0, out.ndim - 1, *range(1, out.ndim - 1))) if first else out
    return reshape(out, out.shape[1:]) if single else out

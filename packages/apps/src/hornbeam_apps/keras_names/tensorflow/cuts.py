"""tf.image: parts of images, and images with something around them."""

from __future__ import annotations

from typing import Any

from hornbeam import ops, random
from hornbeam.errors import ShapeError

from hornbeam_apps.keras_names.tensorflow.images import resize
from hornbeam_apps.keras_names.tensorflow.random import source

__all__ = [
    "central_crop", "crop_to_bounding_box", "pad_to_bounding_box", "random_crop", "random_flip_up_down",
    "resize_with_crop_or_pad", "resize_with_pad", "rot90", "stateless_random_crop", "stateless_random_flip_left_right",
    "stateless_random_flip_up_down", "transpose",
]  # fmt: skip


def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any, name: str | None = None
) -> Any:
    """So many rows and columns from a place on."""
    top, left, height, width = (int(n) for n in (offset_height, offset_width, target_height, target_width))
    image = ops.asarray(image)
    if top < 0 or left < 0 or top + height > image.shape[-3] or left + width > image.shape[-2]:
        raise ShapeError(f"a part of {height} by {width} from {top}, {left} on is not within {tuple(image.shape)}")
    return image[..., top : top + height, left : left + width, :]


def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any, name: str | None = None
) -> Any:
    """The image in another of zeros, from a place on."""
    top, left, height, width = (int(n) for n in (offset_height, offset_width, target_height, target_width))
    image = ops.asarray(image)
    below, right = height - top - image.shape[-3], width - left - image.shape[-2]
    if min(top, left, below, right) < 0:
        raise ShapeError(f"{tuple(image.shape)} from {top}, {left} on is not within {height} by {width}")
    return ops.pad(image, ((0, 0),) * (image.ndim - 3) + ((top, below), (left, right), (0, 0)))


def central_crop(image: Any, central_fraction: float) -> Any:
    """The middle: a share of rows and of columns."""
    image = ops.asarray(image)
    rows, columns = image.shape[-3:-1]
    top, left = (int((n - n * central_fraction) / 2) for n in (rows, columns))
    return crop_to_bounding_box(image, top, left, rows - 2 * top, columns - 2 * left)


def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Any:
    """The middle of the image where it is larger, zeros around it where it is smaller."""
    image, height, width = ops.asarray(image), int(target_height), int(target_width)
    rows, columns = image.shape[-3:-1]
    image = crop_to_bounding_box(
        image, max(0, (rows - height) // 2), max(0, (columns - width) // 2), min(rows, height), min(columns, width)
    )
    return pad_to_bounding_box(image, max(0, (height - rows) // 2), max(0, (width - columns) // 2), height, width)


def resize_with_pad(
    image: Any, target_height: Any, target_width: Any, method: str = "bilinear", antialias: bool = False
) -> Any:
    """The image in another size with its proportions, and zeros beside it or above and below."""
    image, height, width = ops.asarray(image), int(target_height), int(target_width)
    rows, columns = image.shape[-3:-1]
    ratio = max(rows / height, columns / width)
    size = int(rows / ratio), int(columns / ratio)
    found = resize(image, size, method, antialias)
    return pad_to_bounding_box(found, (height - size[0]) // 2, (width - size[1]) // 2, height, width)


def rot90(image: Any, k: int = 1, name: str | None = None) -> Any:
    """Turned against the clock by so many right angles."""
    return ops.rot90(image, int(k), axes=(-3, -2))


def transpose(image: Any, name: str | None = None) -> Any:
    """Rows as columns."""
    return ops.swapaxes(image, -3, -2)


def random_crop(value: Any, size: Any, seed: Any = None, name: str | None = None) -> Any:
    """A part of a size, anywhere in the image."""
    value, sizes = ops.asarray(value), [int(n) for n in size]
    sizes = [whole if n == -1 else n for n, whole in zip(sizes, value.shape, strict=True)]
    if any(n > whole for n, whole in zip(sizes, value.shape, strict=True)):
        raise ShapeError(f"a part of {tuple(sizes)} is larger than {tuple(value.shape)}")
    starts = [
        random.randint((), 0, whole - n + 1, seed=source(seed)) for n, whole in zip(sizes, value.shape, strict=True)
    ]
    return ops.slice(value, starts, sizes)


def random_flip_up_down(image: Any, seed: Any = None) -> Any:
    """The image, or half of the time the image upside down."""
    return ops.where(random.uniform((), seed=source(seed)) < 0.5, ops.flip(image, axis=-3), image)


def stateless_random_flip_left_right(image: Any, seed: Any) -> Any:
    """The image or the image in a mirror, as a seed says."""
    return ops.where(random.uniform((), seed=source(seed)) < 0.5, ops.flip(image, axis=-2), image)


stateless_random_crop, stateless_random_flip_up_down = random_crop, random_flip_up_down

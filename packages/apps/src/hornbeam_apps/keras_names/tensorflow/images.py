"""tf.image: functions whose arguments are TensorFlow's own; the others are those of `hornbeam.ops.image`."""

from __future__ import annotations

from typing import Any

from hornbeam import ops, random

__all__ = ["convert_image_dtype", "flip_left_right", "flip_up_down", "random_flip_left_right", "resize"]


def resize(
    images: Any, size: Any, method: str = "bilinear", antialias: Any = False, name: str | None = None, **options: Any
) -> Any:
    """The images in another size."""
    found = ops.image.resize(images, tuple(int(n) for n in size), interpolation=method, antialias=antialias, **options)
    return found if method == "nearest" else ops.cast(found, "float32")


def convert_image_dtype(image: Any, dtype: Any, saturate: Any = False, name: str | None = None) -> Any:
    """Bytes as floats from 0 to 1."""
    image = ops.asarray(image)
    found = ops.cast(image, dtype)
    return found / 255.0 if image.dtype == "uint8" and found.dtype.is_floating else found


def flip_left_right(image: Any) -> Any:
    """The image seen in a mirror."""
    return ops.flip(image, axis=-2)


def flip_up_down(image: Any) -> Any:
    """The image upside down."""
    return ops.flip(image, axis=-3)


def random_flip_left_right(image: Any, seed: Any = None) -> Any:
    """The image, or half of the time the image in a mirror."""
    return ops.where(random.uniform(()) < 0.5, flip_left_right(image), image)

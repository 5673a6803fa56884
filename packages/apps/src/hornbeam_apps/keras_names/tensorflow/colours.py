"""tf.image: colours, differences of neighbours, and how alike images are."""

from __future__ import annotations

from math import prod, sqrt
from types import SimpleNamespace
from typing import Any

from hornbeam import ops, random

from hornbeam_apps.keras_names.tensorflow.images import convert_image_dtype
from hornbeam_apps.keras_names.tensorflow.random import source

__all__ = [
    "ResizeMethod", "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation",
    "grayscale_to_rgb", "image_gradients", "per_image_standardization", "psnr", "random_brightness", "random_contrast",
    "random_hue", "random_saturation", "stateless_random_brightness", "stateless_random_contrast", "stateless_random_hue",
    "stateless_random_saturation", "total_variation",
]  # fmt: skip

ResizeMethod = SimpleNamespace(
    AREA="area",
    BICUBIC="bicubic",
    BILINEAR="bilinear",
    LANCZOS3="lanczos3",
    LANCZOS5="lanczos5",
    NEAREST_NEIGHBOR="nearest",
)


def _as_floats(image: Any, function: Any) -> Any:
    """A function of an image in floats; one of bytes is given as floats from 0 to 1, and made bytes again."""
    image = ops.asarray(image)
    if image.dtype.is_floating:
        return function(image)
    found = function(convert_image_dtype(image, "float32"))
    return ops.cast(ops.clip(found * 255.5, 0.0, 255.0), image.dtype)


def adjust_brightness(image: Any, delta: Any) -> Any:
    """A number added, of which 1 is from black to white."""
    return _as_floats(image, lambda x: x + delta)


def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """The distances from the mean of each channel multiplied."""

    def spread(x: Any) -> Any:
        mean = ops.mean(x, axis=(-3, -2), keepdims=True)
        return (x - mean) * contrast_factor + mean

    return _as_floats(images, spread)


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Any:
    """gain * image**gamma."""
    return _as_floats(image, lambda x: gain * ops.power(x, gamma))


def _in_hsv(image: Any, function: Any) -> Any:
    def turned(x: Any) -> Any:
        hue, saturation, value = ops.split(ops.image.rgb_to_hsv(x), 3, axis=-1)
        return ops.image.hsv_to_rgb(ops.concatenate(function(hue, saturation, value), axis=-1))

    return _as_floats(image, turned)


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Any:
    """The saturation multiplied."""
    return _in_hsv(image, lambda h, s, v: [h, ops.clip(s * saturation_factor, 0.0, 1.0), v])


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Any:
    """The hue turned: 1 is once around."""
    return _in_hsv(image, lambda h, s, v: [ops.mod(h + delta, 1.0), s, v])


def random_brightness(image: Any, max_delta: float, seed: Any = None) -> Any:
    """`adjust_brightness` by a number between -max_delta and max_delta."""
    return adjust_brightness(image, random.uniform((), -max_delta, max_delta, seed=source(seed)))


def random_hue(image: Any, max_delta: float, seed: Any = None) -> Any:
    """`adjust_hue` by a number between -max_delta and max_delta."""
    return adjust_hue(image, random.uniform((), -max_delta, max_delta, seed=source(seed)))


def random_contrast(image: Any, lower: float, upper: float, seed: Any = None) -> Any:
    """`adjust_contrast` by a factor between two."""
    return adjust_contrast(image, random.uniform((), lower, upper, seed=source(seed)))


def random_saturation(image: Any, lower: float, upper: float, seed: Any = None) -> Any:
    """`adjust_saturation` by a factor between two."""
    return adjust_saturation(image, random.uniform((), lower, upper, seed=source(seed)))


stateless_random_brightness, stateless_random_hue = random_brightness, random_hue
stateless_random_contrast, stateless_random_saturation = random_contrast, random_saturation


def grayscale_to_rgb(images: Any, name: str | None = None) -> Any:
    """One channel as three alike."""
    return ops.repeat(images, 3, axis=-1)


def per_image_standardization(image: Any) -> Any:
    """Mean 0, standard deviation 1; that is taken to be at least 1 / sqrt(number of values)."""
    image = ops.cast(image, "float32")
    deviation = ops.std(image, axis=(-3, -2, -1), keepdims=True)
    least = 1.0 / sqrt(prod(image.shape[-3:]))
    return (image - ops.mean(image, axis=(-3, -2, -1), keepdims=True)) / ops.maximum(deviation, least)


def total_variation(images: Any, name: str | None = None) -> Any:
    """The sum of the differences of neighbours, a number an image."""
    images = ops.asarray(images)
    down = ops.abs(images[..., 1:, :, :] - images[..., :-1, :, :])
    right = ops.abs(images[..., :, 1:, :] - images[..., :, :-1, :])
    return ops.sum(down, axis=(-3, -2, -1)) + ops.sum(right, axis=(-3, -2, -1))


def image_gradients(image: Any) -> tuple[Any, Any]:
    """The differences to the next row and to the next column, 0 at the end: [batch, rows, columns, channels] each."""
    image = ops.asarray(image)
    down = ops.pad(image[:, 1:] - image[:, :-1], ((0, 0), (0, 1), (0, 0), (0, 0)))
    right = ops.pad(image[:, :, 1:] - image[:, :, :-1], ((0, 0), (0, 0), (0, 1), (0, 0)))
    return down, right


def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Any:
    """The peak signal-to-noise ratio in decibel, a number an image."""
    a, b, largest = (convert_image_dtype(x, "float32") for x in (a, b, ops.cast(max_val, ops.asarray(a).dtype)))
    error = ops.mean(ops.square(a - b), axis=(-3, -2, -1))
    return (20.0 * ops.log(largest) - 10.0 * ops.log(error)) / ops.log(10.0)

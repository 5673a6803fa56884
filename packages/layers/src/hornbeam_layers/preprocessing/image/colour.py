"""Brightness, contrast and colours changed at random."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import factor_of, value_range_of
from hornbeam_layers.preprocessing.image.base import ImageLayer, images_in, rescaled

__all__ = ["RandomBrightness", "RandomColorDegeneration", "RandomContrast", "RandomHue", "RandomSaturation"]


class RandomBrightness(ImageLayer):
    """In training, adds a number to each image, and keeps the pixels within their range.

    Args:
        factor: in [-1, 1]: f draws out of (-f, f), a pair out of its range, in parts of the range of values.
        value_range: least and largest value of a pixel.
        seed: for repeatable changes.
        **kwargs: `data_format`, `bounding_box_format`, `name`, ...
    """

    arguments = ("factor", "value_range", "seed")

    def __init__(self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = factor_of(self, "factor", factor, -1, 1)
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What is added to each image."""
        shape = (images_in(data).shape[0], 1, 1, 1)
        if not training:
            return {"rgb_delta": ops.zeros(shape)}
        low, high = self.value_range
        return {"rgb_delta": self.uniform(shape, *self.factor, seed) * (high - low)}

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        return ops.clip(images + ops.cast(transformation["rgb_delta"], images.dtype), *self.value_range)


class RandomContrast(ImageLayer):
    """In training, multiplies the distance of each pixel from the mean of its channel.

    Args:
        factor: in [0, 1]: f draws the multiplier out of (1 - f, 1 + f), a pair (a, b) out of (1 - a, 1 + b).
        value_range: least and largest value of a pixel.
        seed: for repeatable changes.
        **kwargs: `data_format`, `bounding_box_format`, `name`, ...
    """

    arguments = ("factor", "value_range", "seed")

    def __init__(self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1, "both")
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The multiplier of each image."""
        shape = (images_in(data).shape[0], 1, 1, 1)
        if not training:
            return {"contrast_factor": ops.zeros(shape)}
        return {"contrast_factor": self.uniform(shape, 1.0 - self.factor[0], 1.0 + self.factor[1], seed)}

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        middle = ops.mean(images, axis=(self.height_axis, self.width_axis), keepdims=True)
        out = (images - middle) * ops.cast(transformation["contrast_factor"], images.dtype) + middle
        return ops.clip(out, *self.value_range)


class RandomColorDegeneration(ImageLayer):
    """In training, mixes each image with its shades of grey.

    Args:
        factor: in [0, 1]: f draws out of (0, f), a pair out of its range; 0 changes nothing, 1 gives grey.
        value_range: least and largest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: for repeatable changes.
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("factor", "value_range", "seed")

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1)
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The share of grey of each image."""
        return {"factor": self.uniform((images_in(data).shape[0], 1, 1, 1), *self.factor, seed)} if training else None

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        grey = ops.image.rgb_to_grayscale(images, self.data_format)
        return ops.clip(images + ops.cast(transformation["factor"], images.dtype) * (grey - images), *self.value_range)


class RandomHue(ImageLayer):
    """In training, turns the hues of each image.

    Args:
        factor: in [0, 1]: f draws out of (0, f), a pair out of its range; the hue is turned by half of it, to either side.
        value_range: least and largest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: for repeatable changes.
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("factor", "value_range", "seed")

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1)
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """By how much of a circle the hues of each image are turned."""
        if not training:
            return None
        count = images_in(data).shape[0]
        side = ops.where(self.uniform((count,), 0.0, 1.0, seed) > 0.5, -1.0, 1.0)
        return {"factor": side * self.uniform((count,), *self.factor, seed) * 0.5}

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        hsv = ops.image.rgb_to_hsv(rescaled(images, self.value_range, (0, 1)), self.data_format)
        hue, saturation, value = ops.split(hsv, 3, self.channel_axis)
        hue = hue + self.per_image(transformation["factor"], images)
        hue = ops.where(hue > 1.0, hue - 1.0, hue)
        hue = ops.where(hue < 0.0, hue + 1.0, hue)
        out = ops.image.hsv_to_rgb(ops.concatenate([hue, saturation, value], axis=self.channel_axis), self.data_format)
        return rescaled(ops.clip(out, 0.0, 1.0), (0, 1), self.value_range)


class RandomSaturation(ImageLayer):
    """In training, multiplies the saturation of each image.

    Args:
        factor: in [0, 1]: f draws out of (0, f), a pair out of its range; x multiplies by x / (1 - x): 0 gives grey, 0.5
            changes nothing, 1 gives the purest colours.
        value_range: least and largest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: for repeatable changes.
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("factor", "value_range", "seed")

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1)
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The multiplier of each image."""
        if not training:
            return None
        share = self.uniform((images_in(data).shape[0],), *self.factor, seed)
        return {"factor": share / (1.0 - share + 1e-7)}

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        hsv = ops.image.rgb_to_hsv(rescaled(images, self.value_range, (0, 1)), self.data_format)
        hue, saturation, value = ops.split(hsv, 3, self.channel_axis)
        saturation = ops.clip(saturation * self.per_image(transformation["factor"], images), 0.0, 1.0)
        out = ops.image.hsv_to_rgb(ops.concatenate([hue, saturation, value], axis=self.channel_axis), self.data_format)
        return rescaled(out, (0, 1), self.value_range)

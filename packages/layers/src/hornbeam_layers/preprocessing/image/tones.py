"""Tones of images changed at random: fewer of them, turned round, sharper, grey."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import factor_of, value_range_of, wrong
from hornbeam_layers.preprocessing.image.base import ImageLayer, images_in, rescaled

__all__ = ["RandomGrayscale", "RandomInvert", "RandomPosterization", "RandomSharpness", "Solarization"]


class RandomPosterization(ImageLayer):
    """In training, keeps the first bits of each pixel only.

    Args:
        factor: how many bits, from 1 to 8; of a pair (a, b) an integer from a up to, without, b is drawn for each image.
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
        self.factor = factor_of(self, "factor", factor, 1, 8)
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """How many bits of each image are dropped."""
        if not training:
            return None
        count, (low, high) = images_in(data).shape[0], self.factor
        if low == high:
            bits = ops.full((count,), int(high), "int32")
        else:
            bits = hb.random.randint((count,), low, high, "int32", self.generator if seed is None else seed)
        return {"shift_factor": 8 - bits}

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        step = ops.power(2.0, ops.cast(self.per_image(transformation["shift_factor"], images), images.dtype))
        whole = ops.floor(ops.clip(rescaled(images, self.value_range, (0, 255)), 0.0, 255.0))
        return rescaled(ops.floor(whole / step) * step, (0, 255), self.value_range)


class RandomSharpness(ImageLayer):
    """In training, mixes each image with a smoothed one, or goes away from it.

    Args:
        factor: in [0, 1]: f draws out of (0, f), a pair out of its range; 0 gives the smoothed image, 0.5 changes nothing,
            1 gives a sharper one.
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
        """The factor of each image."""
        return {"factor": self.uniform((images_in(data).shape[0],), *self.factor, seed)} if training else None

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        a, b = 1.0 / 13.0, 5.0 / 13.0
        window = ops.reshape(ops.cast([[a, a, a], [a, b, a], [a, a, a]], images.dtype), (3, 3, 1, 1))
        kernel = ops.broadcast_to(window, (3, 3, images.shape[self.channel_axis], 1))
        smooth = ops.depthwise_conv(images, kernel, 1, "same", self.data_format)
        sharp = 2.0 * self.per_image(transformation["factor"], images)
        return ops.clip(images + (1.0 - sharp) * (smooth - images), *self.value_range)


class Solarization(ImageLayer):
    """In training, adds a number to each image, and turns the pixels above a threshold round.

    Args:
        addition_factor: in [0, 1]: f draws what is added out of (0, f), a pair out of its range, in parts of the range.
        threshold_factor: in [0, 1]: likewise the threshold; f = 0 turns all pixels round.
        value_range: least and largest value of a pixel.
        seed: for repeatable changes.
        **kwargs: `data_format`, `bounding_box_format`, `name`, ...
    """

    arguments = ("addition_factor", "threshold_factor", "value_range", "seed")

    def __init__(
        self,
        addition_factor: Any = 0.0,
        threshold_factor: Any = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.addition_factor = factor_of(self, "addition_factor", addition_factor, 0, 1, "upto")
        self.threshold_factor = factor_of(self, "threshold_factor", threshold_factor, 0, 1, "upto")
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What is added to each image, and its threshold, of pixels up to 255."""
        if not training:
            return None
        shape = (images_in(data).shape[0], 1, 1, 1)
        additions, thresholds = (
            self.uniform(shape, low * 255, high * 255, seed)
            for low, high in (self.addition_factor, self.threshold_factor)
        )
        return {"additions": additions, "thresholds": thresholds}

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        brighter = rescaled(images, self.value_range, (0, 255)) + ops.cast(transformation["additions"], images.dtype)
        brighter = ops.clip(brighter, 0.0, 255.0)
        turned = ops.where(brighter < ops.cast(transformation["thresholds"], images.dtype), brighter, 255.0 - brighter)
        return rescaled(turned, (0, 255), self.value_range)


class RandomInvert(ImageLayer):
    """In training, turns dark into light in some images.

    Args:
        factor: in [0, 1]: with which probability; of a pair, the probability is drawn out of its range.
        value_range: least and largest value of a pixel.
        seed: for repeatable changes.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("factor", "value_range", "seed")

    def __init__(
        self,
        factor: Any = 1.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1, "both")
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are inverted: (batch,)."""
        return {"apply_inversion": self.chosen(images_in(data).shape[0], self.factor, seed)} if training else None

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        turned = self.value_range[1] - images
        return ops.where(self.per_image(transformation["apply_inversion"], images), turned, images)


class RandomGrayscale(ImageLayer):
    """In training, makes some images grey; they keep three channels.

    Args:
        factor: probability, in [0, 1].
        data_format: "channels_last" (default) or "channels_first".
        seed: for repeatable changes.
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("factor", "seed")

    def __init__(
        self, factor: float = 0.5, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        if isinstance(factor, bool) or not isinstance(factor, (int, float)) or not 0 <= factor <= 1:
            raise wrong(self, "factor", "a probability, a number from 0 to 1", factor)
        self.factor = factor
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images become grey: (batch, 1, 1, 1)."""
        return self.uniform((images_in(data).shape[0], 1, 1, 1), 0.0, 1.0, seed) < self.factor if training else None

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        return ops.where(transformation, ops.image.rgb_to_grayscale(images, self.data_format), images)
